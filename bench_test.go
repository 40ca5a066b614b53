package tegata_test

import (
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
)

// distinct is more tokens than a verifier remembers.
const distinct = 6000

// BenchmarkES256 puts a verification beside what no ES256 verifier can do without: a
// SHA-256 of the signed part and an ecdsa.Verify.
func BenchmarkES256(b *testing.B) {
	p := newPlatform(b)
	v := p.verifier(b)
	tokens := make([]string, distinct)
	for i := range tokens {
		tokens[i] = p.token(b, map[string]any{"sub": fmt.Sprintf("U%032x", i)})
	}
	next := 0 // goes on from run to run, so that each token was long forgotten
	b.Run("floor", func(b *testing.B) {
		for i := range b.N {
			raw := tokens[i%distinct]
			cut := strings.LastIndexByte(raw, '.')
			signature, err := base64.RawURLEncoding.DecodeString(raw[cut+1:])
			if err != nil {
				b.Fatal(err)
			}
			digest := sha256.Sum256([]byte(raw[:cut]))
			if !verifyRaw(&p.key.PublicKey, digest[:], signature) {
				b.Fatal("not valid")
			}
		}
	})
	b.Run("distinct", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := v.IDToken(b.Context(), tokens[next%distinct]); err != nil {
				b.Fatal(err)
			}
			next++
		}
	})
	b.Run("repeated", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := v.IDToken(b.Context(), tokens[0]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("forged", func(b *testing.B) {
		b.ReportAllocs()
		cut := strings.LastIndexByte(tokens[0], '.')
		forged := tokens[1][:strings.LastIndexByte(tokens[1], '.')] + tokens[0][cut:]
		for range b.N {
			if _, err := v.IDToken(b.Context(), forged); !errors.Is(err, tegata.ErrSignature) {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkHS256 puts a verification beside an HMAC of the signed part.
func BenchmarkHS256(b *testing.B) {
	p := newPlatform(b)
	v := p.verifier(b, func(cfg *tegata.Config) { cfg.KeyTypes, cfg.ChannelSecret = tegata.HS256, secret })
	raw := sign(b, jose.HS256, []byte(secret), "", claims(nil))
	cut := strings.LastIndexByte(raw, '.')
	b.Run("floor", func(b *testing.B) {
		mac := hmac.New(sha256.New, []byte(secret))
		var sum [sha256.Size]byte
		for range b.N {
			mac.Reset()
			_, _ = mac.Write([]byte(raw[:cut]))
			mac.Sum(sum[:0])
		}
	})
	b.Run("each", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := v.IDToken(b.Context(), raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkTooLong refuses a token of 1 MiB.
func BenchmarkTooLong(b *testing.B) {
	v := newPlatform(b).verifier(b)
	raw := "eyJhbGciOiJFUzI1NiJ9." + strings.Repeat("A", 1<<20)
	for range b.N {
		if _, err := v.IDToken(b.Context(), raw); !errors.Is(err, tegata.ErrMalformed) {
			b.Fatal(err)
		}
	}
}

// number reads a number of a raw signature.
func number(b []byte) *big.Int { return new(big.Int).SetBytes(b) }

func verifyRaw(key *ecdsa.PublicKey, digest, signature []byte) bool {
	r, s := signature[:32], signature[32:]
	return ecdsa.Verify(key, digest, number(r), number(s))
}
