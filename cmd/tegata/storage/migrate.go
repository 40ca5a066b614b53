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
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
)

// Migrate is the command migrate.
type Migrate struct {
	Plan  MigratePlan  `cmd:"" help:"Show the steps that the schema of the store lacks."`
	Apply MigrateApply `cmd:"" help:"Apply them."`
}

// Examples opens the command's help.
func (Migrate) Examples() string {
	return "  tegata migrate plan --config /etc/tegata/tegata.yaml\n  tegata migrate apply --config /etc/tegata/tegata.yaml\n"
}

// MigratePlan is the command migrate plan.
type MigratePlan struct {
	place  `embed:""`
	output `embed:""`
	SQL    bool `help:"Show the statements of each step."`
}

// Examples opens the command's help.
func (MigratePlan) Examples() string {
	return "  tegata migrate plan --config /etc/tegata/tegata.yaml --sql\n  tegata migrate plan --store postgres://tegata@db/tegata --json\n"
}

// Run shows the steps.
func (c *MigratePlan) Run(ctx context.Context, k *kong.Context, folders setting.Folders) error {
	s, err := c.load(folders, setting.MasterKey{})
	if err != nil {
		return err
	}
	found, err := steps(ctx, s, sqlite.Pending, postgres.Pending)
	if err != nil {
		return err
	}
	if err := printSteps(k, c.output, found, "to do", c.SQL); err != nil {
		return err
	}
	if _, err := os.Stat(s.SQLitePath()); !s.Postgres() && errors.Is(err, fs.ErrNotExist) {
		return talk(k, "There is no store at %s yet: tegata serve makes it at its first start, or tegata migrate apply.", s.SQLitePath())
	}
	return nil
}

// MigrateApply is the command migrate apply.
type MigrateApply struct {
	place  `embed:""`
	output `embed:""`
}

// Examples opens the command's help.
func (MigrateApply) Examples() string {
	return "  tegata migrate apply --config /etc/tegata/tegata.yaml\n"
}

// Run applies the steps.
func (c *MigrateApply) Run(ctx context.Context, k *kong.Context, folders setting.Folders) error {
	s, err := c.load(folders, setting.MasterKey{})
	if err != nil {
		return err
	}
	if err := makeFolder(s); err != nil {
		return err
	}
	done, err := steps(ctx, s, sqlite.Migrate, postgres.Migrate)
	if err != nil {
		return err
	}
	return printSteps(k, c.output, done, "done", false)
}

// makeFolder makes the folder of a store that nobody has named.
func makeFolder(s *setting.Settings) error {
	if s.Postgres() || !s.IsDefault("store") {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.SQLitePath()), 0o700); err != nil {
		return &exit.Error{Code: exit.Config, Err: fmt.Errorf("folder of the store: %w", err), Next: "give --store FILE in a folder that this user can write to"}
	}
	return nil
}

// steps asks the engine of the store.
func steps(
	ctx context.Context, s *setting.Settings,
	onSQLite func(context.Context, sqlite.Config) ([]store.Migration, error),
	onPostgres func(context.Context, postgres.Config) ([]store.Migration, error),
) ([]store.Migration, error) {
	if s.Postgres() {
		found, err := onPostgres(ctx, postgres.Config{URL: s.Store})
		if err != nil {
			return nil, failed(err, exit.Unreachable, "see that PostgreSQL runs, and that --store or the settings name host, user and database")
		}
		return found, nil
	}
	found, err := onSQLite(ctx, sqlite.Config{Path: s.SQLitePath()})
	if err != nil {
		return nil, failed(err, exit.Config, "see that --store, or the settings, name the file that you mean")
	}
	return found, nil
}

// step is one step of the schema, as it is printed.
type step struct {
	Number int    `json:"number"`
	Name   string `json:"name"`
	SQL    string `json:"sql,omitempty"`
}

func printSteps(k *kong.Context, o output, found []store.Migration, what string, sql bool) error {
	out := struct {
		Steps []step `json:"steps"`
	}{[]step{}}
	text := ""
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
	return o.print(k.Stdout, out, text)
}
