package postgres

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// diskFull is the SQLSTATE by which a server says that it has no room.
const diskFull = "53100"

// fullFor is how long Ping tells of a write that was refused for want of room. A probe would
// say less: a page that has room takes a small row also on a full disk.
const fullFor = 10 * time.Second

// health remembers when the server last had no room. It may be used by many goroutines.
type health struct {
	elapsed func() time.Time // with a monotonic reading

	mu     sync.Mutex // guards the rest
	fullAt time.Time  // zero: never
	cause  error
}

// note looks at how a verb ended.
func (h *health) note(err error) {
	if state(err) != diskFull {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.fullAt, h.cause = h.elapsed(), err
}

// full says that the server had no room a moment ago.
func (h *health) full() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fullAt.IsZero() {
		return nil
	}
	if ago := h.elapsed().Sub(h.fullAt); ago < fullFor {
		return fmt.Errorf("the server's disk was full %v ago, reads go on; make room there: %w", ago.Round(time.Second), h.cause)
	}
	return nil
}

// Sweep implements store.Store. By a clock that is ahead of the server's it removes only
// what is over by the server's: a node whose clock is wrong refuses what is still good, but
// takes it from no other node.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	server, err := s.engine.clock(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask the server for the time: %w", err)
	}
	if server.Before(now) {
		now = server
	}
	return s.Store.Sweep(ctx, now, limit)
}

// clock returns the server's wall clock.
func (e *engine) clock(ctx context.Context) (now time.Time, err error) {
	err = e.pool.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&now)
	return now, e.clean(err)
}
