package tegata

import "time"

// Credential lets a fuzzer look at the form of access tokens.
func Credential(raw string) bool { return credential(raw) }

// Remembered returns how many ID tokens the platform of v remembers, and their bytes.
func Remembered(v *Verifier) (count, bytes int) {
	if v.platform.seen == nil {
		return 0, 0
	}
	for i := range v.platform.seen.shards {
		s := &v.platform.seen.shards[i]
		s.mu.RLock()
		count, bytes = count+len(s.entries), bytes+s.bytes
		s.mu.RUnlock()
	}
	return count, bytes
}

// Memo is a memo of numbers, to be held against a model.
type Memo struct{ m *memo[int] }

// NewMemo returns a memo of at most count entries.
func NewMemo(count int) Memo { return Memo{newMemo[int](count)} }

// Get is memo.get.
func (m Memo) Get(key digest, now time.Time) (int, bool) { return m.m.get(key, now) }

// Put is memo.put.
func (m Memo) Put(key digest, value, bytes int, until time.Time) { m.m.put(key, value, bytes, until) }

// Drop is memo.drop.
func (m Memo) Drop(key digest) { m.m.drop(key) }
