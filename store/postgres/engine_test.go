package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// run runs statements on a database.
func run(t *testing.T, url string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, s := range statements {
		if _, err := c.Exec(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestPassword: whatever is wrong with a URL, no error tells the password in it.
func TestPassword(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-Horse"
	for _, url := range []string{
		"postgres://tegata:" + password + "@127.0.0.1:1/tegata",
		"postgres://tegata:" + password + "@[::1/tegata",
		"postgres://tegata:" + password + "%zz@127.0.0.1:1/tegata",
		"postgres://tegata:" + password + "@127.0.0.1:port/tegata",
		"postgres://tegata:" + password + "@127.0.0.1:1/tegata?sslmode=" + password,
		"postgres://tegata:" + password + "@127.0.0.1:1/tegata?sslrootcert=/none/" + password,
		"postgres://tegata:" + password + "/x@127.0.0.1/tegata",
		"postgres://tegata@127.0.0.1:1/tegata?password=" + password,
		"postgres://tegata@127.0.0.1:1/tegata?pool_max_conns=x&password=" + password,
		"host=127.0.0.1 port=1 user=tegata password=" + password + " dbname=tegata",
		"host=127.0.0.1 port=x password=" + password,
		"password='" + password,
		password,
	} {
		_, err := postgres.Open(t.Context(), postgres.Config{URL: url})
		if err == nil || strings.Contains(err.Error(), password) || strings.Contains(err.Error(), password[:6]) {
			t.Errorf("%s: got error %v, want one without the password", url, err)
		}
	}
	// One that stands in every error by chance hides nothing of what the error is.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := postgres.Open(ctx, postgres.Config{URL: "postgres://tegata:e@127.0.0.1:1/tegata"}); !errors.Is(err, context.Canceled) || strings.Contains(strings.TrimPrefix(err.Error(), "open PostgreSQL store"), "e") {
		t.Errorf("a password of one letter: got error %v, want %v without it", err, context.Canceled)
	}
	if _, err := postgres.Open(t.Context(), postgres.Config{URL: " "}); err == nil || !strings.Contains(err.Error(), "no URL: give postgres://") {
		t.Errorf("no URL: got error %v", err)
	}
}

// TestNodesStartAtOnce: of many nodes that open an empty database at once, one makes the
// schema, and all of them work.
func TestNodesStartAtOnce(t *testing.T) {
	t.Parallel()
	url := server.Database(t)
	const nodes = 8
	var work sync.WaitGroup
	for n := range nodes {
		work.Go(func() {
			s, err := postgres.Open(t.Context(), postgres.Config{URL: url, MaxConns: 2})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.CreateProvider(t.Context(), store.Provider{ID: string(rune('a' + n))}); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	s := open(t, postgres.Config{URL: url})
	defer s.Close()
	all, err := s.Providers(t.Context())
	if err != nil || len(all) != nodes {
		t.Errorf("got %d providers, %v; want %d", len(all), err, nodes)
	}
}

// TestSchema: pending steps are told with their text and refused if asked to; a newer
// schema, and one with another step, are refused.
func TestSchema(t *testing.T) {
	t.Parallel()
	c := postgres.Config{URL: server.Database(t), RefusePending: true}
	refused := func(want error) {
		t.Helper()
		if _, err := postgres.Open(t.Context(), c); !errors.Is(err, want) {
			t.Errorf("Open: got error %v, want %v", err, want)
		}
	}
	refused(store.ErrSchemaPending)
	steps := func(name string, want int, got []store.Migration, err error) {
		t.Helper()
		if err != nil || len(got) != want || want > 0 && !strings.Contains(got[0].SQL, "CREATE TABLE access_tokens") {
			t.Errorf("%s: got %d steps, %v; want %d", name, len(got), err, want)
		}
	}
	got, err := postgres.Pending(t.Context(), c)
	steps("Pending", 1, got, err)
	refused(store.ErrSchemaPending)
	got, err = postgres.Migrate(t.Context(), c)
	steps("Migrate", 1, got, err)
	got, err = postgres.Pending(t.Context(), c)
	steps("Pending afterwards", 0, got, err)
	if err := open(t, c).Close(); err != nil {
		t.Error(err)
	}
	run(t, c.URL, "INSERT INTO schema_migrations VALUES (2, 'x', 'x', 0)")
	refused(store.ErrSchemaNewer)
	run(t, c.URL, "DELETE FROM schema_migrations WHERE number = 2", "UPDATE schema_migrations SET digest = 'x'")
	refused(store.ErrSchemaOther)
}

// raise is a statement that fails with a SQLSTATE.
func raise(state string) string {
	return "DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '" + state + "'; END $$"
}

// TestTriedAgain: a transaction that the server has undone because of others is run again
// from the beginning, and one that failed for its own cause is not.
func TestTriedAgain(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Config{})
	t.Cleanup(func() { s.Close() })
	for name, tt := range map[string]struct {
		statement string
		want      int
	}{
		"serialization failure": {raise("40001"), 3},
		"deadlock":              {raise("40P01"), 3},
		"lost before COMMIT":    {"SELECT pg_terminate_backend(pg_backend_pid())", 3},
		"unique violation":      {raise("23505"), 1},
		"too long":              {raise("57014"), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			err := s.Transact(t.Context(), func(c database.Conn) error {
				tries++
				if _, err := c.Exec("INSERT INTO providers (id, name) VALUES ($1, '')", name); err != nil {
					return err
				}
				if tries < 3 {
					_, err := c.Exec(tt.statement)
					return err
				}
				return nil
			})
			if tries != tt.want || (err == nil) != (tt.want == 3) {
				t.Errorf("tried %d times, %v; want %d times", tries, err, tt.want)
			}
			if errors.Is(err, store.ErrUnknown) {
				t.Errorf("got error %v, but it is known that nothing holds", err)
			}
		})
	}
}

// TestUnknownOutcome: when the connection is lost during COMMIT, or during a statement that
// commits itself, nothing is tried again and the error says that nobody knows.
func TestUnknownOutcome(t *testing.T) {
	t.Parallel()
	c := postgres.Config{URL: server.Database(t)}
	s := open(t, c)
	t.Cleanup(func() { s.Close() })
	run(t, c.URL, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); RETURN NULL; END $$`,
		"CREATE CONSTRAINT TRIGGER die AFTER INSERT ON providers DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()")
	tries := 0
	err := s.Transact(t.Context(), func(c database.Conn) error {
		tries++
		_, err := c.Exec("INSERT INTO providers (id, name) VALUES ('p', '')")
		return err
	})
	if !errors.Is(err, store.ErrUnknown) || tries != 1 {
		t.Errorf("COMMIT: got error %v after %d tries, want %v after 1", err, tries, store.ErrUnknown)
	}
	if err := s.CreateProvider(t.Context(), store.Provider{ID: "q"}); !errors.Is(err, store.ErrUnknown) {
		t.Errorf("one statement: got error %v, want %v", err, store.ErrUnknown)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestTimeouts: the server ends a statement that takes too long, and one that waits for a
// row too long.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Config{StatementTimeout: 200 * time.Millisecond, LockTimeout: 50 * time.Millisecond})
	t.Cleanup(func() { s.Close() })
	err := s.Transact(t.Context(), func(c database.Conn) error {
		_, err := c.Exec("SELECT pg_sleep(60)")
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "57014") {
		t.Errorf("a long statement: got error %v, want SQLSTATE 57014", err)
	}
	if err := s.CreateProvider(t.Context(), store.Provider{ID: "p"}); err != nil {
		t.Fatal(err)
	}
	lock := "SELECT 1 FROM providers WHERE id = 'p' FOR UPDATE"
	err = s.Transact(t.Context(), func(c database.Conn) error {
		if _, err := c.Exec(lock); err != nil {
			return err
		}
		waits := s.Transact(t.Context(), func(c database.Conn) error {
			_, err := c.Exec(lock)
			return err
		})
		if waits == nil || !strings.Contains(waits.Error(), "55P03") {
			t.Errorf("a locked row: got error %v, want SQLSTATE 55P03", waits)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSilentServer: a read does not wait for the answer of a server that says nothing, and
// the connections that it had are not used again.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	line := pgtest.NewLine(t, server.Database(t))
	s := open(t, postgres.Config{URL: line.URL, StatementTimeout: 200 * time.Millisecond, MaxConns: 1})
	t.Cleanup(func() { s.Close() })
	line.Pause(true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // verbs that change something have more
	defer cancel()
	if _, err := s.Providers(ctx); !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		t.Errorf("a server that says nothing: got error %v (the caller: %v), want the end of the store's own patience", err, ctx.Err())
	}
	line.Resume()
	if _, err := s.Providers(t.Context()); err != nil {
		t.Errorf("when it speaks again: %v", err)
	}
}

// TestCallerGone: a caller who goes away while the work is done costs no connection, and
// is told what has become of it.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Config{MaxConns: 1})
	t.Cleanup(func() { s.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	backend := func(c database.Conn) string {
		rows, err := c.Query("SELECT pg_backend_pid()::text")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		pid := ""
		for rows.Next() {
			if err := rows.Scan(&pid); err != nil {
				t.Fatal(err)
			}
		}
		return pid
	}
	before, after := "", ""
	err1 := s.Transact(ctx, func(c database.Conn) error {
		before = backend(c)
		cancel()
		_, err := c.Exec("INSERT INTO providers (id, name) VALUES ('p', '')")
		return err
	})
	err2 := s.Transact(t.Context(), func(c database.Conn) error {
		after = backend(c)
		return nil
	})
	all, err := s.Providers(t.Context())
	if err := errors.Join(err1, err2, err); err != nil || before != after || len(all) != 1 {
		t.Errorf("got %v, connection %s and then %s, %d providers; want one connection and one provider", err, before, after, len(all))
	}
	if err := s.CreateProvider(ctx, store.Provider{ID: "q"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who had gone before: got error %v, want %v", err, context.Canceled)
	}
}

// TestReadOnlyServer: a server that does not take writes is not ready.
func TestReadOnlyServer(t *testing.T) {
	t.Parallel()
	url := server.Database(t)
	if err := open(t, postgres.Config{URL: url}).Close(); err != nil {
		t.Fatal(err)
	}
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	run(t, url, "ALTER DATABASE "+config.Database+" SET default_transaction_read_only = on")
	if _, err := postgres.Open(t.Context(), postgres.Config{URL: url}); err == nil || !strings.Contains(err.Error(), "the server only reads") {
		t.Errorf("got error %v, want one that says that the server only reads", err)
	}
}
