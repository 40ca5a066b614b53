package lease

import (
	"slices"
	"sync"

	"github.com/tegata-id/tegata/store"
)

const shards = 64

// kept is the access tokens in memory: live ones only, bounded in number.
type kept struct {
	perShard int
	shards   [shards]shard

	mu  sync.RWMutex // guards generation
	gen int64        // counts what was forgotten for a revocation
}

type shard struct {
	mu     sync.RWMutex // guards tokens
	tokens map[store.ID]store.AccessToken
}

func newKept(entries int) *kept {
	k := &kept{perShard: (entries + shards - 1) / shards}
	for i := range k.shards {
		k.shards[i].tokens = make(map[store.ID]store.AccessToken)
	}
	return k
}

// shard takes the last byte of an ID: the first ones are a time, which neighbours share.
func (k *kept) shard(id store.ID) *shard { return &k.shards[id[len(id)-1]%shards] }

// get returns a copy of a token.
func (k *kept) get(id store.ID) (store.AccessToken, bool) {
	s := k.shard(id)
	s.mu.RLock()
	t, ok := s.tokens[id]
	s.mu.RUnlock()
	if ok {
		t.Scopes = slices.Clone(t.Scopes)
	}
	return t, ok
}

// applied returns a mark to be given to put.
func (k *kept) applied() int64 {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.gen
}

// put keeps a token that was read from the store after applied was called. If a revocation
// has been applied since, it may be this token's, and what was read may be from before: then
// nothing is kept.
func (k *kept) put(t store.AccessToken, applied int64) {
	t.Scopes = slices.Clone(t.Scopes)
	k.mu.RLock()
	defer k.mu.RUnlock() // so that no revocation is applied in between
	if k.gen != applied {
		return
	}
	s := k.shard(t.ID)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.tokens[t.ID]; !ok && len(s.tokens) >= k.perShard {
		for other := range s.tokens { // any one
			delete(s.tokens, other)
			break
		}
	}
	s.tokens[t.ID] = t
}

// forget drops the tokens of revocations.
func (k *kept) forget(revoked []Revocation) {
	if len(revoked) == 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gen++
	for _, r := range revoked {
		s := k.shard(r.Token)
		s.mu.Lock()
		delete(s.tokens, r.Token)
		s.mu.Unlock()
	}
}

// clear drops everything.
func (k *kept) clear() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gen++
	for i := range k.shards {
		s := &k.shards[i]
		s.mu.Lock()
		clear(s.tokens)
		s.mu.Unlock()
	}
}
