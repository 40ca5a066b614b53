package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tegata-id/tegata/store/internal/database"
)

// WithEngine is c with wrap between the verbs and the engine.
func WithEngine(c Config, wrap func(database.Engine) database.Engine) Config {
	c.wrap = wrap
	return c
}

// WithElapsed is c with a clock for what has passed.
func WithElapsed(c Config, elapsed func() time.Time) Config {
	c.elapsed = elapsed
	return c
}

// Bare gives the least that the database can be asked for: to read one row by its key,
// and to write one of 200 bytes.
func (s *Store) Bare(ctx context.Context) (read, write func(n int) error, err error) {
	_, err = s.engine.pool.Exec(ctx, "CREATE TABLE bare (n BIGINT PRIMARY KEY, v BYTEA NOT NULL)")
	row := make([]byte, 200)
	write = func(n int) error {
		_, err := s.engine.pool.Exec(ctx, "INSERT INTO bare (n, v) VALUES ($1, $2)", int64(n), row)
		return err
	}
	read = func(n int) error {
		var v []byte
		return s.engine.pool.QueryRow(ctx, "SELECT v FROM bare WHERE n = $1", int64(1+n%1000)).Scan(&v)
	}
	for n := 1; n <= 1000 && err == nil; n++ {
		err = write(n)
	}
	return read, write, err
}

// Transact runs f in a transaction of the engine.
func (s *Store) Transact(ctx context.Context, f func(database.Conn) error) error {
	return s.engine.Transact(ctx, f)
}

// Size says how many bytes a table and its indexes take when it has been tidied up.
func (s *Store) Size(ctx context.Context, name string) (table, indexes int64, err error) {
	if _, err := s.engine.pool.Exec(ctx, "VACUUM ANALYZE "+pgx.Identifier{name}.Sanitize()); err != nil {
		return 0, 0, err
	}
	return s.Taken(ctx, name)
}

// Taken says how many bytes a table and its indexes take as they are.
func (s *Store) Taken(ctx context.Context, name string) (table, indexes int64, err error) {
	err = s.engine.pool.QueryRow(ctx, "SELECT pg_table_size($1::regclass), pg_indexes_size($1::regclass)", pgx.Identifier{name}.Sanitize()).Scan(&table, &indexes)
	return table, indexes, err
}
