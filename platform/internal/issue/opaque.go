package issue

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
)

// Kind is what an opaque token is: the third letter of its prefix.
type Kind byte

// The kinds of opaque token.
const (
	KindCode    Kind = 'c'
	KindAccess  Kind = 'a'
	KindRefresh Kind = 'r'
	KindChannel Kind = 'm' // channel access token
	KindFeature Kind = 'f' // LIFF feature token
)

// An opaque token is
//
//	"tg" kind "_" version | base64url( ordered id | secret | MAC )
//
// The prefix lets secret scanners recognise it. The MAC, by the key that the version
// names, keeps garbage away from the store. Rows are keyed by the id, which grows
// with time; of the secret the store has the SHA-256. To everybody else the token is
// opaque; LINE's look different, which docs/compatibility.md lists.
const (
	prefixSize = len("tga_A")
	secretSize = 32
	bodySize   = len(store.ID{}) + secretSize + keyring.MACSize
)

var (
	encoding   = base64.RawURLEncoding.Strict()
	opaqueSize = prefixSize + encoding.EncodedLen(bodySize)
)

// errMalformed means that a text is no token of ours of the wanted kind.
var errMalformed = errors.New("not a token of this platform")

// opaque makes and reads opaque tokens.
type opaque struct {
	ring   *keyring.Ring
	now    func() time.Time
	random entropy.Source
}

// make returns a new token with the ID and the hash under which it is stored.
func (o opaque) make(kind Kind) (raw string, id store.ID, hash store.Hash) {
	var body [bodySize]byte
	binary.BigEndian.PutUint64(body[:8], uint64(o.now().UnixMilli())<<16)
	o.random.Fill(body[6 : len(id)+secretSize])
	id = store.ID(body[:len(id)])
	hash = sha256.Sum256(body[len(id) : len(id)+secretSize])
	mac := o.ring.MAC()
	var text [prefixSize + (bodySize*4+2)/3]byte
	copy(text[:], []byte{'t', 'g', byte(kind), '_', mac.Version})
	sum := mac.Sum(macInput(text[:prefixSize], body[:]))
	copy(body[len(id)+secretSize:], sum[:])
	encoding.Encode(text[prefixSize:], body[:])
	return string(text[:]), id, hash
}

// parse checks a token's form and MAC without a look at the store.
func (o opaque) parse(kind Kind, raw string) (store.ID, store.Hash, error) {
	var id store.ID
	if len(raw) != opaqueSize || raw[0] != 't' || raw[1] != 'g' || Kind(raw[2]) != kind || raw[3] != '_' {
		return id, store.Hash{}, errMalformed
	}
	mac := o.ring.MACVersion(raw[4])
	if mac == nil {
		return id, store.Hash{}, errMalformed
	}
	var text [prefixSize + (bodySize*4+2)/3]byte
	copy(text[:], raw)
	var body [bodySize]byte
	// The decoder passes over line breaks: a text with one is short of bytes.
	if n, err := encoding.Decode(body[:], text[prefixSize:]); err != nil || n != bodySize {
		return id, store.Hash{}, errMalformed
	}
	if !mac.Check(macInput(text[:prefixSize], body[:]), body[len(id)+secretSize:]) {
		return id, store.Hash{}, errMalformed
	}
	return store.ID(body[:len(id)]), sha256.Sum256(body[len(id) : len(id)+secretSize]), nil
}

// macInput is what the MAC covers: prefix, id and secret.
func macInput(prefix, body []byte) []byte {
	var in [prefixSize + len(store.ID{}) + secretSize]byte
	n := copy(in[:], prefix)
	copy(in[n:], body[:len(store.ID{})+secretSize])
	return in[:]
}

// same compares hashes in constant time.
func same(a, b store.Hash) bool { return subtle.ConstantTimeCompare(a[:], b[:]) == 1 }

// KindOf returns the kind that a token's prefix claims, or zero. It proves nothing.
func KindOf(raw string) Kind {
	if len(raw) != opaqueSize || raw[0] != 't' || raw[1] != 'g' || raw[3] != '_' {
		return 0
	}
	return Kind(raw[2])
}
