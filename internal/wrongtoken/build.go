package wrongtoken

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"
)

// b64 is how segments are written. No reader's leniency matters here.
var b64 = base64.RawURLEncoding

func encode(text string) string { return b64.EncodeToString([]byte(text)) }

// member is one of a JSON object; the value is JSON as it will stand there.
type member struct{ name, value string }

// object is a JSON object under construction. Its methods return another one.
type object []member

// set replaces the value of a name in its place, or appends it.
func (o object) set(name, value string) object {
	out := append(object(nil), o...)
	for i := range out {
		if out[i].name == name {
			out[i].value = value
			return out
		}
	}
	return append(out, member{name, value})
}

// drop leaves a name out.
func (o object) drop(name string) object {
	var out object
	for _, m := range o {
		if m.name != name {
			out = append(out, m)
		}
	}
	return out
}

// first puts a member in front, also if the name is there already.
func (o object) first(name, value string) object {
	return append(object{{name, value}}, o...)
}

// last puts a member behind, also if the name is there already.
func (o object) last(name, value string) object {
	return append(append(object(nil), o...), member{name, value})
}

// get returns the value of a name.
func (o object) get(name string) string {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return ""
}

// text writes the object. Names and values stand as they are.
func (o object) text() string {
	parts := make([]string, len(o))
	for i, m := range o {
		parts[i] = `"` + m.name + `":` + m.value
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// str writes a JSON string of plain characters.
func str(s string) string { return `"` + s + `"` }

// num writes a number.
func num(n int64) string { return strconv.FormatInt(n, 10) }

// since returns the time so many seconds after the one of the cases.
func since(seconds int64) string { return num(now.Unix() + seconds) }

// keyPair is a P-256 key under a key ID.
type keyPair struct {
	kid     string
	private *ecdsa.PrivateKey
}

// newKey makes the key of a name: the same in each run.
func newKey(name string) keyPair {
	scalar := sha256.Sum256([]byte("scalar of " + name))
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar[:])
	if err != nil {
		panic("wrongtoken: the scalar of " + name + " is out of range")
	}
	kid := sha256.Sum256([]byte("key ID of " + name))
	return keyPair{kid: hex.EncodeToString(kid[:]), private: private}
}

// point returns the public key as 04, x, y.
func (k keyPair) point() []byte {
	point, err := k.private.PublicKey.Bytes()
	if err != nil {
		panic("wrongtoken: a key is not on its curve")
	}
	return point
}

// jwk returns the public key as LINE writes it.
func (k keyPair) jwk() object {
	point := k.point()
	return object{
		{"kty", str("EC")},
		{"alg", str("ES256")},
		{"use", str("sig")},
		{"kid", str(k.kid)},
		{"crv", str("P-256")},
		{"x", str(b64.EncodeToString(point[1:33]))},
		{"y", str(b64.EncodeToString(point[33:]))},
	}
}

// set writes a JWK Set.
func set(keys ...object) string {
	texts := make([]string, len(keys))
	for i, k := range keys {
		texts[i] = k.text()
	}
	return rawSet(texts...)
}

func rawSet(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }

// header is the one of LINE's ES256 tokens.
func (k keyPair) header() object {
	return object{{"kid", str(k.kid)}, {"typ", str("JWT")}, {"alg", str("ES256")}}
}

// hsHeader is the one of LINE's HS256 tokens.
var hsHeader = object{{"typ", str("JWT")}, {"alg", str("HS256")}}

// numbers signs text and returns R and S. The nonce is that of RFC 6979, so that a
// token is the same in each run.
func (k keyPair) numbers(text string, hash crypto.Hash) (r, s *big.Int) {
	return numbersOf(k.private, text, hash)
}

func numbersOf(key *ecdsa.PrivateKey, text string, hash crypto.Hash) (r, s *big.Int) {
	h := hash.New()
	h.Write([]byte(text))
	der, err := key.Sign(nil, h.Sum(nil), hash)
	if err != nil {
		panic("wrongtoken: sign: " + err.Error())
	}
	var pair struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &pair); err != nil {
		panic("wrongtoken: signature: " + err.Error())
	}
	return pair.R, pair.S
}

// fixed writes both numbers with size bytes each.
func fixed(r, s *big.Int, size int) []byte {
	out := make([]byte, 2*size)
	r.FillBytes(out[:size])
	s.FillBytes(out[size:])
	return out
}

// sign returns R and S as they stand in a token.
func (k keyPair) sign(text string) []byte {
	r, s := k.numbers(text, crypto.SHA256)
	return fixed(r, s, 32)
}

// token returns a compact token signed with the key, whatever the header says.
func (k keyPair) token(header, payload string) string {
	signed := encode(header) + "." + encode(payload)
	return signed + "." + b64.EncodeToString(k.sign(signed))
}

// tag returns the HMAC of text.
func tag(secret []byte, text string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// macToken returns a compact token with an HMAC, whatever the header says.
func macToken(secret, header, payload string) string {
	signed := encode(header) + "." + encode(payload)
	return signed + "." + b64.EncodeToString(tag([]byte(secret), signed))
}

// segments cuts a token at its dots.
func segments(token string) (header, payload, signature string) {
	parts := strings.SplitN(token, ".", 3)
	return parts[0], parts[1], parts[2]
}
