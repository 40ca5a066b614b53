package memory

import (
	"context"

	"github.com/tegata-id/tegata/store"
)

// UserID implements store.Identities.
func (m *people) UserID(_ context.Context, personID, providerID, candidate string) (string, error) {
	m.mu.RLock()
	userID, ok := m.userIDs[pair{personID, providerID}]
	m.mu.RUnlock()
	if ok {
		return userID, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	// Somebody may have been faster between the locks.
	if userID, ok := m.userIDs[pair{personID, providerID}]; ok {
		return userID, nil
	}
	if candidate == "" {
		return "", store.ErrNotFound
	}
	if _, ok := m.personOf[pair{providerID, candidate}]; ok {
		return "", store.ErrExists
	}
	m.userIDs[pair{personID, providerID}] = candidate
	m.personOf[pair{providerID, candidate}] = personID
	return candidate, nil
}

// PersonOf implements store.Identities.
func (m *people) PersonOf(_ context.Context, providerID, userID string) (string, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	personID, ok := m.personOf[pair{providerID, userID}]
	if !ok {
		return "", store.ErrNotFound
	}
	return personID, nil
}
