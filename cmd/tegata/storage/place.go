package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/internal/strictyaml"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/sqlite"
)

// place names a store as tegata serve does.
type place struct {
	Config string `help:"YAML file with the settings of tegata serve." env:"TEGATA_CONFIG" placeholder:"FILE"`
	Store  string `help:"The store, if the settings do not name it: the path of a SQLite file, or postgres://…" placeholder:"FILE|URL"`
}

// load reads the settings. Those of the flags come first.
func (p place) load(folders setting.Folders, key setting.MasterKey) (*setting.Settings, error) {
	s, err := setting.Load(setting.Sources{
		Folders: folders, File: p.Config, Environ: os.Environ(), Flags: &setting.Config{Store: p.Store, MasterKey: key},
		Given: map[string]bool{"store": p.Store != "", "master-key-file": key.File != "", "master-key-old": len(key.Old) > 0},
	})
	var problem *setting.Problem
	var yaml *strictyaml.Error
	switch {
	case err == nil:
		return s, known(s.Config)
	case errors.As(err, &problem) && problem.Safety:
		return nil, &exit.Error{Code: exit.Refused, Err: err, Next: problem.Mend}
	case errors.As(err, &problem):
		return nil, &exit.Error{Code: exit.Config, Err: err, Next: problem.Mend}
	case errors.As(err, &yaml):
		return nil, &exit.Error{Code: exit.Config, Err: err, Next: "mend the file; tegata config print shows every setting and its name"}
	}
	return nil, &exit.Error{Code: exit.Config, Err: err, Next: "name the store with --store"}
}

// known refuses a store of a kind that there is not; it would be taken for a file.
func known(c setting.Config) error {
	if kind, _, ok := strings.Cut(c.Store, "://"); ok && !c.Postgres() {
		return &exit.Error{
			Code: exit.Usage, Err: fmt.Errorf("there is no store of the kind %s://", kind),
			Next: "give the path of a SQLite file, or postgres://USER@HOST:PORT/DATABASE",
		}
	}
	return nil
}

// failed is the error for a store that cannot be used, unless what is wrong with it says more.
func failed(err error, code int, next string) error {
	switch {
	case errors.Is(err, store.ErrSchemaPending):
		return &exit.Error{Code: exit.Config, Err: err, Next: "tegata migrate plan shows the steps, tegata migrate apply does them"}
	case errors.Is(err, store.ErrSchemaNewer), errors.Is(err, store.ErrSchemaOther):
		return &exit.Error{Code: exit.Refused, Err: err, Next: "run the release that this store belongs to; docs/operate.md tells how to upgrade and how to go back"}
	case errors.Is(err, sqlite.ErrLocked):
		return &exit.Error{Code: exit.Config, Err: err, Next: "end the tegata that uses it, and try again"}
	case errors.Is(err, sqlite.ErrDamaged):
		return &exit.Error{Code: exit.Negative, Err: err, Next: "take an older backup, and look at it with tegata restore --verify-only --from FILE"}
	}
	return &exit.Error{Code: code, Err: err, Next: next}
}

// output is how each command prints what it found.
type output struct {
	JSON bool `help:"Print JSON."`
}

// print prints v as JSON, or text.
func (o output) print(w io.Writer, v any, text string) error {
	if !o.JSON {
		_, err := io.WriteString(w, text)
		return err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// talk prints a line for people, beside the data.
func talk(k *kong.Context, format string, a ...any) error {
	_, err := fmt.Fprintf(k.Stderr, format+"\n", a...)
	return err
}
