package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/journal"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// slow is a store whose events wait at a gate, and which may refuse them.
type slow struct {
	store.Store
	gate   chan struct{} // nil: open
	steps  atomic.Int32
	broken atomic.Bool
}

var errDisk = errors.New("the disk is gone")

func (s *slow) AddEvents(ctx context.Context, all []store.Event) error {
	s.steps.Add(1)
	if s.gate != nil {
		<-s.gate
	}
	if s.broken.Load() {
		return errDisk
	}
	return s.Store.AddEvents(ctx, all)
}

func begin(t *testing.T, st store.Store, lost func(int)) *journal.Journal {
	t.Helper()
	j, err := journal.New(journal.Config{Store: st, Now: time.Now, Lost: lost})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func refusal(n int) store.Event {
	return store.Event{Kind: "refused", RequestID: fmt.Sprint(n), Status: n}
}

// TestWritten: what was done is in the store when AddEvent has returned; what was refused when
// somebody asks for it; all of it in order, and after Close.
func TestWritten(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	j := begin(t, st, nil)
	ctx := t.Context()
	for n := range 10 {
		if err := j.AddEvent(ctx, refusal(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.AddEvent(ctx, store.Event{Kind: "login", RequestID: "r", Status: 10}); err != nil {
		t.Fatal(err)
	}
	if all, err := st.EventsOf(ctx, "r"); err != nil || len(all) != 1 {
		t.Errorf("what was done is not in the store: %v, %v", all, err)
	}
	_ = j.AddEvent(ctx, refusal(11))
	if all, err := j.EventsOf(ctx, "11"); err != nil || len(all) != 1 {
		t.Errorf("a refusal is not found: %v, %v", all, err)
	}
	if err := j.AddEvents(ctx, []store.Event{refusal(12), refusal(13)}); err != nil {
		t.Fatal(err)
	}
	_ = j.AddEvent(ctx, refusal(14))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := st.EventsAfter(ctx, 0, 100)
	if err != nil || len(all) != 15 {
		t.Fatalf("got %d events, %v; want 15", len(all), err)
	}
	for n, e := range all {
		if e.Status != n {
			t.Errorf("event %d stands at %d", e.Status, n)
		}
	}
	if err := j.AddEvent(ctx, store.Event{Kind: "login"}); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("after Close: got %v, want ErrClosed", err)
	}
	if _, err := j.EventsAfter(ctx, 0, 1); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("after Close: got %v, want ErrClosed", err)
	}
}

// TestFlood: however many requests are refused while the store is slow, nobody waits for them,
// what is kept is bounded, and nothing that was done is lost.
func TestFlood(t *testing.T) {
	t.Parallel()
	st := &slow{Store: memory.New(memory.Config{}), gate: make(chan struct{})}
	var lost atomic.Int64
	j := begin(t, st, func(n int) { lost.Add(int64(n)) })
	const flood = 20_000
	for n := range flood {
		if err := j.AddEvent(t.Context(), refusal(n)); err != nil {
			t.Fatal(err)
		}
	}
	var done sync.WaitGroup
	for range 3 {
		done.Go(func() {
			if err := j.AddEvent(t.Context(), store.Event{Kind: "login", RequestID: "done"}); err != nil {
				t.Error(err)
			}
		})
	}
	close(st.gate)
	done.Wait()
	got, err := j.EventsOf(t.Context(), "done")
	if err != nil || len(got) != 3 {
		t.Errorf("%d of 3 logins are in the log, %v", len(got), err)
	}
	all, err := j.EventsAfter(t.Context(), 0, flood)
	if err != nil {
		t.Fatal(err)
	}
	if kept := int64(len(all) - 3); kept < 1000 || kept > 1300 || kept+lost.Load() != flood {
		t.Errorf("%d refusals are kept and %d lost, want some 1,024 kept and %d together", kept, lost.Load(), flood)
	}
	if n := st.steps.Load(); n > 20 {
		t.Errorf("%d steps were needed", n)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFaults: whoever did something is told that it could not be written; refusals are counted;
// the journal goes on afterwards.
func TestFaults(t *testing.T) {
	t.Parallel()
	st := &slow{Store: memory.New(memory.Config{})}
	st.broken.Store(true)
	var lost atomic.Int64
	j := begin(t, st, func(n int) { lost.Add(int64(n)) })
	ctx := t.Context()
	_ = j.AddEvent(ctx, refusal(1))
	if err := j.AddEvent(ctx, store.Event{Kind: "login"}); !errors.Is(err, errDisk) {
		t.Errorf("got %v, want the fault of the store", err)
	}
	if lost.Load() != 1 {
		t.Errorf("%d refusals are counted as lost, want 1", lost.Load())
	}
	st.broken.Store(false)
	if err := j.AddEvent(ctx, store.Event{Kind: "login"}); err != nil {
		t.Error(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestCallerGone: a caller who goes away does not wait for a store that hangs.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	st := &slow{Store: memory.New(memory.Config{}), gate: make(chan struct{})}
	j := begin(t, st, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := j.AddEvent(ctx, store.Event{Kind: "login"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, err := j.EventsOf(ctx, "r"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	close(st.gate)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestParallel(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	j := begin(t, st, nil)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for n := range 50 {
				if err := j.AddEvent(t.Context(), store.Event{Kind: "login"}); err != nil {
					t.Error(err)
				}
				_ = j.AddEvent(t.Context(), refusal(n))
			}
		})
	}
	all.Wait()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := st.EventsAfter(t.Context(), 0, 10_000)
	if err != nil || len(got) != 16*100 {
		t.Errorf("%d events, %v; want %d", len(got), err, 16*100)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []journal.Config{{Now: time.Now}, {Store: memory.New(memory.Config{})}} {
		if _, err := journal.New(c); err == nil {
			t.Errorf("%+v: no error", c)
		}
	}
}
