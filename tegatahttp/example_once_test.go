package tegatahttp_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"time"

	_ "modernc.org/sqlite" // or the driver of your database

	"github.com/tegata-id/tegata/tegatahttp"
)

// tableOnce is a Once for servers of several processes, in a table that they share. The
// statements are those of SQLite and PostgreSQL alike.
type tableOnce struct{ db *sql.DB }

// usedTokens is the table. Its key does all the work: of any number of processes that add
// the same one, the database lets one.
const usedTokens = `CREATE TABLE used_tokens (key BYTEA PRIMARY KEY, until BIGINT NOT NULL)`

// Use implements tegatahttp.Once.
func (o tableOnce) Use(ctx context.Context, key [sha256.Size]byte, until time.Time) error {
	res, err := o.db.ExecContext(ctx, `INSERT INTO used_tokens (key, until) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key[:], until.Unix()+1)
	if err != nil {
		return err
	}
	added, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if added == 0 {
		return tegatahttp.ErrUsed
	}
	return nil
}

// sweep removes what need not be remembered any longer. Call it now and then.
func (o tableOnce) sweep(ctx context.Context, now time.Time) error {
	_, err := o.db.ExecContext(ctx, `DELETE FROM used_tokens WHERE until <= $1`, now.Unix())
	return err
}

// openUsedTokens opens a database that lives as long as the process.
func openUsedTokens(ctx context.Context) (*sql.DB, error) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // each connection of SQLite has a :memory: of its own
	if _, err := db.ExecContext(ctx, usedTokens); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// A memory of used tokens that several processes share.
func ExampleOnce() {
	ctx := context.Background()
	db, err := openUsedTokens(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	once := tableOnce{db} // for tegatahttp.OneTime(once)

	key, until := sha256.Sum256([]byte("header.payload")), time.Now().Add(time.Hour)
	fmt.Println(once.Use(ctx, key, until))
	fmt.Println(errors.Is(once.Use(ctx, key, until), tegatahttp.ErrUsed))
	fmt.Println(once.sweep(ctx, time.Now()), errors.Is(once.Use(ctx, key, until), tegatahttp.ErrUsed))
	// Output:
	// <nil>
	// true
	// <nil> true
}
