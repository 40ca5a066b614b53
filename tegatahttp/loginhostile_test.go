package tegatahttp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
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

// hs256 returns an ID token for a login, keyed with the channel secret.
func (s *issuerStand) hs256(t *testing.T, nonce string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: []byte(secret32)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	data := fmt.Sprintf(`{"iss":"https://access.line.me","sub":%q,"aud":%q,"exp":%d,"iat":%d,"nonce":%q}`, userID, channelID, now+3600, now, nonce)
	object, err := signer.Sign([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// say is a token endpoint that always answers the same.
func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = w.Write([]byte(body)) }
}

// goodTokens is a good answer but for its ID token.
const goodTokens = `{"access_token":"opaque-access","expires_in":60,"token_type":"Bearer","scope":"profile openid","refresh_token":"opaque-refresh","id_token":%q}`

// TestLoginHostileIDTokens: nobody is logged in but by an ID token of this login.
func TestLoginHostileIDTokens(t *testing.T) {
	t.Parallel()
	s := newIssuerStand(t)
	changed := func(name string, value any) func(string) string {
		return func(n string) string { return s.idToken(t, s.key, n, map[string]any{name: value}) }
	}
	for name, c := range map[string]struct {
		token func(nonce string) string
		want  error // nil: logged in
	}{
		"good":                  {func(n string) string { return s.idToken(t, s.key, n, nil) }, nil},
		"forged":                {func(n string) string { return s.idToken(t, s.other, n, nil) }, tegata.ErrSignature},
		"HS256 by our secret":   {func(n string) string { return s.hs256(t, n) }, tegata.ErrAlgorithm},
		"another login's nonce": {changed("nonce", "another"), tegata.ErrNonce},
		"an empty nonce":        {changed("nonce", ""), tegata.ErrNonce},
		"no nonce":              {changed("nonce", nil), tegata.ErrNonce},
		"a list of nonces":      {func(n string) string { return changed("nonce", []string{n})(n) }, tegata.ErrMalformed},
		"another channel's":     {changed("aud", "2000000002"), tegata.ErrAudience},
		"two channels'":         {changed("aud", []string{channelID, "2000000002"}), tegata.ErrMalformed},
		"another issuer's":      {changed("iss", "https://evil.example"), tegata.ErrIssuer},
		"expired":               {changed("exp", time.Now().Add(-time.Hour).Unix()), tegata.ErrExpired},
		"nobody's":              {changed("sub", ""), tegata.ErrMalformed},
		"none":                  {func(string) string { return "" }, tegata.ErrMalformed},
		"an access token":       {func(string) string { return "opaque-access" }, tegata.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) { // in turn: they share the platform
			s.callback(t, 0, func(nonce string) http.HandlerFunc { return say(200, fmt.Sprintf(goodTokens, c.token(nonce))) }, c.want)
		})
	}
}

// TestLoginHostileTokens has what else the token endpoint may answer. The code is sent once,
// and no error holds what came.
func TestLoginHostileTokens(t *testing.T) {
	t.Parallel()
	s := newIssuerStand(t)
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"no member for the ID token": {say(200, `{"access_token":"opaque-access","expires_in":60,"token_type":"Bearer"}`), tegata.ErrMalformed},
		"another token type":         {say(200, `{"access_token":"opaque-access","expires_in":60,"token_type":"mac"}`), tegata.ErrUnavailable},
		"no access token":            {say(200, `{"expires_in":60,"token_type":"Bearer"}`), tegata.ErrUnavailable},
		"no time left":               {say(200, `{"access_token":"opaque-access","expires_in":0,"token_type":"Bearer"}`), tegata.ErrUnavailable},
		"a member twice":             {say(200, `{"access_token":"opaque-access","access_token":"b","expires_in":60,"token_type":"Bearer"}`), tegata.ErrUnavailable},
		"a line break":               {say(200, `{"access_token":"opaque-access\r\nX: y","expires_in":60,"token_type":"Bearer"}`), tegata.ErrUnavailable},
		"a page":                     {say(200, "<html>"), tegata.ErrUnavailable},
		"longer than any":            {say(200, `{"access_token":"`+strings.Repeat("a", 1<<20)+`"}`), tegata.ErrUnavailable},
		"endless":                    {endless, tegata.ErrUnavailable},
		"invalid_grant":              {say(400, `{"error":"invalid_grant","error_description":"opaque-access"}`), tegatahttp.ErrLogin},
		"400 that is like a good":    {say(400, fmt.Sprintf(goodTokens, "opaque")), tegatahttp.ErrLogin},
		"invalid_client":             {say(400, `{"error":"invalid_client","error_description":"invalid client_secret"}`), tegatahttp.ErrClient},
		"201 that is like a good":    {say(201, fmt.Sprintf(goodTokens, "opaque")), tegata.ErrUnavailable},
		"401":                        {say(401, ""), tegatahttp.ErrClient},
		"403":                        {say(403, ""), tegatahttp.ErrLogin},
		"429":                        {say(429, ""), tegata.ErrUnavailable},
		"500":                        {say(500, ""), tegata.ErrUnavailable},
		"302":                        {http.RedirectHandler(s.URL+"/elsewhere", http.StatusFound).ServeHTTP, tegata.ErrUnavailable},
		"307":                        {http.RedirectHandler(s.URL+"/elsewhere", http.StatusTemporaryRedirect).ServeHTTP, tegata.ErrUnavailable},
		"a broken connection":        {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, tegata.ErrUnavailable},
		"no answer":                  {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, tegata.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) { // in turn: they share the platform
			patience := time.Duration(0)
			if name == "no answer" {
				patience = 100 * time.Millisecond
			}
			s.callback(t, patience, func(string) http.HandlerFunc { return c.answer }, c.want)
		})
	}
}

// endless writes until nobody reads.
func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 4096)); err != nil {
			return
		}
	}
}

// callback comes back with a code from a login page, and looks at what becomes of it.
func (s *issuerStand) callback(t *testing.T, patience time.Duration, answer func(nonce string) http.HandlerFunc, want error) {
	t.Helper()
	site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL, c.ChannelSecret, c.Channel.Timeout = s.URL, secret32, patience
	})
	b := newBrowser(t, site)
	q := b.start("/login").Query()
	var redeemed atomic.Int32
	tokens := answer(q.Get("nonce"))
	var count http.HandlerFunc = func(w http.ResponseWriter, r *http.Request) {
		redeemed.Add(1)
		if len(r.FormValue("code_verifier")) != 43 || r.FormValue("client_secret") != secret32 || r.FormValue("id_token_key_type") != "JWK" || r.URL.RawQuery != "" || r.URL.Path != "/oauth2/v2.1/token" {
			t.Errorf("token request to %s: %v", r.URL, r.Form)
		}
		tokens(w, r)
	}
	s.token.Store(&count)
	b.visit(httpsOrigin + "/callback?code=the-code&state=" + q.Get("state"))
	if want == nil {
		if site.in == nil || site.in.User.UserID != userID {
			t.Errorf("nobody is logged in: %v", site.err)
		}
		return
	}
	if site.in != nil || !errors.Is(site.err, want) || redeemed.Load() != 1 {
		t.Errorf("%+v, %v after %d requests; want %v after one", site.in, site.err, redeemed.Load(), want)
	}
	for _, hidden := range []string{"opaque", secret32, "the-code", q.Get("state"), q.Get("nonce")} {
		if site.err != nil && strings.Contains(site.err.Error(), hidden) {
			t.Errorf("the error tells %q: %v", hidden, site.err)
		}
	}
}
