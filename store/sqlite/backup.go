package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/carry"
	"github.com/tegata-id/tegata/store/internal/migration"
	"github.com/tegata-id/tegata/store/internal/sqlstore"
)

// ErrDamaged means that a file is not the store that was once written to it.
var ErrDamaged = errors.New("the file is damaged: restore a backup")

// Backup writes the store as it is at one moment to a new file, with mode 0600, while
// the store goes on being used. The file is there only when it is complete and on the
// disk. It holds everything that the store keeps, so channel secrets and keys are sealed
// in it, and the master key that opens them is not in it.
func (s *Store) Backup(ctx context.Context, to string) error {
	return BackupFile(ctx, s.path, to)
}

// Restore makes the file of a store from a backup, after it has been verified. There must
// be no file at c.Path yet: what was there before is the operator's to move away. ErrLocked
// if a process still uses it.
func Restore(ctx context.Context, from string, c Config) (Report, error) {
	report, err := Verify(ctx, from)
	if err != nil {
		return Report{}, err
	}
	if err := copyLocked(ctx, from, c.Path); err != nil {
		return Report{}, fmt.Errorf("restore SQLite store %s: %w", c.Path, err)
	}
	return report, nil
}

// copyLocked is copyStore to the place of a store that no process uses.
func copyLocked(ctx context.Context, from, to string) error {
	if err := checkFolder(to); err != nil {
		return err
	}
	l, err := takeLock(ctx, to)
	if err != nil {
		return err
	}
	return errors.Join(copyStore(ctx, from, to), l.free())
}

// copyStore copies a database to a new file, by way of a name that tells that it is not
// complete yet.
func copyStore(ctx context.Context, from, to string) error {
	if err := checkFolder(to); err != nil {
		return err
	}
	// SQLite would read into the copy what is left of another file in either of its journals.
	for _, name := range []string{to, to + "-wal", to + "-journal"} {
		if _, err := os.Lstat(name); err == nil {
			return fmt.Errorf("%s: %w: nothing is overwritten", name, fs.ErrExist)
		}
	}
	partial, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".partial-*") // with mode 0600
	if err != nil {
		return err
	}
	name := partial.Name()
	err = partial.Close()
	if err == nil {
		err = vacuumInto(ctx, from, name)
	}
	if err == nil {
		err = syncFile(name)
	}
	if err == nil {
		// A link, unlike a rename, does not overwrite what has come there meanwhile.
		err = os.Link(name, to)
	}
	err = errors.Join(err, os.Remove(name))
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

// vacuumInto writes a database, as one transaction sees it, into an empty file.
func vacuumInto(ctx context.Context, from, to string) error {
	db, err := openReadOnly(from)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO $1", to)
	return errors.Join(err, db.Close())
}

func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// openReadOnly opens a file beside whoever else may be using it.
func openReadOnly(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", address(path, "ro", "busy_timeout(5000)", "trusted_schema(0)"))
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// Report is what Verify found in a file.
type Report struct {
	Bytes   int64 // of the database; what lies in a journal beside it is not counted
	Pending int   // steps of the schema that this program would apply when it opens it
	Kinds   []store.Tally
	Keys    store.KeyRing // still sealed
}

// Verify reads a whole file, a backup or the store itself, also while it is in use, and
// says what is in it. ErrDamaged if it is not intact; store.ErrSchemaNewer,
// store.ErrSchemaOther. It changes nothing.
func Verify(ctx context.Context, path string) (Report, error) {
	r, err := verify(ctx, path)
	if err != nil {
		return Report{}, fmt.Errorf("verify SQLite store %s: %w", path, err)
	}
	return r, nil
}

func verify(ctx context.Context, path string) (Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Report{}, err
	}
	if !info.Mode().IsRegular() {
		return Report{}, fmt.Errorf("it is not a file but %s", info.Mode().Type())
	}
	db, err := openReadOnly(path)
	if err != nil {
		return Report{}, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return Report{}, damaged(err)
	}
	defer conn.Close()
	report := Report{Bytes: info.Size()}
	for _, step := range []func(context.Context, *sql.Conn, *Report) error{checkOwned, checkPages, checkSchema, tally} {
		if err := step(ctx, conn, &report); err != nil {
			return Report{}, damaged(err)
		}
	}
	return report, nil
}

func checkOwned(ctx context.Context, c *sql.Conn, _ *Report) error {
	var mark int64
	if err := c.QueryRowContext(ctx, "PRAGMA application_id").Scan(&mark); err != nil {
		return err
	}
	if mark != application {
		return errors.New("it is not the file of a store")
	}
	return nil
}

// checkPages reads every page and every index, and the references between tables.
func checkPages(ctx context.Context, c *sql.Conn, _ *Report) error {
	var verdict string
	if err := c.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("%w (%s)", ErrDamaged, verdict)
	}
	rows, err := c.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return fmt.Errorf("%w (a record refers to one that is not there)", ErrDamaged)
	}
	return rows.Err()
}

func checkSchema(ctx context.Context, c *sql.Conn, r *Report) error {
	schema, err := migration.Read(migrations)
	if err != nil {
		return err
	}
	pending, err := schema.Pending(plain{c, ctx})
	r.Pending = len(pending)
	return err
}

func tally(ctx context.Context, c *sql.Conn, r *Report) (err error) {
	if r.Kinds, err = carry.Tally(plain{c, ctx}); err == nil {
		r.Keys, err = sqlstore.KeyRingOf(plain{c, ctx})
	}
	return err
}

// BackupFile writes a store to a new file as Backup does, from another process than the
// one that uses it.
func BackupFile(ctx context.Context, path, to string) error {
	if err := copyStore(ctx, path, to); err != nil {
		return fmt.Errorf("back SQLite store %s up to %s: %w", path, to, err)
	}
	return nil
}
