package jose_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/big"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/internal/jose"
)

// pair is one key as both libraries hold it.
type pair struct {
	name   string
	ours   jose.Key
	theirs any
	alg    gojose.SignatureAlgorithm
	sign   func(typ string, payload []byte) (string, error) // ours; nil for RS256
	signer gojose.Signer
}

func pairs(t *testing.T) []pair {
	t.Helper()
	ec := newECDSA(t)
	private, err := jose.NewPrivateKey("kid-1", ec)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaJWK, err := json.Marshal(gojose.JSONWebKey{Key: &rsaKey.PublicKey, KeyID: "kid-2", Algorithm: "RS256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	rsaOurs, err := jose.ParseRSAPublicJWK(rsaJWK)
	if err != nil {
		t.Fatal(err)
	}
	signer := func(alg gojose.SignatureAlgorithm, key any, kid string) gojose.Signer {
		opts := (&gojose.SignerOptions{}).WithType("JWT")
		if kid != "" {
			opts = opts.WithHeader("kid", kid)
		}
		s, err := gojose.NewSigner(gojose.SigningKey{Algorithm: alg, Key: key}, opts)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return []pair{
		{"ES256", private.Public(), &ec.PublicKey, gojose.ES256, private.Sign, signer(gojose.ES256, ec, "kid-1")},
		{"HS256", newMAC(t), []byte(testSecret), gojose.HS256, newMAC(t).Sign, signer(gojose.HS256, []byte(testSecret), "")},
		{"RS256", rsaOurs, &rsaKey.PublicKey, gojose.RS256, nil, signer(gojose.RS256, rsaKey, "kid-2")},
	}
}

// theyAccept verifies with go-jose, the algorithm pinned as ours is by the key.
func theyAccept(raw string, p pair) ([]byte, bool) {
	sig, err := gojose.ParseSignedCompact(raw, []gojose.SignatureAlgorithm{p.alg})
	if err != nil {
		return nil, false
	}
	payload, err := sig.Verify(p.theirs)
	return payload, err == nil
}

func weAccept(raw string, p pair) ([]byte, bool) {
	token, err := jose.Parse(raw)
	if err != nil {
		return nil, false
	}
	payload, err := token.Verify(p.ours)
	return payload, err == nil
}

// TestAgainstGoJose signs with each library, verifies with the other, and breaks
// tokens in every way it can think of: nothing may pass here that go-jose refuses.
func TestAgainstGoJose(t *testing.T) {
	t.Parallel()
	rng := mathrand.New(mathrand.NewPCG(1, 2))
	tokens, mutants, bothRefuse := 0, 0, 0
	for _, p := range pairs(t) {
		rounds := 40
		for i := range rounds {
			payload := []byte(`{"sub":"U` + strings.Repeat("é", i) + `"}`)
			raw := theirToken(t, p, payload)
			if p.sign != nil && i%2 == 0 {
				var err error
				if raw, err = p.sign("JWT", payload); err != nil {
					t.Fatal(err)
				}
			}
			ours, ok1 := weAccept(raw, p)
			theirs, ok2 := theyAccept(raw, p)
			if !ok1 || !ok2 || string(ours) != string(payload) || string(theirs) != string(payload) {
				t.Fatalf("%s: a good token: we %v, they %v", p.name, ok1, ok2)
			}
			tokens++
			for range 60 {
				bad := mutate(rng, raw)
				ours, ok := weAccept(bad, p)
				theirs, theyOK := theyAccept(bad, p)
				if ok && (!theyOK || string(ours) != string(theirs)) {
					t.Errorf("%s: we accept what go-jose refuses: %s", p.name, bad)
				}
				if !ok && !theyOK {
					bothRefuse++
				}
				mutants++
			}
		}
	}
	t.Logf("%d tokens, %d mutants, %d refused by both", tokens, mutants, bothRefuse)
	if tokens != 120 || mutants != 7200 || bothRefuse < mutants/2 {
		t.Errorf("the comparison did not run: %d tokens, %d mutants, %d refused by both", tokens, mutants, bothRefuse)
	}
}

func theirToken(t *testing.T, p pair, payload []byte) string {
	t.Helper()
	sig, err := p.signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sig.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func mutate(rng *mathrand.Rand, raw string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \r\n\x00\xff"
	b := []byte(raw)
	i := rng.IntN(len(b))
	c := alphabet[rng.IntN(len(alphabet))]
	switch rng.IntN(5) {
	case 0:
		b[i] = c
	case 1:
		b = slices.Insert(b, i, c)
	case 2:
		b = slices.Delete(b, i, i+1)
	case 3:
		b = append(b, c)
	default:
		j := rng.IntN(len(b))
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

// TestStricterThanGoJose lists what go-jose accepts and we refuse. All of it is
// signed by the right key, so none of it is a forgery by itself; each is a second
// spelling of a token, a word that asks for more than is done, or a reader's trap.
func TestStricterThanGoJose(t *testing.T) {
	t.Parallel()
	ec := newECDSA(t)
	public, err := jose.NewPublicKey("", &ec.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	p := pair{"ES256", public, &ec.PublicKey, gojose.ES256, nil, nil}
	sign := func(header string) string { return signRaw(t, ec, header, `{}`) }
	good := sign(`{"alg":"ES256"}`)
	if _, ok := weAccept(good, p); !ok {
		t.Fatal("the hand-made token is not good")
	}
	for _, tc := range []struct {
		name, raw string
		they      bool
	}{
		{"line feed inside the signature", good[:len(good)-9] + "\n" + good[len(good)-9:], true},
		{"unused bits in the signature", aliasLast(good), true},
		{"padding", good + "==", false},
		{"typ of another purpose", sign(`{"alg":"ES256","typ":"at+jwt"}`), true},
		{"cty", sign(`{"alg":"ES256","cty":"JWT"}`), true},
		{"zip", sign(`{"alg":"ES256","zip":"DEF"}`), true},
		{"enc", sign(`{"alg":"ES256","enc":"A256GCM"}`), true},
		{"jku", sign(`{"alg":"ES256","jku":"https://example.com"}`), true},
		{"x5u", sign(`{"alg":"ES256","x5u":"https://example.com"}`), true},
		{"b64 true without crit", sign(`{"alg":"ES256","b64":true}`), true},
		{"crit empty", sign(`{"alg":"ES256","crit":[]}`), true},
		{"crit unknown", sign(`{"alg":"ES256","crit":["x"],"x":1}`), false},
		{"kid empty", sign(`{"alg":"ES256","kid":""}`), true},
		{"kid of 1000 bytes", sign(`{"alg":"ES256","kid":"` + strings.Repeat("k", 1000) + `"}`), true},
		{"lone surrogate", sign(`{"alg":"ES256","x":"\ud83d"}`), true},
		{"not UTF-8", sign("{\"alg\":\"ES256\",\"x\":\"\xff\"}"), true},
		{"deep nesting", sign(`{"alg":"ES256","x":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) + `}`), true},
		{"member twice", sign(`{"alg":"ES256","alg":"ES256"}`), false},
		{"longer than 16 KiB", signRaw(t, ec, `{"alg":"ES256"}`, strings.Repeat(" ", jose.MaxToken)), true},
	} {
		if _, ok := weAccept(tc.raw, p); ok {
			t.Errorf("%s: we accept it", tc.name)
		}
		if _, ok := theyAccept(tc.raw, p); ok != tc.they {
			t.Errorf("%s: go-jose accepts: %v, listed: %v", tc.name, ok, tc.they)
		}
	}
}

// aliasLast sets the unused bits of a 64-byte signature's last character.
func aliasLast(raw string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, raw[len(raw)-1])
	return raw[:len(raw)-1] + alphabet[last+1:last+2]
}

// signRaw makes a token of any header text with the standard library alone.
func signRaw(t *testing.T, k *ecdsa.PrivateKey, header, payload string) string {
	t.Helper()
	signed := segment(header) + "." + segment(payload)
	h := crypto.SHA256.New()
	h.Write([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, k, h.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + rs(r, s)
}

func TestThumbprintAgrees(t *testing.T) {
	t.Parallel()
	for range 300 { // enough for a coordinate that begins with a zero byte
		k := newECDSA(t)
		sum, err := (&gojose.JSONWebKey{Key: &k.PublicKey}).Thumbprint(crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := jose.Thumbprint(&k.PublicKey); err != nil || got != hex.EncodeToString(sum) {
			t.Fatalf("got %s, %v; go-jose %x", got, err, sum)
		}
	}
}

// TestSetAgrees reads a set written by each library with the other.
func TestSetAgrees(t *testing.T) {
	t.Parallel()
	var theirs gojose.JSONWebKeySet
	var keys []*jose.PublicKey
	points := map[string]*ecdsa.PublicKey{}
	for _, kid := range []string{"a", "b", "é"} {
		k := &newECDSA(t).PublicKey
		points[kid] = k
		own, err := jose.NewPublicKey(kid, k)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, own)
		theirs.Keys = append(theirs.Keys, gojose.JSONWebKey{Key: k, KeyID: kid, Algorithm: "ES256", Use: "sig"})
	}
	ours, err := jose.NewSet(keys...)
	if err != nil {
		t.Fatal(err)
	}
	ourText, err := json.Marshal(ours)
	if err != nil {
		t.Fatal(err)
	}
	var back gojose.JSONWebKeySet
	if err := json.Unmarshal(ourText, &back); err != nil {
		t.Fatal(err)
	}
	for _, k := range back.Keys {
		if !points[k.KeyID].Equal(k.Key) || k.Algorithm != "ES256" || k.Use != "sig" {
			t.Errorf("go-jose reads our key %q otherwise", k.KeyID)
		}
	}
	theirText, err := json.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	set, err := jose.ParseSet(theirText)
	if err != nil || len(set.Dropped()) != 0 || len(back.Keys) != 3 {
		t.Fatalf("we read theirs: %v, dropped %v; they read %d of ours", err, set.Dropped(), len(back.Keys))
	}
	if again, err := json.Marshal(set); err != nil || string(again) != string(ourText) {
		t.Errorf("theirs, written by us: %s, %v; want %s", again, err, ourText)
	}
}

// TestSetWithSignByte shows why a key with a 33-byte coordinate must cost no more
// than nothing: go-jose refuses the whole set for it.
func TestSetWithSignByte(t *testing.T) {
	t.Parallel()
	x, y := coordinates(t)
	text := `{"keys":[` + ecJWK(append([]byte{0}, x...), y, `,"kid":"a"`) + `]}`
	var theirs gojose.JSONWebKeySet
	if err := json.Unmarshal([]byte(text), &theirs); err == nil {
		t.Errorf("go-jose reads it now; the remark in the documentation is out of date")
	}
	set, err := jose.ParseSet([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := set.Key("a"); !ok {
		t.Errorf("dropped: %v", set.Dropped())
	}
}

// TestMalleable records that P-256 signatures have a second form: a token's text is
// no key for a list of used or denied tokens.
func TestMalleable(t *testing.T) {
	t.Parallel()
	k := newKey(t, "a")
	raw, err := k.Sign("JWT", []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	cut := strings.LastIndexByte(raw, '.') + 1
	sig, err := base64.RawURLEncoding.DecodeString(raw[cut:])
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).Sub(order, new(big.Int).SetBytes(sig[32:]))
	token, err := jose.Parse(raw[:cut] + rs(new(big.Int).SetBytes(sig[:32]), s))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := token.Verify(k.Public()); err != nil {
		t.Errorf("the second form is refused (%v): say so in the documentation", err)
	}
}
