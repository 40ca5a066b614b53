package postgres_test

import (
	"context"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/internal/faulty"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
	"github.com/tegata-id/tegata/store/storetest"
)

// server is the one of all tests here.
var server *pgtest.Server

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m, os.Getenv("TEGATA_TEST_POSTGRES"), &server)) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, postgres.Config{}) })
}

// open opens a store in a database of its own, unless c names one.
func open(t testing.TB, c postgres.Config) *postgres.Store {
	t.Helper()
	if c.URL == "" {
		c.URL = server.Database(t)
	}
	s, err := postgres.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	storetest.RunAdministration(t, func(t *testing.T) storetest.Administered { return open(t, postgres.Config{}) })
}

func TestFailures(t *testing.T) {
	t.Parallel()
	storetest.RunFailures(t, func(t *testing.T) storetest.Counting { return open(t, postgres.Config{}) })
}

func TestFaults(t *testing.T) {
	t.Parallel()
	storetest.RunFaults(t, func(t *testing.T, step func() error) (store.Store, store.Copyable) {
		s := open(t, postgres.WithEngine(postgres.Config{}, func(e database.Engine) database.Engine { return faulty.Wrap(e, step) }))
		return s, s
	})
}

// TestPooler: behind a pooler that hands out another connection for each transaction no
// statement may be prepared; everything works without.
func TestPooler(t *testing.T) {
	t.Parallel()
	unprepared := func(t *testing.T) *postgres.Store {
		u, err := url.Parse(server.Database(t))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("default_query_exec_mode", "exec")
		u.RawQuery = q.Encode()
		return open(t, postgres.Config{URL: u.String(), StatementTimeout: -1})
	}
	t.Run("administration", func(t *testing.T) {
		t.Parallel()
		storetest.RunAdministration(t, func(t *testing.T) storetest.Administered { return unprepared(t) })
	})
	t.Run("stories", func(t *testing.T) {
		t.Parallel()
		s := unprepared(t)
		t.Cleanup(func() { s.Close() })
		facts := stories(t, s, 400)
		if a, err := storetest.Check(t.Context(), s, facts); err != nil || !a.OK() {
			t.Errorf("%v, %v", a, err)
		}
	})
}

// stories writes stories to a store until it has acknowledged some steps, and gives them.
func stories(t *testing.T, s store.Store, atLeast int) []storetest.Fact {
	t.Helper()
	if err := storetest.Prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex // guards facts
	var facts []storetest.Fact
	if err := storetest.Load(ctx, s, 1, 4, func(f storetest.Fact) {
		mu.Lock()
		defer mu.Unlock()
		if facts = append(facts, f); len(facts) >= atLeast {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	return facts
}
