package tegatahttp_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

type traceKey struct{}

// TestObserve wants one Outcome for each request, before the handler, and in it what the
// answer says.
func TestObserve(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	good, late := "Bearer "+s.token(t, clock.Add(time.Hour)), "Bearer "+s.token(t, clock.Add(-time.Hour))
	var told []tegatahttp.Outcome
	observe := tegatahttp.Observe(func(ctx context.Context, o tegatahttp.Outcome) {
		if ctx.Value(traceKey{}) != "trace" {
			t.Error("the context is not the request's")
		}
		told = append(told, o)
	})
	var calls atomic.Int32
	behind := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(told) == 0 {
			t.Error("the handler ran before Observe")
		}
		greeter(&calls).ServeHTTP(w, r)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /id/{app}", tegatahttp.IDToken(v, observe)(behind))
	mux.Handle("POST /access", tegatahttp.AccessToken(v, observe)(behind))
	mux.Handle("POST /twice", tegatahttp.IDToken(v, observe, observe)(behind))
	for name, c := range map[string]struct {
		path, authorization string
		want                tegatahttp.Outcome
		times               int
	}{
		"good":      {"/id/app", good, tegatahttp.Outcome{Kind: "id_token", Pattern: "POST /id/{app}"}, 1},
		"late":      {"/id/app", late, tegatahttp.Outcome{Kind: "id_token", Pattern: "POST /id/{app}", Status: 401, Reason: "expired", Err: tegata.ErrExpired}, 1},
		"none":      {"/id/app", "", tegatahttp.Outcome{Kind: "id_token", Pattern: "POST /id/{app}", Status: 400, Reason: "malformed"}, 1},
		"kind":      {"/access", good, tegatahttp.Outcome{Kind: "access_token", Pattern: "POST /access", Status: 401, Reason: "wrong_kind"}, 1},
		"access":    {"/access", "Bearer opaque", tegatahttp.Outcome{Kind: "access_token", Pattern: "POST /access"}, 1},
		"malformed": {"/access", "Bearer %", tegatahttp.Outcome{Kind: "access_token", Pattern: "POST /access", Status: 401, Reason: "malformed", Err: tegata.ErrMalformed}, 1},
		"twice":     {"/twice", good, tegatahttp.Outcome{Kind: "id_token", Pattern: "POST /twice"}, 2},
	} {
		told = nil
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), traceKey{}, "trace"), "POST", c.path, nil)
		r.Header["Authorization"] = []string{c.authorization}
		if c.authorization == "" {
			r.Header["Authorization"] = []string{"Bearer"}
		}
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		if len(told) != c.times {
			t.Fatalf("%s: %d outcomes, want %d", name, len(told), c.times)
		}
		got := told[0]
		if (got.Err == nil) != (got.Status == 0) || c.want.Err != nil && !errors.Is(got.Err, c.want.Err) || got.Duration <= 0 {
			t.Errorf("%s: error %v after %v, want %v", name, got.Err, got.Duration, c.want.Err)
		}
		if got.Status != 0 && (got.Status != w.Code || !strings.Contains(w.Body.String(), `"reason":"`+got.Reason+`"`)) || got.Status == 0 && w.Code != 200 {
			t.Errorf("%s: told %d %s, answered %d %s", name, got.Status, got.Reason, w.Code, w.Body)
		}
		got.Err, got.Duration, c.want.Err = nil, 0, nil
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if calls.Load() != 3 {
		t.Errorf("%d calls of the handler, want 3", calls.Load())
	}
}

// TestObserverPanics: whoever observes and fails, lets nobody in.
func TestObserverPanics(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	var calls atomic.Int32
	h := tegatahttp.IDToken(s.verifier(t), tegatahttp.Observe(func(context.Context, tegatahttp.Outcome) { panic("metrics") }))(greeter(&calls))
	raw := "Bearer " + s.token(t, clock.Add(time.Hour))
	if got := panicOf(func() { ask(t, h, "/", raw) }); got != "metrics" || calls.Load() != 0 {
		t.Errorf("panic %v, %d calls; want the observer's and none", got, calls.Load())
	}
}
