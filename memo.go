package tegata

import (
	"crypto/sha256"
	"sync"
	"time"
)

// digest stands for a token in memory. A token can have two texts that verify, since
// ES256 signatures have a second form; a digest therefore recognises a text, and must
// never serve to refuse one.
type digest = [sha256.Size]byte

const memoShards = 16

// memo remembers what is known of tokens, bounded in number and bytes; the oldest is
// forgotten first. Only what a valid token says gets in, so that forged tokens push
// nothing out. It may be used by many goroutines; a nil one remembers nothing.
type memo[V any] struct {
	shards [memoShards]shard[V]
}

// shard is a part of a memo, so that its callers rarely meet.
type shard[V any] struct {
	maxCount, maxBytes int // of all entries together

	mu      sync.RWMutex // guards the rest
	entries map[digest]entry[V]
	slots   []slot // in the order of arrival; a ring once it has maxCount
	next    int    // the ring's slot to be filled next, which is the oldest
	bytes   int
}

type entry[V any] struct {
	value V
	until time.Time
	slot  int
	bytes int
}

type slot struct {
	key  digest
	used bool
}

// newMemo returns a memo of at most count entries and count × 2 KiB; nil if count is 0.
func newMemo[V any](count int) *memo[V] {
	if count <= 0 {
		return nil
	}
	m := new(memo[V])
	each := (count + memoShards - 1) / memoShards
	for i := range m.shards {
		s := &m.shards[i]
		s.maxCount, s.maxBytes = each, each<<11
		s.entries = make(map[digest]entry[V])
	}
	return m
}

// get returns what is remembered of a token and still good at now.
func (m *memo[V]) get(key digest, now time.Time) (value V, ok bool) {
	if m == nil {
		return value, false
	}
	s := m.shard(key)
	s.mu.RLock()
	e, ok := s.entries[key]
	s.mu.RUnlock()
	if ok && !now.Before(e.until) {
		m.drop(key)
		ok = false
	}
	if !ok {
		return value, false
	}
	return e.value, true
}

// put remembers a value of that many bytes until a time, in place of an older one.
func (m *memo[V]) put(key digest, value V, bytes int, until time.Time) {
	if m == nil {
		return
	}
	s := m.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(key)
	if bytes > s.maxBytes {
		return
	}
	for s.bytes+bytes > s.maxBytes {
		s.dropOldest()
	}
	s.entries[key] = entry[V]{value: value, until: until, slot: s.take(key), bytes: bytes}
	s.bytes += bytes
}

// take gives the next slot to a key; the lock is held.
func (s *shard[V]) take(key digest) int {
	if len(s.slots) < s.maxCount {
		s.slots = append(s.slots, slot{key: key, used: true})
		return len(s.slots) - 1
	}
	taken := s.next
	if s.slots[taken].used {
		s.drop(s.slots[taken].key)
	}
	s.slots[taken] = slot{key: key, used: true}
	s.next = (taken + 1) % s.maxCount
	return taken
}

// drop forgets a token.
func (m *memo[V]) drop(key digest) {
	if m == nil {
		return
	}
	s := m.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(key)
}

func (m *memo[V]) shard(key digest) *shard[V] { return &m.shards[key[0]%memoShards] }

// drop forgets a token; the lock is held.
func (s *shard[V]) drop(key digest) {
	e, ok := s.entries[key]
	if !ok {
		return
	}
	delete(s.entries, key)
	s.slots[e.slot] = slot{}
	s.bytes -= e.bytes
}

// dropOldest forgets the oldest entry; the lock is held, and there is one.
func (s *shard[V]) dropOldest() {
	for i := range s.slots {
		if oldest := s.slots[(s.next+i)%len(s.slots)]; oldest.used {
			s.drop(oldest.key)
			return
		}
	}
}
