package jose

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"sync"
)

const (
	// macSize is the length of an HS256 tag in bytes.
	macSize = sha256.Size
	// minSecret is the shortest secret in bytes (RFC 7518 section 3.2).
	minSecret = 32
	// redacted is how a secret shows itself in texts and logs.
	redacted = "[redacted]"
)

// errNoJSON keeps secrets out of JSON, and callers from storing a redacted one.
var errNoJSON = errors.New("a secret key has no JSON form")

// MACKey signs and verifies HS256 with a shared secret. The zero value refuses
// both. It has no key ID and shows no secret in texts, JSON or logs. It may be used
// by many goroutines.
type MACKey struct {
	// A pointer, so that printing a struct around the key shows an address at most.
	pool *sync.Pool
}

// macState is the keyed hash with the scratch space of one computation.
type macState struct {
	hash hash.Hash
	text []byte
	sum  [macSize]byte
}

// NewMACKey makes a key of the secret's bytes as they are, which are copied. A
// secret of less than 32 bytes gives ErrKey.
func NewMACKey(secret []byte) (*MACKey, error) {
	if len(secret) < minSecret {
		return nil, fmt.Errorf("%w: secret of %d bytes, need at least %d", ErrKey, len(secret), minSecret)
	}
	own := append([]byte(nil), secret...)
	return &MACKey{pool: &sync.Pool{New: func() any {
		return &macState{hash: hmac.New(sha256.New, own)}
	}}}, nil
}

// Algorithm returns HS256.
func (k *MACKey) Algorithm() Algorithm { return HS256 }

// KeyID returns the empty string: LINE's HS256 tokens name no key.
func (k *MACKey) KeyID() string { return "" }

// Sign returns a token with the header {"typ":…,"alg":"HS256"}; an empty typ is
// left out. Errors: ErrKey for the zero key, ErrMalformed for a typ that is not
// UTF-8 or a token that would exceed MaxToken.
func (k *MACKey) Sign(typ string, payload []byte) (string, error) {
	if k == nil || k.pool == nil {
		return "", fmt.Errorf("%w: MAC key is empty", ErrKey)
	}
	header, err := encodeHeader("", typ, HS256)
	if err != nil {
		return "", err
	}
	signed := signingInput(header, payload, macSize)
	state := k.pool.Get().(*macState)
	defer k.pool.Put(state)
	return appendSignature(signed, state.mac(signed))
}

func (k *MACKey) verify(signed string, signature []byte) error {
	if k == nil || k.pool == nil {
		return fmt.Errorf("%w: MAC key is empty", ErrKey)
	}
	state := k.pool.Get().(*macState)
	defer k.pool.Put(state)
	state.text = append(state.text[:0], signed...)
	if !hmac.Equal(state.mac(state.text), signature) {
		return ErrSignature
	}
	return nil
}

func (s *macState) mac(text []byte) []byte {
	s.hash.Reset()
	s.hash.Write(text)
	return s.hash.Sum(s.sum[:0])
}

// String returns a text without the secret.
func (k MACKey) String() string { return redacted }

// GoString returns a text without the secret.
func (k MACKey) GoString() string { return "jose.MACKey{" + redacted + "}" }

// MarshalJSON always fails: a MAC key must not be written.
func (k MACKey) MarshalJSON() ([]byte, error) { return nil, errNoJSON }

// LogValue returns a text without the secret.
func (k MACKey) LogValue() slog.Value { return slog.StringValue(redacted) }
