package issuertest_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
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

// twoHoursOn is when every token of now has expired: both issuers give them an hour.
func twoHoursOn(c *tegata.Config) {
	c.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
}

// wantAltered wants a token refused of which one character of the claims, or of the
// signature, is another one.
func wantAltered(t *testing.T, v *tegata.Verifier, raw string) {
	t.Helper()
	for i, name := range map[int]string{1: "claims altered", 2: "signature altered"} {
		part := strings.Split(raw, ".")
		if len(part) != 3 || len(part[i]) <= 20 {
			t.Fatalf("not a token: %q", raw)
		}
		flipped := "A"
		if part[i][20] == 'A' {
			flipped = "B"
		}
		part[i] = part[i][:20] + flipped + part[i][21:]
		wantRefused(t, name, v, strings.Join(part, "."), tegata.ErrSignature)
	}
}

// oidcLogin logs a user in at oidc-provider, with PKCE, and returns the ID token.
func oidcLogin(t *testing.T, issuer, client, clientSecret string) string {
	t.Helper()
	verifier := rand.Text() + rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	code := logIn(t, issuer+"/auth?"+url.Values{
		"response_type": {"code"}, "client_id": {client}, "redirect_uri": {callback}, "scope": {"openid profile email"},
		"state": {"a state"}, "nonce": {nonce}, "max_age": {"600"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode(), "hanako")
	return exchange(t, issuer+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
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
	wantRefused(t, "expired", newVerifier(t, p.Issuer, twoHoursOn), raw, tegata.ErrExpired)
	wantAltered(t, v, raw)
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
	wantAltered(t, v, raw)
	wantRefused(t, "expired", newVerifier(t, p.Issuer, web, twoHoursOn), raw, tegata.ErrExpired)
	wantRefused(t, "where ES256 is wanted", newVerifier(t, p.Issuer, func(c *tegata.Config) { c.ChannelID = channelHS }), raw, tegata.ErrAlgorithm)
	wantRefused(t, "with another secret", newVerifier(t, p.Issuer, web, func(c *tegata.Config) {
		c.ChannelSecret = tegata.Secret(strings.ToUpper(secret))
	}), raw, tegata.ErrSignature)
}

// TestOIDCProviderRotation rotates the keys of oidc-provider.
func TestOIDCProviderRotation(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oidc-provider.mjs", secret)
	wantRotation(t, p, func() string { return oidcLogin(t, p.Issuer, channelID, tokenSecret) })
}

// wantRotation wants that a key that is announced before it is used costs no token, and
// that one that is withdrawn is not taken by a verifier that looks now.
func wantRotation(t *testing.T, p *node, login func() string) {
	t.Helper()
	before := login()
	p.do(t, "announce")
	v := newVerifier(t, p.Issuer)
	for _, raw := range []string{before, login()} {
		if _, err := v.IDToken(t.Context(), raw); err != nil {
			t.Fatalf("the first key, both published: %v", err)
		}
	}
	p.do(t, "rotate")
	after := login()
	if _, err := v.IDToken(t.Context(), after); err != nil {
		t.Errorf("the second key, in use now: %v", err)
	}
	later := newVerifier(t, p.Issuer)
	if _, err := later.IDToken(t.Context(), after); err != nil {
		t.Errorf("the second key at a verifier made after the rotation: %v", err)
	}
	wantRefused(t, "a withdrawn key", later, before, tegata.ErrUnknownKey)
}

// claims are laid over those that oauth2-mock-server issues; nil takes one away.
type claims map[string]any

// mockLogin gets an ID token of oauth2-mock-server, which logs everybody in.
func mockLogin(t *testing.T, issuer, client string, over claims) string {
	t.Helper()
	if over == nil {
		over = claims{}
	}
	text, err := json.Marshal(over)
	if err != nil {
		t.Fatal(err)
	}
	return exchange(t, issuer+"/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {"any"}, "redirect_uri": {callback}, "client_id": {client}, "claims": {string(text)},
	})
}

// TestOAuth2MockServer verifies what oauth2-mock-server issues. Of itself it knows neither
// a name nor amr.
func TestOAuth2MockServer(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oauth2-mock-server.mjs")
	raw := mockLogin(t, p.Issuer, channelID, claims{"nonce": nonce, "name": "鈴木 花子", "amr": []string{"lineqr", "mfa"}})
	v := newVerifier(t, p.Issuer)
	got, err := v.IDToken(t.Context(), raw, tegata.WithNonce(nonce), tegata.WithAMR("mfa"))
	if err != nil || got.UserID != "johndoe" || got.ChannelID != channelID || got.Issuer != p.Issuer || got.Name != "鈴木 花子" ||
		!slices.Equal(got.Methods, []string{"lineqr", "mfa"}) {
		t.Fatalf("IDToken = %+v, %v; want johndoe's, with what was laid over it", got, err)
	}
	wantRefused(t, "another nonce", v, raw, tegata.ErrNonce, tegata.WithNonce("n-other"))
	wantRefused(t, "expired", newVerifier(t, p.Issuer, twoHoursOn), raw, tegata.ErrExpired)
	wantAltered(t, v, raw)
	wantRefused(t, "of another channel", v, mockLogin(t, p.Issuer, otherID, nil), tegata.ErrAudience)
	wantRefused(t, "at a verifier of LINE", newVerifier(t, p.Issuer, func(c *tegata.Config) { c.Issuer = "" }), raw, tegata.ErrIssuer)
	wantRefused(t, "of another provider", newVerifier(t, startNode(t, "oauth2-mock-server.mjs").Issuer, func(c *tegata.Config) {
		c.Issuer = p.Issuer
	}), raw, tegata.ErrSignature)
}

// TestOAuth2MockServerWrong has oauth2-mock-server sign tokens that are wrong in one claim.
func TestOAuth2MockServerWrong(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oauth2-mock-server.mjs")
	v := newVerifier(t, p.Issuer)
	now := time.Now().Unix()
	for _, c := range []struct {
		name string
		over claims
		want error
	}{
		{"aud of another channel", claims{"aud": otherID}, tegata.ErrAudience},
		{"aud an array", claims{"aud": []string{channelID, otherID}}, tegata.ErrMalformed},
		{"no aud", claims{"aud": nil}, tegata.ErrMalformed},
		{"iss of LINE", claims{"iss": "https://access.line.me"}, tegata.ErrIssuer},
		{"iss with a slash", claims{"iss": p.Issuer + "/"}, tegata.ErrIssuer},
		{"expired", claims{"iat": now - 7200, "exp": now - 3600}, tegata.ErrExpired},
		{"exp a text", claims{"exp": "9999999999"}, tegata.ErrMalformed},
		{"issued in the future", claims{"iat": now + 1800}, tegata.ErrNotYetValid},
		{"nbf in the future", claims{"nbf": now + 1800}, tegata.ErrNotYetValid},
		{"no sub", claims{"sub": nil}, tegata.ErrMalformed},
	} {
		wantRefused(t, c.name, v, mockLogin(t, p.Issuer, channelID, c.over), c.want)
	}
	if _, err := v.IDToken(t.Context(), mockLogin(t, p.Issuer, channelID, nil)); err != nil {
		t.Errorf("with nothing laid over it: %v", err)
	}
}

// TestOAuth2MockServerRotation rotates the keys of oauth2-mock-server.
func TestOAuth2MockServerRotation(t *testing.T) {
	t.Parallel()
	p := startNode(t, "oauth2-mock-server.mjs")
	wantRotation(t, p, func() string { return mockLogin(t, p.Issuer, channelID, nil) })
}
