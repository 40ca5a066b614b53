package sqlite

import (
	"context"
	"fmt"
	"runtime"

	"github.com/tegata-id/tegata/store/internal/database"
)

// WithBatch is c with at most n writes in a commit.
func WithBatch(c Config, n int) Config {
	c.maxBatch = n
	return c
}

// WithEngine is c with wrap between the verbs and the engine.
func WithEngine(c Config, wrap func(database.Engine) database.Engine) Config {
	c.wrap = wrap
	return c
}

// Bare gives the least that the database can be asked for: to read one row by its key,
// and to write one of 200 bytes.
func (s *Store) Bare(ctx context.Context) (read, write func(n int) error, err error) {
	err = s.engine.Transact(ctx, func(c database.Conn) error {
		_, err := c.Exec("CREATE TABLE bare (n INTEGER PRIMARY KEY, v BLOB NOT NULL)")
		return err
	})
	row := make([]byte, 200)
	write = func(n int) error {
		return s.engine.Change(ctx, func(c database.Conn) error {
			_, err := c.Exec("INSERT INTO bare (n, v) VALUES ($1, $2)", int64(n), row)
			return err
		})
	}
	read = func(n int) error {
		return s.engine.Read(ctx, func(c database.Conn) error { return readOne(c, int64(1+n%1000)) })
	}
	for n := 1; n <= 1000 && err == nil; n++ {
		err = write(n)
	}
	return read, write, err
}

func readOne(c database.Conn, n int64) error {
	rows, err := c.Query("SELECT v FROM bare WHERE n = $1", n)
	if err != nil {
		return err
	}
	defer rows.Close()
	var v []byte
	for rows.Next() {
		if err := rows.Scan(&v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Transact runs f in a transaction of the engine.
func (s *Store) Transact(ctx context.Context, f func(database.Conn) error) error {
	return s.engine.Transact(ctx, f)
}

// Hold runs f while the writer is busy. f may wait until a number of writes wait for it.
func (s *Store) Hold(ctx context.Context, f func(waiting func(int))) {
	held, free, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_ = s.engine.Transact(ctx, func(database.Conn) error {
			close(held)
			<-free
			return nil
		})
	}()
	<-held
	f(func(n int) {
		for s.engine.writer.waiting.Load() < int64(n) {
			runtime.Gosched()
		}
	})
	close(free)
	<-done
}

// LimitPages lets the database grow to n pages at most, and no further than it is.
func (s *Store) LimitPages(ctx context.Context, n int) {
	_ = s.engine.Transact(ctx, func(c database.Conn) error {
		rows, err := c.Query(fmt.Sprintf("PRAGMA max_page_count = %d", n))
		if err == nil {
			rows.Close()
		}
		return err
	})
}
