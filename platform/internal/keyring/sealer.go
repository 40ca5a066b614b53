package keyring

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
)

// Sealer encrypts secrets before they reach the store, bound to the kind, the ID and
// the field of their record, so that a sealed value cannot be moved elsewhere.
type Sealer interface {
	Seal(kind, id, field string, plain []byte) ([]byte, error)
	Open(kind, id, field string, sealed []byte) ([]byte, error)
}

// ErrSealed means that a sealed value is not what was sealed under this place, or
// was sealed by another key.
var ErrSealed = errors.New("sealed value cannot be opened")

// sealVersion is the first byte of a sealed value.
const sealVersion = 1

// AESSealer seals by AES-256-GCM. A sealed value is a version byte, the key ID with
// its length, a random nonce and the ciphertext. It may be used from many goroutines.
type AESSealer struct {
	keyID string
	aead  cipher.AEAD
}

// NewSealer returns a sealer. keyID has 1 to 255 bytes and names the key in what it
// seals; key has 32 bytes.
func NewSealer(keyID string, key []byte) (*AESSealer, error) {
	if keyID == "" || len(keyID) > 255 || len(key) != 32 {
		return nil, errors.New("sealer: want a key ID of 1 to 255 bytes and a key of 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("sealer: %w", err)
	}
	return &AESSealer{keyID: keyID, aead: aead}, nil
}

// Seal encrypts plain for one place.
func (s *AESSealer) Seal(kind, id, field string, plain []byte) ([]byte, error) {
	out := append([]byte{sealVersion, byte(len(s.keyID))}, s.keyID...)
	start := len(out)
	out = append(out, make([]byte, s.aead.NonceSize())...)
	_, _ = rand.Read(out[start:]) // never fails (crypto/rand)
	return s.aead.Seal(out, out[start:], plain, place(kind, id, field)), nil
}

// Open decrypts what Seal made for the same place; ErrSealed.
func (s *AESSealer) Open(kind, id, field string, sealed []byte) ([]byte, error) {
	head := 2 + len(s.keyID)
	if len(sealed) < head+s.aead.NonceSize() || sealed[0] != sealVersion || int(sealed[1]) != len(s.keyID) || string(sealed[2:head]) != s.keyID {
		return nil, fmt.Errorf("%s %s of %s: %w: not by the key %q", kind, field, id, ErrSealed, s.keyID)
	}
	nonce, text := sealed[head:head+s.aead.NonceSize()], sealed[head+s.aead.NonceSize():]
	plain, err := s.aead.Open(nil, nonce, text, place(kind, id, field))
	if err != nil {
		return nil, fmt.Errorf("%s %s of %s: %w", kind, field, id, ErrSealed)
	}
	return plain, nil
}

// place is the additional data: the three names, each with its length, so that no two
// places read the same.
func place(names ...string) []byte {
	var out []byte
	for _, n := range names {
		out = binary.BigEndian.AppendUint32(out, uint32(len(n)))
		out = append(out, n...)
	}
	return out
}
