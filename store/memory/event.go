package memory

import (
	"context"
	"sync"

	"github.com/tegata-id/tegata/store"
)

// events keeps the newest events in a ring.
type events struct {
	mu    sync.RWMutex // guards ring and last
	limit int          // how many are kept
	ring  []store.Event
	last  int64 // the newest sequence number; Seq stands at (Seq-1) % limit
}

// AddEvent implements store.Events.
func (m *events) AddEvent(_ context.Context, e store.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.add(e)
	return nil
}

// AddEvents implements store.Events.
func (m *events) AddEvents(_ context.Context, all []store.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, e := range all {
		m.add(e)
	}
	return nil
}

// add takes an event up. The caller holds the lock.
func (m *events) add(e store.Event) {
	utc(&e.Time)
	m.last++
	e.Seq = m.last
	if len(m.ring) < m.limit {
		m.ring = append(m.ring, e)
	} else {
		m.ring[m.at(e.Seq)] = e
	}
}

func (m *events) at(seq int64) int { return int((seq - 1) % int64(m.limit)) }

// first is the sequence number of the oldest event that is kept.
func (m *events) first() int64 { return m.last - int64(len(m.ring)) + 1 }

// EventsOf implements store.Events.
func (m *events) EventsOf(_ context.Context, requestID string) ([]store.Event, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []store.Event
	for seq := m.first(); seq <= m.last; seq++ {
		if e := &m.ring[m.at(seq)]; e.RequestID == requestID {
			found = append(found, *e)
		}
	}
	return found, nil
}

// EventsAfter implements store.Events.
func (m *events) EventsAfter(_ context.Context, seq int64, limit int) ([]store.Event, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if seq >= m.last || limit <= 0 {
		return nil, nil
	}
	from := max(seq+1, m.first())
	found := make([]store.Event, 0, min(int64(limit), m.last-from+1))
	for ; from <= m.last && len(found) < limit; from++ {
		found = append(found, m.ring[m.at(from)])
	}
	return found, nil
}
