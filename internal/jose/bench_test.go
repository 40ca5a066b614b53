package jose_test

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
)

// benchPayload has the claims of an ordinary LINE ID token.
const benchPayload = `{"iss":"https://access.line.me","sub":"U1234567890abcdef1234567890abcdef","aud":"1234567890","exp":1700003600,"iat":1700000000,` +
	`"nonce":"0987654asdf","amr":["pwd"],"name":"Taro","picture":"https://profile.line-scdn.net/0h1234567890abcdef","email":"taro@example.com"}`

func benchES256(b *testing.B) (*jose.PrivateKey, *ecdsa.PrivateKey, string) {
	b.Helper()
	ec := newECDSA(b)
	kid := hex.EncodeToString(make([]byte, 32))
	k, err := jose.NewPrivateKey(kid, ec)
	if err != nil {
		b.Fatal(err)
	}
	raw, err := k.Sign("JWT", []byte(benchPayload))
	if err != nil {
		b.Fatal(err)
	}
	return k, ec, raw
}

// BenchmarkVerifyES256 measures a token against the floor: SHA-256 and the curve.
func BenchmarkVerifyES256(b *testing.B) {
	k, ec, raw := benchES256(b)
	cut := strings.LastIndexByte(raw, '.')
	signed := []byte(raw[:cut])
	sig, err := base64.RawURLEncoding.DecodeString(raw[cut+1:])
	if err != nil {
		b.Fatal(err)
	}
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	token := func() {
		t, err := jose.Parse(raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Verify(k.Public()); err != nil {
			b.Fatal(err)
		}
	}
	floor := func() {
		digest := sha256.Sum256(signed)
		if !ecdsa.Verify(&ec.PublicKey, digest[:], r, s) {
			b.Fatal("signature refused")
		}
	}
	against(b, token, floor)
}

// BenchmarkVerifyHS256 measures a token against the floor: one HMAC of a new key.
func BenchmarkVerifyHS256(b *testing.B) {
	key := newMAC(b)
	raw, err := key.Sign("JWT", []byte(benchPayload))
	if err != nil {
		b.Fatal(err)
	}
	cut := strings.LastIndexByte(raw, '.')
	signed := []byte(raw[:cut])
	tag, err := base64.RawURLEncoding.DecodeString(raw[cut+1:])
	if err != nil {
		b.Fatal(err)
	}
	token := func() {
		t, err := jose.Parse(raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Verify(key); err != nil {
			b.Fatal(err)
		}
	}
	secret := []byte(testSecret)
	floor := func() {
		h := hmac.New(sha256.New, secret)
		h.Write(signed)
		if !hmac.Equal(h.Sum(nil), tag) {
			b.Fatal("tag refused")
		}
	}
	against(b, token, floor)
}

// against times both in turns, so that a busy machine slows both, and reports how
// many times the floor a token costs.
func against(b *testing.B, token, floor func()) {
	b.Helper()
	b.ReportAllocs()
	const batch = 64
	var tokens, floors time.Duration
	for n := 0; n < b.N; n += batch {
		start := time.Now()
		for range batch {
			token()
		}
		middle := time.Now()
		for range batch {
			floor()
		}
		tokens += middle.Sub(start)
		floors += time.Since(middle)
	}
	rounds := float64((b.N + batch - 1) / batch * batch)
	b.ReportMetric(float64(tokens.Nanoseconds())/rounds, "token-ns")
	b.ReportMetric(float64(floors.Nanoseconds())/rounds, "floor-ns")
	b.ReportMetric(float64(tokens)/float64(floors), "ratio")
}

// BenchmarkSignES256 issues the same token.
func BenchmarkSignES256(b *testing.B) {
	k, _, _ := benchES256(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Sign("JWT", []byte(benchPayload)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRefuse measures what hostile texts cost before they are refused.
func BenchmarkRefuse(b *testing.B) {
	for name, raw := range map[string]string{
		"1MiB":        strings.Repeat("a", 1<<20),
		"1MiBdots":    strings.Repeat(".", 1<<20),
		"16KiBheader": segment(`{"alg":"ES256"`+manyNames(99)+strings.Repeat(" ", 11<<10)+`]`) + ".e30." + sig64,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := jose.Parse(raw); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}
