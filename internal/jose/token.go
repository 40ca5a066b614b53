package jose

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// MaxToken is the longest token in bytes that Parse looks into.
const MaxToken = 16 << 10

// maxKeyID is the longest kid in bytes, in headers and in keys.
const maxKeyID = 256

// b64 refuses padding and unused bits. It skips CR and LF, so callers must have
// refused these before.
var b64 = base64.RawURLEncoding.Strict()

// Header is what a token says about itself before anything is proved.
type Header struct {
	Algorithm Algorithm // never 0 in a parsed token
	KeyID     string    // kid; empty when absent
	Type      string    // typ: "JWT", or empty when absent
}

// Token is a parsed token that is not verified yet: only its header can be read.
// The zero value verifies with no key. A Token may be used by many goroutines.
type Token struct {
	header    Header
	signed    string // header and payload segment with the dot between them
	payload   []byte // hidden until Verify
	signature []byte
}

// Parse reads a JWS in compact serialization (RFC 7515 section 7.1) whose typ is
// absent or "JWT". It proves nothing. Errors: ErrMalformed, and ErrAlgorithm if alg
// is not one of ES256, HS256, RS256. On error the Token is zero.
func Parse(raw string) (Token, error) {
	if len(raw) > MaxToken {
		return Token{}, fmt.Errorf("%w: token longer than %d bytes", ErrMalformed, MaxToken)
	}
	if strings.IndexByte(raw, '\n') >= 0 || strings.IndexByte(raw, '\r') >= 0 {
		return Token{}, fmt.Errorf("%w: line break in token", ErrMalformed)
	}
	// A third dot stays in the last segment, where base64url refuses it.
	first := strings.IndexByte(raw, '.')
	if first < 0 {
		return Token{}, fmt.Errorf("%w: token has no dot", ErrMalformed)
	}
	second := first + 1 + strings.IndexByte(raw[first+1:], '.')
	if second <= first {
		return Token{}, fmt.Errorf("%w: token has one dot, not two", ErrMalformed)
	}
	return parseSegments(raw, first, second)
}

// parseSegments decodes the three segments that the dots at first and second cut.
func parseSegments(raw string, first, second int) (Token, error) {
	head, err := decodeSegment("header", raw[:first])
	if err != nil {
		return Token{}, err
	}
	header, err := parseHeader(string(head))
	if err != nil {
		return Token{}, err
	}
	payload, err := decodeSegment("payload", raw[first+1:second])
	if err != nil {
		return Token{}, err
	}
	signature, err := decodeSegment("signature", raw[second+1:])
	if err != nil {
		return Token{}, err
	}
	if !header.Algorithm.acceptsSignature(len(signature)) {
		return Token{}, fmt.Errorf("%w: signature of %d bytes does not fit %s", ErrMalformed, len(signature), header.Algorithm)
	}
	return Token{header: header, signed: raw[:second], payload: payload, signature: signature}, nil
}

// decodeSegment decodes a segment that is known to hold no line break.
func decodeSegment(name, segment string) ([]byte, error) {
	data, err := b64.DecodeString(segment)
	if err != nil {
		return nil, fmt.Errorf("%w: %s segment is not canonical base64url", ErrMalformed, name)
	}
	return data, nil
}

// Header returns the header: what the token claims, not what is proved.
func (t Token) Header() Header { return t.header }

// Verify returns the payload if k made the signature. The key decides: a header
// with another algorithm gives ErrAlgorithm, and if k has a key ID, a header with
// another or none gives ErrUnknownKey. A wrong signature gives ErrSignature, a nil
// or zero key ErrKey. The bytes are shared by all calls on this token; do not
// change them.
//
// An ES256 signature has a second form that verifies as well (s and n-s), so the
// text of a token, or its hash, must not serve to recognise one that was seen
// before; take claims or the signed part.
func (t Token) Verify(k Key) ([]byte, error) {
	if k == nil {
		return nil, fmt.Errorf("%w: no key given", ErrKey)
	}
	if t.header.Algorithm == 0 || t.header.Algorithm != k.Algorithm() {
		return nil, fmt.Errorf("%w: token says %s, the key is for %s", ErrAlgorithm, t.header.Algorithm, k.Algorithm())
	}
	if id := k.KeyID(); id != "" && id != t.header.KeyID {
		return nil, ErrUnknownKey
	}
	if err := k.verify(t.signed, t.signature); err != nil {
		return nil, err
	}
	return t.payload, nil
}

// Key verifies signatures of one algorithm. PublicKey, RSAPublicKey and MACKey are
// the only implementations.
type Key interface {
	// Algorithm is the one algorithm that the key verifies.
	Algorithm() Algorithm
	// KeyID is the kid that tokens must name, or empty if they need not.
	KeyID() string

	verify(signed string, signature []byte) error
}
