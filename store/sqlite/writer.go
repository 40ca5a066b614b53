package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

// mostInBatch is how many writes share a commit at most, so that the first of them does
// not wait for long.
const mostInBatch = 512

var errClosed = errors.New("the store is closed")

// writer is the one connection that writes and the goroutine that owns it.
type writer struct {
	db       *sql.DB
	conn     *sql.Conn
	most     int
	prepared map[string]*sql.Stmt // the goroutine's, as is conn once it runs

	jobs    chan *job    // unbuffered: what is taken is run
	waiting atomic.Int64 // how many wait to be taken
	closing chan struct{}
	once    sync.Once // closes closing
	done    sync.WaitGroup

	refused atomic.Bool // the disk has refused a write, and taken no probe since
}

// job is one write that waits for its commit.
type job struct {
	ctx  context.Context
	f    func(database.Conn) error
	many bool // it may have written something when it fails
	err  error
	done chan struct{}
}

func openWriter(ctx context.Context, c Config) (*writer, error) {
	// FULL syncs the journal at every commit, and fullfsync asks for the same on macOS,
	// where an ordinary sync does not reach the disk.
	db, err := openPool(
		c.Path, 1, "synchronous(FULL)", "fullfsync(1)", "checkpoint_fullfsync(1)", "journal_size_limit(67108864)", "cache_size(-16384)",
	)
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, most: c.maxBatch, prepared: make(map[string]*sql.Stmt), jobs: make(chan *job), closing: make(chan struct{})}
	if w.most <= 0 {
		w.most = mostInBatch
	}
	if w.conn, err = db.Conn(ctx); err == nil {
		err = w.prepareDatabase(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// prepareDatabase makes sure that the file is ours and keeps a write-ahead log.
func (w *writer) prepareDatabase(ctx context.Context) error {
	if err := owned(ctx, w.conn); err != nil {
		return err
	}
	var mode string
	if err := w.conn.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("its journal is %q and cannot be a write-ahead log: is the file on a local disk?", mode)
	}
	return nil
}

func (w *writer) start() {
	w.done.Go(w.run)
}

func (w *writer) ended() bool {
	select {
	case <-w.closing:
		return true
	default:
		return false
	}
}

// close waits for the writes that have been taken.
func (w *writer) close() error {
	w.once.Do(func() { close(w.closing) })
	w.done.Wait()
	var errs []error
	for _, s := range w.prepared {
		errs = append(errs, s.Close())
	}
	if w.conn != nil {
		errs = append(errs, w.conn.Close())
	}
	return errors.Join(append(errs, w.db.Close())...)
}

// do runs f in a transaction and returns when that is committed. The context bounds the
// wait for the writer only: what has begun comes to its end, and its outcome is told.
func (w *writer) do(ctx context.Context, f func(database.Conn) error, many bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: context.WithoutCancel(ctx), f: f, many: many, done: make(chan struct{})}
	w.waiting.Add(1)
	err := w.queue(ctx, j)
	w.waiting.Add(-1)
	if err != nil {
		return err
	}
	<-j.done
	return j.err
}

// queue waits until the writer takes a job.
func (w *writer) queue(ctx context.Context, j *job) error {
	select {
	case w.jobs <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return errClosed
	}
}

// run takes what waits and commits it, until the writer is closed.
func (w *writer) run() {
	batch := make([]*job, 0, w.most)
	for {
		select {
		case j := <-w.jobs:
			batch = append(batch[:0], j)
		case <-w.closing:
			return
		}
		for more := true; more && len(batch) < w.most; {
			select {
			case j := <-w.jobs:
				batch = append(batch, j)
			default:
				more = false
			}
		}
		w.commit(batch)
		for i, j := range batch {
			w.note(j.err)
			close(j.done)
			batch[i] = nil
		}
	}
}

// commit runs the jobs of a batch in one transaction. If that fails for a cause that is
// not a job's own, and certainly left nothing behind, each gets a transaction of its
// own: one that cannot be written does not take its neighbours with it.
func (w *writer) commit(batch []*job) {
	again, err := w.attempt(batch)
	if err == nil {
		return
	}
	if !again || len(batch) == 1 {
		for _, j := range batch {
			j.err = err
		}
		return
	}
	for i := range batch {
		if _, err := w.attempt(batch[i : i+1]); err != nil {
			batch[i].err = err
		}
	}
}

// attempt runs jobs in one transaction. If it fails, again says that certainly nothing
// was written. A job's own error is in the job.
func (w *writer) attempt(batch []*job) (again bool, err error) {
	if err := w.begin(); err != nil {
		return true, err
	}
	for _, j := range batch {
		if err := w.step(j, len(batch) > 1); err != nil {
			w.rollback()
			return true, err
		}
	}
	if len(batch) == 1 && batch[0].err != nil {
		w.rollback()
		return false, nil
	}
	if err := w.exec("COMMIT"); err != nil {
		w.rollback()
		if undone(err) {
			return true, err
		}
		return false, fmt.Errorf("%w: %w", store.ErrUnknown, err)
	}
	return false, nil
}

// begin begins a transaction, also if a failure left one open.
func (w *writer) begin() error {
	err := w.exec("BEGIN IMMEDIATE")
	if err != nil && !busy(err) {
		w.rollback()
		err = w.exec("BEGIN IMMEDIATE")
	}
	return err
}

// rollback ends a transaction. That there is none any more is no error: SQLite ends it
// by itself when the disk is full or fails.
func (w *writer) rollback() { _ = w.exec("ROLLBACK") }

// step runs one job; in a batch one that may have written something stands behind a
// savepoint. An error is not the job's own but one that ends the transaction.
func (w *writer) step(j *job, batch bool) error {
	guard := batch && j.many
	if guard {
		if err := w.exec("SAVEPOINT verb"); err != nil {
			return err
		}
	}
	j.err = j.f(writing{w, j.ctx})
	if fatal(j.err) {
		return j.err
	}
	if !guard {
		return nil
	}
	if j.err != nil {
		if err := w.exec("ROLLBACK TO verb"); err != nil {
			return err
		}
	}
	return w.exec("RELEASE verb")
}

func (w *writer) exec(text string) error {
	s, err := w.prepare(context.Background(), text)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background())
	return err
}

func (w *writer) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if s, ok := w.prepared[text]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(ctx, text)
	if err == nil {
		w.prepared[text] = s
	}
	return s, err
}

// fatal says whether an error of a statement ends the whole transaction.
func fatal(err error) bool {
	switch code(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// undone says whether a COMMIT that failed has certainly written nothing that could come
// back. After an error of the disk, or without memory for what follows the sync, nobody
// knows.
func undone(err error) bool {
	switch code(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

// writing is a database.Conn on the connection that writes.
type writing struct {
	*writer
	ctx context.Context
}

// Exec implements database.Conn.
func (w writing) Exec(text string, args ...any) (int64, error) {
	s, err := w.prepare(w.ctx, text)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(w.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query implements database.Conn.
func (w writing) Query(text string, args ...any) (database.Rows, error) {
	s, err := w.prepare(w.ctx, text)
	if err != nil {
		return nil, err
	}
	got, err := s.QueryContext(w.ctx, args...)
	return rows{got}, err
}
