package memory

import (
	"sync"
	"time"

	"github.com/tegata-id/tegata/store"
)

// issued keeps what leads to the tokens of users: login transactions, consents,
// codes, access tokens and refresh tokens. One lock guards them all, because a
// withdrawn consent and a revoked refresh token must take everything with them
// before anything new can be issued from them.
type issued struct {
	mu           sync.RWMutex // guards all below
	transactions map[store.Hash]*transaction
	grants       map[pair]*store.Grant // by person and channel
	codes        map[store.ID]*code
	access       map[store.ID]*store.AccessToken
	refresh      map[store.ID]*refreshToken
	families     map[store.ID]*family // by access token, while one of its refresh tokens is kept
	holdings     map[pair]*holding    // by person and channel

	transactionEnds deadlines[store.Hash]
	codeEnds        deadlines[store.ID]
	accessEnds      deadlines[store.ID]
	refreshEnds     deadlines[store.ID]
}

// transaction is a login transaction and whether it is burned.
type transaction struct {
	store.Transaction
	used bool
}

// code is a code and whether it is burned or revoked.
type code struct {
	store.Code
	used, revoked bool
}

// refreshToken is a refresh token and the family that it belongs to.
type refreshToken struct {
	store.RefreshToken
	family *family
}

// family is a refresh token, those that it was rotated to, and the access tokens
// issued with or from any of them. It goes when the last of its refresh tokens goes.
type family struct {
	refresh map[store.ID]*refreshToken
	access  map[store.ID]*store.AccessToken
}

// holding is what a person has been issued at a channel, so that it can be revoked
// together.
type holding struct {
	codes   map[store.ID]*code
	access  map[store.ID]*store.AccessToken
	refresh map[store.ID]*refreshToken
}

func newIssued() issued {
	return issued{
		transactions: make(map[store.Hash]*transaction),
		grants:       make(map[pair]*store.Grant),
		codes:        make(map[store.ID]*code),
		access:       make(map[store.ID]*store.AccessToken),
		refresh:      make(map[store.ID]*refreshToken),
		families:     make(map[store.ID]*family),
		holdings:     make(map[pair]*holding),
	}
}

// holdingOf returns what a person holds at a channel, to add to it.
func (m *issued) holdingOf(personID, channelID string) *holding {
	h, ok := m.holdings[pair{personID, channelID}]
	if !ok {
		h = &holding{
			codes:   make(map[store.ID]*code),
			access:  make(map[store.ID]*store.AccessToken),
			refresh: make(map[store.ID]*refreshToken),
		}
		m.holdings[pair{personID, channelID}] = h
	}
	return h
}

// drop forgets a holding that has become empty.
func (m *issued) drop(personID, channelID string) {
	h := m.holdings[pair{personID, channelID}]
	if len(h.codes)+len(h.access)+len(h.refresh) == 0 {
		delete(m.holdings, pair{personID, channelID})
	}
}

func (m *issued) sweep(now time.Time, limit int) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	removed := m.transactionEnds.sweep(now, limit, func(hash store.Hash) bool {
		t, ok := m.transactions[hash]
		if !ok || live(t.ExpiresAt, now) { // it was dropped, or dropped and made anew
			return false
		}
		delete(m.transactions, hash)
		return true
	})
	removed += m.codeEnds.sweep(now, limit-removed, func(id store.ID) bool {
		m.removeCode(m.codes[id])
		return true
	})
	removed += m.accessEnds.sweep(now, limit-removed, func(id store.ID) bool {
		m.removeAccess(m.access[id])
		return true
	})
	removed += m.refreshEnds.sweep(now, limit-removed, func(id store.ID) bool {
		m.removeRefresh(m.refresh[id])
		return true
	})
	return removed
}

func (m *issued) removeCode(c *code) {
	delete(m.codes, c.ID)
	delete(m.holdings[pair{c.Who.PersonID, c.Request.ChannelID}].codes, c.ID)
	m.drop(c.Who.PersonID, c.Request.ChannelID)
}

func (m *issued) removeAccess(t *store.AccessToken) {
	delete(m.access, t.ID)
	if f, ok := m.families[t.ID]; ok {
		delete(f.access, t.ID)
		delete(m.families, t.ID)
	}
	delete(m.holdings[pair{t.PersonID, t.ChannelID}].access, t.ID)
	m.drop(t.PersonID, t.ChannelID)
}

func (m *issued) removeRefresh(t *refreshToken) {
	delete(m.refresh, t.ID)
	if delete(t.family.refresh, t.ID); len(t.family.refresh) == 0 {
		// Nobody can name the family any more.
		for id := range t.family.access {
			delete(m.families, id)
		}
	}
	delete(m.holdings[pair{t.PersonID, t.ChannelID}].refresh, t.ID)
	m.drop(t.PersonID, t.ChannelID)
}
