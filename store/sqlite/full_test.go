package sqlite_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestFullAtEachWrite: whichever write of a verb finds the disk full, the verb fails and
// leaves nothing behind, and does all of it when there is room again.
func TestFullAtEachWrite(t *testing.T) {
	t.Parallel()
	storetest.RunFull(t, func(t *testing.T, step func() error) (store.Store, store.Copyable) {
		d := watch(t)
		path := filepath.Join(d.folder, "t.db")
		t.Cleanup(func() {
			if _, err := sqlite.Verify(context.Background(), path); err != nil {
				t.Error(err)
			}
		})
		s := open(t, sqlite.Config{Path: path})
		d.limit(step)
		return s, s
	})
}

// TestFullUnderLoad fills the disk while many write, again and again: what was acknowledged
// is there, whole, and is so in what a kill would leave of the files; the readiness of the
// store says that it cannot write, and that it can when there is room again.
func TestFullUnderLoad(t *testing.T) {
	t.Parallel()
	times := 8
	if os.Getenv("TEGATA_SOAK") != "" {
		times = 200
	}
	d := watch(t)
	path := filepath.Join(d.folder, "t.db")
	s := open(t, sqlite.Config{Path: path})
	t.Cleanup(func() { s.Close() })
	if err := storetest.Prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var room storetest.Room
	d.limit(room.Take)
	random := rand.New(rand.NewPCG(3, 4))
	var total storetest.Audit
	first := 1
	for range times {
		room.Leave(random.IntN(2000))
		facts, next := loadUntilFull(t, s, first)
		first = next
		if err := s.Ping(t.Context()); err == nil {
			t.Error("a store whose disk is full says that it is ready")
		}
		killed := filepath.Join(t.TempDir(), "t.db")
		for _, suffix := range []string{"", "-wal"} {
			data, err := os.ReadFile(path + suffix)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(killed+suffix, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		total = total.Add(audit(t, killed, facts))
		room.Free()
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("with room again: %v", err)
		}
		a, err := storetest.Check(t.Context(), s, facts)
		if err != nil {
			t.Fatal(err)
		}
		total = total.Add(a)
	}
	t.Logf("the disk was full %d times under load, %v", times, total)
	if !total.OK() {
		t.Error("the store did not keep what it had acknowledged")
	}
}

// loadUntilFull writes stories until the store fails, and gives what it had acknowledged and
// a number above those of all stories.
func loadUntilFull(t *testing.T, s store.Store, first int) (facts []storetest.Fact, next int) {
	t.Helper()
	var mu sync.Mutex // guards facts
	if err := storetest.Load(t.Context(), s, first, 8, func(f storetest.Fact) {
		mu.Lock()
		defer mu.Unlock()
		facts = append(facts, f)
	}); err == nil {
		t.Fatal("the load came through although the disk was full")
	}
	next = first
	for _, f := range facts {
		next = max(next, f.N)
	}
	return facts, next + 1000 // some that were not acknowledged may be there
}
