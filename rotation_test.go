package tegata_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
)

// signer is a platform that signs with the first key of its set; others are published.
type signer struct {
	*keys
	made int
	ring []jose.JSONWebKey // private
}

// publish adds a key behind the others and forgets those before from.
func (s *signer) publish(t *testing.T, from int) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s.made++
	s.ring = append(s.ring[from:], jose.JSONWebKey{Key: key, KeyID: fmt.Sprint("k", s.made)})
	public := make([]jose.JSONWebKey, len(s.ring))
	for i, k := range s.ring {
		public[i] = k.Public()
	}
	s.change(func(k *keys) { k.set = keySet(t, public...) })
}

func (s *signer) token(t *testing.T) string {
	t.Helper()
	return sign(t, jose.ES256, s.ring[0].Key, s.ring[0].KeyID, claims(nil))
}

// rotating returns a platform with that many keys, and its verifier.
func rotating(t *testing.T, published int) (*signer, *tegata.Verifier) {
	t.Helper()
	s := &signer{keys: &keys{}}
	for range published {
		s.publish(t, 0)
	}
	v, err := tegata.New(tegata.Config{ChannelID: channelID, Transport: s, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	return s, v
}

// TestAnnouncedRotations: a platform that publishes its next key one interval before it
// signs with it never has a good token refused.
func TestAnnouncedRotations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, v := rotating(t, 1)
		for i := range 100 {
			if _, err := v.IDToken(t.Context(), s.token(t)); err != nil {
				t.Fatalf("before rotation %d: %v", i, err)
			}
			s.publish(t, 0)
			time.Sleep(10 * time.Second)
			s.ring = s.ring[1:] // the next key signs; the set still has the old one
			if _, err := v.IDToken(t.Context(), s.token(t)); err != nil {
				t.Fatalf("after rotation %d: %v", i, err)
			}
			time.Sleep(time.Duration(i) * time.Second)
		}
	})
}

// TestSuddenRotation: a new key that nobody announced is refused for one interval at most,
// and the old one then too.
func TestSuddenRotation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, v := rotating(t, 1)
		old := s.token(t)
		if _, err := v.IDToken(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		s.publish(t, 1)
		sudden := s.token(t)
		if _, err := v.IDToken(t.Context(), sudden); !errors.Is(err, tegata.ErrUnknownKey) {
			t.Fatalf("within the interval: %v, want ErrUnknownKey", err)
		}
		time.Sleep(10 * time.Second)
		if _, err := v.IDToken(t.Context(), sudden); err != nil {
			t.Errorf("one interval later: %v", err)
		}
		got, err := v.IDToken(t.Context(), old)
		wantRefusal(t, got, err, tegata.ErrUnknownKey)
	})
}

// TestFloodOfKeyIDs: 100,000 tokens with key IDs that do not exist cost at most one fetch
// in ten seconds, are refused, and hold no good token up.
func TestFloodOfKeyIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, v := rotating(t, 2)
		good := s.token(t)
		segments := strings.SplitN(good, ".", 2)
		const flood, seconds = 100_000, 200
		refused := 0
		for i := range flood {
			forged := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"alg":"ES256","kid":"invented%d"}`, i)) + "." + segments[1]
			if got, err := v.IDToken(t.Context(), forged); got != nil || !errors.Is(err, tegata.ErrUnknownKey) {
				t.Fatalf("invented key ID: %v, %v; want ErrUnknownKey", got, err)
			}
			refused++
			if i%(flood/seconds) == 0 {
				if _, err := v.IDToken(t.Context(), good); err != nil {
					t.Fatalf("a good token meanwhile: %v", err)
				}
				time.Sleep(time.Second)
			}
		}
		n := s.requests()
		t.Logf("%d tokens with invented key IDs in %d s: %d refused, %d fetches", flood, seconds, refused, n)
		if n > seconds/10+1 {
			t.Errorf("%d fetches in %d s, want at most one in ten seconds", n, seconds)
		}
	})
}

// TestKeysRenewedAhead: a set is renewed before it is stale, while nobody waits.
func TestKeysRenewedAhead(t *testing.T) {
	t.Parallel()
	for cache, at := range map[string]struct{ fetched, waits time.Duration }{
		"":                               {4 * time.Minute, 5 * time.Minute},
		"public, max-age=600":            {8 * time.Minute, 10 * time.Minute},
		"max-age=31536000, immutable":    {12 * time.Minute, 15 * time.Minute},
		"no-store":                       {10 * time.Second, 10 * time.Second},
		"max-age=0":                      {10 * time.Second, 10 * time.Second},
		"max-age=1000000000000000000000": {4 * time.Minute, 5 * time.Minute},
		"max-age=soon":                   {4 * time.Minute, 5 * time.Minute},
	} {
		t.Run(cache, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, v := rotating(t, 1)
				s.change(func(k *keys) { k.cache = cache })
				raw := s.token(t)
				ask := func(want int) time.Duration {
					t.Helper()
					start := time.Now()
					if _, err := v.IDToken(t.Context(), raw); err != nil {
						t.Fatal(err)
					}
					took := time.Since(start)
					time.Sleep(2 * time.Second) // what goes on in the background ends
					if n := s.requests(); n != want {
						t.Errorf("%d fetches after %v, want %d", n, at.fetched, want)
					}
					return took
				}
				ask(1)
				s.change(func(k *keys) { k.delay = time.Second })
				time.Sleep(at.fetched - 4*time.Second)
				ask(1)
				if at.fetched == at.waits {
					return // too short to be renewed ahead
				}
				time.Sleep(4 * time.Second)
				if took := ask(2); took != 0 {
					t.Errorf("a caller waited %v for a set that is not stale", took)
				}
				time.Sleep(at.waits)
				if took := ask(3); took != time.Second {
					t.Errorf("a caller waited %v for a set that is stale, want the second that a fetch takes", took)
				}
			})
		})
	}
}

// TestWarmStart: a set that was given serves while the platform is away, for an hour, and
// is replaced by the platform's own as soon as that can be had.
func TestWarmStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := rotating(t, 1)
		given, raw := s.set, s.token(t)
		start := func() *tegata.Verifier {
			v, err := tegata.New(tegata.Config{ChannelID: channelID, Transport: s, Now: func() time.Time { return clock }, KeySet: []byte(given)})
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		s.change(func(k *keys) { k.fail = true })
		v := start()
		for range 59 {
			if _, err := v.IDToken(t.Context(), raw); err != nil {
				t.Fatalf("while the platform is away: %v", err)
			}
			time.Sleep(time.Minute)
		}
		time.Sleep(2 * time.Minute)
		got, err := v.IDToken(t.Context(), raw)
		wantRefusal(t, got, err, tegata.ErrUnavailable)

		v = start()
		s.publish(t, 1)
		s.change(func(k *keys) { k.fail = false })
		got, err = v.IDToken(t.Context(), raw) // its key has been withdrawn
		wantRefusal(t, got, err, tegata.ErrUnknownKey)
		if _, err := v.IDToken(t.Context(), s.token(t)); err != nil {
			t.Errorf("token of the platform's own set: %v", err)
		}
	})
	for name, set := range map[string]string{"empty": "", "no JSON": "hello", "no key": `{"keys":[]}`, "RSA alone": `{"keys":[{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}]}`} {
		if v, err := tegata.New(tegata.Config{ChannelID: channelID, KeySet: []byte(set)}); err == nil || v != nil || !strings.Contains(err.Error(), "Config.KeySet") {
			t.Errorf("KeySet %s: %v, %v; want an error that names the field", name, v, err)
		}
	}
}

// panics is a transport with a mistake in it.
type panics struct{}

func (panics) RoundTrip(*http.Request) (*http.Response, error) { panic("mistake") }

// TestTransportPanics: it fails the caller, and does not take the server with it.
func TestTransportPanics(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t, func(cfg *tegata.Config) { cfg.Transport = panics{} })
	for range 2 {
		got, err := v.IDToken(t.Context(), p.token(t, nil))
		wantRefusal(t, got, err, tegata.ErrUnavailable)
	}
}
