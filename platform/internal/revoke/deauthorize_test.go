package revoke_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

const invalid = `{"message":"invalid token"}`

func deauthorize(w *issuetest.World, channelToken, body string) issuetest.Answer {
	return w.Ask("POST", wire.PathDeauthorize, body, "Content-Type", "application/json", "Authorization", "Bearer "+channelToken)
}

func TestDeauthorize(t *testing.T) {
	t.Parallel()
	for _, kind := range []store.ChannelTokenKind{store.ChannelTokenV21, store.ChannelTokenStateless} {
		w := newWorld(t)
		h := hold(w)
		ours := h.v21
		if kind == store.ChannelTokenStateless {
			ours = h.stateless
		}
		raw, code := w.Code(issuetest.Login{})
		body := `{"userAccessToken":"` + h.access + `"}`
		w.Want(deauthorize(w, ours, body), 204, "")
		for _, dead := range []string{h.access, h.refresh, h.liff} {
			if alive(t, w, dead) {
				t.Errorf("%s: a %s… outlived the consent", kind, dead[:4])
			}
		}
		if _, err := w.Issue.Code(t.Context(), raw); err == nil {
			t.Errorf("%s: a code of %s outlived the consent", kind, code.UserID)
		}
		if !alive(t, w, h.mobileAccess) || !alive(t, w, ours) {
			t.Errorf("%s: another channel's token died", kind)
		}
		w.Want(deauthorize(w, ours, body), 400, invalid, h.access)
		w.Want(deauthorize(w, ours, `{"userAccessToken":"`+h.liff+`"}`), 400, invalid)
	}
}

func TestDeauthorizeRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hold(w)
	body := `{"userAccessToken":"` + h.access + `"}`
	gone := w.ChannelToken(issuetest.Web, store.ChannelTokenV21, time.Hour)
	w.Want(w.Post(wire.PathRevoke, url.Values{"access_token": {gone}, "client_id": {issuetest.Web}, "client_secret": {issuetest.Secret(issuetest.Web)}}), 200, "")
	for _, tt := range []struct {
		name, token, body string
		status            int
		want              string
	}{
		{"no channel token", "", body, 401, `{"message":"Authentication failed: no access token"}`},
		{"nonsense", "x", body, 401, `{"message":"The access token malformed"}`},
		{"the user's token", h.access, body, 401, `{"message":"The access token malformed"}`},
		{"short-lived", h.short, body, 401, `{"message":"Authentication failed: this kind of channel access token is not accepted"}`},
		{"revoked", gone, body, 401, `{"message":"The access token revoked"}`},
		{"user of another channel", h.v21, `{"userAccessToken":"` + h.mobileAccess + `"}`, 400, invalid},
		{"refresh token", h.v21, `{"userAccessToken":"` + h.refresh + `"}`, 400, invalid},
		{"channel token", h.v21, `{"userAccessToken":"` + h.v21 + `"}`, 400, invalid},
		{"nonsense for a token", h.v21, `{"userAccessToken":"x"}`, 400, invalid},
		{"empty", h.v21, `{"userAccessToken":""}`, 400, invalid},
		{"null", h.v21, `{"userAccessToken":null}`, 400, invalid},
		{"number", h.v21, `{"userAccessToken":1}`, 400, invalid},
		{"no member", h.v21, `{}`, 400, invalid},
		{"another case", h.v21, strings.ToLower(body[:20]) + body[20:], 400, invalid},
		{"twice", h.v21, `{"userAccessToken":"x","userAccessToken":"` + h.access + `"}`, 400, invalid},
		{"text behind", h.v21, body + "x", 400, invalid},
		{"array", h.v21, `[` + body + `]`, 400, invalid},
		{"deep", h.v21, strings.Repeat(`{"a":`, 1000), 400, invalid},
		{"not UTF-8", h.v21, "{\"userAccessToken\":\"\xff\"}", 400, invalid},
		{"no body", h.v21, "", 400, invalid},
		{"a form", h.v21, "userAccessToken=" + h.access, 400, invalid},
		{"too large", h.v21, `{"a":"` + strings.Repeat("x", 3<<20) + `"}`, 413, `{"message":"Request body is too large"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w.Want(deauthorize(w, tt.token, tt.body), tt.status, tt.want, h.access, h.v21, h.refresh, gone)
			if !alive(t, w, h.access) {
				t.Error("the user was deauthorized")
			}
		})
	}
}

// TestRace: 64 that end the same consent; one ends it, and nothing is left.
func TestRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hold(w)
	var mu sync.Mutex
	got := map[int]int{}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			a := deauthorize(w, h.v21, `{"userAccessToken":"`+h.access+`"}`)
			mu.Lock()
			defer mu.Unlock()
			got[a.Status]++
		})
	}
	wg.Wait()
	if got[204] != 1 || got[400] != 63 || alive(t, w, h.refresh) {
		t.Errorf("answers by status: %v; want one 204 and 63 × 400", got)
	}
}

// FuzzDeauthorize: whatever the body, nobody else is deauthorized.
func FuzzDeauthorize(f *testing.F) {
	w := newWorld(f)
	h := hold(w)
	f.Add(`{"userAccessToken":"x"}`)
	f.Add(`{"userAccessToken":"x","useraccesstoken":"y"} `)
	f.Fuzz(func(t *testing.T, body string) {
		w.T = t
		if a := deauthorize(w, h.v21, body); a.Status != 400 || a.Body == "" {
			t.Fatalf("%d %q", a.Status, a.Body)
		}
	})
}
