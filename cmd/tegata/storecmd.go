package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
)

// storeSet names a store as tegata serve does.
type storeSet struct {
	Config string `help:"YAML file with the settings of tegata serve." env:"TEGATA_CONFIG" placeholder:"FILE"`
	Store  string `help:"The store, if the settings do not name it: the path of a SQLite file, or postgres://…" placeholder:"FILE|URL"`
}

// load reads the settings and returns those of the store.
func (s storeSet) load() (*setting.Settings, error) {
	folders, err := userFolders()
	if err != nil {
		return nil, &failure{exitConfig, err, "give --store"}
	}
	loaded, err := setting.Load(setting.Sources{
		Folders: folders, File: s.Config, Environ: os.Environ(), Flags: &setting.Config{Store: s.Store}, Given: map[string]bool{"store": s.Store != ""},
	})
	if err != nil {
		return nil, settingFailure(err)
	}
	return loaded, nil
}

type migrateCmd struct {
	Plan  migratePlanCmd  `cmd:"" help:"Show the steps that the schema of the store lacks."`
	Apply migrateApplyCmd `cmd:"" help:"Apply them."`
}

// Examples opens the command's help.
func (migrateCmd) Examples() string {
	return "  tegata migrate plan --config /etc/tegata/tegata.yaml\n  tegata migrate apply --config /etc/tegata/tegata.yaml\n"
}

// steps is what both commands print.
type steps struct {
	Steps []step `json:"steps"`
}

type step struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
	SQL    string `json:"sql,omitempty"`
}

type migratePlanCmd struct {
	storeSet `embed:""`
	output   `embed:""`
	SQL      bool `help:"Show the statements of each step."`
}

// Examples opens the command's help.
func (migratePlanCmd) Examples() string {
	return "  tegata migrate plan --config /etc/tegata/tegata.yaml --sql\n"
}

// Run shows the steps.
func (c migratePlanCmd) Run(ctx context.Context, io streams) error {
	s, err := c.load()
	if err != nil {
		return err
	}
	// To look would make the file.
	if _, err := os.Stat(s.SQLitePath()); !s.Postgres() && errors.Is(err, os.ErrNotExist) {
		return &failure{exitNegative, fmt.Errorf("there is no store at %s yet", s.SQLitePath()), "tegata serve makes it at its first start, or tegata migrate apply"}
	}
	return migrate(ctx, io, c.storeSet, c.output, c.SQL, sqlite.Pending, postgres.Pending, "to do")
}

type migrateApplyCmd struct {
	storeSet `embed:""`
	output   `embed:""`
}

// Examples opens the command's help.
func (migrateApplyCmd) Examples() string {
	return "  tegata migrate apply --config /etc/tegata/tegata.yaml\n"
}

// Run applies the steps.
func (c migrateApplyCmd) Run(ctx context.Context, io streams) error {
	return migrate(ctx, io, c.storeSet, c.output, false, sqlite.Migrate, postgres.Migrate, "done")
}

func migrate(
	ctx context.Context, io streams, where storeSet, o output, sql bool,
	onSQLite func(context.Context, sqlite.Config) ([]store.Migration, error),
	onPostgres func(context.Context, postgres.Config) ([]store.Migration, error), what string,
) error {
	s, err := where.load()
	if err != nil {
		return err
	}
	var found []store.Migration
	if s.Postgres() {
		found, err = onPostgres(ctx, postgres.Config{URL: s.Store})
	} else {
		found, err = onSQLite(ctx, sqlite.Config{Path: s.SQLitePath()})
	}
	if err != nil {
		return storeFailure(err, exitUnreachable, "see that --store, or the settings, name the store that you mean")
	}
	out, text := steps{Steps: []step{}}, ""
	for _, m := range found {
		one := step{Number: m.Number, Name: m.Name}
		text += fmt.Sprintf("%04d %s   %s\n", m.Number, m.Name, what)
		if sql {
			one.SQL = m.SQL
			text += m.SQL + "\n"
		}
		out.Steps = append(out.Steps, one)
	}
	if len(found) == 0 {
		text = "the schema lacks nothing\n"
	}
	return o.print(io, out, text)
}

type backupCmd struct {
	storeSet `embed:""`
	output   `embed:""`
	To       string `help:"File to write; it must not be there." required:"" placeholder:"FILE"`
}

// Examples opens the command's help.
func (backupCmd) Examples() string {
	return "  tegata backup --config /etc/tegata/tegata.yaml --to /backup/tegata-$(date +%F).db\n  tegata restore --verify-only --from /backup/tegata-2026-01-31.db\n"
}

// Run backs a SQLite store up, while tegata serve may be using it.
func (c backupCmd) Run(ctx context.Context, io streams) error {
	s, err := c.load()
	if err != nil {
		return err
	}
	if s.Postgres() {
		return &failure{exitUsage, errors.New("the store is on PostgreSQL, which has its own tools for backups"), "use pg_dump, or point-in-time recovery; docs/operate.md shows both"}
	}
	if err := sqlite.BackupFile(ctx, s.SQLitePath(), c.To); err != nil {
		return &failure{exitConfig, err, "give --to a file that is not there, in a folder of this user's alone"}
	}
	r, err := sqlite.Verify(ctx, c.To)
	if err != nil {
		return &failure{exitNegative, fmt.Errorf("the backup is not good: %w", err), "see the disk, then back up to another file"}
	}
	if err := c.print(io, reported(c.To, r), reportText(c.To, r)); err != nil {
		return err
	}
	return talk(io, "The master key is not in the backup: keep a copy of its file apart from it.")
}

// holdings is what a look into a store has found.
type holdings struct {
	File    string  `json:"file,omitempty"`
	Bytes   int64   `json:"bytes,omitempty"`
	Pending int     `json:"pendingSteps"`
	Kinds   []tally `json:"kinds"`
}

type tally struct {
	Kind string `json:"kind"`
	Rows int64  `json:"rows"`
}

func tallies(all []store.Tally) []tally {
	out := []tally{}
	for _, t := range all {
		out = append(out, tally{t.Kind, t.Rows})
	}
	return out
}

func reported(file string, r sqlite.Report) holdings {
	return holdings{File: file, Bytes: r.Bytes, Pending: r.Pending, Kinds: tallies(r.Kinds)}
}

func reportText(file string, r sqlite.Report) string {
	return fmt.Sprintf("%s: intact, %d bytes\n", file, r.Bytes) + talliesText(r.Kinds)
}

func talliesText(all []store.Tally) string {
	text := ""
	for _, t := range all {
		text += fmt.Sprintf("  %-20s %d\n", t.Kind, t.Rows)
	}
	return text
}

type restoreCmd struct {
	storeSet   `embed:""`
	output     `embed:""`
	From       string `help:"Backup to read. With PostgreSQL and --verify-only it is left out: the database is looked at." placeholder:"FILE"`
	VerifyOnly bool   `help:"Only say whether it is intact, and what is in it."`
}

// Examples opens the command's help.
func (restoreCmd) Examples() string {
	return "  tegata restore --verify-only --from /backup/tegata-2026-01-31.db\n" +
		"  tegata restore --from /backup/tegata-2026-01-31.db --config /etc/tegata/tegata.yaml   (tegata serve has ended, its store is moved away)\n" +
		"  tegata restore --verify-only --store postgres://tegata@db/tegata\n"
}

// Run verifies a backup, or makes the store from it.
func (c restoreCmd) Run(ctx context.Context, io streams) error {
	s, err := c.load()
	if err != nil {
		return err
	}
	switch {
	case s.Postgres() && c.VerifyOnly && c.From == "":
		return c.look(ctx, io, s)
	case s.Postgres():
		return &failure{exitUsage, errors.New("the store is on PostgreSQL, which has its own tools to restore"), "use pg_restore, then tegata restore --verify-only; docs/operate.md shows it"}
	case c.From == "":
		return &failure{exitUsage, errors.New("--from is missing"), "name the backup: --from FILE"}
	}
	var r sqlite.Report
	if c.VerifyOnly {
		r, err = sqlite.Verify(ctx, c.From)
	} else {
		r, err = sqlite.Restore(ctx, c.From, sqlite.Config{Path: s.SQLitePath()})
	}
	if err != nil {
		return restoreFailure(err, s)
	}
	if err := c.print(io, reported(c.From, r), reportText(c.From, r)); err != nil || c.VerifyOnly {
		return err
	}
	return talk(io, "Restored to %s. Start tegata serve with the master key of that time.", s.SQLitePath())
}

func restoreFailure(err error, s *setting.Settings) error {
	switch {
	case errors.Is(err, sqlite.ErrDamaged):
		return &failure{exitNegative, err, "take an older backup"}
	case errors.Is(err, os.ErrExist):
		return &failure{exitRefused, err, "end tegata serve and move the store away, with its files -wal and -shm: mv " + s.SQLitePath() + " somewhere"}
	}
	return storeFailure(err, exitConfig, "give --from the path of a backup, and --store the path of the new store")
}

// look says what a database on PostgreSQL holds.
func (c restoreCmd) look(ctx context.Context, io streams, s *setting.Settings) (err error) {
	st, err := postgres.Open(ctx, postgres.Config{URL: s.Store, RefusePending: true})
	if err != nil {
		return storeFailure(err, exitUnreachable, "see that PostgreSQL runs and that --store names the restored database")
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.Tally(ctx)
	if err != nil {
		return err
	}
	return c.print(io, holdings{Kinds: tallies(all)}, "the database can be read\n"+talliesText(all))
}

type storeCmd struct {
	Copy storeCopyCmd `cmd:"" help:"Copy every record of one store to another, such as from SQLite to PostgreSQL."`
}

// Examples opens the command's help.
func (storeCmd) Examples() string {
	return "  tegata store copy --from /var/lib/tegata/tegata.db --to postgres://tegata@db/tegata\n"
}

type storeCopyCmd struct {
	output `embed:""`
	From   string `help:"Store to read: no tegata may be using it." required:"" placeholder:"FILE|URL"`
	To     string `help:"Store to fill; it should be empty. A copy that was broken off is begun again." required:"" placeholder:"FILE|URL"`
}

// Examples opens the command's help.
func (storeCopyCmd) Examples() string {
	return "  tegata store copy --from /var/lib/tegata/tegata.db --to postgres://tegata@db/tegata\n"
}

// copyable is a store that can be carried to another engine.
type copyable interface {
	store.Store
	store.Copyable
}

// Run copies the records, and compares counts and hashes of both sides.
func (c storeCopyCmd) Run(ctx context.Context, io streams) (err error) {
	from, err := openCopyable(ctx, c.From)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := openCopyable(ctx, c.To)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	all, err := store.Copy(ctx, from, to, nil)
	if errors.Is(err, store.ErrDiffers) {
		return &failure{exitNegative, err, "begin with an empty store, and let nobody use either of them meanwhile"}
	}
	if err != nil {
		return err
	}
	if err := c.print(io, holdings{Kinds: tallies(all)}, "copied, and compared: both hold the same\n"+talliesText(all)); err != nil {
		return err
	}
	return talk(io, "The secrets are sealed by the same master key: give it to the nodes of the new store.")
}

func openCopyable(ctx context.Context, where string) (copyable, error) {
	cfg := setting.Config{Store: where}
	var st copyable
	var err error
	if cfg.Postgres() {
		st, err = postgres.Open(ctx, postgres.Config{URL: where})
	} else {
		st, err = sqlite.Open(ctx, sqlite.Config{Path: cfg.SQLitePath()})
	}
	if err != nil {
		return nil, storeFailure(err, exitUnreachable, "give the path of a SQLite file, or postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	return st, nil
}
