package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/tegata-id/tegata/store/internal/database"
)

// readers are the connections that read.
type readers struct {
	db       *sql.DB
	mu       sync.RWMutex         // guards prepared
	prepared map[string]*sql.Stmt // by text, of which there are as many as sqlstore has
}

// cacheOfReaders is how many KiB of pages the readers keep, all together. In memory they
// take twice as much, since the allocator rounds a page and its header up to 8 KiB; twice as
// many were no faster with a million tokens. With a memory map a read would be as fast without
// them, but an error of the disk would end the process.
const cacheOfReaders = 64 << 10

func openReaders(c Config) (*readers, error) {
	most := c.Readers
	if most <= 0 {
		most = defaultReaders()
	}
	db, err := openPool(c.Path, most, "query_only(1)", fmt.Sprintf("cache_size(-%d)", cacheOfReaders/most))
	if err != nil {
		return nil, err
	}
	return &readers{db: db, prepared: make(map[string]*sql.Stmt)}, nil
}

func (r *readers) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, s := range r.prepared {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, r.db.Close())...)
}

// prepare gives the statement of a text, which is parsed once per connection.
func (r *readers) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	r.mu.RLock()
	s, ok := r.prepared[text]
	r.mu.RUnlock()
	if ok {
		return s, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, ok := r.prepared[text]; ok {
		return s, nil
	}
	s, err := r.db.PrepareContext(ctx, text)
	if err == nil {
		r.prepared[text] = s
	}
	return s, err
}

// errReadOnly is the answer to a write where only reads are allowed.
var errReadOnly = errors.New("this connection only reads")

// pooled is a database.Conn whose statements each take any connection of the readers.
type pooled struct {
	*readers
	ctx context.Context
}

// Exec implements database.Conn.
func (p pooled) Exec(string, ...any) (int64, error) { return 0, errReadOnly }

// Query implements database.Conn.
func (p pooled) Query(text string, args ...any) (database.Rows, error) {
	s, err := p.prepare(p.ctx, text)
	if err != nil {
		return nil, err
	}
	got, err := s.QueryContext(p.ctx, args...)
	return rows{got}, err
}

// plain is a migration.Script on one connection, whose statements are parsed each time.
type plain struct {
	conn *sql.Conn
	ctx  context.Context
}

// Exec implements database.Conn.
func (p plain) Exec(text string, args ...any) (int64, error) {
	r, err := p.conn.ExecContext(p.ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// Query implements database.Conn.
func (p plain) Query(text string, args ...any) (database.Rows, error) {
	got, err := p.conn.QueryContext(p.ctx, text, args...)
	return rows{got}, err
}

// Run implements migration.Script.
func (p plain) Run(text string) error {
	_, err := p.conn.ExecContext(p.ctx, text)
	return err
}

// Exists implements migration.Script.
func (p plain) Exists(table string) (ok bool, err error) {
	err = p.conn.QueryRowContext(p.ctx, "SELECT COUNT(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = $1", table).Scan(&ok)
	return ok, err
}

// rows are the rows of database/sql.
type rows struct{ *sql.Rows }

// Close implements database.Rows. What it could say, Err says.
func (r rows) Close() { _ = r.Rows.Close() }
