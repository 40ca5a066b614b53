package authorize_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/authorize"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// newAutoWorld is a world in which LINE's app can be played.
func newAutoWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.end.AutoLogin = &authorize.AutoLogin{Guard: func(h router.Handler) router.Handler { return h }}
	w.router(slog.New(slog.DiscardHandler))
	return w
}

// auto asks for an auto login.
func (w *world) auto(req control.AutoLoginRequest) (control.AutoLogin, int) {
	w.t.Helper()
	if req.Person == "" {
		req.Person = "hanako"
	}
	body, err := json.Marshal(req)
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.URL+control.PathAutoLogin, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	a := w.browser().send(r)
	var out control.AutoLogin
	if a.status == http.StatusOK {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			w.t.Fatal(err)
		}
		out.URL = strings.TrimPrefix(out.URL, w.URL)
	}
	return out, a.status
}

func webURL(q url.Values) string { return "https://access.line.me/oauth2/v2.1/authorize?" + q.Encode() }

// TestAutoLogin: one redirect leads from the request to the callback, and the code says
// how the user was authenticated.
func TestAutoLogin(t *testing.T) {
	t.Parallel()
	w := newAutoWorld(t)
	for name, from := range map[string]string{
		"web":            webURL(request("scope", "openid profile email", "nonce", "n-1")),
		"prompt=none":    webURL(request("prompt", "none")),
		"LIFF":           "https://access.line.me" + liff(),
		"max_age=0":      webURL(request("max_age", "0")),
		"off on iOS":     webURL(request("disable_ios_auto_login", "true")),
		"explicitly not": webURL(request("disable_auto_login", "false")),
	} {
		out, status := w.auto(control.AutoLoginRequest{URL: from, OS: "android"})
		if status != http.StatusOK || out.Page {
			t.Errorf("%s: %d %+v, want no page", name, status, out)
			continue
		}
		b := w.browser()
		code := w.code(b.get(out.URL).location)
		if code.Who.PersonID != "p-hanako" || !slices.Equal(code.Who.AMR, []string{"lineautologin"}) || !code.Who.Time.Equal(w.now()) {
			t.Errorf("%s: the code is of %+v", name, code.Who)
		}
		if again := b.get(out.URL); strings.Contains(again.location, "code=") {
			t.Errorf("%s: the ticket was good twice: %q", name, again.location)
		}
	}
}

// TestAutoLoginPages: what LINE shows all the same.
func TestAutoLoginPages(t *testing.T) {
	t.Parallel()
	w := newAutoWorld(t)
	given := []string{"openid"}
	for name, c := range map[string]struct {
		req  control.AutoLoginRequest
		want string // path of the page; empty: no page, and an error at the callback
	}{
		"disable_auto_login":            {control.AutoLoginRequest{URL: webURL(request("disable_auto_login", "true"))}, "/oauth2/v2.1/login"},
		"disable_auto_login of LIFF":    {control.AutoLoginRequest{URL: liff("disable_auto_login", "true")}, "/oauth2/v2.1/login"},
		"disable_ios_auto_login":        {control.AutoLoginRequest{URL: webURL(request("disable_ios_auto_login", "true")), OS: "ios"}, "/oauth2/v2.1/login"},
		"both":                          {control.AutoLoginRequest{URL: webURL(request("disable_auto_login", "true", "disable_ios_auto_login", "true"))}, "/oauth2/v2.1/login"},
		"prompt=login":                  {control.AutoLoginRequest{URL: webURL(request("prompt", "login"))}, "/oauth2/v2.1/login"},
		"prompt=consent":                {control.AutoLoginRequest{URL: webURL(request("prompt", "consent"))}, "/oauth2/v2.1/authorize/consent"},
		"a scope not granted":           {control.AutoLoginRequest{URL: webURL(request()), Scopes: &given}, "/oauth2/v2.1/authorize/consent"},
		"prompt=none, off":              {control.AutoLoginRequest{URL: webURL(request("prompt", "none", "disable_auto_login", "true"))}, ""},
		"prompt=none, consent is asked": {control.AutoLoginRequest{URL: webURL(request("prompt", "none")), Scopes: &given}, ""},
		"a fault of the request":        {control.AutoLoginRequest{URL: webURL(request("scope", "nonsense"))}, ""},
	} {
		out, status := w.auto(c.req)
		if status != http.StatusOK || out.Page != (c.want != "") || out.Why == "" {
			t.Errorf("%s: %d %+v, want a page: %v", name, status, out, c.want != "")
			continue
		}
		a := w.browser().get(out.URL)
		if path, _, _ := strings.Cut(a.location, "?"); c.want != "" && path != c.want {
			t.Errorf("%s: leads to %q, want %s", name, a.location, c.want)
		}
		if c.want == "" && !strings.HasPrefix(a.location, callback+"?error=") {
			t.Errorf("%s: leads to %q, want an error at the callback", name, a.location)
		}
	}
	// Consent follows the auto login, and the code still says how the user was known.
	out, _ := w.auto(control.AutoLoginRequest{URL: webURL(request("prompt", "consent"))})
	b := w.browser()
	done := b.consent(b.step(b.get(out.URL)), url.Values{"decision": {"allow"}})
	if code := w.code(done.location); !slices.Equal(code.Who.AMR, []string{"lineautologin"}) {
		t.Errorf("behind consent: amr %v", code.Who.AMR)
	}
	// What is a page without auto login is one with it.
	if out, _ := w.auto(control.AutoLoginRequest{URL: webURL(request("redirect_uri", "https://evil.example/"))}); !out.Page || strings.Contains(out.URL, "tegata_auto_login") {
		t.Errorf("foreign callback: %+v, want a page and no ticket", out)
	}
	if out, _ := w.auto(control.AutoLoginRequest{URL: webURL(request("response_mode", "form_post"))}); !out.Page {
		t.Errorf("form_post: %+v, want a page", out)
	}
}

// TestAutoLoginFailure is LINE's private browsing: the code is not valid and the state is
// not the app's, unless the app asked for no auto login.
func TestAutoLoginFailure(t *testing.T) {
	t.Parallel()
	w := newAutoWorld(t)
	out, _ := w.auto(control.AutoLoginRequest{URL: "https://access.line.me" + liff(), Fails: true})
	a := w.browser().get(out.URL)
	u, err := url.Parse(a.location)
	if err != nil || out.Page || !strings.HasPrefix(a.location, endpoint+"?code=invalid-") {
		t.Fatalf("%+v leads to %q, %v", out, a.location, err)
	}
	if q := u.Query(); q.Get("state") == "abcdefghijkl" || q.Get("state") == "" || q.Get("liffClientId") != channelID {
		t.Errorf("the callback got %v, want a foreign state and the members of LIFF", q)
	}
	if _, err := w.issue.Code(t.Context(), u.Query().Get("code")); err == nil {
		t.Error("the code is valid")
	}
	if again, _ := w.auto(control.AutoLoginRequest{URL: webURL(request("disable_auto_login", "true")), Fails: true}); !again.Page {
		t.Errorf("with disable_auto_login: %+v, want the login page", again)
	}
}

// TestAutoLoginTicket: a ticket is good for its own request, for a minute, and only where
// there is a lab.
func TestAutoLoginTicket(t *testing.T) {
	t.Parallel()
	w := newAutoWorld(t)
	ticket := func(at string) string {
		out, _ := w.auto(control.AutoLoginRequest{URL: at})
		_, secret, _ := strings.Cut(out.URL, "&tegata_auto_login=")
		return "&tegata_auto_login=" + secret
	}
	path := func(q url.Values) string { return "/oauth2/v2.1/authorize?" + q.Encode() }
	wantLogin := func(name, at string) {
		t.Helper()
		if a := w.browser().get(at); !strings.HasPrefix(a.location, "/oauth2/v2.1/login?") {
			t.Errorf("%s: %d %q, want the login page", name, a.status, a.location)
		}
	}
	wantLogin("another request", path(request("nonce", "mine"))+ticket(webURL(request())))
	wantLogin("made up", path(request())+"&tegata_auto_login="+strings.Repeat("A", 43))
	old := ticket(webURL(request()))
	w.advance(time.Minute)
	wantLogin("too late", path(request())+old)

	plain := newWorld(t)
	if _, status := plain.auto(control.AutoLoginRequest{URL: webURL(request())}); status != http.StatusNotFound && status != http.StatusMethodNotAllowed {
		t.Errorf("without a lab: %d, want that nothing is there", status)
	}
	if a := plain.browser().get(path(request()) + "&tegata_auto_login=" + strings.Repeat("A", 43)); !strings.HasPrefix(a.location, "/oauth2/v2.1/login?") {
		t.Errorf("a ticket without a lab: %q", a.location)
	}
	for name, req := range map[string]control.AutoLoginRequest{
		"another path": {URL: w.URL + "/oauth2/v2.1/token?x=1"}, "no person": {URL: webURL(request()), Person: "nobody"},
		"a ticket in it": {URL: webURL(request()) + "&tegata_auto_login=x"},
	} {
		if _, status := w.auto(req); status != http.StatusBadRequest {
			t.Errorf("%s: %d, want 400", name, status)
		}
	}
}

// TestAutoLoginNotForStrangers: who has no role in a channel that is being developed sees
// LINE's page about it.
func TestAutoLoginNotForStrangers(t *testing.T) {
	t.Parallel()
	w := newAutoWorld(t)
	out, status := w.auto(control.AutoLoginRequest{URL: webURL(request("client_id", developing)), Person: "mei"})
	if status != http.StatusOK || !out.Page {
		t.Fatalf("%d %+v, want a page", status, out)
	}
	if a := w.browser().get(out.URL); a.status != http.StatusBadRequest || a.location != "" {
		t.Errorf("%d %q, want the page", a.status, a.location)
	}
}

// TestLIFFWithoutRedirectURI: liff.login() alone comes back to the endpoint URL at the
// origin that asked, where the app stored its verifier.
func TestLIFFWithoutRedirectURI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for referer, want := range map[string]string{
		"":                                endpoint,
		"https://liff.example/app/x?y":    endpoint,
		"http://localhost:4801/":          "http://localhost:4801/app/",
		"http://localhost:4801/app/deep":  "http://localhost:4801/app/",
		"http://localhost:4802/app/":      endpoint,
		"http://localhost:4801.evil.test": endpoint,
		"https://evil.example/":           endpoint,
		"::not a url":                     endpoint,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+liff("state", ""), nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Referer", referer)
		if a := w.browser().send(r); !strings.HasPrefix(a.location, want+"?error=INVALID_REQUEST&") {
			t.Errorf("from %q: %q, want it at %s", referer, a.location, want)
		}
	}
}
