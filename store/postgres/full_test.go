package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestFull: the server has no room, at whichever of the statements. They fail in the server
// itself, by triggers, with what it says when it is full: that needs no rights, so no run
// leaves it out.
func TestFull(t *testing.T) {
	t.Parallel()
	url := server.Database(t)
	full := newFullStore(t, url)
	run(t, url, "CREATE TABLE room (free BOOLEAN NOT NULL)", "INSERT INTO room VALUES (TRUE)", "CREATE SEQUENCE used",
		`CREATE FUNCTION take_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			IF (SELECT free FROM room) OR nextval('used') < 1000000 THEN RETURN NULL; END IF;
			RAISE EXCEPTION 'could not extend file "base/1/2": No space left on device' USING ERRCODE = '53100', HINT = 'Check free disk space.';
		END $$`,
		`DO $$ DECLARE name TEXT; BEGIN
			FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'room' LOOP
				EXECUTE format('CREATE TRIGGER take_room AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION take_room()', name);
			END LOOP;
		END $$`)
	for n := range 12 { // each time a statement later
		run(t, url, fmt.Sprintf("SELECT setval('used', %d)", 1_000_000-40-n), "UPDATE room SET free = FALSE")
		full.round(func() { run(t, url, "UPDATE room SET free = TRUE") })
	}
	full.end()
}

// fullStore is a store whose server is full at times.
type fullStore struct {
	*postgres.Store
	t     *testing.T
	first int // number of the next story
	times int
	total storetest.Audit

	mu  sync.Mutex // guards now
	now time.Time  // what the store takes for elapsed time
}

func newFullStore(t *testing.T, url string) *fullStore {
	t.Helper()
	f := &fullStore{t: t, first: 1, now: time.Now()}
	f.Store = open(t, postgres.WithElapsed(postgres.Config{URL: url}, f.elapsed))
	t.Cleanup(func() { f.Close() })
	if err := storetest.Prepare(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fullStore) elapsed() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fullStore) pass(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// round writes until the server has no room: whoever cannot be written is told so, reads go
// on, and the store does not call itself ready. When free has made room, the same store goes
// on, and what was acknowledged is there, whole and used once.
func (f *fullStore) round(free func()) {
	f.t.Helper()
	f.times++
	var mu sync.Mutex // guards facts
	var facts []storetest.Fact
	err := storetest.Load(f.t.Context(), f, f.first, 8, func(fact storetest.Fact) {
		mu.Lock()
		defer mu.Unlock()
		facts = append(facts, fact)
	})
	if err == nil || !strings.Contains(err.Error(), "could not extend file") || !strings.Contains(err.Error(), "53100") || errors.Is(err, store.ErrUnknown) {
		f.t.Errorf("a write without room: got error %v, want one that says so, and that nothing was done", err)
	}
	if err := f.Ping(f.t.Context()); err == nil || !strings.Contains(err.Error(), "disk was full") {
		f.t.Errorf("Ping without room: got error %v", err)
	}
	if _, err := f.People(f.t.Context()); err != nil {
		f.t.Errorf("a read without room: %v", err)
	}
	free()
	f.pass(time.Minute)
	if err := f.Ping(f.t.Context()); err != nil {
		f.t.Errorf("Ping with room again: %v", err)
	}
	a, err := storetest.Check(f.t.Context(), f, facts)
	if err != nil {
		f.t.Fatal(err)
	}
	f.total = f.total.Add(a)
	for _, fact := range facts {
		f.first = max(f.first, fact.N)
	}
	f.first += 1000 // some that were not acknowledged may be there
}

func (f *fullStore) end() {
	f.t.Helper()
	f.t.Logf("the server had no room %d times under load, %v", f.times, f.total)
	if !f.total.OK() {
		f.t.Error("the store did not keep what it had acknowledged")
	}
}

// TestSweepByServersClock: a node whose clock is years ahead removes nothing that is good by
// the server's clock.
func TestSweepByServersClock(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Config{})
	t.Cleanup(func() { s.Close() })
	if err := s.CreatePerson(t.Context(), store.Person{ID: "p"}); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i, end := range []time.Time{now.Add(-time.Hour), now.Add(24 * time.Hour)} {
		err := s.CreateSession(t.Context(), store.Session{Hash: store.Hash{byte(i)}, PersonID: "p", ExpiresAt: end})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Sweep(t.Context(), now.AddDate(50, 0, 0), 100); n != 1 || err != nil {
		t.Errorf("Sweep by a clock that is ahead: removed %d, %v; want 1, which is over", n, err)
	}
	if _, err := s.Session(t.Context(), store.Hash{1}, now); err != nil {
		t.Errorf("a session that is good: %v", err)
	}
	if n, err := s.Sweep(t.Context(), now.AddDate(-50, 0, 0), 100); n != 0 || err != nil {
		t.Errorf("Sweep by a clock that is behind: removed %d, %v; want none", n, err)
	}
}
