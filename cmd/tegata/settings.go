package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/internal/strictyaml"
)

// service is the settings of a real service, as flags.
type service struct {
	Config string         `help:"YAML file with the settings. By default tegata.yaml in the folder of configuration, if it is there." env:"TEGATA_CONFIG" placeholder:"FILE"`
	Set    setting.Config `embed:""`
	Dev    onlyDev        `embed:""`
}

// onlyDev are flags of `tegata dev` that a real service refuses with words of its own.
type onlyDev struct {
	Lab           refusedFlag `hidden:""`
	Seed          refusedFlag `hidden:""`
	App           refusedFlag `hidden:""`
	Callback      refusedFlag `hidden:""`
	Deterministic refusedFlag `hidden:""`
	Clock         refusedFlag `hidden:""`
	Freeze        refusedFlag `hidden:""`
	AllowRemote   refusedFlag `hidden:""`
	LAN           refusedFlag `hidden:"" name:"lan"`
	LANAddress    refusedFlag `hidden:"" name:"lan-address"`
	LANPort       refusedFlag `hidden:"" name:"lan-port"`
	TLSListen     refusedFlag `hidden:""`
	DemoListen    refusedFlag `hidden:""`
	Data          refusedFlag `hidden:""`
	WriteEnv      refusedFlag `hidden:""`
	AdminToken    refusedFlag `hidden:""`
}

// refusedFlag takes a value or none: it is refused in either case.
type refusedFlag struct{}

// Decode takes the value, if there is one.
func (refusedFlag) Decode(ctx *kong.DecodeContext) error {
	if next := ctx.Scan.Peek(); !next.IsEOL() && next.IsValue() {
		ctx.Scan.Pop()
	}
	return nil
}

// load reads the settings from flags, environment and file.
func (s *service) load(ctx *kong.Context) (*setting.Settings, error) {
	given := map[string]bool{}
	for _, p := range ctx.Path {
		if p.Flag != nil {
			given[p.Flag.Name] = true
		}
	}
	for name := range given {
		if why := setting.DevelopmentFlag(name); why != "" {
			return nil, &failure{exitRefused, fmt.Errorf("--%s is for tegata dev only: %s", name, why), "leave --" + name + " out"}
		}
	}
	folders, err := userFolders()
	if err != nil {
		return nil, &failure{exitConfig, err, "give --config FILE and --store FILE"}
	}
	loaded, err := setting.Load(setting.Sources{Folders: folders, File: s.Config, Environ: os.Environ(), Flags: &s.Set, Given: given})
	if err != nil {
		return nil, settingFailure(err)
	}
	return loaded, nil
}

// settingFailure is the failure for an error of the settings.
func settingFailure(err error) error {
	var p *setting.Problem
	var y *strictyaml.Error
	switch {
	case errors.As(err, &p):
		return problemFailure(p)
	case errors.As(err, &y):
		return &failure{exitConfig, err, "mend the file; tegata config print shows every setting and its name"}
	}
	return &failure{exitConfig, err, "tegata serve --help shows the settings"}
}

func problemFailure(p *setting.Problem) *failure {
	code := exitConfig
	if p.Safety {
		code = exitRefused
	}
	return &failure{code, p, p.Mend}
}

// refuse reports every problem and returns the failure of the last one; nil if there is
// none. One that is not safe decides the exit code.
func refuse(io streams, problems []*setting.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	last := problemFailure(problems[len(problems)-1])
	for _, p := range problems[:len(problems)-1] {
		if p.Safety {
			last.code = exitRefused
		}
		if _, err := fmt.Fprintf(io.err, "tegata: %s\n%s\n", p.Error(), p.Mend); err != nil {
			return err
		}
	}
	return last
}

// userFolders returns where settings and data lie: where systemd says, below /etc and
// /var/lib for root, else in the user's own folders.
func userFolders() (setting.Folders, error) {
	var f setting.Folders
	// systemd divides several folders by colons; the first is ours.
	f.Config, _, _ = strings.Cut(os.Getenv("CONFIGURATION_DIRECTORY"), ":")
	f.Data, _, _ = strings.Cut(os.Getenv("STATE_DIRECTORY"), ":")
	if os.Getuid() == 0 {
		f.Config, f.Data = orElse(f.Config, "/etc/tegata"), orElse(f.Data, "/var/lib/tegata")
	}
	if f.Config == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return f, fmt.Errorf("folder of configuration: %w", err)
		}
		f.Config = filepath.Join(dir, "tegata")
	}
	if f.Data == "" {
		data := os.Getenv("XDG_DATA_HOME")
		if data == "" {
			home, err := os.UserHomeDir()
			if err != nil {
				return f, fmt.Errorf("folder of data: %w", err)
			}
			data = filepath.Join(home, ".local", "share")
		}
		f.Data = filepath.Join(data, "tegata")
	}
	return f, nil
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
