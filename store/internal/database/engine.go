package database

import "context"

// Engine is a database that runs statements. Its errors carry
// neither the address nor the password of a database.
type Engine interface {
	// Read lets f read. Each statement of f sees everything that was acknowledged
	// before it began.
	Read(ctx context.Context, f func(Conn) error) error
	// Change lets f run one statement that changes something and is atomic by itself.
	// What f runs after it may only read.
	Change(ctx context.Context, f func(Conn) error) error
	// Transact lets f run statements that all hold or none. If f returns an error
	// everything is undone and the error comes back as it is. f may be run more than
	// once, each time from the beginning, so it sets what it returns anew.
	Transact(ctx context.Context, f func(Conn) error) error
	// Snapshot lets f read the store as it was at one moment, for as long as f takes.
	Snapshot(ctx context.Context, f func(Conn) error) error
	// Taken says whether a statement failed because a unique value is taken.
	Taken(err error) bool
	// Locks says how this engine spells the row locks of a SELECT.
	Locks() Locks
	// Close ends the engine.
	Close() error
}

// Conn runs statements: portable SQL with the placeholders $1, $2, … It is bound to
// the context of the Engine's method and is good only inside of it.
type Conn interface {
	// Exec runs a statement and says how many rows it touched.
	Exec(sql string, args ...any) (int64, error)
	// Query runs a statement that gives rows. Close them before the next statement.
	Query(sql string, args ...any) (Rows, error)
}

// Rows are read one after the other, as those of database/sql.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Locks are what is written behind a SELECT to lock its rows until the transaction
// ends. They are empty where one transaction at a time writes, as in SQLite.
//
// So that two transactions never wait for each other, rows are locked in this order:
// provider, channel, person, grant, code, refresh token, access token.
type Locks struct {
	Stay   string // the row is not deleted and keeps its key
	Share  string // the row is not changed
	Update string // as Share, and nobody else gets any of the three
	Skip   string // as Update, leaving out rows that somebody else has locked
}
