package memory

import (
	"context"
	"slices"
	"time"

	"github.com/tegata-id/tegata/store"
)

// CreateTransaction implements store.Logins.
func (m *issued) CreateTransaction(_ context.Context, t store.Transaction) error {
	row := &transaction{Transaction: copyTransaction(t)}
	utc(&row.Who.Time, &row.CreatedAt, &row.ExpiresAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.transactions[t.Hash]; ok {
		return store.ErrExists
	}
	m.transactions[t.Hash] = row
	m.transactionEnds.add(t.Hash, row.ExpiresAt)
	return nil
}

// liveTransaction returns the row of a transaction that may still be used.
func (m *issued) liveTransaction(hash store.Hash, now time.Time) (*transaction, error) {
	row, ok := m.transactions[hash]
	if !ok || !live(row.ExpiresAt, now) {
		return nil, store.ErrNotFound
	}
	if row.used {
		return nil, store.ErrUsed
	}
	return row, nil
}

// Transaction implements store.Logins.
func (m *issued) Transaction(_ context.Context, hash store.Hash, now time.Time) (store.Transaction, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	row, err := m.liveTransaction(hash, now)
	if err != nil {
		return store.Transaction{}, err
	}
	return copyTransaction(row.Transaction), nil
}

// AuthenticateTransaction implements store.Logins.
func (m *issued) AuthenticateTransaction(_ context.Context, hash store.Hash, now time.Time, a store.Authentication) error {
	a.AMR = slices.Clone(a.AMR)
	utc(&a.Time)
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.liveTransaction(hash, now)
	if err != nil {
		return err
	}
	row.Who = a
	return nil
}

// FinishTransaction implements store.Logins.
func (m *issued) FinishTransaction(_ context.Context, hash store.Hash, now time.Time, c *store.Code) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, err := m.liveTransaction(hash, now)
	if err != nil {
		return err
	}
	if c != nil {
		if err := m.addCode(*c); err != nil {
			return err
		}
	}
	row.used = true
	return nil
}

// DropTransaction implements store.Logins.
func (m *issued) DropTransaction(_ context.Context, hash store.Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if row, ok := m.transactions[hash]; ok && row.Who.PersonID == "" {
		delete(m.transactions, hash)
	}
	return nil
}
