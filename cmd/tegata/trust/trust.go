package trust

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/localca"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
)

// Trust is the command trust.
type Trust struct {
	Install   installCmd   `cmd:"" help:"Have this machine trust the local CA, and make it if there is none."`
	Uninstall uninstallCmd `cmd:"" help:"Have this machine trust the local CA no longer, and delete its key."`
	Show      showCmd      `cmd:"" help:"Show the local CA and where it is installed."`
}

// Examples opens the command's help.
func (Trust) Examples() string {
	return "  tegata trust install\n  tegata trust show --pem > local-ca.pem\n  tegata trust uninstall\n"
}

// Open opens the local authority of the user whose folders these are, or makes it. now is
// the clock of the machine. The error is an *exit.Error.
func Open(folders setting.Folders, now time.Time) (a *localca.Authority, made bool, err error) {
	if a, made, err = localca.Open(folders.Config, now); err != nil {
		return nil, false, unusable(err, folders)
	}
	return a, made, nil
}

func unusable(err error, folders setting.Folders) error {
	path := localca.Path(folders.Config)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &exit.Error{Code: exit.Negative, Err: fmt.Errorf("there is no local CA at %s", path), Next: "tegata trust install makes one"}
	case errors.Is(err, localca.ErrReadable):
		return &exit.Error{
			Code: exit.Refused, Err: fmt.Errorf("local CA: %w", err),
			Next: "if nobody has read it, chmod 600 " + path + "; else `tegata trust uninstall`, delete it, and remove it from your phones",
		}
	}
	return &exit.Error{Code: exit.Config, Err: fmt.Errorf("local CA: %w", err), Next: "move " + path + " away; the next start makes another, which has to be installed anew"}
}

// shown is the authority as the commands print it.
type shown struct {
	Name        string    `json:"name"`
	Fingerprint string    `json:"sha256"`
	NotAfter    time.Time `json:"notAfter"`
	File        string    `json:"file"`
	Stores      []outcome `json:"stores"`
}

// The states of a store.
const (
	installed = "installed"
	already   = "already installed"
	removed   = "removed"
	absent    = "not installed"
	failed    = "failed"
	left      = "left out"
)

// outcome is how it stands with a store.
type outcome struct {
	Store string `json:"store"`
	State string `json:"state"`
	Why   string `json:"why,omitempty"`
}

func describe(a *localca.Authority, folders setting.Folders, stores []outcome) shown {
	c := a.Certificate()
	return shown{c.Subject.CommonName, a.Fingerprint(), c.NotAfter.UTC(), localca.Path(folders.Config), stores}
}

// print writes what happened: JSON, or lines for people.
func (s shown) print(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(s)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-9s %s, until %s\n", "local CA", s.Name, s.NotAfter.Format(time.DateOnly))
	fmt.Fprintf(&b, "%-9s %s\n", "SHA-256", s.Fingerprint)
	fmt.Fprintf(&b, "%-9s localhost and private addresses only, never LINE\n", "vouches")
	fmt.Fprintf(&b, "%-9s %s\n", "key", s.File)
	for _, o := range s.Stores {
		fmt.Fprintf(&b, "%-9s %s", o.Store, o.State)
		if o.Why != "" {
			fmt.Fprintf(&b, ": %s", o.Why)
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// places are the stores that a command is to look at.
type places struct {
	Only string `help:"Only this store: system or browsers (Firefox; on Linux Chromium too)." enum:"system,browsers,all" default:"all"`
	JSON bool   `help:"Print JSON."`
}

func (p places) stores() []store {
	var out []store
	for _, s := range []store{system(), browsers()} {
		if p.Only == "all" || p.Only == s.name {
			out = append(out, s)
		}
	}
	return out
}

type installCmd struct {
	places `embed:""`
}

// Examples opens the command's help.
func (installCmd) Examples() string {
	return "  tegata trust install\n  tegata trust install --only browsers\n"
}

// Run installs the authority. It fails if no store has taken it.
func (c installCmd) Run(k *kong.Context, folders setting.Folders) error {
	a, _, err := Open(folders, time.Now())
	if err != nil {
		return err
	}
	var all []outcome
	var reasons []error
	trusted := false
	for _, s := range c.stores() {
		o := outcome{Store: s.name, State: installed}
		if why := s.ready(); why != nil {
			o.State, o.Why = left, why.Error()
			reasons = append(reasons, fmt.Errorf("%s: %w", s.name, why))
		} else if s.has(a.Certificate()) {
			o.State = already
		} else if err := s.install(a.Certificate()); err != nil {
			o.State, o.Why = failed, reason(err).Error()
			reasons = append(reasons, fmt.Errorf("%s: %w", s.name, reason(err)))
		}
		trusted = trusted || o.State == installed || o.State == already
		all = append(all, o)
	}
	if err := describe(a, folders, all).print(k.Stdout, c.JSON); err != nil {
		return err
	}
	if !trusted {
		return &exit.Error{
			Code: exit.Negative, Err: fmt.Errorf("the local CA was not installed: %w", errors.Join(reasons...)),
			Next: "mend what is said above, or import the file of `tegata trust show --pem` in the browser's settings for certificates",
		}
	}
	return nil
}

type uninstallCmd struct {
	JSON bool `help:"Print JSON."`
}

// Examples opens the command's help.
func (uninstallCmd) Examples() string { return "  tegata trust uninstall\n" }

// Run removes the authority from every store, then its key. The key stays if a store may
// still trust it, so that the command can be given again.
func (c uninstallCmd) Run(k *kong.Context, folders setting.Folders) error {
	a, err := localca.Read(folders.Config)
	if err != nil {
		return unusable(err, folders)
	}
	var all []outcome
	var reasons []error
	for _, s := range []store{system(), browsers()} {
		o := outcome{Store: s.name, State: removed}
		switch why := s.ready(); {
		case why != nil && !errors.Is(why, errNoProfile):
			o.State, o.Why = left, why.Error()
		case why != nil || !s.has(a.Certificate()):
			o.State = absent
		default:
			if err := s.uninstall(a.Certificate()); err != nil {
				o.State, o.Why = failed, reason(err).Error()
				reasons = append(reasons, fmt.Errorf("%s: %w", s.name, reason(err)))
			}
		}
		all = append(all, o)
	}
	if err := describe(a, folders, all).print(k.Stdout, c.JSON); err != nil {
		return err
	}
	if len(reasons) > 0 {
		return &exit.Error{
			Code: exit.Negative, Err: fmt.Errorf("the local CA is still trusted: %w", errors.Join(reasons...)),
			Next: "mend what is said above and give the command again; the key is kept until then",
		}
	}
	if err := localca.Remove(folders.Config); err != nil {
		return &exit.Error{Code: exit.Negative, Err: fmt.Errorf("key of the local CA: %w", err), Next: "delete the file"}
	}
	_, err = fmt.Fprintln(k.Stderr, "The key is deleted. Remove the CA from your phones too: it can vouch for nothing any more, but it is in their lists.")
	return err
}

type showCmd struct {
	PEM  bool `help:"Print the certificate alone, as a PEM file has it." xor:"form"`
	JSON bool `help:"Print JSON." xor:"form"`
}

// Examples opens the command's help.
func (showCmd) Examples() string {
	return "  tegata trust show\n  tegata trust show --pem > local-ca.pem\n"
}

// Run shows the authority; it makes none.
func (c showCmd) Run(k *kong.Context, folders setting.Folders) error {
	a, err := localca.Read(folders.Config)
	if err != nil {
		return unusable(err, folders)
	}
	if c.PEM {
		_, err := k.Stdout.Write(a.PEM())
		return err
	}
	var all []outcome
	for _, s := range []store{system(), browsers()} {
		o := outcome{Store: s.name, State: absent}
		if s.has(a.Certificate()) {
			o.State = installed
		} else if why := s.ready(); why != nil {
			o.Why = why.Error()
		}
		all = append(all, o)
	}
	return describe(a, folders, all).print(k.Stdout, c.JSON)
}
