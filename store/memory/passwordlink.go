package memory

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

// CreatePasswordLink implements store.PasswordLinks.
func (m *people) CreatePasswordLink(_ context.Context, l store.PasswordLink) error {
	utc(&l.CreatedAt, &l.ExpiresAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.persons[l.PersonID]; !ok {
		return store.ErrNotFound
	}
	if _, ok := m.links[l.Hash]; ok {
		return store.ErrExists
	}
	delete(m.links, m.linkOf[l.PersonID])
	m.links[l.Hash], m.linkOf[l.PersonID] = l, l.Hash
	m.linkEnds.add(l.Hash, l.ExpiresAt)
	return nil
}

// PasswordLink implements store.PasswordLinks.
func (m *people) PasswordLink(_ context.Context, hash store.Hash, now time.Time) (store.PasswordLink, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.link(hash, now)
}

// link returns a live link. The caller holds the lock.
func (m *people) link(hash store.Hash, now time.Time) (store.PasswordLink, error) {
	l, ok := m.links[hash]
	if !ok || !live(l.ExpiresAt, now) {
		return store.PasswordLink{}, store.ErrNotFound
	}
	return l, nil
}

// dropLink forgets a person's link. The caller holds the lock.
func (m *people) dropLink(personID string) {
	delete(m.links, m.linkOf[personID])
	delete(m.linkOf, personID)
}

// UsePasswordLink implements store.PasswordLinks.
func (s *Store) UsePasswordLink(_ context.Context, hash store.Hash, now time.Time, passwordHash string) (store.PasswordLink, error) {
	s.people.mu.Lock()
	defer s.people.mu.Unlock()
	l, err := s.link(hash, now)
	if err != nil {
		return store.PasswordLink{}, err
	}
	row := *s.persons[l.PersonID]
	row.PasswordHash = passwordHash
	row.Version++
	s.persons[l.PersonID] = &row
	s.dropLink(l.PersonID)
	s.endAll(l.PersonID)
	return l, nil
}

func (m *people) sweep(now time.Time, limit int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.linkEnds.sweep(now, limit, func(hash store.Hash) bool {
		l, ok := m.links[hash]
		if !ok || live(l.ExpiresAt, now) {
			return false
		}
		m.dropLink(l.PersonID)
		return true
	})
}
