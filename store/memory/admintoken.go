package memory

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tegata-id/tegata/store"
)

// adminTokens keeps the tokens of the admin API. They are few.
type adminTokens struct {
	mu   sync.RWMutex // guards all below
	rows map[string]store.AdminToken
	ends deadlines[string]
}

func newAdminTokens() adminTokens { return adminTokens{rows: make(map[string]store.AdminToken)} }

// add adds a token. The caller holds the lock.
func (m *adminTokens) add(t store.AdminToken) error {
	if _, ok := m.rows[t.ID]; ok {
		return store.ErrExists
	}
	for _, row := range m.rows {
		if row.Hash == t.Hash {
			return store.ErrExists
		}
	}
	utc(&t.CreatedAt, &t.ExpiresAt)
	m.rows[t.ID] = t
	m.ends.add(t.ID, t.ExpiresAt)
	return nil
}

// CreateAdminToken implements store.AdminTokens.
func (m *adminTokens) CreateAdminToken(_ context.Context, t store.AdminToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.add(t)
}

// AdminToken implements store.AdminTokens.
func (m *adminTokens) AdminToken(_ context.Context, hash store.Hash, now time.Time) (store.AdminToken, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	for _, row := range m.rows {
		if row.Hash == hash && live(row.ExpiresAt, now) {
			return row, nil
		}
	}
	return store.AdminToken{}, store.ErrNotFound
}

// AdminTokens implements store.AdminTokens.
func (m *adminTokens) AdminTokens(context.Context) ([]store.AdminToken, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := make([]store.AdminToken, 0, len(m.rows))
	for _, row := range m.rows {
		all = append(all, row)
	}
	slices.SortFunc(all, func(a, b store.AdminToken) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// DeleteAdminToken implements store.AdminTokens.
func (m *adminTokens) DeleteAdminToken(_ context.Context, id string, next *store.AdminToken) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok {
		return store.ErrNotFound
	}
	delete(m.rows, id)
	if next == nil {
		return nil
	}
	if err := m.add(*next); err != nil {
		m.rows[id] = row
		return err
	}
	return nil
}

func (m *adminTokens) sweep(now time.Time, limit int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ends.sweep(now, limit, func(id string) bool {
		row, ok := m.rows[id]
		if !ok || live(row.ExpiresAt, now) {
			return false
		}
		delete(m.rows, id)
		return true
	})
}
