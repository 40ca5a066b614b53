package memory

import (
	"context"
	"slices"
	"time"

	"github.com/tegata-id/tegata/store"
)

// addAccess adds an access token whose ID is free. The caller holds the lock.
func (m *issued) addAccess(t store.AccessToken) {
	row := &t
	row.Scopes = slices.Clone(t.Scopes)
	utc(&row.IssuedAt, &row.ExpiresAt, &row.RevokedAt)
	m.access[t.ID] = row
	m.holdingOf(t.PersonID, t.ChannelID).access[t.ID] = row
	if r, ok := m.refresh[t.RefreshID]; ok {
		r.family.access[t.ID] = row
		m.families[t.ID] = r.family
	}
	m.accessEnds.add(t.ID, row.ExpiresAt)
}

func newFamily() *family {
	return &family{refresh: make(map[store.ID]*refreshToken), access: make(map[store.ID]*store.AccessToken)}
}

// addRefresh adds a refresh token whose ID is free to a family. The caller holds the
// lock.
func (m *issued) addRefresh(t store.RefreshToken, f *family) {
	t.Scopes = slices.Clone(t.Scopes)
	utc(&t.IssuedAt, &t.ExpiresAt, &t.RevokedAt, &t.UsedAt)
	row := &refreshToken{RefreshToken: t, family: f}
	m.refresh[t.ID] = row
	f.refresh[t.ID] = row
	m.holdingOf(t.PersonID, t.ChannelID).refresh[t.ID] = row
	m.refreshEnds.add(t.ID, row.ExpiresAt)
}

// AddAccessToken implements store.Tokens.
func (m *issued) AddAccessToken(_ context.Context, access store.AccessToken, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if access.RefreshID != (store.ID{}) {
		row, err := m.refreshable(access.RefreshID, now)
		if err == nil {
			err = store.CheckRefresh(row.RefreshToken, access)
		}
		if err != nil {
			return err
		}
	}
	if _, ok := m.grants[pair{access.PersonID, access.ChannelID}]; !ok {
		return store.ErrRevoked
	}
	if _, ok := m.access[access.ID]; ok {
		return store.ErrExists
	}
	m.addAccess(access)
	return nil
}

// refreshable gives a refresh token that may be used at now.
func (m *issued) refreshable(id store.ID, now time.Time) (*refreshToken, error) {
	row, ok := m.refresh[id]
	switch {
	case !ok || !live(row.ExpiresAt, now):
		return nil, store.ErrNotFound
	case !row.RevokedAt.IsZero():
		return nil, store.ErrRevoked
	case !row.UsedAt.IsZero():
		return nil, store.ErrUsed
	}
	return row, nil
}

// RotateRefresh implements store.Rotation.
func (m *issued) RotateRefresh(_ context.Context, id store.ID, now time.Time, access store.AccessToken, next store.RefreshToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.refreshable(id, now)
	if err == nil {
		err = store.CheckRotate(row.RefreshToken, access, next)
	}
	if err != nil {
		return err
	}
	if _, ok := m.grants[pair{row.PersonID, row.ChannelID}]; !ok {
		return store.ErrRevoked
	}
	_, taken := m.access[access.ID]
	if _, ok := m.refresh[next.ID]; ok || taken {
		return store.ErrExists
	}
	m.addRefresh(next, row.family)
	m.addAccess(access)
	utc(&now)
	row.UsedAt = now
	return nil
}

// AccessToken implements store.Tokens.
func (m *issued) AccessToken(_ context.Context, id store.ID) (store.AccessToken, error) {
	m.mu.RLock()
	row, ok := m.access[id]
	if !ok {
		m.mu.RUnlock()
		return store.AccessToken{}, store.ErrNotFound
	}
	t := *row
	m.mu.RUnlock()
	// The list itself never changes; only the row does.
	t.Scopes = slices.Clone(t.Scopes)
	return t, nil
}

// RefreshToken implements store.Tokens.
func (m *issued) RefreshToken(_ context.Context, id store.ID) (store.RefreshToken, error) {
	m.mu.RLock()
	row, ok := m.refresh[id]
	if !ok {
		m.mu.RUnlock()
		return store.RefreshToken{}, store.ErrNotFound
	}
	t := row.RefreshToken
	m.mu.RUnlock()
	t.Scopes = slices.Clone(t.Scopes)
	return t, nil
}

// RevokeAccessToken implements store.Tokens.
func (m *issued) RevokeAccessToken(_ context.Context, id store.ID, now time.Time, cause string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.access[id]
	if !ok {
		return store.ErrNotFound
	}
	revoke(&row.RevokedAt, &row.Cause, now, cause)
	return nil
}

// RevokeRefreshToken implements store.Tokens.
func (m *issued) RevokeRefreshToken(_ context.Context, id store.ID, now time.Time, cause string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.refresh[id]
	if !ok {
		return store.ErrNotFound
	}
	for _, r := range row.family.refresh {
		revoke(&r.RevokedAt, &r.Cause, now, cause)
	}
	for _, access := range row.family.access {
		revoke(&access.RevokedAt, &access.Cause, now, cause)
	}
	return nil
}

// revoke notes when and why a token was revoked, unless it has been noted before.
func revoke(at *time.Time, why *string, now time.Time, cause string) {
	if at.IsZero() {
		utc(&now)
		*at, *why = now, cause
	}
}
