package memory

import (
	"context"
	"sync"

	"github.com/tegata-id/tegata/store"
)

// keyRing keeps the key ring.
type keyRing struct {
	mu   sync.RWMutex // guards ring; what its slices lead to is never changed
	ring store.KeyRing
}

// KeyRing implements store.Keys.
func (m *keyRing) KeyRing(context.Context) (store.KeyRing, error) {
	m.mu.RLock()
	ring := m.ring
	m.mu.RUnlock()
	ring.Keys = copyKeys(ring.Keys)
	return ring, nil
}

// ReplaceKeyRing implements store.Keys.
func (m *keyRing) ReplaceKeyRing(_ context.Context, version int64, keys []store.Key) error {
	keys = copyKeys(keys)
	for i := range keys {
		utc(&keys[i].CreatedAt, &keys[i].ActiveAt, &keys[i].RetiredAt, &keys[i].ExpiresAt)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ring.Version != version {
		return store.ErrConflict
	}
	m.ring = store.KeyRing{Version: version + 1, Keys: keys}
	return nil
}
