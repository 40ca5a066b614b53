package authorize_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// fields are the hidden fields of a page that posts itself.
func fields(body string) url.Values {
	found := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(body, -1) {
		found.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return found
}

// response verifies a signed response with go-jose and returns its claims.
func response(t *testing.T, raw string, alg jose.SignatureAlgorithm, key any) map[string]any {
	t.Helper()
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{alg})
	if err != nil {
		t.Fatalf("response %q: %v", raw, err)
	}
	payload, err := signed.Verify(key)
	if err != nil {
		t.Fatalf("response: %v", err)
	}
	if typ := signed.Signatures[0].Header.ExtraHeaders[jose.HeaderType]; typ != "JWT" {
		t.Errorf("typ of the response is %v", typ)
	}
	claims := map[string]any{}
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestResponseModes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, mode := range []string{"", "query", "form_post", "jwt", "query.jwt", "form_post.jwt"} {
		for _, redirect := range []string{callback, "http://localhost:3000/cb?k=v"} {
			b := w.browser()
			q := request("response_mode", mode, "redirect_uri", redirect)
			w.checkMode(t, mode, redirect, b.allow(q, "hanako"), "code")
			q.Set("prompt", "none")
			w.checkMode(t, mode, redirect, b.get("/oauth2/v2.1/authorize?"+q.Encode()), "code")
			q.Set("max_age", "0")
			w.checkMode(t, mode, redirect, b.get("/oauth2/v2.1/authorize?"+q.Encode()), "error")
		}
	}
}

// checkMode takes the parameters out of an answer and looks at them.
func (w *world) checkMode(t *testing.T, mode, redirect string, a answer, want string) {
	t.Helper()
	var got url.Values
	if strings.HasPrefix(mode, "form_post") {
		got = fields(a.body)
		if a.status != http.StatusOK || action(t, a.body) != redirect {
			t.Fatalf("%s: %d, form to %q", mode, a.status, action(t, a.body))
		}
		origin := redirect[:strings.LastIndex(redirect, "/c")]
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action") || !strings.Contains(csp, origin) {
			t.Errorf("%s: policy %q does not let the form out", mode, csp)
		}
		if cc := a.header.Get("Cache-Control"); !strings.Contains(cc, "no-store") {
			t.Errorf("%s: a page with a code may be cached: %q", mode, cc)
		}
	} else {
		separator := "?"
		if strings.Contains(redirect, "?") {
			separator = "&"
		}
		rest, ok := strings.CutPrefix(a.location, redirect+separator)
		if !ok || a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d to %q", mode, a.status, a.location)
		}
		var err error
		if got, err = url.ParseQuery(rest); err != nil {
			t.Fatal(err)
		}
	}
	if strings.HasSuffix(mode, "jwt") {
		if len(got) != 1 {
			t.Errorf("%s: %v beside response", mode, got)
		}
		claims := response(t, got.Get("response"), jose.HS256, []byte(secret))
		if claims["iss"] != issuer || claims["aud"] != channelID || claims["exp"] != float64(w.now().Add(10*time.Minute).Unix()) {
			t.Errorf("%s: claims %v", mode, claims)
		}
		got = url.Values{}
		for name, v := range claims {
			if s, ok := v.(string); ok {
				got.Set(name, s)
			}
		}
	}
	if got.Get(want) == "" || got.Get("state") != "a state" {
		t.Errorf("%s: %v, want %s and state", mode, got, want)
	}
	if want == "code" {
		w.code("?code=" + url.QueryEscape(got.Get("code")))
	}
}

func TestSignedResponseES256(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, err := w.st.Channel(t.Context(), channelID)
	if err != nil {
		t.Fatal(err)
	}
	c.IDTokenAlg = "ES256"
	if err := w.st.UpdateChannel(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	a := w.browser().get("/oauth2/v2.1/authorize?" + request("response_mode", "jwt", "prompt", "none").Encode())
	u, err := url.Parse(a.location)
	if err != nil {
		t.Fatal(err)
	}
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal(w.ring.SetJSON(), &keys); err != nil {
		t.Fatal(err)
	}
	raw := u.Query().Get("response")
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	key := keys.Key(signed.Signatures[0].Header.KeyID)
	if len(key) != 1 {
		t.Fatalf("kid %q is not published", signed.Signatures[0].Header.KeyID)
	}
	if claims := response(t, raw, jose.ES256, key[0]); claims["error"] != "LOGIN_REQUIRED" {
		t.Errorf("claims %v", claims)
	}
}

func TestNativeEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const ios, android = "line3rdp.com.example.teahouse://auth", "intent://result#Intent;package=com.example.teahouse;scheme=lineauth;end"
	entry := func(outer url.Values, path string, inner url.Values) string {
		outer.Set("returnUri", path+"?"+inner.Encode())
		return "/oauth2/v2.1/login?" + outer.Encode()
	}
	const consent = "/oauth2/v2.1/authorize/consent"
	for redirect, want := range map[string]string{
		ios:     ios + "?code=",
		android: "intent://result?code=",
	} {
		b := w.browser()
		inner := request("redirect_uri", redirect, "code_challenge", challenge(), "code_challenge_method", "S256", "sdk_ver", "5.13.0", "prompt", "consent",
			"optional_redirect_uri", "https://app.example/line-auth")
		path := b.step(b.get(entry(url.Values{"loginChannelId": {channelID}, "ui_locales": {"ja"}, "disable_ios_auto_login": {"true"}}, consent, inner)))
		page := b.get(path)
		if !strings.Contains(page.body, `lang="ja"`) {
			t.Error("ui_locales of the entry is not used")
		}
		scheme, _, _ := strings.Cut(redirect, "//")
		if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, scheme) {
			t.Errorf("policy %q does not let the answer through to %s", csp, scheme)
		}
		done := b.consent(b.logIn(path, "hanako").location, url.Values{"decision": {"allow"}})
		if !strings.HasPrefix(done.location, want) || strings.HasSuffix(redirect, ";end") && !strings.HasSuffix(done.location, "#Intent;package=com.example.teahouse;scheme=lineauth;end") {
			t.Errorf("answer to %q: %q", redirect, done.location)
		}
		code := w.code(strings.Replace(strings.Split(done.location, "#")[0], "intent://", "https://", 1))
		if r := code.Request; !r.Native || !r.DisableAutoLogin || r.UILocales != "ja" || r.OptionalRedirectURI != "https://app.example/line-auth" {
			t.Errorf("request %+v", r)
		}
	}
	b := w.browser()
	good := request("redirect_uri", ios, "code_challenge", challenge())
	for name, c := range map[string]struct {
		target string
		status int
	}{
		"web request":               {entry(url.Values{}, "/oauth2/v2.1/authorize", request()), 303},
		"other channel outside":     {entry(url.Values{"loginChannelId": {developing}}, consent, good), 400},
		"entry repeated":            {entry(url.Values{"loginChannelId": {channelID, channelID}}, consent, good), 400},
		"absolute returnUri":        {entry(url.Values{}, "https://evil.example"+consent, good), 400},
		"host-relative returnUri":   {entry(url.Values{}, "//evil.example"+consent, good), 400},
		"other path":                {entry(url.Values{}, "/oauth2/v2.1/token", good), 400},
		"unregistered app":          {entry(url.Values{}, consent, request("redirect_uri", "line3rdp.com.evil://auth", "code_challenge", challenge())), 403},
		"fallback URL in an intent": {entry(url.Values{}, consent, request("redirect_uri", "intent://result#Intent;package=com.example.teahouse;scheme=lineauth;S.browser_fallback_url=https%3A%2F%2Fevil.example;end", "code_challenge", challenge())), 403},
		"foreign web callback":      {entry(url.Values{}, consent, request("redirect_uri", "https://evil.example/")), 400},
		"broken inside":             {"/oauth2/v2.1/login?returnUri=" + url.QueryEscape(consent+"?client_id=%zz"), 400},
		"empty":                     {"/oauth2/v2.1/login?returnUri=", 400},
	} {
		if a := b.get(c.target); a.status != c.status || strings.Contains(a.location, "evil") {
			t.Errorf("%s: %d %q", name, a.status, a.location)
		}
	}
	for name, c := range map[string]struct {
		inner url.Values
		want  string
	}{
		"no PKCE":   {request("redirect_uri", ios), ios + "?error=invalid_request&error_description=%27code_challenge%27+is+not+specified.&state=a+state"},
		"form_post": {request("redirect_uri", ios, "response_mode", "form_post", "code_challenge", challenge()), ios + "?error=invalid_request&error_description=%27response_mode%27+is+invalid.&state=a+state"},
	} {
		if a := b.get(entry(url.Values{}, consent, c.inner)); a.location != c.want {
			t.Errorf("%s: %d %q", name, a.status, a.location)
		}
	}
	if a := b.get(entry(url.Values{"ui_locales": {"<x>"}}, consent, good)); !strings.HasPrefix(a.location, ios+"?error=invalid_request") {
		t.Errorf("ui_locales of the entry: %q", a.location)
	}
	web, err := w.st.Channel(t.Context(), channelID)
	if err != nil {
		t.Fatal(err)
	}
	web.Mobile = false
	if err := w.st.UpdateChannel(t.Context(), web); err != nil {
		t.Fatal(err)
	}
	if a := b.get(entry(url.Values{}, consent, good)); a.status != http.StatusForbidden {
		t.Errorf("native login at a channel that is no mobile app: %d", a.status)
	}
}
