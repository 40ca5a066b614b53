package postgres_test

import (
	"os"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestServerKilled: the server is killed under load and started again. What the store had
// acknowledged is there, nothing is used twice, no verb holds by half, and the same store
// goes on without being opened again.
func TestServerKilled(t *testing.T) {
	t.Parallel()
	own, err := pgtest.Start("", "-c", "fsync=on")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Stop(); err != nil {
			t.Error(err)
		}
	})
	s := open(t, postgres.Config{URL: own.Database(t)})
	t.Cleanup(func() { s.Close() })
	if err := storetest.Prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var total storetest.Audit
	first := 1
	kills := 4
	if os.Getenv("TEGATA_SOAK") != "" {
		kills = 40
	}
	for range kills {
		facts := loadAndKill(t, own, s, first)
		for _, f := range facts {
			first = max(first, f.N)
		}
		first += 1000 // some that were not acknowledged are there
		if err := own.Launch(); err != nil {
			t.Fatal(err)
		}
		a, err := storetest.Check(t.Context(), s, facts)
		if err != nil {
			t.Fatal(err)
		}
		total = total.Add(a)
	}
	t.Logf("%d kills, %v", kills, total)
	if !total.OK() {
		t.Error("the store did not keep what it had acknowledged")
	}
}

// loadAndKill writes until the server has acknowledged some hundred steps, kills it, and
// gives all that were acknowledged.
func loadAndKill(t *testing.T, server *pgtest.Server, s *postgres.Store, first int) []storetest.Fact {
	t.Helper()
	var mu sync.Mutex // guards facts
	var facts []storetest.Fact
	enough, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- storetest.Load(t.Context(), s, first, 8, func(f storetest.Fact) {
			mu.Lock()
			defer mu.Unlock()
			if facts = append(facts, f); len(facts) == 300 {
				close(enough)
			}
		})
	}()
	select {
	case <-enough:
	case err := <-ended:
		t.Fatalf("the load ended by itself: %v", err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Fatal("the load came through although its server was killed")
	}
	return facts
}
