package tegatahttp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// issuerStand is a platform whose token endpoint answers what a test wants.
type issuerStand struct {
	*httptest.Server
	key   *ecdsa.PrivateKey
	other *ecdsa.PrivateKey
	token atomic.Pointer[http.HandlerFunc]
}

func newIssuerStand(t *testing.T) *issuerStand {
	t.Helper()
	s := &issuerStand{}
	for _, key := range []**ecdsa.PrivateKey{&s.key, &s.other} {
		var err error
		if *key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &s.key.PublicKey, KeyID: "k1"}}})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/v2.1/certs" {
			_, _ = w.Write(set)
			return
		}
		(*s.token.Load())(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// idToken returns an ID token for a login, with changes.
func (s *issuerStand) idToken(t *testing.T, key *ecdsa.PrivateKey, nonce string, changes map[string]any) string {
	t.Helper()
	now := time.Now().Unix()
	claims := map[string]any{"iss": "https://access.line.me", "sub": userID, "aud": channelID, "exp": now + 3600, "iat": now, "nonce": nonce}
	for k, v := range changes {
		claims[k] = v
	}
	data, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign(data)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestLoginHostileTokens has what the token endpoint may answer: nobody is logged in but by
// an ID token of this login, and no error holds what came.
func TestLoginHostileTokens(t *testing.T) {
	t.Parallel()
	s := newIssuerStand(t)
	say := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write([]byte(body)) }
	}
	with := func(id string) http.HandlerFunc {
		return say(200, fmt.Sprintf(`{"access_token":"opaque-access","expires_in":60,"token_type":"Bearer","scope":"profile openid","refresh_token":"opaque-refresh","id_token":%q}`, id))
	}
	for name, c := range map[string]struct {
		answer func(nonce string) http.HandlerFunc
		want   error // nil: logged in
	}{
		"good":                  {func(n string) http.HandlerFunc { return with(s.idToken(t, s.key, n, nil)) }, nil},
		"another login's nonce": {func(string) http.HandlerFunc { return with(s.idToken(t, s.key, "another", nil)) }, tegata.ErrNonce},
		"no nonce":              {func(n string) http.HandlerFunc { return with(s.idToken(t, s.key, n, map[string]any{"nonce": ""})) }, tegata.ErrNonce},
		"another channel's": {func(n string) http.HandlerFunc {
			return with(s.idToken(t, s.key, n, map[string]any{"aud": "2000000002"}))
		}, tegata.ErrAudience},
		"forged": {func(n string) http.HandlerFunc { return with(s.idToken(t, s.other, n, nil)) }, tegata.ErrSignature},
		"expired": {func(n string) http.HandlerFunc {
			return with(s.idToken(t, s.key, n, map[string]any{"exp": 2, "iat": 1}))
		}, tegata.ErrExpired},
		"no ID token": {func(string) http.HandlerFunc { return with("") }, tegata.ErrMalformed},
		"another token type": {func(string) http.HandlerFunc {
			return say(200, `{"access_token":"a","expires_in":60,"token_type":"mac"}`)
		}, tegata.ErrUnavailable},
		"no access token": {func(string) http.HandlerFunc { return say(200, `{"expires_in":60,"token_type":"Bearer"}`) }, tegata.ErrUnavailable},
		"no time left": {func(string) http.HandlerFunc {
			return say(200, `{"access_token":"a","expires_in":0,"token_type":"Bearer"}`)
		}, tegata.ErrUnavailable},
		"a member twice": {func(string) http.HandlerFunc {
			return say(200, `{"access_token":"a","access_token":"b","expires_in":60,"token_type":"Bearer"}`)
		}, tegata.ErrUnavailable},
		"page":            {func(string) http.HandlerFunc { return say(200, "<html>") }, tegata.ErrUnavailable},
		"longer than any": {func(string) http.HandlerFunc { return say(200, `{"access_token":"`+strings.Repeat("a", 1<<20)+`"}`) }, tegata.ErrUnavailable},
		"invalid_grant": {func(string) http.HandlerFunc {
			return say(400, `{"error":"invalid_grant","error_description":"opaque-access"}`)
		}, tegatahttp.ErrLogin},
		"400 that is like a good": {func(n string) http.HandlerFunc {
			return say(400, `{"access_token":"a","expires_in":60,"token_type":"Bearer"}`)
		}, tegatahttp.ErrLogin},
		"500": {func(string) http.HandlerFunc { return say(500, "") }, tegata.ErrUnavailable},
		"redirect": {func(string) http.HandlerFunc {
			return func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			}
		}, tegata.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) { // in turn: they share the platform
			site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.BaseURL, c.ChannelSecret = s.URL, secret32 })
			b := newBrowser(t, site)
			q := b.start("/login").Query()
			answer := c.answer(q.Get("nonce"))
			redeemed := 0
			var count http.HandlerFunc = func(w http.ResponseWriter, r *http.Request) {
				redeemed++
				if r.FormValue("code_verifier") == "" || r.FormValue("client_secret") != secret32 || r.FormValue("id_token_key_type") != "JWK" || r.URL.RawQuery != "" {
					t.Errorf("token request %v", r.Form)
				}
				answer(w, r)
			}
			s.token.Store(&count)
			b.visit(httpsOrigin + "/callback?code=the-code&state=" + q.Get("state"))
			if c.want == nil {
				if site.in == nil || site.in.User.UserID != userID {
					t.Errorf("nobody is logged in: %v", site.err)
				}
				return
			}
			if site.in != nil || !errors.Is(site.err, c.want) || redeemed != 1 {
				t.Errorf("%+v, %v after %d requests; want %v after one", site.in, site.err, redeemed, c.want)
			}
			for _, hidden := range []string{"opaque", secret32, "the-code", q.Get("state"), q.Get("nonce")} {
				if site.err != nil && strings.Contains(site.err.Error(), hidden) {
					t.Errorf("the error tells %q: %v", hidden, site.err)
				}
			}
		})
	}
}

// TestLoginFailedPage is what a browser sees when Failed is nil.
func TestLoginFailedPage(t *testing.T) {
	t.Parallel()
	site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.ChannelSecret, c.Failed = secret32, nil })
	b := newBrowser(t, site)
	for query, want := range map[string]int{"error=ACCESS_DENIED": 403, "error=SERVER_ERROR": 400} {
		state := b.start("/login").Query().Get("state")
		text := b.visit(httpsOrigin + "/callback?" + query + "&state=" + state)
		if b.answer.StatusCode != want || !strings.Contains(text, ".") || strings.Contains(text, state) {
			t.Errorf("%s: %d %q", query, b.answer.StatusCode, text)
		}
	}
}

// FuzzNext: what a browser is sent to after a login is a path of this website.
func FuzzNext(f *testing.F) {
	for _, s := range []string{"/cart?id=7#x", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/%2f%2fevil.example", "/%5cevil.example", "/..//evil.example", "/@evil.example", "", "cart", "/a%zz", "/ä", "/a b"} {
		f.Add(s)
	}
	base := "https://app.example.com/login"
	f.Fuzz(func(t *testing.T, raw string) {
		got := tegatahttp.NextPath(raw)
		if got != "/" && got != raw {
			t.Fatalf("%q became %q", raw, got)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, base, nil)
		w := httptest.NewRecorder()
		http.Redirect(w, r, got, http.StatusSeeOther)
		to, err := r.URL.Parse(w.Header().Get("Location"))
		if err != nil || to.Scheme != "https" || to.Host != "app.example.com" || to.User != nil || strings.HasPrefix(w.Header().Get("Location"), "//") {
			t.Errorf("%q leads to %q", raw, w.Header().Get("Location"))
		}
	})
}
