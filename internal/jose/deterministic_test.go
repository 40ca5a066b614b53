package jose_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"testing"

	"github.com/tegata-id/tegata/internal/jose"
)

// TestDeterministic signs with the key of RFC 6979 A.2.5.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	scalar, err := hex.DecodeString("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
	if err != nil {
		t.Fatal(err)
	}
	private, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), scalar)
	if err != nil {
		t.Fatal(err)
	}
	hedged, err := jose.NewPrivateKey("kid", private)
	if err != nil {
		t.Fatal(err)
	}
	fixed := hedged.Deterministic()
	sign := func(k *jose.PrivateKey, payload string) string {
		t.Helper()
		raw, err := k.Sign("JWT", []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		token, err := jose.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := token.Verify(k.Public()); err != nil {
			t.Fatalf("Verify: %v", err)
		}
		return raw
	}
	first := sign(fixed, `{"a":1}`)
	if second := sign(fixed, `{"a":1}`); second != first {
		t.Errorf("two signatures of one payload:\n%s\n%s", first, second)
	}
	if other := sign(fixed, `{"a":2}`); other == first {
		t.Error("two payloads, one token")
	}
	if sign(hedged, `{"a":1}`) == first {
		t.Error("the key that Deterministic was asked of has changed")
	}
	var none *jose.PrivateKey
	if none.Deterministic() != nil {
		t.Error("the nil key became one")
	}
	if _, err := new(jose.PrivateKey).Deterministic().Sign("JWT", nil); err == nil {
		t.Error("the zero key signs")
	}
}
