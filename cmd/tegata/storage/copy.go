package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
)

// Store is the command store.
type Store struct {
	Copy Copy `cmd:"" help:"Copy every record of one store to another, such as from SQLite to PostgreSQL."`
}

// Examples opens the command's help.
func (Store) Examples() string {
	return "  tegata store copy --from /var/lib/tegata/tegata.db --to postgres://tegata@db/tegata\n"
}

// Copy is the command store copy.
type Copy struct {
	output `embed:""`
	From   string `help:"Store to read: no tegata may be using it." required:"" placeholder:"FILE|URL"`
	To     string `help:"Store to fill: an empty database, a file that is not there, or a copy that was broken off." required:"" placeholder:"FILE|URL"`
}

// Examples opens the command's help.
func (Copy) Examples() string {
	return "  tegata store copy --from /var/lib/tegata/tegata.db --to postgres://tegata@db/tegata\n" +
		"  (broken off? the same command again goes on)\n" +
		"  tegata restore --verify-only --store postgres://tegata@db/tegata --master-key-file /etc/tegata/master.key\n"
}

// engine is a store that can be carried to another engine.
type engine interface {
	store.Store
	store.Copyable
}

// Run copies the records, and compares counts and digests of both sides.
func (c *Copy) Run(ctx context.Context, k *kong.Context) (err error) {
	if same(c.From, c.To) {
		return &exit.Error{Code: exit.Usage, Err: errors.New("--from and --to are the same store"), Next: "give --to an empty database, or a file that is not there"}
	}
	from, err := openFrom(ctx, c.From)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := openEngine(ctx, c.To, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := fillable(ctx, from, to); err != nil {
		return err
	}
	all, err := store.Copy(ctx, from, to, progress(k))
	switch {
	case errors.Is(err, store.ErrDiffers):
		return &exit.Error{Code: exit.Negative, Err: err, Next: "begin again with an empty store, and let nobody use either of them meanwhile"}
	case ctx.Err() != nil:
		return &exit.Error{Code: exit.Interrupted, Err: errors.New("the copy was broken off: do not start tegata serve on it"), Next: "the same command again goes on"}
	case err != nil:
		return failed(err, exit.Unreachable, "when the cause is mended, the same command again goes on")
	}
	if err := c.print(k.Stdout, holdings{Kinds: tallies(all)}, "copied, and compared: both hold the same\n"+talliesText(all)); err != nil {
		return err
	}
	return talk(k, "The secrets are sealed by the same master key: give it to the nodes of the new store. It is in neither store.")
}

// progress tells how far each kind has come.
func progress(k *kong.Context) func(string, int) {
	rows := map[string]int{}
	return func(kind string, n int) {
		rows[kind] += n
		// Whether somebody reads along does not matter to the copy.
		_ = talk(k, "%s: %d", kind, rows[kind])
	}
}

// same says whether two names are of one store, as far as names can tell.
func same(a, b string) bool {
	one, other := setting.Config{Store: a}, setting.Config{Store: b}
	if one.Postgres() || other.Postgres() {
		return a == b
	}
	x, err := os.Stat(one.SQLitePath())
	y, err2 := os.Stat(other.SQLitePath())
	return err == nil && err2 == nil && os.SameFile(x, y) || filepath.Clean(one.SQLitePath()) == filepath.Clean(other.SQLitePath())
}

// openFrom opens the store to read. It is not made and not migrated: it stays what to go
// back to.
func openFrom(ctx context.Context, where string) (engine, error) {
	cfg := setting.Config{Store: where}
	if _, err := os.Stat(cfg.SQLitePath()); !cfg.Postgres() && errors.Is(err, fs.ErrNotExist) {
		if err := known(cfg); err != nil {
			return nil, err
		}
		return nil, &exit.Error{Code: exit.Config, Err: fmt.Errorf("there is no store at %s", cfg.SQLitePath()), Next: "give --from the path of a SQLite file, or postgres://USER@HOST:PORT/DATABASE"}
	}
	return openEngine(ctx, where, true)
}

func openEngine(ctx context.Context, where string, asItIs bool) (engine, error) {
	cfg := setting.Config{Store: where}
	if err := known(cfg); err != nil {
		return nil, err
	}
	if cfg.Postgres() {
		st, err := postgres.Open(ctx, postgres.Config{URL: where, RefusePending: asItIs})
		if err != nil {
			return nil, failed(err, exit.Unreachable, "see that PostgreSQL runs, and that the URL names host, user and database")
		}
		return st, nil
	}
	st, err := sqlite.Open(ctx, sqlite.Config{Path: cfg.SQLitePath(), RefusePending: asItIs})
	if err != nil {
		return nil, failed(err, exit.Unreachable, "give the path of a SQLite file in a folder of this user's alone")
	}
	return st, nil
}

// fillable refuses, before anything is written, a store that holds what does not come from
// the other one.
func fillable(ctx context.Context, from, to engine) error {
	theirs, err := from.KeyRing(ctx)
	if err != nil {
		return err
	}
	ours, err := to.KeyRing(ctx)
	if err != nil {
		return err
	}
	other := len(ours.Keys) > 0 && !slices.EqualFunc(ours.Keys, theirs.Keys, func(a, b store.Key) bool { return a.ID == b.ID })
	want, err := from.Tally(ctx)
	if err != nil {
		return err
	}
	got, err := to.Tally(ctx)
	if err != nil {
		return err
	}
	for i, t := range got {
		other = other || i >= len(want) || t.Rows > want[i].Rows
	}
	if other {
		return &exit.Error{
			Code: exit.Refused, Err: errors.New("the store to fill holds records that are not of the other one; nothing was written"),
			Next: "give --to an empty database, or a file that is not there; begin the copy before the first tegata serve on it",
		}
	}
	return nil
}
