package sqlstore

import (
	"context"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

// DefaultEventLimit is how many events a Store remembers if Config does not say.
const DefaultEventLimit = 100_000

// Config sets up a Store.
type Config struct {
	Engine database.Engine
	// EventLimit is how many events are remembered; Sweep forgets the oldest beyond
	// that. Zero or less means DefaultEventLimit.
	EventLimit int
	// Log is told of revoked access tokens; nil if no other process needs to know.
	Log RevocationLog
}

// RevocationLog is for engines that several processes use: it tells the others which
// access tokens they may no longer answer for from memory.
type RevocationLog interface {
	// Revoked notes access tokens in the transaction that revokes them. Entries must
	// become visible in the order of their numbers.
	Revoked(c database.Conn, tokens []store.ID) error
	// Trim removes at most limit entries that nobody can ask for any more, and says how
	// many it removed.
	Trim(ctx context.Context, limit int) (int, error)
}

// Store implements store.Store over an Engine; make it with New. Its methods may be
// called from many goroutines.
type Store struct {
	engine     database.Engine
	eventLimit int
	locks      database.Locks
	log        RevocationLog
}

var (
	_ store.Store          = (*Store)(nil)
	_ store.Administration = (*Store)(nil)
)

// New makes a Store of an engine whose schema is in place.
func New(c Config) *Store {
	if c.EventLimit <= 0 {
		c.EventLimit = DefaultEventLimit
	}
	return &Store{engine: c.Engine, eventLimit: c.EventLimit, locks: c.Engine.Locks(), log: c.Log}
}

// Close implements store.Store.
func (s *Store) Close() error { return s.engine.Close() }

// get reads the one record that a query gives.
func get[T any](ctx context.Context, s *Store, read func(scan) (T, error), sql string, args ...any) (r T, err error) {
	err = s.engine.Read(ctx, func(c conn) (err error) {
		r, err = one(c, read, sql, args...)
		return err
	})
	return r, err
}

// list reads all records that a query gives.
func list[T any](ctx context.Context, s *Store, read func(scan) (T, error), sql string, args ...any) (r []T, err error) {
	err = s.engine.Read(ctx, func(c conn) (err error) {
		r, err = all(c, read, sql, args...)
		return err
	})
	return r, err
}

// create adds one record by one statement.
func (s *Store) create(ctx context.Context, sql string, args ...any) error {
	return s.engine.Change(ctx, func(c conn) error { return add(c, sql, args...) })
}

// outdated says why a change from a version touched no row: exists asks whether the
// record is there at all.
func outdated(c conn, exists string, args ...any) error {
	ok, err := there(c, exists, args...)
	switch {
	case err != nil:
		return err
	case ok:
		return store.ErrConflict
	}
	return store.ErrNotFound
}

// revokes runs an UPDATE … RETURNING id of access tokens and tells the log of them.
func (s *Store) revokes(c conn, sql string, args ...any) ([]store.ID, error) {
	tokens, err := all(c, readID, sql, args...)
	if err != nil || len(tokens) == 0 || s.log == nil {
		return tokens, err
	}
	return tokens, s.log.Revoked(c, tokens)
}

func readID(row scan) (store.ID, error) {
	var id store.ID
	err := row(fixed(id[:]))
	return id, err
}
