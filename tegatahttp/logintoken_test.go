package tegatahttp_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/tegatahttp"
)

const (
	otherUser = "Uffffffffffffffffffffffffffffffff"
	goodGrant = `{"scope":"profile openid","client_id":"2000000001","expires_in":2591659}`
)

// TestRefresh gets new access tokens at the platform, for as long as it gives them.
func TestRefresh(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	b.visit(httpsOrigin + "/login")
	first := site.in
	if first == nil {
		t.Fatal(site.err)
	}
	p.advance(40 * 24 * time.Hour) // the access token has ended
	again, err := site.Refresh(t.Context(), first.RefreshToken, tegata.WithSubject(first.User.UserID))
	if err != nil {
		t.Fatal(err)
	}
	if again.User.UserID != first.User.UserID || again.User.Name != first.User.Name || again.User.IDToken != nil || again.AccessToken == first.AccessToken ||
		again.RefreshToken != first.RefreshToken || !again.Expires.After(p.Now()) || again.Next != "/" {
		t.Errorf("Refresh = %+v with %+v", again, again.User)
	}
	if form := p.sent("/oauth2/v2.1/token"); form.Get("grant_type") != "refresh_token" || form.Get("client_secret") != seeded[channelID] || len(form) != 4 {
		t.Errorf("sent %v", form)
	}
	for name, c := range map[string]struct {
		token  tegata.Secret
		checks []tegata.Check
		want   error
	}{
		"of another user":       {first.RefreshToken, []tegata.Check{tegata.WithSubject(otherUser)}, tegata.ErrSubject},
		"of a lost session":     {first.RefreshToken, []tegata.Check{tegata.WithSubject("")}, tegata.ErrSubject},
		"with a scope":          {first.RefreshToken, []tegata.Check{tegata.WithScopes("email")}, tegata.ErrScope},
		"with what has none":    {first.RefreshToken, []tegata.Check{tegata.WithNonce("n")}, tegata.ErrNonce},
		"none":                  {"", nil, tegata.ErrInactive},
		"no such token":         {"no-such-token", nil, tegata.ErrInactive},
		"an access token":       {again.AccessToken, nil, tegata.ErrInactive},
		"with something beside": {first.RefreshToken + "&scope=x", nil, tegata.ErrInactive},
	} {
		if in, err := site.Refresh(t.Context(), c.token, c.checks...); in != nil || !errors.Is(err, c.want) || strings.Contains(err.Error(), string(first.RefreshToken)) {
			t.Errorf("%s: %+v, %v, want %v", name, in, err, c.want)
		}
	}
	p.advance(60 * 24 * time.Hour)
	if in, err := site.Refresh(t.Context(), first.RefreshToken); in != nil || !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("after 90 days: %+v, %v, want ErrInactive", in, err)
	}
}

// TestRefreshElsewhere: other people's channels and secrets, and a platform that is away.
func TestRefreshElsewhere(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	b.visit(httpsOrigin + "/login")
	token := site.in.RefreshToken
	for name, c := range map[string]struct {
		change func(*tegatahttp.LoginConfig)
		want   error
	}{
		"another channel": {func(c *tegatahttp.LoginConfig) {
			c.Channel.ChannelID, c.ChannelSecret = "2000000002", tegata.Secret(seeded["2000000002"])
		}, tegata.ErrInactive},
		"another channel's secret": {func(c *tegatahttp.LoginConfig) { c.Channel.ChannelID, c.ChannelSecret = "2000000002", secret32 }, tegatahttp.ErrClient},
		"no such channel":          {func(c *tegatahttp.LoginConfig) { c.Channel.ChannelID, c.ChannelSecret = "2999999999", secret32 }, tegatahttp.ErrClient},
	} {
		other := newWebsite(t, httpsOrigin, func(cfg *tegatahttp.LoginConfig) {
			cfg.Channel.BaseURL, cfg.Channel.Now = p.url, p.Now
			c.change(cfg)
		})
		in, err := other.Refresh(t.Context(), token)
		if in != nil || !errors.Is(err, c.want) || strings.Contains(err.Error(), secret32) {
			t.Errorf("%s: %+v, %v, want %v", name, in, err, c.want)
		}
		if err := other.Revoke(t.Context(), site.in.AccessToken); c.want == tegatahttp.ErrClient && !errors.Is(err, c.want) {
			t.Errorf("%s: Revoke = %v, want %v", name, err, c.want)
		}
	}
	if _, err := site.Refresh(t.Context(), token); err != nil {
		t.Errorf("the token after all this: %v", err)
	}
	if _, err := p.lab.Trigger(t.Context(), control.TroubleVerifyOutage, control.Trigger{}); err != nil {
		t.Fatal(err)
	}
	if in, err := site.Refresh(t.Context(), token); in != nil || !errors.Is(err, tegata.ErrUnavailable) {
		t.Errorf("an access token that cannot be verified: %+v, %v, want ErrUnavailable", in, err)
	}
	if _, err := p.lab.Trigger(t.Context(), control.TroubleRateLimit, control.Trigger{}); err != nil {
		t.Fatal(err)
	}
	if in, err := site.Refresh(t.Context(), token); in != nil || !errors.Is(err, tegata.ErrUnavailable) {
		t.Errorf("429: %+v, %v, want ErrUnavailable", in, err)
	}
	if err := site.Revoke(t.Context(), site.in.AccessToken); !errors.Is(err, tegata.ErrUnavailable) {
		t.Errorf("429: Revoke = %v, want ErrUnavailable", err)
	}
	p.lab.ClearFaults()
	if in, err := site.Refresh(t.Context(), token); err != nil || in.User.UserID != site.in.User.UserID {
		t.Errorf("the token after the trouble: %v", err)
	}
}

// TestRevoke ends an access token at the platform, for every server at once.
func TestRevoke(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	b.visit(httpsOrigin + "/login")
	token := site.in.AccessToken
	v, err := tegata.New(tegata.Config{ChannelID: channelID, BaseURL: p.url, Now: p.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.AccessToken(t.Context(), string(token)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second time is no error
		if err := site.Revoke(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.AccessToken(t.Context(), string(token)); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("a revoked token: %v, want ErrInactive", err)
	}
	if err := site.Revoke(t.Context(), ""); err == nil {
		t.Error("no token is revoked without an error")
	}
	if err := site.Revoke(t.Context(), "no-such-token"); !errors.Is(err, tegata.ErrMalformed) || strings.Contains(err.Error(), "no-such-token") {
		t.Errorf("no token of the platform: %v, want ErrMalformed", err)
	}
}

// TestHostileRefresh: nobody is anybody by what a token endpoint says alone.
func TestHostileRefresh(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf(`{"userId":%q,"displayName":"Hanako"}`, userID)
	const tokens = `{"access_token":"opaque-access-token-1","expires_in":60,"token_type":"Bearer"}`
	for name, c := range map[string]struct {
		answers map[string]string // by path
		want    error
	}{
		"good":            {map[string]string{"/oauth2/v2.1/token": tokens, "/oauth2/v2.1/verify": goodGrant, "/v2/profile": good}, nil},
		"another channel": {map[string]string{"/oauth2/v2.1/token": tokens, "/oauth2/v2.1/verify": strings.Replace(goodGrant, channelID, "2000000002", 1), "/v2/profile": good}, tegata.ErrOtherChannel},
		"not live":        {map[string]string{"/oauth2/v2.1/token": tokens, "/v2/profile": good}, tegata.ErrUnavailable},
		"nobody":          {map[string]string{"/oauth2/v2.1/token": tokens, "/oauth2/v2.1/verify": goodGrant, "/v2/profile": `{}`}, tegata.ErrUnavailable},
		"an ID token for an access token": {map[string]string{
			"/oauth2/v2.1/token": `{"access_token":"eyJhbGciOiJFUzI1NiJ9.e30.c2ln","expires_in":60,"token_type":"Bearer"}`, "/oauth2/v2.1/verify": goodGrant, "/v2/profile": good,
		}, tegata.ErrMalformed},
	} {
		s := newIssuerStand(t)
		var h http.HandlerFunc = func(w http.ResponseWriter, r *http.Request) {
			body, ok := c.answers[r.URL.Path]
			if !ok {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = fmt.Fprint(w, body)
		}
		s.token.Store(&h)
		site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.BaseURL, c.ChannelSecret = s.URL, secret32 })
		in, err := site.Refresh(t.Context(), "opaque-refresh-token")
		if c.want == nil {
			if err != nil || in.User.UserID != userID || in.RefreshToken != "opaque-refresh-token" {
				t.Errorf("%s: %+v, %v", name, in, err)
			}
			continue
		}
		if in != nil || !errors.Is(err, c.want) || strings.Contains(err.Error(), "opaque-") {
			t.Errorf("%s: %+v, %v, want %v", name, in, err, c.want)
		}
	}
}
