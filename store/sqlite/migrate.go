package sqlite

import (
	"context"
	"errors"

	"github.com/tegata-id/tegata/store/internal/migration"
)

// Locked implements migration.Migrator. The lock of the file keeps other processes away.
func (e *engine) Locked(ctx context.Context, f func(migration.Script) error) error {
	if err := e.writer.begin(); err != nil {
		return err
	}
	if err := f(plain{e.writer.conn, ctx}); err != nil {
		e.writer.rollback()
		return err
	}
	if err := e.writer.exec("COMMIT"); err != nil {
		e.writer.rollback()
		return err
	}
	return nil
}

// pending gives the steps that the file lacks.
func (e *engine) pending(ctx context.Context, schema migration.Steps) (pending migration.Steps, err error) {
	conn, err := e.readers.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	pending, err = schema.Pending(plain{conn, ctx})
	return pending, errors.Join(err, conn.Close())
}
