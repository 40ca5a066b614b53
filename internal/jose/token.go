package jose

import (
	"fmt"
	"strings"
	"sync/atomic"
)

// MaxToken is the longest token in bytes that Parse looks into.
const MaxToken = 16 << 10

// maxKeyID is the longest kid in bytes, in headers and in keys.
const maxKeyID = 256

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
	segment   string // the header segment alone
	payload   string // hidden until Verify
	signature signature
}

// signature holds a signature in place if it has the length of our algorithms.
type signature struct {
	short [2 * coordinateSize]byte
	size  int    // of the bytes in short
	long  []byte // of RS256, else nil
}

func (s *signature) bytes() []byte {
	if s.long != nil {
		return s.long
	}
	return s.short[:s.size]
}

// Parse reads a JWS in compact serialization (RFC 7515 section 7.1) whose typ is
// absent or "JWT". It proves nothing. Errors: ErrMalformed, and ErrAlgorithm if alg
// is not one of ES256, HS256, RS256. On error the Token is zero.
func Parse(raw string) (Token, error) { return new(Parser).Parse(raw) }

// knownHeaders is how many headers a Parser remembers: those of a platform's two keys
// and of its two flows.
const knownHeaders = 4

// maxKnown is the longest header segment in bytes that is remembered.
const maxKnown = 1 << 10

// Parser parses tokens and remembers the headers of good ones, since all tokens of one
// key have the same. The zero value is ready; it may be used by many goroutines.
type Parser struct {
	known [knownHeaders]atomic.Pointer[knownHeader]
	next  atomic.Uint32 // where the next one goes
}

type knownHeader struct {
	segment string
	header  Header
}

// Keep remembers the header of a token, which must have been verified: so nobody but the
// holder of a key decides what is remembered.
func (p *Parser) Keep(t *Token) {
	if len(t.segment) > maxKnown {
		return
	}
	if _, ok := p.recall(t.segment); ok {
		return
	}
	// A copy, since the segment is a part of the whole token's text.
	h := t.header
	h.KeyID = strings.Clone(h.KeyID)
	at := (p.next.Add(1) - 1) % knownHeaders
	p.known[at].Store(&knownHeader{segment: strings.Clone(t.segment), header: h})
}

func (p *Parser) recall(segment string) (Header, bool) {
	for i := range p.known {
		if k := p.known[i].Load(); k != nil && k.segment == segment {
			return k.header, true
		}
	}
	return Header{}, false
}

// Parse does what the function Parse does.
func (p *Parser) Parse(raw string) (Token, error) {
	if len(raw) > MaxToken {
		return Token{}, fmt.Errorf("%w: token longer than %d bytes", ErrMalformed, MaxToken)
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
	return p.segments(raw, first, second)
}

// segments decodes the three segments that the dots at first and second cut.
func (p *Parser) segments(raw string, first, second int) (Token, error) {
	t := Token{signed: raw[:second], segment: raw[:first]}
	var known bool
	if t.header, known = p.recall(t.segment); !known {
		head, err := decodeText("header", t.segment)
		if err != nil {
			return Token{}, err
		}
		if t.header, err = parseHeader(head); err != nil {
			return Token{}, err
		}
	}
	var err error
	if t.payload, err = decodeText("payload", raw[first+1:second]); err != nil {
		return Token{}, err
	}
	if err = t.signature.decode(raw[second+1:]); err != nil {
		return Token{}, err
	}
	if n := len(t.signature.bytes()); !t.header.Algorithm.acceptsSignature(n) {
		return Token{}, fmt.Errorf("%w: signature of %d bytes does not fit %s", ErrMalformed, n, t.header.Algorithm)
	}
	return t, nil
}

func (s *signature) decode(segment string) (err error) {
	if decodedLen(len(segment)) > len(s.short)+1 {
		s.long, err = decodeSegment("signature", segment)
		return err
	}
	var ok bool
	if s.size, ok = decode(s.short[:], segment); !ok {
		return notCanonical("signature")
	}
	return nil
}

// Header returns the header: what the token claims, not what is proved.
func (t Token) Header() Header { return t.header }

// Verify returns the payload if k made the signature. The key decides: a header
// with another algorithm gives ErrAlgorithm, and if k has a key ID, a header with
// another or none gives ErrUnknownKey. A wrong signature gives ErrSignature, a nil
// or zero key ErrKey. The bytes are the caller's own.
//
// An ES256 signature has a second form that verifies as well (s and n-s), so the
// text of a token, or its hash, must not serve to recognise one that was seen
// before; take claims or the signed part.
func (t Token) Verify(k Key) ([]byte, error) {
	payload, err := t.VerifyText(k)
	if err != nil {
		return nil, err
	}
	return []byte(payload), nil
}

// VerifyText is Verify with the payload as text, empty beside an error.
func (t *Token) VerifyText(k Key) (string, error) {
	if k == nil {
		return "", fmt.Errorf("%w: no key given", ErrKey)
	}
	if t.header.Algorithm == 0 || t.header.Algorithm != k.Algorithm() {
		return "", fmt.Errorf("%w: token says %s, the key is for %s", ErrAlgorithm, t.header.Algorithm, k.Algorithm())
	}
	if id := k.KeyID(); id != "" && id != t.header.KeyID {
		return "", ErrUnknownKey
	}
	if err := t.verify(k); err != nil {
		return "", err
	}
	return t.payload, nil
}

// verify calls the key by its own type, so that the compiler sees that the token need
// not move to the heap.
func (t *Token) verify(k Key) error {
	switch k := k.(type) {
	case *PublicKey:
		return k.verify(t.signed, t.signature.bytes())
	case *MACKey:
		return k.verify(t.signed, t.signature.bytes())
	case *RSAPublicKey:
		return k.verify(t.signed, t.signature.bytes())
	}
	return fmt.Errorf("%w: unknown kind", ErrKey)
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
