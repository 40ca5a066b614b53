package tegata_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata"
)

// twice verifies a token two times and says how the second one went.
func twice(t *testing.T, v *tegata.Verifier, raw string, checks ...tegata.Check) (*tegata.IDToken, error) {
	t.Helper()
	if _, err := v.IDToken(t.Context(), raw); err != nil {
		t.Fatalf("the first time: %v", err)
	}
	if n, _ := tegata.Remembered(v); n == 0 {
		t.Fatal("nothing is remembered")
	}
	return v.IDToken(t.Context(), raw, checks...)
}

// TestRememberedIsChecked: what is remembered is the signature alone.
func TestRememberedIsChecked(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	raw := p.token(t, nil)
	for name, c := range map[string]struct {
		check tegata.Check
		want  error
	}{
		"nonce":       {tegata.WithNonce("another"), tegata.ErrNonce},
		"subject":     {tegata.WithSubject(otherUser), tegata.ErrSubject},
		"max age":     {tegata.WithMaxAge(-time.Minute), tegata.ErrMaxAge},
		"method":      {tegata.WithAMR("linesso"), tegata.ErrMethod},
		"scope":       {tegata.WithScopes("openid"), tegata.ErrScope},
		"good":        {tegata.WithNonce("n-0S6_WzA2Mj"), nil},
		"right again": {tegata.WithSubject(userID), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := twice(t, p.verifier(t), raw, c.check)
			wantRefusal(t, got, err, c.want)
		})
	}
}

func TestRememberedExpires(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	now := clock
	v := p.verifier(t, func(cfg *tegata.Config) { cfg.Now = func() time.Time { return now } })
	raw := p.token(t, nil)
	if _, err := twice(t, v, raw); err != nil {
		t.Fatal(err)
	}
	now = clock.Add(time.Hour + time.Minute)
	got, err := v.IDToken(t.Context(), raw)
	wantRefusal(t, got, err, tegata.ErrExpired)
	now = clock.Add(time.Hour + 10*time.Minute)
	got, err = v.IDToken(t.Context(), raw)
	wantRefusal(t, got, err, tegata.ErrExpired)
	if n, bytes := tegata.Remembered(v); n != 0 || bytes != 0 {
		t.Errorf("%d tokens of %d bytes are remembered after they expired", n, bytes)
	}
}

// TestRememberedKeyGoes: a token is forgotten with its key, also if another key comes
// under the same key ID.
func TestRememberedKeyGoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kid  string
		want error
	}{
		"key withdrawn":              {"k2", tegata.ErrUnknownKey},
		"another key under its name": {"k1", tegata.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				k, v, key := ring(t)
				raw := sign(t, jose.ES256, key, "k1", claims(nil))
				if _, err := twice(t, v, raw); err != nil {
					t.Fatal(err)
				}
				other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				k.change(func(k *keys) { k.set = keySet(t, jose.JSONWebKey{Key: &other.PublicKey, KeyID: c.kid}) })
				time.Sleep(5 * time.Minute)
				got, err := v.IDToken(t.Context(), raw)
				wantRefusal(t, got, err, c.want)
				if n, _ := tegata.Remembered(v); n != 0 {
					t.Errorf("%d tokens are remembered whose key is gone", n)
				}
			})
		})
	}
}

// TestRememberedIsCopied: what one reader does to his token, another does not see.
func TestRememberedIsCopied(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	raw := p.token(t, map[string]any{"amr": []string{"pwd", "lineqr", "mfa", "linesso", "lineautologin"}, "address": map[string]string{"country": "JP"}})
	want, err := v.IDToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	got, err := twice(t, v, raw)
	if err != nil {
		t.Fatal(err)
	}
	got.Methods[0], got.Address.Country, got.UserID = "evil", "XX", otherUser
	_ = append(got.Methods[:1], "evil")
	again, err := v.IDToken(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, again); diff != "" {
		t.Errorf("after a reader wrote into his copy (-want +got):\n%s", diff)
	}
}

// TestRememberedOtherTexts: a text that differs from a remembered one stands for itself.
func TestRememberedOtherTexts(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	raw := p.token(t, nil)
	if _, err := twice(t, v, raw); err != nil {
		t.Fatal(err)
	}
	signed, signature, _ := strings.Cut(raw[strings.IndexByte(raw, '.')+1:], ".")
	signed = raw[:strings.IndexByte(raw, '.')+1] + signed
	bytes, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).SetBytes(bytes[32:])
	twin := append(bytes[:32:32], new(big.Int).Sub(elliptic.P256().Params().N, s).FillBytes(make([]byte, 32))...)
	if _, err := v.IDToken(t.Context(), signed+"."+base64.RawURLEncoding.EncodeToString(twin)); err != nil {
		t.Errorf("the second form of the same signature: %v; ES256 has two", err)
	}
	for name, text := range map[string]string{
		"cut":              raw[:len(raw)-1],
		"with a blank":     raw + " ",
		"with a line":      raw + "\n",
		"signature of r":   signed + "." + base64.RawURLEncoding.EncodeToString(append(bytes[:32:32], bytes[:32]...)),
		"without a header": raw[strings.IndexByte(raw, '.'):],
	} {
		if got, err := v.IDToken(t.Context(), text); err == nil || got != nil {
			t.Errorf("%s: %v, %v; want a refusal", name, got, err)
		}
	}
}

// TestRememberIsBounded also by many goroutines at once; forged tokens take no room.
func TestRememberIsBounded(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t, func(cfg *tegata.Config) { cfg.Remember = 32 })
	none := p.verifier(t, func(cfg *tegata.Config) { cfg.Remember = -1 })
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 40 {
				raw := p.token(t, map[string]any{"sub": fmt.Sprintf("U%016x%016x", g, i)})
				if _, err := v.IDToken(t.Context(), raw); err != nil {
					t.Errorf("IDToken: %v", err)
				}
				if _, err := none.IDToken(t.Context(), raw); err != nil {
					t.Errorf("IDToken: %v", err)
				}
			}
		})
	}
	all.Wait()
	count, bytes := tegata.Remembered(v)
	if count == 0 || count > 32 || bytes > 32<<11 {
		t.Errorf("%d tokens of %d bytes are remembered, want 1 to 32", count, bytes)
	}
	if n, _ := tegata.Remembered(none); n != 0 {
		t.Errorf("%d tokens are remembered without Remember", n)
	}
	other := newPlatform(t)
	for range 10 {
		if _, err := v.IDToken(t.Context(), other.token(t, nil)); !errors.Is(err, tegata.ErrSignature) {
			t.Fatalf("a token of another platform: %v", err)
		}
	}
	if n, _ := tegata.Remembered(v); n != count {
		t.Errorf("forged tokens changed what is remembered from %d to %d", count, n)
	}
}
