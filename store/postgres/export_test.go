package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tegata-id/tegata/store/internal/database"
)

// WithEngine is c with wrap between the verbs and the engine.
func WithEngine(c Config, wrap func(database.Engine) database.Engine) Config {
	c.wrap = wrap
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

// Size says how many bytes a table and its indexes take.
func (s *Store) Size(ctx context.Context, name string) (table, indexes int64, err error) {
	name = pgx.Identifier{name}.Sanitize()
	if _, err := s.engine.pool.Exec(ctx, "VACUUM ANALYZE "+name); err != nil {
		return 0, 0, err
	}
	err = s.engine.pool.QueryRow(ctx, "SELECT pg_table_size($1::regclass), pg_indexes_size($1::regclass)", name).Scan(&table, &indexes)
	return table, indexes, err
}
