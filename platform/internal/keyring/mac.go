package keyring

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// MACSize is the size in bytes of the MAC in an opaque token. It is a filter that
// keeps garbage away from the store, never the proof, so half of SHA-256 is enough.
const MACSize = 16

// MAC is one version of the key of the MAC in opaque tokens. It may be used from many
// goroutines.
type MAC struct {
	Version byte // a letter, which the token names
	states  sync.Pool
}

// macState is the keyed hash with the scratch space of one computation.
type macState struct {
	hash hash.Hash
	text []byte
	sum  [sha256.Size]byte
}

func newMAC(version byte, key []byte) *MAC {
	return &MAC{Version: version, states: sync.Pool{New: func() any { return &macState{hash: hmac.New(sha256.New, key)} }}}
}

// Sum returns the MAC of data.
func (m *MAC) Sum(data []byte) [MACSize]byte {
	s := m.states.Get().(*macState)
	defer m.states.Put(s)
	// The copy keeps data on the caller's stack: what goes through hash.Hash is moved to
	// the heap.
	s.text = append(s.text[:0], data...)
	s.hash.Reset()
	_, _ = s.hash.Write(s.text) // never fails (hash.Hash)
	s.hash.Sum(s.sum[:0])
	return [MACSize]byte(s.sum[:MACSize])
}

// Check says whether sum is the MAC of data, in constant time.
func (m *MAC) Check(data, sum []byte) bool {
	want := m.Sum(data)
	return hmac.Equal(want[:], sum)
}
