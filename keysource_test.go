package tegata_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
)

// keys is a transport that answers with a JWK Set, without a network, so that time can
// be a bubble's.
type keys struct {
	mu    sync.Mutex
	set   string
	fail  bool
	delay time.Duration
	cache string // Cache-Control
	asked int
}

func (k *keys) RoundTrip(r *http.Request) (*http.Response, error) {
	k.mu.Lock()
	k.asked++
	set, fail, delay, cache := k.set, k.fail, k.delay, k.cache
	k.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
			return nil, fmt.Errorf("ask: %w", r.Context().Err())
		}
	}
	status := 200
	if fail {
		status = 500
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Cache-Control": {cache}}, Body: io.NopCloser(strings.NewReader(set)), Request: r}, nil
}

func (k *keys) change(f func(*keys)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f(k)
}

func (k *keys) requests() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.asked
}

// ring is a transport with one key, and a verifier that asks it. The verifier's wall
// clock stands still: what is cached must not follow it.
func ring(t *testing.T) (*keys, *tegata.Verifier, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k := &keys{set: keySet(t, jose.JSONWebKey{Key: &key.PublicKey, KeyID: "k1"})}
	v, err := tegata.New(tegata.Config{ChannelID: channelID, Transport: k, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	return k, v, key
}

func TestKeysFetchedOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, v, key := ring(t)
		k.delay = time.Second
		raw := sign(t, jose.ES256, key, "k1", claims(nil))
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := v.IDToken(t.Context(), raw); err != nil {
					t.Errorf("IDToken: %v", err)
				}
			})
		}
		all.Wait()
		if n := k.requests(); n != 1 {
			t.Errorf("50 callers at once cost %d fetches, want 1", n)
		}
	})
}

// TestInventedKeyIDs: tokens with key IDs that do not exist cost at most one fetch in
// ten seconds, and do not push the good key out.
func TestInventedKeyIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, v, key := ring(t)
		good := sign(t, jose.ES256, key, "k1", claims(nil))
		const seconds = 100
		for i := range seconds * 10 {
			if _, err := v.IDToken(t.Context(), sign(t, jose.ES256, key, fmt.Sprint("invented", i), claims(nil))); !errors.Is(err, tegata.ErrUnknownKey) {
				t.Fatalf("invented kid: %v, want ErrUnknownKey", err)
			}
			if _, err := v.IDToken(t.Context(), good); err != nil {
				t.Fatalf("good token between: %v", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := k.requests(); n > seconds/10+1 {
			t.Errorf("%d fetches in %d s, want at most one in ten seconds", n, seconds)
		}
	})
}

func TestKeyRotation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, v, old := ring(t)
		oldToken := sign(t, jose.ES256, old, "k1", claims(nil))
		if _, err := v.IDToken(t.Context(), oldToken); err != nil {
			t.Fatal(err)
		}
		fresh, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		newToken := sign(t, jose.ES256, fresh, "k2", claims(nil))
		k.change(func(k *keys) { k.set = keySet(t, jose.JSONWebKey{Key: &fresh.PublicKey, KeyID: "k2"}) })
		time.Sleep(11 * time.Second)
		if _, err := v.IDToken(t.Context(), newToken); err != nil {
			t.Errorf("token of a new key: %v, want it taken", err)
		}
		if _, err := v.IDToken(t.Context(), oldToken); !errors.Is(err, tegata.ErrUnknownKey) {
			t.Errorf("token of a key that was withdrawn: %v, want ErrUnknownKey", err)
		}
	})
}

// TestWithdrawnKey: a key that is withdrawn is forgotten in five minutes even if no
// other key is asked for.
func TestWithdrawnKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, v, key := ring(t)
		raw := sign(t, jose.ES256, key, "k1", claims(nil))
		if _, err := v.IDToken(t.Context(), raw); err != nil {
			t.Fatal(err)
		}
		other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		k.change(func(k *keys) { k.set = keySet(t, jose.JSONWebKey{Key: &other.PublicKey, KeyID: "k2"}) })
		time.Sleep(5 * time.Minute)
		if got, err := v.IDToken(t.Context(), raw); !errors.Is(err, tegata.ErrUnknownKey) || got != nil {
			t.Errorf("after five minutes: %v, %v; want ErrUnknownKey", got, err)
		}
	})
}

// TestKeysAway: while the platform is away the known keys serve for an hour, then
// nobody is let in.
func TestKeysAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, v, key := ring(t)
		raw := sign(t, jose.ES256, key, "k1", claims(nil))
		if _, err := v.IDToken(t.Context(), raw); err != nil {
			t.Fatal(err)
		}
		k.change(func(k *keys) { k.fail = true })
		for _, at := range []time.Duration{6 * time.Minute, 50 * time.Minute} {
			time.Sleep(at)
			if _, err := v.IDToken(t.Context(), raw); err != nil {
				t.Errorf("%v after the platform went away: %v", at, err)
			}
		}
		time.Sleep(5 * time.Minute)
		if got, err := v.IDToken(t.Context(), raw); !errors.Is(err, tegata.ErrUnavailable) || got != nil {
			t.Errorf("after an hour: %v, %v; want ErrUnavailable", got, err)
		}
		k.change(func(k *keys) { k.fail = false })
		time.Sleep(time.Second)
		if _, err := v.IDToken(t.Context(), raw); err != nil {
			t.Errorf("when the platform is back: %v", err)
		}
	})
}

func TestKeysHang(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, v, key := ring(t)
		k.delay = time.Hour
		raw := sign(t, jose.ES256, key, "k1", claims(nil))
		start := time.Now()
		if _, err := v.IDToken(t.Context(), raw); !errors.Is(err, tegata.ErrUnavailable) || time.Since(start) != 5*time.Second {
			t.Errorf("after %v: %v; want ErrUnavailable after 5 s", time.Since(start), err)
		}
		// One who waits for another's fetch can go away by himself.
		time.Sleep(2 * time.Second)
		var first sync.WaitGroup
		first.Go(func() { _, _ = v.IDToken(t.Context(), raw) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if _, err := v.IDToken(ctx, raw); !errors.Is(err, tegata.ErrUnavailable) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v; want ErrUnavailable after 1 s", time.Since(start), err)
		}
		first.Wait()
	})
}

// TestKeySets has JWK Sets with a bad key beside the good one, and hopeless ones.
func TestKeySets(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	raw := p.token(t, nil)
	good := strings.TrimSuffix(strings.TrimPrefix(keySet(t, jose.JSONWebKey{Key: &p.key.PublicKey, KeyID: "k1"}), `{"keys":[`), `]}`)
	rsa := `{"kty":"RSA","kid":"r1","n":"AQAB","e":"AQAB"}`
	oct := `{"kty":"oct","kid":"k1","k":"` + strings.Repeat("A", 43) + `"}`
	for name, c := range map[string]struct {
		set  string
		want error
	}{
		"RSA beside":        {`{"keys":[` + rsa + `,` + good + `]}`, nil},
		"rubbish beside":    {`{"keys":[7,null,{},` + good + `]}`, nil},
		"oct of our kid":    {`{"keys":[` + oct + `,` + good + `]}`, nil},
		"off the curve":     {`{"keys":[{"kty":"EC","crv":"P-256","kid":"k9","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},` + good + `]}`, nil},
		"one kid, two keys": {`{"keys":[` + good + `,` + good + `]}`, tegata.ErrUnavailable},
		"no key":            {`{"keys":[]}`, tegata.ErrUnavailable},
		"only RSA":          {`{"keys":[` + rsa + `]}`, tegata.ErrUnavailable},
		"page":              {`<html>`, tegata.ErrUnavailable},
		"too long":          {`{"keys":[` + good + `]` + strings.Repeat(" ", 1<<20) + `}`, tegata.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &keys{set: c.set}
			v := p.verifier(t, func(cfg *tegata.Config) { cfg.Transport = k })
			got, err := v.IDToken(t.Context(), raw)
			wantRefusal(t, got, err, c.want)
		})
	}
}
