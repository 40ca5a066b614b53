package memory

import (
	"context"
	"slices"
	"time"

	"github.com/tegata-id/tegata/store"
)

// Grant implements store.Grants.
func (m *issued) Grant(_ context.Context, personID, channelID string) (store.Grant, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	row, ok := m.grants[pair{personID, channelID}]
	if !ok {
		return store.Grant{}, store.ErrNotFound
	}
	return copyGrant(*row), nil
}

// PutGrant implements store.Grants. Nobody removes the person or the channel meanwhile.
func (s *Store) PutGrant(_ context.Context, g store.Grant) error {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	s.people.mu.RLock()
	defer s.people.mu.RUnlock()
	if s.channels[g.ChannelID] == nil || s.persons[g.PersonID] == nil {
		return store.ErrNotFound
	}
	s.putGrant(g)
	return nil
}

func (m *issued) putGrant(g store.Grant) {
	utc(&g.ConsentedAt, &g.EmailConsentedAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.grants[pair{g.PersonID, g.ChannelID}]
	if !ok {
		row = &store.Grant{PersonID: g.PersonID, ChannelID: g.ChannelID}
		m.grants[pair{g.PersonID, g.ChannelID}] = row
	}
	for _, scope := range g.Scopes {
		if !slices.Contains(row.Scopes, scope) {
			row.Scopes = append(row.Scopes, scope)
		}
	}
	if !g.ConsentedAt.IsZero() {
		row.ConsentedAt = g.ConsentedAt
	}
	if !g.EmailConsentedAt.IsZero() {
		row.EmailConsentedAt, row.Email = g.EmailConsentedAt, g.Email
	}
}

// Deauthorize implements store.Grants.
func (m *issued) Deauthorize(_ context.Context, personID, channelID string, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.grants[pair{personID, channelID}]; !ok {
		return store.ErrNotFound
	}
	delete(m.grants, pair{personID, channelID})
	h, ok := m.holdings[pair{personID, channelID}]
	if !ok {
		return nil
	}
	for _, c := range h.codes {
		c.revoked = true
	}
	for _, t := range h.access {
		revoke(&t.RevokedAt, &t.Cause, now, store.CauseDeauthorize)
	}
	for _, t := range h.refresh {
		revoke(&t.RevokedAt, &t.Cause, now, store.CauseDeauthorize)
	}
	return nil
}
