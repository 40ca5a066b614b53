package memory

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

// DefaultEventLimit is how many events a Store remembers if Config does not say.
const DefaultEventLimit = 10_000

// Config sets up a Store. The zero Config works.
type Config struct {
	// EventLimit is how many events are remembered; beyond that the oldest are
	// forgotten. Zero or less means DefaultEventLimit.
	EventLimit int
}

// Store keeps everything in memory. It implements store.Store; make it with New.
// Its methods may be called from many goroutines.
type Store struct {
	directory
	people
	sessions
	issued
	channelTokens
	keyRing
	events
	adminTokens
	failures
}

var _ store.Store = (*Store)(nil)

// New makes an empty Store.
func New(c Config) *Store {
	if c.EventLimit <= 0 {
		c.EventLimit = DefaultEventLimit
	}
	return &Store{
		directory:     newDirectory(),
		people:        newPeople(),
		sessions:      newSessions(),
		issued:        newIssued(),
		channelTokens: newChannelTokens(),
		events:        events{limit: c.EventLimit},
		adminTokens:   newAdminTokens(),
		failures:      newFailures(),
	}
}

// Sweep implements store.Store. It holds a lock for as long as it takes to remove
// limit records: give a limit of some hundreds.
func (s *Store) Sweep(_ context.Context, now time.Time, limit int) (int, error) {
	removed := 0
	for _, sweep := range []func(time.Time, int) int{s.sessions.sweep, s.issued.sweep, s.channelTokens.sweep, s.people.sweep, s.adminTokens.sweep, s.failures.sweep} {
		if removed >= limit {
			break
		}
		removed += sweep(now, limit-removed)
	}
	return removed, nil
}

// Close implements store.Store. There is nothing to end.
func (s *Store) Close() error { return nil }
