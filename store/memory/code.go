package memory

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

// addCode adds a code. The caller holds the lock.
func (m *issued) addCode(c store.Code) error {
	if _, ok := m.codes[c.ID]; ok {
		return store.ErrExists
	}
	row := &code{Code: copyCode(c)}
	utc(&row.Who.Time, &row.ExpiresAt)
	m.codes[c.ID] = row
	m.holdingOf(c.Who.PersonID, c.Request.ChannelID).codes[c.ID] = row
	m.codeEnds.add(c.ID, row.ExpiresAt)
	return nil
}

// CreateCode implements store.Tokens.
func (m *issued) CreateCode(_ context.Context, c store.Code) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.addCode(c)
}

// unusedCode returns the row of a code that has neither expired nor been used.
func (m *issued) unusedCode(id store.ID, now time.Time) (*code, error) {
	row, ok := m.codes[id]
	if !ok || !live(row.ExpiresAt, now) {
		return nil, store.ErrNotFound
	}
	if row.used {
		return nil, store.ErrUsed
	}
	return row, nil
}

// Code implements store.Tokens.
func (m *issued) Code(_ context.Context, id store.ID, now time.Time) (store.Code, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	row, err := m.unusedCode(id, now)
	if err != nil {
		return store.Code{}, err
	}
	if row.revoked {
		return store.Code{}, store.ErrNotFound
	}
	return copyCode(row.Code), nil
}

// RedeemCode implements store.Tokens.
func (m *issued) RedeemCode(_ context.Context, id store.ID, now time.Time, access store.AccessToken, refresh *store.RefreshToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.unusedCode(id, now)
	if err != nil {
		return err
	}
	if err := store.CheckRedeem(row.Code, access, refresh); err != nil {
		return err
	}
	if _, ok := m.grants[pair{row.Who.PersonID, row.Request.ChannelID}]; !ok || row.revoked {
		return store.ErrRevoked
	}
	if _, ok := m.access[access.ID]; ok {
		return store.ErrExists
	}
	if refresh != nil {
		if _, ok := m.refresh[refresh.ID]; ok {
			return store.ErrExists
		}
		m.addRefresh(*refresh, newFamily())
	}
	m.addAccess(access)
	row.used = true
	return nil
}
