package revoke_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/revoke"
	"github.com/tegata-id/tegata/store"
)

const (
	paramsBad = `{"error":"invalid_request","error_description":"some parameters missed or invalid"}`
	malformed = `{"error":"invalid_request","error_description":"The access token malformed"}`
	clientBad = `{"error":"invalid_client","error_description":"invalid client_id"}`
	secretBad = `{"error":"invalid_client","error_description":"invalid client_secret"}`
)

var (
	mobile = issuetest.Login{Request: store.Request{ChannelID: issuetest.Mobile}}
	liff   = issuetest.Login{Request: store.Request{LIFFID: issuetest.WebApp, Challenge: issuetest.Challenge}}
)

func newWorld(t testing.TB) *issuetest.World {
	t.Helper()
	w := issuetest.New(t)
	return w.Mount(&revoke.Endpoints{Store: w.Store, Issue: w.Issue, Now: w.Now})
}

// held is everything that a test may revoke.
type held struct {
	access, refresh             string // of the channel Web
	mobileAccess, mobileRefresh string
	liff, mobileLIFF            string
	v21, stateless, short       string // of the channel Web
}

func hold(w *issuetest.World) held {
	web, m := w.Tokens(issuetest.Login{}), w.Tokens(mobile)
	return held{
		web.AccessToken, web.RefreshToken, m.AccessToken, m.RefreshToken, w.Tokens(liff).AccessToken,
		w.Tokens(issuetest.Login{Request: store.Request{ChannelID: issuetest.Mobile, LIFFID: issuetest.MobileApp}}).AccessToken,
		w.ChannelToken(issuetest.Web, store.ChannelTokenV21, time.Hour),
		w.ChannelToken(issuetest.Web, store.ChannelTokenStateless, issue.StatelessLife),
		w.ChannelToken(issuetest.Web, store.ChannelTokenShortLived, time.Hour),
	}
}

// alive says whether a token is good, whatever it is.
func alive(t *testing.T, w *issuetest.World, raw string) bool {
	t.Helper()
	var err error
	switch issue.KindOf(raw) {
	case issue.KindAccess:
		_, err = w.Issue.AccessToken(t.Context(), raw)
	case issue.KindRefresh:
		_, err = w.Issue.RefreshToken(t.Context(), raw)
	default:
		_, err = w.Issue.ChannelToken(t.Context(), raw)
	}
	return err == nil
}

// revocation is a request to revoke, and what it does to the tokens of a small world.
type revocation struct {
	name   string
	form   func(h held) []string // names and values by turns
	status int
	want   string
	dead   func(h held) []string // what must be dead afterwards; all else lives
}

func (r revocation) run(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hold(w)
	form := url.Values{}
	for f := r.form(h); len(f) > 0; f = f[2:] {
		form.Set(f[0], f[1])
	}
	w.Want(w.Post(wire.PathRevoke, form), r.status, r.want, h.access, h.refresh, h.liff, issuetest.Secret(issuetest.Web))
	dead := map[string]bool{}
	if r.dead != nil {
		for _, raw := range r.dead(h) {
			dead[raw] = true
		}
	}
	for _, raw := range []string{h.access, h.refresh, h.mobileAccess, h.mobileRefresh, h.liff, h.mobileLIFF, h.v21, h.stateless, h.short} {
		if alive(t, w, raw) == dead[raw] {
			t.Errorf("%s…: alive %v", raw[:4], !dead[raw])
		}
	}
	if r.status == 200 { // twice is no error
		w.Want(w.Post(wire.PathRevoke, form), 200, "")
	}
}

// TestRevoke: who may revoke what, and what dies of it.
func TestRevoke(t *testing.T) {
	t.Parallel()
	secret, other := issuetest.Secret(issuetest.Web), issuetest.Secret(issuetest.Mobile)
	one := func(s ...string) []string { return s }
	for _, tt := range []revocation{
		{"access token", func(h held) []string {
			return one("access_token", h.access, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.access) }},
		{"refresh token, and what came with it", func(h held) []string {
			return one("refresh_token", h.refresh, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.refresh, h.access) }},
		{"RFC 7009", func(h held) []string {
			return one("token", h.access, "token_type_hint", "access_token", "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.access) }},
		{"RFC 7009, wrong hint", func(h held) []string {
			return one("token", h.refresh, "token_type_hint", "access_token", "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.refresh, h.access) }},
		{"RFC 7009, unknown hint", func(h held) []string {
			return one("token", h.access, "token_type_hint", "x", "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.access) }},
		{"RFC 7009, unknown token", func(held) []string {
			return one("token", "x", "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", nil},
		{"both names, one token", func(h held) []string {
			return one("token", h.access, "access_token", h.access, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.access) }},
		{"two tokens", func(h held) []string {
			return one("access_token", h.access, "refresh_token", h.refresh, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.access, h.refresh) }},
		{"refresh token under the name of an access token", func(h held) []string {
			return one("access_token", h.refresh, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.access, h.refresh) }},
		{"channel access token v2.1", func(h held) []string {
			return one("access_token", h.v21, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", func(h held) []string { return one(h.v21) }},
		{"stateless token", func(h held) []string {
			return one("access_token", h.stateless, "client_id", issuetest.Web, "client_secret", secret)
		}, 400, `{"error":"invalid_request"}`, nil},
		{"another channel's token", func(h held) []string {
			return one("access_token", h.mobileAccess, "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", nil},

		{"web channel without secret", func(h held) []string { return one("access_token", h.access, "client_id", issuetest.Web) }, 400, secretBad, nil},
		{"web channel, wrong secret", func(h held) []string {
			return one("access_token", h.access, "client_id", issuetest.Web, "client_secret", other)
		}, 400, secretBad, nil},
		{"refresh token without secret", func(h held) []string { return one("refresh_token", h.refresh, "client_id", issuetest.Web) }, 400, secretBad, nil},
		{"channel token without secret", func(h held) []string { return one("access_token", h.v21, "client_id", issuetest.Web) }, 400, secretBad, nil},
		{"native channel without secret", func(h held) []string { return one("access_token", h.mobileAccess, "client_id", issuetest.Mobile) }, 200, "", func(h held) []string { return one(h.mobileAccess) }},
		{"native channel, wrong secret", func(h held) []string {
			return one("refresh_token", h.mobileRefresh, "client_id", issuetest.Mobile, "client_secret", "x")
		}, 200, "", func(h held) []string { return one(h.mobileAccess, h.mobileRefresh) }},
		{"native channel, another's channel token", func(h held) []string { return one("access_token", h.v21, "client_id", issuetest.Mobile) }, 400, secretBad, nil},
		{"LIFF without secret", func(h held) []string { return one("access_token", h.liff, "client_id", issuetest.Web) }, 200, "", func(h held) []string { return one(h.liff) }},
		{"LIFF, as another channel", func(h held) []string { return one("access_token", h.liff, "client_id", issuetest.Mobile) }, 200, "", nil},
		{"a LIFF token as ticket for another", func(h held) []string {
			return one("access_token", h.liff, "refresh_token", h.refresh, "client_id", issuetest.Web)
		}, 400, secretBad, nil},

		{"another channel's LIFF token as ticket", func(h held) []string { return one("access_token", h.mobileLIFF, "client_id", issuetest.Web) }, 400, secretBad, nil},
		{"a LIFF token behind another", func(h held) []string {
			return one("access_token", h.access, "token", h.liff, "client_id", issuetest.Web)
		}, 400, secretBad, nil},

		{"nothing", func(held) []string { return one("client_id", issuetest.Web, "client_secret", secret) }, 400, paramsBad, nil},
		{"nonsense", func(held) []string {
			return one("access_token", "nonsense", "client_id", issuetest.Web, "client_secret", secret)
		}, 400, malformed, nil},
		{"nonsense refresh token", func(held) []string {
			return one("refresh_token", "nonsense", "client_id", issuetest.Web, "client_secret", secret)
		}, 400, malformed, nil},
		{"altered", func(h held) []string {
			return one("access_token", h.access[:60]+"AAAA"+h.access[64:], "client_id", issuetest.Web, "client_secret", secret)
		}, 200, "", nil},
		{"no client_id", func(h held) []string { return one("access_token", h.access) }, 400, paramsBad, nil},
		{"unknown client_id", func(h held) []string { return one("access_token", h.access, "client_id", "9") }, 400, clientBad, nil},
	} {
		t.Run(tt.name, tt.run)
	}
}

// TestRevokeExpired: a LIFF app may log out late.
func TestRevokeExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	raw := w.Tokens(liff).AccessToken
	w.Advance(13 * time.Hour)
	w.Want(w.Post(wire.PathRevoke, url.Values{"access_token": {raw}, "client_id": {issuetest.Web}}), 200, "")
}

func TestHostile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	issuetest.Hostile(t, w, "POST", wire.PathRevoke, url.Values{
		"access_token": {w.Tokens(issuetest.Login{}).AccessToken}, "client_id": {issuetest.Web}, "client_secret": {issuetest.Secret(issuetest.Web)},
	})
}
