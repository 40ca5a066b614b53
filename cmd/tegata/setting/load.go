package setting

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/strictyaml"
)

// The places that a value can come from.
const (
	FromFlag    = "flag"
	FromEnv     = "environment"
	FromFile    = "file"
	FromDefault = "default"
)

// Sources are where settings come from.
type Sources struct {
	Folders Folders
	// File is the path of the YAML file; empty means tegata.yaml in Folders.Config, if it
	// is there.
	File string
	// Environ is the environment as os.Environ gives it.
	Environ []string
	// Flags has the values of the flags whose names are Given.
	Flags *Config
	Given map[string]bool
}

// Settings are settings, with where each came from.
type Settings struct {
	Config
	// File is the file that was read; empty if there was none. Folder is where it lies, or
	// would: what belongs to the settings is kept there.
	File, Folder string
	// Notes are what is odd and no error.
	Notes  []string
	origin map[string]Origin
}

// Origin is where a value came from: one of the From constants, and the flag, variable or
// file in question.
type Origin struct{ Kind, Place string }

// Load reads the settings from all sources. The error is a *Problem, or of package
// strictyaml.
func Load(src Sources) (*Settings, error) {
	s := &Settings{Config: Defaults(src.Folders), Folder: src.Folders.Config, origin: map[string]Origin{}}
	if err := s.readFile(src); err != nil {
		return nil, err
	}
	if err := s.readEnvironment(src.Environ); err != nil {
		return nil, err
	}
	if src.Flags == nil {
		return s, nil
	}
	given := fields(src.Flags)
	for i, f := range fields(&s.Config) {
		if src.Given[f.flag()] && !f.noFlag {
			f.value.Set(given[i].value)
			s.origin[f.name] = Origin{FromFlag, "--" + f.flag()}
		}
	}
	return s, nil
}

func (s *Settings) readFile(src Sources) error {
	path := src.File
	if path == "" {
		path = filepath.Join(src.Folders.Config, "tegata.yaml")
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && src.File == "" {
		return nil
	}
	if err != nil {
		return &Problem{Setting: "config", Why: err.Error(), Mend: "give the path of a YAML file that this user can read"}
	}
	var there map[string]any
	if err := strictyaml.Unmarshal(path, data, &there); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		if why, ok := developmentOnly()[name]; ok {
			return &Problem{Setting: name, Why: fmt.Sprintf("%s has %q, which is for tegata dev only: %s", path, name, why), Mend: "remove it from the file", Safety: true}
		}
	}
	var given Config
	if err := strictyaml.Unmarshal(path, data, &given); err != nil {
		return err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return &Problem{Setting: "config", Why: err.Error(), Mend: "give an absolute path"}
	}
	s.File, s.Folder = path, filepath.Dir(absolute)
	// One by one, so that what the file does not say keeps its default.
	from := fields(&given)
	for i, f := range fields(&s.Config) {
		if has(there, strings.Split(f.name, ".")) {
			f.value.Set(from[i].value)
			s.origin[f.name] = Origin{FromFile, path}
		}
	}
	return nil
}

// has says whether the file gives a value at a path of keys.
func has(there map[string]any, path []string) bool {
	v, ok := there[path[0]]
	if len(path) == 1 {
		return ok && v != nil
	}
	below, _ := v.(map[string]any)
	return has(below, path[1:])
}

func (s *Settings) readEnvironment(environ []string) error {
	known := map[string]field{}
	for _, f := range fields(&s.Config) {
		known[f.env()] = f
	}
	for _, entry := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "TEGATA_") || value == "" { // an empty one is as if it were not there
			continue
		}
		f, ok := known[name]
		switch {
		case ok:
			if err := f.set(value); err != nil {
				return &Problem{Setting: f.name, Why: fmt.Sprintf("%s: %v", name, err), Mend: "mend the variable, or unset it"}
			}
			s.origin[f.name] = Origin{FromEnv, name}
		case slices.Contains(others(), name):
		case developmentVariable(name) != "":
			return &Problem{Setting: name, Why: name + " is for tegata dev only: " + developmentVariable(name), Mend: "unset " + name, Safety: true}
		default:
			// No error: a cluster sets TEGATA_PORT and more for a service called tegata.
			s.Notes = append(s.Notes, fmt.Sprintf("%s is in the environment and is no setting of tegata serve", name))
		}
	}
	return nil
}

// others are the variables of other commands, which an operator has in the environment of
// serve too. tegata dev takes one of them: here it means nothing.
func others() []string { return []string{"TEGATA_URL", "TEGATA_ADMIN_TOKEN", "TEGATA_CONFIG"} }

// developmentOnly are the settings of tegata dev that a real service refuses, by their
// name in a file, with the reason.
func developmentOnly() map[string]string {
	return map[string]string{
		"lab":           "the lab mints tokens for whoever asks",
		"seed":          "its passwords and secrets are known to everybody who has the file",
		"app":           "it registers apps that nobody has checked",
		"callback":      "callback URLs belong to a channel: tegata channel update",
		"deterministic": "keys that follow from a seed are known to everybody who has the seed",
		"freeze":        "a clock that stands still lets nothing expire",
		"clock":         "a clock that can be moved lets old tokens live again",
		"allowRemote":   "a real service says by listen and tls who can reach it",
		"lan":           "its certificate is vouched for by a local CA, and phones are let in by a code",
		"lanAddress":    "it goes with lan",
		"lanPort":       "it goes with lan",
		"tlsListen":     "it answers under LINE's host names",
		"demoListen":    "it serves the demo app",
		"data":          "give store the path of a SQLite file",
		"writeEnv":      "it writes into the folder of an app",
		"adminToken":    "a service has admin tokens that are made one by one and can be revoked: tegata admin token create",
	}
}

func developmentVariable(name string) string {
	for setting, why := range developmentOnly() {
		if (field{name: setting}).env() == name {
			return why
		}
	}
	return ""
}

// Shown is one setting for people: secrets are not told.
type Shown struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Origin string `json:"origin"`         // flag, environment, file or default
	From   string `json:"from,omitempty"` // which flag, variable or file
	Flag   string `json:"flag,omitempty"`
	Env    string `json:"env"`
}

// List returns every setting in the order of the manual.
func (s *Settings) List() []Shown {
	var all []Shown
	for _, f := range fields(&s.Config) {
		one := Shown{Name: f.name, Value: f.shown(), Origin: FromDefault, Env: f.env()}
		if !f.noFlag {
			one.Flag = "--" + f.flag()
		}
		if o, ok := s.origin[f.name]; ok {
			one.Origin, one.From = o.Kind, o.Place
		}
		if v := reflect.ValueOf(one.Value); v.Kind() == reflect.Slice && v.IsNil() {
			one.Value = []string{}
		}
		all = append(all, one)
	}
	return all
}

// IsDefault says whether nothing has set a setting.
func (s *Settings) IsDefault(name string) bool { return s.origin[name] == Origin{} }

// DevelopmentFlag returns why a flag of tegata dev is refused; empty if it is no such flag.
func DevelopmentFlag(flag string) string {
	for name, why := range developmentOnly() {
		if (field{name: name}).flag() == flag {
			return why
		}
	}
	return ""
}
