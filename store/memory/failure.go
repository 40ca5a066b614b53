package memory

import (
	"context"
	"sync"
	"time"

	"github.com/tegata-id/tegata/store"
)

// failures keeps until when failed logins count.
type failures struct {
	mu   sync.RWMutex // guards all below
	rows map[store.Hash]time.Time
	ends deadlines[store.Hash]
}

func newFailures() failures { return failures{rows: make(map[store.Hash]time.Time)} }

// AddFailure implements store.Failures.
func (m *failures) AddFailure(_ context.Context, key store.Hash, now time.Time, cost time.Duration) (time.Time, error) {
	utc(&now)
	m.mu.Lock()
	defer m.mu.Unlock()
	until, there := m.rows[key]
	if !until.After(now) {
		until = now
	}
	until = until.Add(cost)
	m.rows[key] = until
	if !there {
		m.ends.add(key, until)
	}
	return until, nil
}

// FailuresUntil implements store.Failures.
func (m *failures) FailuresUntil(_ context.Context, keys []store.Hash, now time.Time) ([]time.Time, error) {
	all := make([]time.Time, len(keys))
	m.mu.RLock()
	defer m.mu.RUnlock()
	for i, key := range keys {
		if until := m.rows[key]; until.After(now) {
			all[i] = until
		}
	}
	return all, nil
}

// sweep forgets what has passed. A key that was moved on meanwhile is noted anew: it has
// one entry, whatever happens to it.
func (m *failures) sweep(now time.Time, limit int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	var later []store.Hash
	n := m.ends.sweep(now, limit, func(key store.Hash) bool {
		if m.rows[key].After(now) {
			later = append(later, key)
			return false
		}
		delete(m.rows, key)
		return true
	})
	for _, key := range later {
		m.ends.add(key, m.rows[key])
	}
	return n
}
