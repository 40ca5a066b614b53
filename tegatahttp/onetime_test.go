package tegatahttp_test

import (
	"context"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

const used = `{"error":"invalid_token","reason":"used"}`

// twin returns the token with the other signature that is as valid: (r, n-s) for (r, s).
func twin(t *testing.T, raw string) string {
	t.Helper()
	dot := strings.LastIndexByte(raw, '.')
	signature, err := base64.RawURLEncoding.DecodeString(raw[dot+1:])
	if err != nil || len(signature) != 64 {
		t.Fatalf("signature of %d bytes, %v; want one of ES256", len(signature), err)
	}
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	return raw[:dot+1] + base64.RawURLEncoding.EncodeToString(signature)
}

// TestOneTime sends one token several times, as it is and as its twin (attack C14).
func TestOneTime(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	raw := s.token(t, clock.Add(time.Hour))
	other := twin(t, raw)
	if raw == other {
		t.Fatal("the twin is the token itself")
	}
	for name, first := range map[string]string{"itself first": raw, "twin first": other} {
		var calls atomic.Int32
		once := tegatahttp.NewMemoryOnce(0, func() time.Time { return clock })
		h := tegatahttp.IDToken(v, tegatahttp.OneTime(once))(greeter(&calls))
		if res := ask(t, h, "/", "Bearer "+first); res.StatusCode != 200 {
			t.Errorf("%s: %d at first, want 200", name, res.StatusCode)
		}
		wantRefusal(t, name+": again", ask(t, h, "/", "Bearer "+raw), 401, `Bearer error="invalid_token"`, used)
		wantRefusal(t, name+": the twin", ask(t, h, "/", "Bearer "+other), 401, `Bearer error="invalid_token"`, used)
		elsewhere := tegatahttp.IDToken(v, tegatahttp.OneTime(once))(greeter(&calls))
		wantRefusal(t, name+": another handler with this store", ask(t, elsewhere, "/", "Bearer "+raw), 401, `Bearer error="invalid_token"`, used)
		// What is not verified uses nothing up.
		wrong := s.tokenWith(t, `,"nonce":"n"`)
		refuse := tegatahttp.IDToken(v, tegatahttp.Checks(tegata.WithNonce("other")), tegatahttp.OneTime(once))(greeter(&calls))
		wantRefusal(t, name+": wrong nonce", ask(t, refuse, "/", "Bearer "+wrong), 401, `Bearer error="invalid_token"`, `{"error":"invalid_token","reason":"nonce"}`)
		if res := ask(t, h, "/", "Bearer "+wrong); res.StatusCode != 200 {
			t.Errorf("%s: %d for a token that was refused before, want 200", name, res.StatusCode)
		}
		if calls.Load() != 2 {
			t.Errorf("%s: %d calls of the handler, want 2", name, calls.Load())
		}
	}
}

// TestOneTimeParallel sends one token, and its twin, fifty times at once (attack C15):
// one request succeeds, with the memory and with the table of ExampleOnce.
func TestOneTimeParallel(t *testing.T) {
	t.Parallel()
	db, err := openUsedTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	s := newStand(t)
	raw := s.token(t, clock.Add(time.Hour))
	forms := []string{raw, twin(t, raw)}
	for name, store := range map[string]tegatahttp.Once{
		"memory": tegatahttp.NewMemoryOnce(0, func() time.Time { return clock }),
		"table":  tableOnce{db},
	} {
		var calls, refused atomic.Int32
		h := tegatahttp.IDToken(s.verifier(t), tegatahttp.OneTime(store))(greeter(&calls))
		start := make(chan struct{})
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				<-start
				switch res := ask(t, h, "/", "Bearer "+forms[i%2]); res.StatusCode {
				case 200:
				case 401:
					refused.Add(1)
				default:
					t.Errorf("%s: status %d", name, res.StatusCode)
				}
			})
		}
		close(start)
		all.Wait()
		if calls.Load() != 1 || refused.Load() != 49 {
			t.Errorf("%s: %d let in and %d refused, want 1 and 49", name, calls.Load(), refused.Load())
		}
	}
}

// TestOneTimeForAsLongAsAccepted uses a token, and again when only the leeway makes it
// good: the memory must last as long.
func TestOneTimeForAsLongAsAccepted(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	now := clock
	at := func() time.Time { return now }
	v, err := tegata.New(tegata.Config{ChannelID: channelID, BaseURL: s.URL, Leeway: 5 * time.Minute, Now: at})
	if err != nil {
		t.Fatal(err)
	}
	h := tegatahttp.IDToken(v, tegatahttp.OneTime(tegatahttp.NewMemoryOnce(0, at)))(greeter(new(atomic.Int32)))
	expires := clock.Add(time.Hour)
	raw := s.token(t, expires)
	if res := ask(t, h, "/", "Bearer "+raw); res.StatusCode != 200 {
		t.Fatalf("%d, want 200", res.StatusCode)
	}
	now = expires.Add(5*time.Minute - time.Nanosecond)
	wantRefusal(t, "at the last moment", ask(t, h, "/", "Bearer "+raw), 401, `Bearer error="invalid_token"`, used)
	fresh := tegatahttp.IDToken(v)(greeter(new(atomic.Int32)))
	if res := ask(t, fresh, "/", "Bearer "+raw); res.StatusCode != 200 {
		t.Fatalf("without OneTime %d at that moment, want 200", res.StatusCode)
	}
	now = expires.Add(5 * time.Minute)
	wantRefusal(t, "after it", ask(t, h, "/", "Bearer "+raw), 401, `Bearer error="invalid_token"`, `{"error":"invalid_token","reason":"expired"}`)
}

// failing is a store that cannot tell.
type failing struct{ err error }

func (f failing) Use(context.Context, [sha256.Size]byte, time.Time) error { return f.err }

// TestOneTimeStoreFails: a store that cannot tell lets nobody in.
func TestOneTimeStoreFails(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	raw := "Bearer " + s.token(t, clock.Add(time.Hour))
	var calls atomic.Int32
	for name, c := range map[string]struct {
		err    error
		status int
		body   string
	}{
		"away":         {errors.New("dial tcp: secret"), 503, `{"error":"temporarily_unavailable","reason":"unavailable"}`},
		"late":         {context.DeadlineExceeded, 503, `{"error":"temporarily_unavailable","reason":"unavailable"}`},
		"used, in its": {fmt.Errorf("row is there: %w", tegatahttp.ErrUsed), 401, used},
	} {
		var told tegatahttp.Outcome
		h := tegatahttp.IDToken(s.verifier(t), tegatahttp.OneTime(failing{c.err}), tegatahttp.Observe(func(_ context.Context, o tegatahttp.Outcome) { told = o }))
		challenge := `Bearer error="invalid_token"`
		if c.status == 503 {
			challenge = ""
		}
		wantRefusal(t, name, ask(t, h(greeter(&calls)), "/", raw), c.status, challenge, c.body)
		if !errors.Is(told.Err, c.err) {
			t.Errorf("%s: Observe is told %v, want %v in it", name, told.Err, c.err)
		}
	}
	if calls.Load() != 0 {
		t.Errorf("%d calls of the handler, want 0", calls.Load())
	}
}

// TestMemoryOnceFull fills a memory: it refuses what is new and forgets nothing, until
// something expires.
func TestMemoryOnceFull(t *testing.T) {
	t.Parallel()
	now := clock
	m := tegatahttp.NewMemoryOnce(3, func() time.Time { return now })
	key := func(n byte) [sha256.Size]byte { return [sha256.Size]byte{n} }
	use := func(n byte, in time.Duration) error { return m.Use(t.Context(), key(n), clock.Add(in)) }
	for n, in := range []time.Duration{3 * time.Minute, time.Minute, 2 * time.Minute} {
		if err := use(byte(n), in); err != nil {
			t.Fatalf("key %d: %v", n, err)
		}
	}
	if err := use(9, time.Hour); err == nil || errors.Is(err, tegatahttp.ErrUsed) || !strings.Contains(err.Error(), "NewMemoryOnce") {
		t.Errorf("a fourth of three: %v, want an error that says what to do", err)
	}
	for n := range byte(3) {
		if err := use(n, time.Hour); !errors.Is(err, tegatahttp.ErrUsed) {
			t.Errorf("key %d when full: %v, want ErrUsed", n, err)
		}
	}
	now = clock.Add(time.Minute) // key 1, the second that came, expires
	if err := use(9, time.Hour); err != nil {
		t.Errorf("when one has expired: %v", err)
	}
	for _, n := range []byte{0, 2, 9} {
		if err := use(n, time.Hour); !errors.Is(err, tegatahttp.ErrUsed) {
			t.Errorf("key %d then: %v, want ErrUsed", n, err)
		}
	}
	if err := use(1, time.Minute); err == nil || errors.Is(err, tegatahttp.ErrUsed) {
		t.Errorf("a key of the past: %v, want an error about clocks", err)
	}
}

// TestMemoryOnceModel holds a memory against the simplest one there is.
func TestMemoryOnceModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := clock
		room := rapid.IntRange(1, 6).Draw(t, "room")
		m := tegatahttp.NewMemoryOnce(room, func() time.Time { return now })
		model := map[byte]time.Time{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "pass")) * time.Second)
			for n, until := range model {
				if !now.Before(until) {
					delete(model, n)
				}
			}
			n := byte(rapid.IntRange(0, 9).Draw(t, "key"))
			until := now.Add(time.Duration(rapid.IntRange(-1, 8).Draw(t, "until")) * time.Second)
			err := m.Use(context.Background(), [sha256.Size]byte{n}, until)
			_, known := model[n]
			fits := now.Before(until) && len(model) < room
			switch {
			case known != errors.Is(err, tegatahttp.ErrUsed):
				t.Fatalf("key %d: %v, in the model %v", n, err, known)
			case !known && fits != (err == nil):
				t.Fatalf("key %d until %v at %v, %d of %d there: %v", n, until, now, len(model), room, err)
			}
			if err == nil {
				model[n] = until
			}
		}
	})
}

// TestOneTimeOfMany has many different tokens at once: nobody is refused because of
// another.
func TestOneTimeOfMany(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	var calls atomic.Int32
	h := tegatahttp.IDToken(s.verifier(t), tegatahttp.OneTime(tegatahttp.NewMemoryOnce(100, func() time.Time { return clock })))(greeter(&calls))
	var all sync.WaitGroup
	for i := range 100 {
		raw := s.tokenWith(t, fmt.Sprintf(`,"nonce":"%d"`, i))
		all.Go(func() {
			if res := ask(t, h, "/", "Bearer "+raw); res.StatusCode != http.StatusOK {
				t.Errorf("token %d: %d, want 200", i, res.StatusCode)
			}
		})
	}
	all.Wait()
	if calls.Load() != 100 {
		t.Errorf("%d calls of the handler, want 100", calls.Load())
	}
}
