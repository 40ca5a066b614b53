package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/cmd/tegata/transport"
)

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Say what is wrong with the settings of tegata serve, without starting it."`
	Print configPrintCmd `cmd:"" help:"Print every setting of tegata serve with its value; secrets are not shown."`
}

// Examples opens the command's help.
func (configCmd) Examples() string {
	return "  tegata config check --config /etc/tegata/tegata.yaml\n  tegata config print --origin\n"
}

type configCheckCmd struct {
	service `embed:""`
	JSON    bool `help:"Print JSON."`
}

// Examples opens the command's help.
func (configCheckCmd) Examples() string {
	return "  tegata config check --config /etc/tegata/tegata.yaml\n  tegata config check --base-url https://id.example.com --json\n"
}

// Run prints every problem. It exits with 3, or with 5 for what is not safe.
func (c *configCheckCmd) Run(ctx *kong.Context, io streams) error {
	s, err := c.load(ctx)
	if err != nil {
		return err
	}
	for _, note := range s.Notes {
		if _, err := fmt.Fprintf(io.err, "note: %s\n", note); err != nil {
			return err
		}
	}
	problems := append(s.Check(), unreadable(s)...)
	if c.JSON {
		type problem struct {
			Setting string `json:"setting"`
			Why     string `json:"why"`
			Mend    string `json:"mend"`
			Safety  bool   `json:"safety"`
		}
		out := struct {
			Problems []problem `json:"problems"`
		}{[]problem{}}
		for _, p := range problems {
			out.Problems = append(out.Problems, problem(*p))
		}
		if err := printJSON(io, out); err != nil {
			return err
		}
	}
	if len(problems) == 0 && !c.JSON {
		_, err = fmt.Fprintf(io.out, "the settings are good: %s, store %s\n", s.BaseURL, shownStore(s))
		return err
	}
	return refuse(io, problems)
}

// unreadable are the files that a start of tegata serve would read, and this user cannot, or
// must not. The master key that the first start makes need not be there.
func unreadable(s *setting.Settings) []*setting.Problem {
	var all []*setting.Problem
	key := func(name, path string, wanted bool) {
		_, err := masterkey.Read(path)
		if err == nil || !wanted && errors.Is(err, fs.ErrNotExist) {
			return
		}
		f := keyFailure(name, err)
		all = append(all, &setting.Problem{Setting: name, Why: err.Error(), Mend: f.next, Safety: f.code == exitRefused})
	}
	switch {
	case s.MasterKey.Value != "":
		if _, err := masterkey.Parse(s.MasterKey.Value); err != nil {
			all = append(all, &setting.Problem{Setting: setting.EnvMasterKey, Why: err.Error(), Mend: keyFailure("", err).next})
		}
	case s.MasterKey.File != "":
		key("masterKey.file", s.MasterKey.File, true)
	default:
		key("masterKey.file", filepath.Join(s.Folder, "master.key"), false)
	}
	for _, old := range s.MasterKey.Old {
		key("masterKey.old", old, true)
	}
	if s.TLS.Cert != "" && s.TLS.Key != "" {
		if _, err := transport.OpenFiles(s.TLS.Cert, s.TLS.Key, slog.New(slog.DiscardHandler)); err != nil {
			all = append(all, &setting.Problem{Setting: "tls.cert", Why: err.Error(), Mend: mendCertificate})
		}
	}
	return all
}

// shownStore is the store without its password.
func shownStore(s *setting.Settings) string {
	for _, one := range s.List() {
		if one.Name == "store" {
			return fmt.Sprint(one.Value)
		}
	}
	return ""
}

type configPrintCmd struct {
	service `embed:""`
	Origin  bool `help:"Say for each value where it came from: flag, environment, file or default."`
	JSON    bool `help:"Print JSON."`
}

// Examples opens the command's help.
func (configPrintCmd) Examples() string {
	return "  tegata config print --origin\n  tegata config print > tegata.yaml   (a file to begin with)\n  TEGATA_LISTEN=:443 tegata config print --origin --json\n"
}

// Run prints the settings.
func (c *configPrintCmd) Run(ctx *kong.Context, io streams) error {
	s, err := c.load(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(io, struct {
			Settings []setting.Shown `json:"settings"`
		}{s.List()})
	}
	var b strings.Builder
	group := ""
	for _, one := range s.List() {
		name, indent := one.Name, ""
		if above, below, ok := strings.Cut(one.Name, "."); ok {
			if above != group {
				fmt.Fprintf(&b, "%s:\n", above)
			}
			group, name, indent = above, below, "  "
		}
		line := indent + name + ": " + yamlValue(one)
		if c.Origin {
			line = fmt.Sprintf("%-50s # %s", line, strings.TrimSpace(one.Origin+" "+one.From))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	_, err = fmt.Fprint(io.out, b.String())
	return err
}

// yamlValue writes a value as YAML takes it: JSON is YAML too. A secret is left out, so
// that the output is a file to begin with.
func yamlValue(one setting.Shown) string {
	if one.Value == "(set)" {
		return "# a secret, which is not shown"
	}
	data, err := json.Marshal(one.Value)
	if err != nil {
		return ""
	}
	return string(data)
}

// printJSON prints v as indented JSON.
func printJSON(io streams, v any) error {
	enc := json.NewEncoder(io.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
