package mint_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// RoundTrip implements http.RoundTripper.
func (to wireTo) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	to.ServeHTTP(rec, r)
	return rec.Result(), nil
}

func payloadOf(t *testing.T, token string) []byte {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("%q is no JWT", token)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// BenchmarkMint tells the cost of an ID token as a ratio to the one P-256 signature that
// it needs, both measured by turns in one run.
func BenchmarkMint(b *testing.B) {
	w := newWorld(b)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte("a token"))
	var ours, raw time.Duration
	const batch = 50
	for b.Loop() {
		start := time.Now()
		for range batch {
			if _, err := w.minter.Mint(b.Context(), control.Mint{}); err != nil {
				b.Fatal(err)
			}
		}
		middle := time.Now()
		for range batch {
			if _, err := ecdsa.SignASN1(rand.Reader, key, digest[:]); err != nil {
				b.Fatal(err)
			}
		}
		ours, raw = ours+middle.Sub(start), raw+time.Since(middle)
	}
	b.ReportMetric(float64(ours)/float64(raw), "x-signature")
	b.ReportMetric(float64(b.N*batch)/ours.Seconds(), "tokens/s")
}
