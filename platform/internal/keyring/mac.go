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

func newMAC(version byte, key []byte) *MAC {
	return &MAC{Version: version, states: sync.Pool{New: func() any { return hmac.New(sha256.New, key) }}}
}

// Sum returns the MAC of data.
func (m *MAC) Sum(data []byte) [MACSize]byte {
	state := m.states.Get().(hash.Hash)
	state.Reset()
	_, _ = state.Write(data) // never fails (hash.Hash)
	var full [sha256.Size]byte
	state.Sum(full[:0])
	m.states.Put(state)
	return [MACSize]byte(full[:MACSize])
}

// Check says whether sum is the MAC of data, in constant time.
func (m *MAC) Check(data, sum []byte) bool {
	want := m.Sum(data)
	return hmac.Equal(want[:], sum)
}
