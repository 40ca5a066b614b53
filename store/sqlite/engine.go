package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"

	// The driver registers itself with database/sql.
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tegata-id/tegata/store/internal/database"
)

// application marks our files: "tgta" in the header of the database.
const application = 0x74677461

// engine implements database.Engine and migration.Migrator over one file.
type engine struct {
	lock    *lock
	readers *readers
	writer  *writer
}

// openEngine opens a file without looking at its schema. Before start is called, only
// Locked and pending may be.
func openEngine(ctx context.Context, c Config) (e *engine, err error) {
	if err := checkFolder(c.Path); err != nil {
		return nil, err
	}
	e = &engine{}
	if e.lock, err = takeLock(ctx, c.Path); err != nil {
		return nil, err
	}
	if err := prepareFile(c.Path); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if e.writer, err = openWriter(ctx, c); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	if e.readers, err = openReaders(c); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// start lets the engine take writes.
func (e *engine) start() { e.writer.start() }

// Close implements database.Engine.
func (e *engine) Close() error {
	var errs []error
	if e.readers != nil {
		errs = append(errs, e.readers.close())
	}
	if e.writer != nil {
		errs = append(errs, e.writer.close())
	}
	return errors.Join(append(errs, e.lock.free())...)
}

// Read implements database.Engine.
func (e *engine) Read(ctx context.Context, f func(database.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// A read takes microseconds; to watch the caller's context would take longer.
	return f(pooled{e.readers, context.WithoutCancel(ctx)})
}

// Snapshot implements database.Engine.
func (e *engine) Snapshot(ctx context.Context, f func(database.Conn) error) error {
	conn, err := e.readers.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	err = f(plain{conn, ctx})
	_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return errors.Join(err, end)
}

// Change implements database.Engine.
func (e *engine) Change(ctx context.Context, f func(database.Conn) error) error {
	return e.writer.do(ctx, f, false)
}

// Transact implements database.Engine.
func (e *engine) Transact(ctx context.Context, f func(database.Conn) error) error {
	return e.writer.do(ctx, f, true)
}

// Taken implements database.Engine.
func (e *engine) Taken(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return true
	}
	return false
}

// Locks implements database.Engine: one transaction at a time writes, so no row needs
// a lock.
func (e *engine) Locks() database.Locks { return database.Locks{} }

func (e *engine) ping(ctx context.Context) error {
	if e.writer.ended() {
		return errClosed
	}
	var n int
	if err := e.readers.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM counters").Scan(&n); err != nil {
		return err
	}
	return e.writer.takesWrites(ctx)
}

// damaged tells the errors by which SQLite says that a file is not what it wrote.
func damaged(err error) error {
	switch code(err) & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// code is SQLite's extended code of an error, 0 if it is none of SQLite's.
func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func busy(err error) bool { return code(err)&0xff == sqlite3.SQLITE_BUSY }

// openPool opens connections to the file of a store.
func openPool(path string, most int, pragmas ...string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", address(path, "rw", append(pragmas, "busy_timeout(5000)", "foreign_keys(1)", "trusted_schema(0)")...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	return db, nil
}

// owned refuses a database that is another program's and marks an empty one as ours.
func owned(ctx context.Context, c *sql.Conn) error {
	var mark, tables int64
	if err := c.QueryRowContext(ctx, "PRAGMA application_id").Scan(&mark); err != nil {
		return err
	}
	if err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return err
	}
	switch {
	case mark == application:
		return nil
	case mark != 0 || tables > 0:
		return errors.New("it is the database of another program: give another path")
	}
	_, err := c.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", application))
	return err
}

// defaultReaders is how many reads run at the same time if the Config does not say.
func defaultReaders() int { return max(4, runtime.GOMAXPROCS(0)) }
