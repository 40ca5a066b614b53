package grant_test

import (
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

// TestBySecret: stateless and short-lived channel access tokens for ID and secret.
func TestBySecret(t *testing.T) {
	t.Parallel()
	const grantMissing = `{"error":"invalid_request","error_description":"Invalid 'client_credentials'."}`
	w := newWorld(t)
	secret := issuetest.Secret(issuetest.Web)
	for _, tt := range []struct {
		name   string
		path   string
		form   []string
		auth   string
		status int
		want   string
	}{
		{"stateless", wire.PathStatelessV3, nil, "", 200, stateless},
		{"stateless, empty assertion", wire.PathStatelessV3, []string{"client_assertion", "", "client_assertion_type", ""}, "", 200, stateless},
		{"stateless, Basic", wire.PathStatelessV3, []string{"client_id", "-", "client_secret", "-"}, basicAuth(issuetest.Web, secret), 200, stateless},
		{"stateless, grant_type", wire.PathStatelessV3, []string{"grant_type", "password"}, "", 400, grantMissing},
		{"stateless, no grant_type", wire.PathStatelessV3, []string{"grant_type", "-"}, "", 400, grantMissing},
		{"stateless, secret", wire.PathStatelessV3, []string{"client_secret", "x"}, "", 400, secretBad},
		{"stateless, no secret", wire.PathStatelessV3, []string{"client_secret", "-"}, "", 400, secretBad},
		{"stateless, client_id", wire.PathStatelessV3, []string{"client_id", "9"}, "", 400, clientBad},
		{"stateless, no client_id", wire.PathStatelessV3, []string{"client_id", "-"}, "", 400, paramsBad},
		{"short-lived", wire.PathV2AccessToken, nil, "", 200, shortLived},
		{"short-lived, grant_type", wire.PathV2AccessToken, []string{"grant_type", "x"}, "", 400, paramsBad},
		{"short-lived, no secret", wire.PathV2AccessToken, []string{"client_secret", "-"}, "", 400, paramsBad},
		{"short-lived, no client_id", wire.PathV2AccessToken, []string{"client_id", "-"}, "", 400, paramsBad},
		{"short-lived, secret", wire.PathV2AccessToken, []string{"client_secret", "x"}, "", 400, secretBad},
		{"short-lived, client_id", wire.PathV2AccessToken, []string{"client_id", "9"}, "", 400, clientBad},
		{"short-lived, secret of another channel", wire.PathV2AccessToken, []string{"client_id", issuetest.Mobile}, "", 400, secretBad},
		// The secret of a channel with a native app is ignored at refresh and revoke, not here.
		{"stateless of a Mobile channel without secret", wire.PathStatelessV3, []string{"client_id", issuetest.Mobile, "client_secret", "-"}, "", 400, secretBad},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var header []string
			if tt.auth != "" {
				header = []string{"Authorization", tt.auth}
			}
			f := form(append([]string{"grant_type", "client_credentials", "client_id", issuetest.Web, "client_secret", secret}, tt.form...)...)
			w.Want(w.Post(tt.path, f, header...), tt.status, tt.want, secret)
		})
	}
}

// TestV2 verifies and revokes channel access tokens at the older endpoints.
func TestV2(t *testing.T) {
	t.Parallel()
	const (
		invalid = `{"error":"invalid_request","error_description":"access_token invalid"}`
		format  = `{"error":"invalid_request","error_description":"access_token in invalid format"}`
		refused = `{"error":"invalid_request"}`
	)
	w := newWorld(t)
	short := w.ChannelToken(issuetest.Web, store.ChannelTokenShortLived, issue.ShortLivedLife)
	free := w.ChannelToken(issuetest.Web, store.ChannelTokenStateless, issue.StatelessLife)
	user := w.Tokens(issuetest.Login{})
	verify := func(raw string, status int, want string) {
		t.Helper()
		w.Want(w.Post(wire.PathV2Verify, form("access_token", raw)), status, want, raw)
	}
	revoke := func(raw string, status int, want string) {
		t.Helper()
		w.Want(w.Post(wire.PathV2Revoke, form("access_token", raw)), status, want, raw)
	}
	verify(short, 200, `{"client_id":"2000000001","expires_in":2592000}`)
	verify(free, 200, `{"client_id":"2000000001","expires_in":900}`)
	verify("", 400, paramsBad)
	verify("nonsense", 400, format)
	verify(user.AccessToken, 400, format)
	verify(user.IDToken, 400, format)
	verify(short[:len(short)-1]+"!", 400, invalid)
	revoke("", 400, refused)
	revoke("nonsense", 400, refused)
	revoke(user.AccessToken, 400, refused)
	revoke(free, 400, refused) // cannot be revoked
	verify(free, 200, `{"client_id":"2000000001","expires_in":900}`)
	w.Advance(15 * time.Minute)
	verify(free, 400, invalid)
	revoke(short, 200, "")
	verify(short, 400, invalid)
	revoke(short, 200, "") // over already: no error
	if _, err := w.Issue.AccessToken(t.Context(), user.AccessToken); err != nil {
		t.Errorf("a user's token died along the way: %v", err)
	}
}
