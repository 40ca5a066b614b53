package faulty

import (
	"context"

	"github.com/tegata-id/tegata/store/internal/database"
)

// Wrap gives an engine that asks step before each statement of a verb and once more
// before the end of its transaction, and fails with the error that step gives.
func Wrap(e database.Engine, step func() error) database.Engine { return engine{e, step} }

type engine struct {
	database.Engine
	step func() error
}

// Read implements database.Engine.
func (e engine) Read(ctx context.Context, f func(database.Conn) error) error {
	return e.Engine.Read(ctx, e.through(f, false))
}

// Change implements database.Engine. Its statement is committed by itself: nothing can
// fail after it.
func (e engine) Change(ctx context.Context, f func(database.Conn) error) error {
	return e.Engine.Change(ctx, e.through(f, false))
}

// Transact implements database.Engine.
func (e engine) Transact(ctx context.Context, f func(database.Conn) error) error {
	return e.Engine.Transact(ctx, e.through(f, true))
}

func (e engine) through(f func(database.Conn) error, end bool) func(database.Conn) error {
	return func(c database.Conn) error {
		if err := f(conn{c, e.step}); err != nil || !end {
			return err
		}
		return e.step()
	}
}

type conn struct {
	database.Conn
	step func() error
}

// Exec implements database.Conn.
func (c conn) Exec(sql string, args ...any) (int64, error) {
	if err := c.step(); err != nil {
		return 0, err
	}
	return c.Conn.Exec(sql, args...)
}

// Query implements database.Conn.
func (c conn) Query(sql string, args ...any) (database.Rows, error) {
	if err := c.step(); err != nil {
		return nil, err
	}
	return c.Conn.Query(sql, args...)
}
