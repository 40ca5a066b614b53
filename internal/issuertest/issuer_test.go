package issuertest_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
)

// Clients of the providers.
const (
	channelID   = "2000000001"
	otherID     = "2000000002"
	channelHS   = "2000000003"
	secret      = "5f2b8c1e94d07a36b1c8e5f09a7d2463"
	tokenSecret = "a secret that only the token endpoint wants"
	nonce       = "n-0S6_WzA2Mj"
)

// newVerifier returns a verifier of an issuer, as a server would make it.
func newVerifier(t *testing.T, issuer string, change ...func(*tegata.Config)) *tegata.Verifier {
	t.Helper()
	cfg := tegata.Config{ChannelID: channelID, Issuer: issuer, BaseURL: issuer}
	for _, c := range change {
		c(&cfg)
	}
	v, err := tegata.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// wantRefused wants the one reason and no identity.
func wantRefused(t *testing.T, what string, v *tegata.Verifier, raw string, want error, checks ...tegata.Check) {
	t.Helper()
	if got, err := v.IDToken(t.Context(), raw, checks...); !errors.Is(err, want) || got != nil {
		t.Errorf("%s: %+v, %v; want nothing and %v", what, got, err, want)
	}
}

// tomorrow is when every token of today has expired.
func tomorrow(c *tegata.Config) {
	c.Now = func() time.Time { return time.Now().Add(24 * time.Hour) }
}

// spoilt returns the token with another user and the same signature.
func spoilt(t *testing.T, raw string) string {
	t.Helper()
	part := strings.Split(raw, ".")
	if len(part) != 3 || len(part[1]) < 8 {
		t.Fatalf("not a token: %q", raw)
	}
	flipped := "A"
	if part[1][20] == 'A' {
		flipped = "B"
	}
	return part[0] + "." + part[1][:20] + flipped + part[1][21:] + "." + part[2]
}

// oidcLogin logs a user in at oidc-provider and returns the ID token.
func oidcLogin(t *testing.T, issuer, client, clientSecret string) string {
	t.Helper()
	code := logIn(t, issuer+"/auth?"+url.Values{
		"response_type": {"code"}, "client_id": {client}, "redirect_uri": {callback}, "scope": {"openid profile email"},
		"state": {"a state"}, "nonce": {nonce}, "max_age": {"600"},
	}.Encode(), "hanako")
	return exchange(t, issuer+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback},
		"client_id": {client}, "client_secret": {clientSecret},
	})
}

// TestOIDCProvider logs in at oidc-provider and verifies what it issues.
func TestOIDCProvider(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oidc-provider.mjs", secret)
	raw := oidcLogin(t, p.Issuer, channelID, tokenSecret)
	v := newVerifier(t, p.Issuer)
	got, err := v.IDToken(t.Context(), raw, tegata.WithNonce(nonce), tegata.WithSubject("hanako"), tegata.WithMaxAge(10*time.Minute))
	if err != nil {
		t.Fatalf("the token of a login just now: %v", err)
	}
	if got.Issuer != p.Issuer || got.UserID != "hanako" || got.ChannelID != channelID || got.Name != "鈴木 花子" ||
		got.Picture != "https://example.com/p" || got.Email != "hanako@example.com" || got.AuthTime.IsZero() || !got.Expires.After(time.Now()) {
		t.Errorf("IDToken = %+v; want hanako's, with what oidc-provider knows", got)
	}
	wantRefused(t, "another nonce", v, raw, tegata.ErrNonce, tegata.WithNonce("n-other"))
	wantRefused(t, "another user", v, raw, tegata.ErrSubject, tegata.WithSubject("taro"))
	wantRefused(t, "no second factor", v, raw, tegata.ErrMethod, tegata.WithAMR("mfa"))
	wantRefused(t, "expired", newVerifier(t, p.Issuer, tomorrow), raw, tegata.ErrExpired)
	wantRefused(t, "altered", v, spoilt(t, raw), tegata.ErrSignature)
	wantRefused(t, "of another channel", v, oidcLogin(t, p.Issuer, otherID, tokenSecret), tegata.ErrAudience)
	wantRefused(t, "at a verifier of LINE", newVerifier(t, p.Issuer, func(c *tegata.Config) { c.Issuer = "" }), raw, tegata.ErrIssuer)
}

// TestOIDCProviderHS256 verifies a token that oidc-provider keyed with the client's secret.
func TestOIDCProviderHS256(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oidc-provider.mjs", secret)
	raw := oidcLogin(t, p.Issuer, channelHS, secret)
	web := func(c *tegata.Config) {
		c.ChannelID, c.KeyTypes, c.ChannelSecret = channelHS, tegata.HS256, secret
	}
	v := newVerifier(t, p.Issuer, web)
	if got, err := v.IDToken(t.Context(), raw, tegata.WithNonce(nonce)); err != nil || got.UserID != "hanako" {
		t.Fatalf("IDToken = %+v, %v; want hanako's", got, err)
	}
	wantRefused(t, "altered", v, spoilt(t, raw), tegata.ErrSignature)
	wantRefused(t, "expired", newVerifier(t, p.Issuer, web, tomorrow), raw, tegata.ErrExpired)
	wantRefused(t, "where ES256 is wanted", newVerifier(t, p.Issuer, func(c *tegata.Config) { c.ChannelID = channelHS }), raw, tegata.ErrAlgorithm)
	wantRefused(t, "with another secret", newVerifier(t, p.Issuer, web, func(c *tegata.Config) {
		c.ChannelSecret = tegata.Secret(strings.ToUpper(secret))
	}), raw, tegata.ErrSignature)
}

// TestOIDCProviderRotation: a key that is announced before it is used costs no token; one
// that is withdrawn is not taken by a verifier that looks now.
func TestOIDCProviderRotation(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oidc-provider.mjs", secret)
	before := oidcLogin(t, p.Issuer, channelID, tokenSecret)
	p.do(t, "announce")
	v := newVerifier(t, p.Issuer)
	if _, err := v.IDToken(t.Context(), before); err != nil {
		t.Fatalf("the first key, both published: %v", err)
	}
	p.do(t, "rotate")
	after := oidcLogin(t, p.Issuer, channelID, tokenSecret)
	if _, err := v.IDToken(t.Context(), after); err != nil {
		t.Errorf("the second key, in use now: %v", err)
	}
	later := newVerifier(t, p.Issuer)
	if _, err := later.IDToken(t.Context(), after); err != nil {
		t.Errorf("the second key at a verifier made after the rotation: %v", err)
	}
	wantRefused(t, "a withdrawn key", later, before, tegata.ErrUnknownKey)
}

// mockLogin gets an ID token of oauth2-mock-server, which logs everybody in.
func mockLogin(t *testing.T, issuer, client string) string {
	t.Helper()
	return exchange(t, issuer+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {"any"}, "redirect_uri": {callback}, "client_id": {client},
	})
}

// TestOAuth2MockServer verifies what oauth2-mock-server issues, with one key and with two.
func TestOAuth2MockServer(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oauth2-mock-server.mjs")
	raw := mockLogin(t, p.Issuer, channelID)
	v := newVerifier(t, p.Issuer)
	got, err := v.IDToken(t.Context(), raw)
	if err != nil || got.UserID != "johndoe" || got.ChannelID != channelID || got.Issuer != p.Issuer {
		t.Fatalf("IDToken = %+v, %v; want johndoe's", got, err)
	}
	wantRefused(t, "expired", newVerifier(t, p.Issuer, tomorrow), raw, tegata.ErrExpired)
	wantRefused(t, "altered", v, spoilt(t, raw), tegata.ErrSignature)
	wantRefused(t, "of another channel", v, mockLogin(t, p.Issuer, otherID), tegata.ErrAudience)
	p.do(t, "rotate")
	both := newVerifier(t, p.Issuer)
	for range 4 { // it signs with its keys in turn
		if _, err := both.IDToken(t.Context(), mockLogin(t, p.Issuer, channelID)); err != nil {
			t.Errorf("with two keys: %v", err)
		}
	}
	wantRefused(t, "of another provider", newVerifier(t, startNode(t, "oauth2-mock-server.mjs").Issuer, func(c *tegata.Config) {
		c.Issuer = p.Issuer
	}), raw, tegata.ErrSignature)
}
