package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
)

// Restore is the command restore.
type Restore struct {
	place      `embed:""`
	output     `embed:""`
	MasterKey  setting.MasterKey `embed:"" prefix:"master-key-"`
	From       string            `help:"Backup to read. Without it --verify-only looks at the store itself." placeholder:"FILE"`
	VerifyOnly bool              `help:"Only say whether it is intact, what is in it, and whether the master key opens it."`
}

// Examples opens the command's help.
func (Restore) Examples() string {
	return "  tegata restore --verify-only --from /backup/tegata-2026-01-31.db --master-key-file /etc/tegata/master.key\n" +
		"  tegata restore --from /backup/tegata-2026-01-31.db --config /etc/tegata/tegata.yaml   (tegata serve has ended, its store is moved away)\n" +
		"  tegata restore --verify-only --store postgres://tegata@db/tegata --master-key-file /etc/tegata/master.key\n"
}

// Run verifies a backup or a store, or makes the store from a backup.
func (c *Restore) Run(ctx context.Context, k *kong.Context, folders setting.Folders) error {
	s, err := c.load(folders, c.MasterKey)
	if err != nil {
		return err
	}
	switch {
	case c.From == "" && !c.VerifyOnly:
		return &exit.Error{Code: exit.Usage, Err: errors.New("--from is missing"), Next: "name the backup: --from FILE"}
	case c.From == "" && s.Postgres():
		return c.lookAtDatabase(ctx, k, s)
	case c.From == "":
		return c.lookAtFile(ctx, k, s, s.SQLitePath())
	case c.VerifyOnly:
		return c.lookAtFile(ctx, k, s, c.From)
	case s.Postgres():
		return &exit.Error{
			Code: exit.Usage, Err: errors.New("the store is on PostgreSQL, which has its own tools to restore"),
			Next: "use pg_restore, then tegata restore --verify-only: docs/operate.md, \"Backup and restore\", shows it",
		}
	}
	return c.restore(ctx, k, s)
}

// lookAtFile verifies a SQLite file, a backup or the store itself.
func (c *Restore) lookAtFile(ctx context.Context, k *kong.Context, s *setting.Settings, path string) error {
	r, err := sqlite.Verify(ctx, path)
	if err != nil {
		return failed(err, exit.Config, "give --from the path of a backup")
	}
	return c.verdict(k, s, found(path, r), foundText(path, r), r.Keys)
}

// lookAtDatabase says what a database on PostgreSQL holds.
func (c *Restore) lookAtDatabase(ctx context.Context, k *kong.Context, s *setting.Settings) (err error) {
	st, err := postgres.Open(ctx, postgres.Config{URL: s.Store, RefusePending: true})
	if err != nil {
		return failed(err, exit.Unreachable, "see that PostgreSQL runs, and that --store names the restored database")
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.Tally(ctx)
	if err != nil {
		return err
	}
	ring, err := st.KeyRing(ctx)
	if err != nil {
		return err
	}
	return c.verdict(k, s, holdings{Kinds: tallies(all)}, "the schema is complete, and every record can be read\n"+talliesText(all), ring)
}

// verdict prints what was found, if the master key opens the key ring.
func (c *Restore) verdict(k *kong.Context, s *setting.Settings, h holdings, text string, ring store.KeyRing) error {
	id, why, err := opens(s, ring)
	if err != nil {
		return err
	}
	h.MasterKey = id
	if id != "" {
		text += fmt.Sprintf("  master key %s opens its %d keys\n", id, len(ring.Keys))
	}
	if err := c.print(k.Stdout, h, text); err != nil || why == "" {
		return err
	}
	return talk(k, "The master key was not tried: %s.", why)
}

func (c *Restore) restore(ctx context.Context, k *kong.Context, s *setting.Settings) error {
	if err := makeFolder(s); err != nil {
		return err
	}
	r, err := sqlite.Restore(ctx, c.From, sqlite.Config{Path: s.SQLitePath()})
	switch {
	case errors.Is(err, fs.ErrExist):
		return &exit.Error{
			Code: exit.Refused, Err: err,
			Next: fmt.Sprintf("end tegata serve and move the store away, with its files -wal and -shm: mv %s* FOLDER", s.SQLitePath()),
		}
	case err != nil:
		return failed(err, exit.Config, "give --from the path of a backup, and --store the path of the new store")
	}
	if err := c.print(k.Stdout, found(s.SQLitePath(), r), foundText(s.SQLitePath(), r)); err != nil {
		return err
	}
	return talk(k, "Restored from %s. Start tegata serve with the master key of that time: it is not in the backup.", c.From)
}
