package sqlite_test

import (
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/internal/faulty"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, sqlite.Config{}) })
}

// open opens a store in a file of its own, unless c names one.
func open(t testing.TB, c sqlite.Config) *sqlite.Store {
	t.Helper()
	if c.Path == "" {
		c.Path = filepath.Join(t.TempDir(), "tegata.db")
	}
	s, err := sqlite.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	storetest.RunAdministration(t, func(t *testing.T) storetest.Administered { return open(t, sqlite.Config{}) })
}

func TestFailures(t *testing.T) {
	t.Parallel()
	storetest.RunFailures(t, func(t *testing.T) storetest.Counting { return open(t, sqlite.Config{}) })
}

func TestFaults(t *testing.T) {
	t.Parallel()
	storetest.RunFaults(t, func(t *testing.T, step func() error) (store.Store, store.Copyable) {
		s := open(t, sqlite.WithEngine(sqlite.Config{}, func(e database.Engine) database.Engine { return faulty.Wrap(e, step) }))
		return s, s
	})
}

// now is when the stories here are told.
var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func tokenID(n int) (id store.ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// TestEventLimit: a sweep forgets the oldest events in bounded steps, and the rest keep
// their numbers.
func TestEventLimit(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{EventLimit: 7})
	t.Cleanup(func() { s.Close() })
	for n := range 30 {
		if err := s.AddEvent(t.Context(), store.Event{Status: n}); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []struct {
		removed int
		first   int64
	}{{10, 11}, {10, 21}, {3, 24}, {0, 24}} {
		if n, err := s.Sweep(t.Context(), now, 10); n != want.removed || err != nil {
			t.Errorf("Sweep: got %d, %v; want %d", n, err, want.removed)
		}
		all, err := s.EventsAfter(t.Context(), 0, 100)
		if err != nil || len(all) == 0 || all[0].Seq != want.first || all[len(all)-1].Seq != 30 {
			t.Errorf("got %d events, %v; want those from %d to 30", len(all), err, want.first)
		}
	}
}
