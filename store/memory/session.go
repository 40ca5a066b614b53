package memory

import (
	"context"
	"sync"
	"time"

	"github.com/tegata-id/tegata/store"
)

// sessions keeps SSO sessions.
type sessions struct {
	mu   sync.RWMutex // guards all below
	rows map[store.Hash]store.Session
	ends deadlines[store.Hash]
}

func newSessions() sessions {
	return sessions{rows: make(map[store.Hash]store.Session)}
}

// CreateSession implements store.Logins. Nobody removes the person meanwhile, or sets a
// password.
func (s *Store) CreateSession(_ context.Context, r store.Session) error {
	s.people.mu.RLock()
	defer s.people.mu.RUnlock()
	if s.persons[r.PersonID] == nil {
		return store.ErrNotFound
	}
	return s.sessions.add(r)
}

func (m *sessions) add(s store.Session) error {
	utc(&s.AuthTime, &s.ExpiresAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.rows[s.Hash]; ok {
		return store.ErrExists
	}
	m.rows[s.Hash] = s
	m.ends.add(s.Hash, s.ExpiresAt)
	return nil
}

// Session implements store.Logins.
func (m *sessions) Session(_ context.Context, hash store.Hash, now time.Time) (store.Session, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s, ok := m.rows[hash]
	if !ok || !live(s.ExpiresAt, now) {
		return store.Session{}, store.ErrNotFound
	}
	return s, nil
}

// DeleteSession implements store.Logins.
func (m *sessions) DeleteSession(_ context.Context, hash store.Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, hash)
	return nil
}

func (m *sessions) sweep(now time.Time, limit int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ends.sweep(now, limit, func(hash store.Hash) bool {
		s, ok := m.rows[hash]
		if !ok || live(s.ExpiresAt, now) {
			return false
		}
		delete(m.rows, hash)
		return true
	})
}
