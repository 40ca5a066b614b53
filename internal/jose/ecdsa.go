package jose

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"log/slog"
	"math/big"
)

// coordinateSize is the length in bytes of a P-256 coordinate, and of R and S.
const coordinateSize = 32

// PublicKey verifies ES256. The zero value refuses every signature. It may be used
// by many goroutines.
type PublicKey struct {
	kid string
	key *ecdsa.PublicKey
	x   string // base64url of 32 bytes
	y   string
}

// NewPublicKey makes a key of a point on P-256, which is copied. The key ID may be
// empty: then tokens need not name the key. ErrKey for another curve, a point that
// is not on it, or a key ID of more than 256 bytes.
func NewPublicKey(kid string, k *ecdsa.PublicKey) (*PublicKey, error) {
	point, err := uncompressed(k)
	if err != nil {
		return nil, err
	}
	return publicKeyFromPoint(kid, point)
}

// uncompressed returns the point as 04, x, y, checked to be on the curve.
func uncompressed(k *ecdsa.PublicKey) ([]byte, error) {
	//lint:ignore SA1019 Bytes panics on a key without coordinates, which a caller can make
	if k == nil || k.Curve != elliptic.P256() || k.X == nil || k.Y == nil {
		return nil, fmt.Errorf("%w: not a P-256 public key", ErrKey)
	}
	point, err := k.Bytes()
	if err != nil {
		return nil, fmt.Errorf("%w: not a point of P-256", ErrKey)
	}
	return point, nil
}

func publicKeyFromPoint(kid string, point []byte) (*PublicKey, error) {
	if err := checkKeyID(kid); err != nil {
		return nil, err
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, fmt.Errorf("%w: not a point of P-256", ErrKey)
	}
	return &PublicKey{
		kid: kid,
		key: key,
		x:   b64.EncodeToString(point[1 : 1+coordinateSize]),
		y:   b64.EncodeToString(point[1+coordinateSize:]),
	}, nil
}

// Algorithm returns ES256.
func (k *PublicKey) Algorithm() Algorithm { return ES256 }

// KeyID returns the kid that tokens must name, or the empty string.
func (k *PublicKey) KeyID() string {
	if k == nil {
		return ""
	}
	return k.kid
}

// Equal reports whether both are the same key under the same key ID.
func (k *PublicKey) Equal(o *PublicKey) bool {
	return k == o || k != nil && o != nil && k.kid == o.kid && k.x == o.x && k.y == o.y
}

// verify takes R and S of 32 bytes each (RFC 7518 section 3.4); the curve refuses
// those outside 1 to n-1.
func (k *PublicKey) verify(signed string, signature []byte) error {
	if k == nil || k.key == nil {
		return fmt.Errorf("%w: public key is empty", ErrKey)
	}
	if len(signature) != 2*coordinateSize {
		return ErrSignature
	}
	digest := digestOf(signed)
	var der [maxDER]byte
	if !ecdsa.VerifyASN1(k.key, digest[:], appendDER(der[:0], signature)) {
		return ErrSignature
	}
	return nil
}

// digestOf hashes text; what is not too long needs no memory of its own.
func digestOf(text string) [sha256.Size]byte {
	var buf [1 << 10]byte
	if len(text) > len(buf) {
		return sha256.Sum256([]byte(text))
	}
	return sha256.Sum256(buf[:copy(buf[:], text)])
}

// maxDER is the longest signature in DER: two integers of 33 bytes and three heads.
const maxDER = 2 + 2*(2+coordinateSize+1)

// appendDER writes R and S, of 32 bytes each, as the sequence of two integers that
// package ecdsa reads (RFC 3279 section 2.2.3): without leading zeros, and with one where the
// first bit would be a sign.
func appendDER(dst, signature []byte) []byte {
	dst = append(dst, 0x30, 0)
	for _, n := range [2][]byte{signature[:coordinateSize], signature[coordinateSize:]} {
		for len(n) > 1 && n[0] == 0 {
			n = n[1:]
		}
		if n[0] >= 0x80 {
			dst = append(dst, 2, byte(len(n)+1), 0)
		} else {
			dst = append(dst, 2, byte(len(n)))
		}
		dst = append(dst, n...)
	}
	dst[1] = byte(len(dst) - 2)
	return dst
}

// PrivateKey signs ES256. The zero value refuses. It shows no secret in texts, JSON
// or logs. It may be used by many goroutines.
type PrivateKey struct {
	// A pointer, so that printing a struct around the key shows an address at most.
	pair *keyPair
}

type keyPair struct {
	private *ecdsa.PrivateKey
	public  *PublicKey
	header  string // encoded, for typ JWT
	// deterministic asks for signatures by RFC 6979.
	deterministic bool
}

// NewPrivateKey makes a signing key of a P-256 key, which is copied. The key ID may
// be empty: then tokens name none. ErrKey for another curve, a scalar out of range,
// a public point that does not belong to the scalar, or a key ID of more than 256
// bytes.
func NewPrivateKey(kid string, k *ecdsa.PrivateKey) (*PrivateKey, error) {
	//lint:ignore SA1019 Bytes panics on a key without a scalar, which a caller can make
	if k == nil || k.D == nil {
		return nil, fmt.Errorf("%w: not a P-256 private key", ErrKey)
	}
	public, err := NewPublicKey(kid, &k.PublicKey)
	if err != nil {
		return nil, err
	}
	scalar, err := k.Bytes()
	if err != nil {
		return nil, fmt.Errorf("%w: private scalar out of range", ErrKey)
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		return nil, fmt.Errorf("%w: private scalar out of range", ErrKey)
	}
	if !private.PublicKey.Equal(public.key) {
		return nil, fmt.Errorf("%w: private and public half do not belong together", ErrKey)
	}
	header, err := encodeHeader(kid, "JWT", ES256)
	if err != nil {
		return nil, err
	}
	return &PrivateKey{pair: &keyPair{private: private, public: public, header: header}}, nil
}

// Public returns the key that verifies what this one signs, nil for the zero key.
func (k *PrivateKey) Public() *PublicKey {
	if k == nil || k.pair == nil {
		return nil
	}
	return k.pair.public
}

// Deterministic returns the same key for signing by RFC 6979: equal payloads give
// equal tokens, for runs that must be repeatable. Its signatures verify as all others.
func (k *PrivateKey) Deterministic() *PrivateKey {
	if k == nil || k.pair == nil {
		return k
	}
	pair := *k.pair
	pair.deterministic = true
	return &PrivateKey{pair: &pair}
}

// Sign returns a token with the header {"kid":…,"typ":…,"alg":"ES256"}; an empty
// kid or typ is left out. Errors: ErrKey for the zero key, ErrMalformed for a typ
// that is not UTF-8 or a token that would exceed MaxToken.
func (k *PrivateKey) Sign(typ string, payload []byte) (string, error) {
	if k == nil || k.pair == nil {
		return "", fmt.Errorf("%w: private key is empty", ErrKey)
	}
	header := k.pair.header
	if typ != "JWT" {
		var err error
		if header, err = encodeHeader(k.pair.public.kid, typ, ES256); err != nil {
			return "", err
		}
	}
	signed := signingInput(header, payload, 2*coordinateSize)
	digest := sha256.Sum256(signed)
	r, s, err := k.pair.sign(digest[:])
	if err != nil {
		return "", fmt.Errorf("sign with ES256: %w", err)
	}
	var signature [2 * coordinateSize]byte
	r.FillBytes(signature[:coordinateSize])
	s.FillBytes(signature[coordinateSize:])
	return appendSignature(signed, signature[:])
}

func (p *keyPair) sign(digest []byte) (r, s *big.Int, err error) {
	if !p.deterministic {
		return ecdsa.Sign(rand.Reader, p.private, digest)
	}
	der, err := p.private.Sign(nil, digest, crypto.SHA256) // no randomness: RFC 6979
	if err != nil {
		return nil, nil, err
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		return nil, nil, err
	}
	return pair.R, pair.S, nil
}

// String returns a text without the secret.
func (k PrivateKey) String() string { return redacted }

// GoString returns a text without the secret.
func (k PrivateKey) GoString() string { return "jose.PrivateKey{" + redacted + "}" }

// MarshalJSON always fails: a private key must not be written.
func (k PrivateKey) MarshalJSON() ([]byte, error) { return nil, errNoJSON }

// LogValue returns a text without the secret.
func (k PrivateKey) LogValue() slog.Value { return slog.StringValue(redacted) }
