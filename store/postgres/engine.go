package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/internal/migration"
)

// engine implements database.Engine and migration.Migrator over one database.
type engine struct {
	pool     *pgxpool.Pool
	log      *pgxpool.Pool // of one connection, for the log of revocations: see RevocationsAfter
	password string        // that no error may tell
	work     time.Duration // that a verb may take once it has a connection
	read     time.Duration // that a read may take, with the wait for a connection and all tries
	health   health
}

// Close implements database.Engine.
func (e *engine) Close() error {
	for _, pool := range []*pgxpool.Pool{e.pool, e.log} {
		if pool != nil {
			pool.Close()
		}
	}
	return nil
}

// Locks implements database.Engine.
func (e *engine) Locks() database.Locks {
	return database.Locks{Stay: " FOR KEY SHARE", Share: " FOR SHARE", Update: " FOR UPDATE", Skip: " FOR UPDATE SKIP LOCKED"}
}

// Taken implements database.Engine.
func (e *engine) Taken(err error) bool { return state(err) == "23505" } // unique_violation

// Read implements database.Engine. A read may be asked again whatever has become of it, so
// it does not wait for a silent server as long as a verb that changes something.
func (e *engine) Read(ctx context.Context, f func(database.Conn) error) error {
	ctx, cancel := context.WithTimeout(ctx, e.read)
	defer cancel()
	deadline, _ := ctx.Deadline()
	return e.tries(ctx, func(work context.Context, c *pgxpool.Conn) (bool, error) {
		work, cancel := context.WithDeadline(work, deadline)
		defer cancel()
		err := f(conn{c, work})
		return work.Err() == nil && (rolledBack(err) || lost(c, err)), err
	})
}

// Change implements database.Engine. The statement is its own transaction: if its answer
// does not come, nobody knows whether it was committed.
func (e *engine) Change(ctx context.Context, f func(database.Conn) error) error {
	return e.tries(ctx, func(ctx context.Context, c *pgxpool.Conn) (bool, error) {
		err := f(conn{c, ctx})
		if lost(c, err) && !pgconn.SafeToRetry(err) {
			return false, fmt.Errorf("%w: %w", store.ErrUnknown, err)
		}
		return rolledBack(err) || lost(c, err), err
	})
}

// Transact implements database.Engine.
func (e *engine) Transact(ctx context.Context, f func(database.Conn) error) error {
	return e.tries(ctx, func(ctx context.Context, c *pgxpool.Conn) (bool, error) {
		tx, err := c.BeginTx(ctx, readCommitted())
		if err != nil {
			return lost(c, err), err
		}
		if err := f(conn{tx, ctx}); err != nil {
			// That a lost connection cannot be told to roll back is no news.
			_ = tx.Rollback(ctx)
			return rolledBack(err) || lost(c, err), err
		}
		err = tx.Commit(ctx)
		if state(err) == "25P03" { // idle_in_transaction_session_timeout: before COMMIT came
			return true, err
		}
		if err != nil && !answered(err) && !pgconn.SafeToRetry(err) {
			return false, fmt.Errorf("%w: %w", store.ErrUnknown, err)
		}
		return rolledBack(err) || lost(c, err), err
	})
}

// Snapshot implements database.Engine.
func (e *engine) Snapshot(ctx context.Context, f func(database.Conn) error) error {
	tx, err := e.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return e.clean(err)
	}
	c := conn{tx, ctx}
	// What is done with the rows may take as long as it likes, also between two pages.
	if err = c.Run("SET LOCAL idle_in_transaction_session_timeout = 0"); err == nil {
		err = f(c)
	}
	return errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
}

// mostTries is how often a verb is tried at most.
const mostTries = 6

// tries runs one attempt after the other until one ends well or says that it may not be
// tried again.
func (e *engine) tries(ctx context.Context, attempt func(context.Context, *pgxpool.Conn) (again bool, err error)) error {
	for n := 0; ; n++ {
		again, err := e.try(ctx, attempt)
		if err == nil || !again || n+1 == mostTries {
			return err
		}
		// Those who were in each other's way do not start again in step: the wait grows.
		wait := time.NewTimer(time.Millisecond << (2 * n))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return err
		}
	}
}

func (e *engine) try(ctx context.Context, attempt func(context.Context, *pgxpool.Conn) (bool, error)) (bool, error) {
	c, err := e.pool.Acquire(ctx)
	if err != nil {
		return false, e.clean(err)
	}
	defer c.Release()
	work, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.work)
	defer cancel()
	again, err := attempt(work, c)
	e.health.note(err)
	if lost(c, err) {
		// The server has gone or come back: the others that wait in the pool are no
		// better.
		e.pool.Reset()
	}
	return again, err
}

// state is the SQLSTATE of an error of the server, "" if it is none.
func state(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// answered says whether an error is the server's own answer, after which it goes on: then
// what was asked has been undone. A FATAL one ends the connection, perhaps after COMMIT.
func answered(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.SeverityUnlocalized == "ERROR" || errors.Is(err, pgx.ErrTxCommitRollback)
}

// rolledBack says whether the server has undone a transaction because of others: a
// serialization failure or a deadlock.
func rolledBack(err error) bool {
	s := state(err)
	return answered(err) && (s == "40001" || s == "40P01")
}

// lost says whether a failure has ended the connection. The server undoes what had not
// been committed.
func lost(c *pgxpool.Conn, err error) bool {
	return err != nil && !answered(err) && c.Conn().IsClosed()
}

// clean takes the password from the text of an error, should it be there. What the error
// is can still be asked.
func (e *engine) clean(err error) error {
	if err == nil || e.password == "" || !strings.Contains(err.Error(), e.password) {
		return err
	}
	return redacted{strings.ReplaceAll(err.Error(), e.password, "…"), err}
}

// redacted is an error whose text is not its own. It does not unwrap: the text of what it
// wraps must not be told.
type redacted struct {
	text string
	err  error
}

// Error implements error.
func (r redacted) Error() string { return r.text }

// Is lets errors.Is look through.
func (r redacted) Is(target error) bool { return errors.Is(r.err, target) }

func (e *engine) ping(ctx context.Context) error {
	var readOnly string
	err := e.pool.QueryRow(ctx, "SHOW transaction_read_only").Scan(&readOnly)
	if err == nil && readOnly != "off" {
		err = errors.New("the server only reads: name the primary, or add target_session_attrs=read-write to the URL")
	}
	if err != nil {
		return e.clean(err)
	}
	return e.health.full()
}

// errStandby is the refusal of a server that follows another one.
var errStandby = errors.New("the server is a standby, which may not know yet what has been revoked: name the primary")

// primary makes sure that no connection leads to a standby, whatever hosts and
// target_session_attrs the URL names, and then asks what they ask. From the first moment on
// at which the primary does not answer, the pool would keep connections to the next host.
func primary(then pgconn.ValidateConnectFunc) pgconn.ValidateConnectFunc {
	return func(ctx context.Context, c *pgconn.PgConn) error {
		switch c.ParameterStatus("in_hot_standby") {
		case "on":
			return errStandby
		case "off":
		default: // older than PostgreSQL 14, another engine, or behind a pooler
			if err := pgconn.ValidateConnectTargetSessionAttrsReadWrite(ctx, c); err != nil {
				return err
			}
		}
		if then == nil {
			return nil
		}
		return then(ctx, c)
	}
}

// migrationLock is the key of the advisory lock under which the schema changes.
const migrationLock = 0x7465676174610001

// Locked implements migration.Migrator.
func (e *engine) Locked(ctx context.Context, f func(migration.Script) error) error {
	return pgx.BeginTxFunc(ctx, e.pool, readCommitted(), func(tx pgx.Tx) error {
		c := conn{tx, ctx}
		// A step may take as long as it needs, and so may the wait for another node's.
		if err := c.Run("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"); err != nil {
			return err
		}
		if _, err := c.Exec("SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
		return f(c)
	})
}

// pending gives the steps that the database lacks.
func (e *engine) pending(ctx context.Context, schema migration.Steps) (pending migration.Steps, err error) {
	err = e.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) (err error) {
		pending, err = schema.Pending(conn{c, ctx})
		return err
	})
	return pending, err
}

// querier is a connection or a transaction.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// conn is a migration.Script.
type conn struct {
	q   querier
	ctx context.Context
}

// Exec implements database.Conn.
func (c conn) Exec(sql string, args ...any) (int64, error) {
	tag, err := c.q.Exec(c.ctx, sql, args...)
	return tag.RowsAffected(), err
}

// Query implements database.Conn.
func (c conn) Query(sql string, args ...any) (database.Rows, error) {
	return c.q.Query(c.ctx, sql, args...)
}

// Run implements migration.Script.
func (c conn) Run(sql string) error {
	_, err := c.q.Exec(c.ctx, sql, pgx.QueryExecModeSimpleProtocol)
	return err
}

// Exists implements migration.Script.
func (c conn) Exists(table string) (ok bool, err error) {
	rows, err := c.q.Query(c.ctx, "SELECT COUNT(*) > 0 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1", table)
	if err != nil {
		return false, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowTo[bool])
}
