package memory

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tegata-id/tegata/store"
)

// shelf is a key of the tokens of one kind at one channel.
type shelf struct {
	channelID string
	kind      store.ChannelTokenKind
}

// channelTokens keeps channel access tokens and used client assertions.
type channelTokens struct {
	mu         sync.RWMutex // guards all below
	rows       map[store.ID]*store.ChannelToken
	shelves    map[shelf][]*store.ChannelToken // neither revoked nor swept, the oldest first
	assertions map[pair]time.Time              // by channel and jti: when it expires

	ends          deadlines[store.ID]
	assertionEnds deadlines[pair]
}

func newChannelTokens() channelTokens {
	return channelTokens{
		rows:       make(map[store.ID]*store.ChannelToken),
		shelves:    make(map[shelf][]*store.ChannelToken),
		assertions: make(map[pair]time.Time),
	}
}

// byAge orders channel tokens, the oldest first.
func byAge(a, b *store.ChannelToken) int {
	if c := a.IssuedAt.Compare(b.IssuedAt); c != 0 {
		return c
	}
	return bytes.Compare(a.ID[:], b.ID[:])
}

// AddChannelToken implements store.ChannelTokens. Nobody removes the channel meanwhile.
func (s *Store) AddChannelToken(_ context.Context, t store.ChannelToken, limit int, evict bool) error {
	s.directory.mu.RLock()
	defer s.directory.mu.RUnlock()
	if s.channels[t.ChannelID] == nil {
		return store.ErrNotFound
	}
	return s.channelTokens.add(t, limit, evict)
}

func (m *channelTokens) add(t store.ChannelToken, limit int, evict bool) error {
	utc(&t.IssuedAt, &t.ExpiresAt, &t.RevokedAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.rows[t.ID]; ok {
		return store.ErrExists
	}
	key := shelf{t.ChannelID, t.Kind}
	if limit > 0 {
		alive := m.alive(key, t.IssuedAt)
		if excess := len(alive) - limit + 1; excess > 0 {
			if !evict {
				return store.ErrLimit
			}
			for _, old := range alive[:excess] {
				m.revoke(old, t.IssuedAt)
			}
		}
	}
	m.rows[t.ID] = &t
	m.ends.add(t.ID, t.ExpiresAt)
	if t.RevokedAt.IsZero() {
		at, _ := slices.BinarySearchFunc(m.shelves[key], &t, byAge)
		m.shelves[key] = slices.Insert(m.shelves[key], at, &t)
	}
	return nil
}

// alive returns the tokens of a shelf that are live at now, the oldest first.
func (m *channelTokens) alive(key shelf, now time.Time) []*store.ChannelToken {
	var alive []*store.ChannelToken
	for _, t := range m.shelves[key] {
		if live(t.ExpiresAt, now) {
			alive = append(alive, t)
		}
	}
	return alive
}

// revoke notes when a token was revoked, unless it has been noted before, and
// takes it from its shelf.
func (m *channelTokens) revoke(t *store.ChannelToken, now time.Time) {
	if t.RevokedAt.IsZero() {
		utc(&now)
		t.RevokedAt = now
		m.unshelve(t)
	}
}

func (m *channelTokens) unshelve(t *store.ChannelToken) {
	key := shelf{t.ChannelID, t.Kind}
	at, ok := slices.BinarySearchFunc(m.shelves[key], t, byAge)
	if !ok {
		return
	}
	m.shelves[key] = slices.Delete(m.shelves[key], at, at+1)
	if len(m.shelves[key]) == 0 {
		delete(m.shelves, key)
	}
}

// ChannelToken implements store.ChannelTokens.
func (m *channelTokens) ChannelToken(_ context.Context, id store.ID) (store.ChannelToken, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	row, ok := m.rows[id]
	if !ok {
		return store.ChannelToken{}, store.ErrNotFound
	}
	return *row, nil
}

// ChannelTokensOf implements store.ChannelTokens.
func (m *channelTokens) ChannelTokensOf(_ context.Context, channelID string, kind store.ChannelTokenKind, now time.Time) ([]store.ChannelToken, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	alive := m.alive(shelf{channelID, kind}, now)
	all := make([]store.ChannelToken, len(alive))
	for i, row := range alive {
		all[i] = *row
	}
	return all, nil
}

// RevokeChannelToken implements store.ChannelTokens.
func (m *channelTokens) RevokeChannelToken(_ context.Context, id store.ID, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rows[id]
	if !ok {
		return store.ErrNotFound
	}
	m.revoke(row, now)
	return nil
}

// UseAssertion implements store.ChannelTokens.
func (m *channelTokens) UseAssertion(_ context.Context, channelID, jti string, now, expiresAt time.Time) error {
	utc(&expiresAt)
	m.mu.Lock()
	defer m.mu.Unlock()
	if until, ok := m.assertions[pair{channelID, jti}]; ok && live(until, now) {
		return store.ErrUsed
	}
	m.assertions[pair{channelID, jti}] = expiresAt
	m.assertionEnds.add(pair{channelID, jti}, expiresAt)
	return nil
}

func (m *channelTokens) sweep(now time.Time, limit int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	removed := m.ends.sweep(now, limit, func(id store.ID) bool {
		m.unshelve(m.rows[id])
		delete(m.rows, id)
		return true
	})
	removed += m.assertionEnds.sweep(now, limit-removed, func(key pair) bool {
		// An assertion whose time was over may have been burned once more.
		until, ok := m.assertions[key]
		if !ok || live(until, now) {
			return false
		}
		delete(m.assertions, key)
		return true
	})
	return removed
}
