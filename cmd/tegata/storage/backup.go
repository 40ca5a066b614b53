package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/sqlite"
)

// Backup is the command backup.
type Backup struct {
	place  `embed:""`
	output `embed:""`
	To     string `help:"File to write; it must not be there." required:"" placeholder:"FILE"`
}

// Examples opens the command's help.
func (Backup) Examples() string {
	return "  tegata backup --config /etc/tegata/tegata.yaml --to /backup/tegata-$(date +%F).db\n" +
		"  tegata restore --verify-only --from /backup/tegata-2026-01-31.db\n"
}

// Run backs a SQLite store up, while tegata serve may be using it, and verifies the backup.
func (c *Backup) Run(ctx context.Context, k *kong.Context, folders setting.Folders) error {
	s, err := c.load(folders, setting.MasterKey{})
	if err != nil {
		return err
	}
	if s.Postgres() {
		return &exit.Error{
			Code: exit.Usage, Err: errors.New("the store is on PostgreSQL, which has its own tools for backups"),
			Next: "use pg_dump, or point-in-time recovery: docs/operate.md, \"Backup and restore\", shows both",
		}
	}
	if _, err := os.Stat(s.SQLitePath()); errors.Is(err, fs.ErrNotExist) {
		return &exit.Error{Code: exit.Config, Err: fmt.Errorf("there is no store at %s", s.SQLitePath()), Next: "name it by --store, or the settings by --config"}
	}
	err = sqlite.BackupFile(ctx, s.SQLitePath(), c.To)
	switch {
	case errors.Is(err, fs.ErrExist):
		return &exit.Error{Code: exit.Refused, Err: err, Next: "give --to a file that is not there yet"}
	case err != nil:
		return failed(err, exit.Config, "see that --store, or the settings, name the store, and give --to a file in a folder of this user's alone")
	}
	r, err := sqlite.Verify(ctx, c.To)
	if err != nil {
		return &exit.Error{Code: exit.Negative, Err: fmt.Errorf("the backup is not good: %w", err), Next: "see the disk, then back up to another file"}
	}
	if err := c.print(k.Stdout, found(c.To, r), foundText(c.To, r)); err != nil {
		return err
	}
	return talk(k, "The master key is not in the backup, and without it the secrets in it are lost. It is %s: keep a copy of it apart from the backups.", whereKey(s))
}

// whereKey says where the master key of a store is.
func whereKey(s *setting.Settings) string {
	switch {
	case s.MasterKey.Value != "":
		return "in the environment, " + setting.EnvMasterKey
	case s.MasterKey.File != "":
		return "in " + s.MasterKey.File
	}
	return "in " + filepath.Join(s.Folder, "master.key")
}

// holdings is what a look into a store has found.
type holdings struct {
	File      string  `json:"file,omitempty"`
	Bytes     int64   `json:"bytes,omitempty"`
	Pending   int     `json:"pendingSteps"`
	MasterKey string  `json:"masterKey,omitempty"` // the name of the key that opens the key ring, if that was tried
	Kinds     []tally `json:"kinds"`
}

type tally struct {
	Kind   string `json:"kind"`
	Rows   int64  `json:"rows"`
	Digest string `json:"sha256"`
}

func tallies(all []store.Tally) []tally {
	out := []tally{}
	for _, t := range all {
		out = append(out, tally{t.Kind, t.Rows, fmt.Sprintf("%x", t.Digest)})
	}
	return out
}

func talliesText(all []store.Tally) string {
	text := ""
	for _, t := range all {
		text += fmt.Sprintf("  %-20s %d\n", t.Kind, t.Rows)
	}
	return text
}

func found(file string, r sqlite.Report) holdings {
	return holdings{File: file, Bytes: r.Bytes, Pending: r.Pending, Kinds: tallies(r.Kinds)}
}

func foundText(file string, r sqlite.Report) string {
	text := fmt.Sprintf("%s: intact, %d bytes\n", file, r.Bytes)
	if r.Pending > 0 {
		text += fmt.Sprintf("  made by an older release: %d steps of the schema are applied when it is opened\n", r.Pending)
	}
	return text + talliesText(r.Kinds)
}
