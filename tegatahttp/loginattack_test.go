package tegatahttp_test

import (
	"encoding/base32"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/tegatahttp"
)

const (
	// foreignCallback is what a failed auto login brings (LINE's page "How to handle auto
	// login failure"), and what an attacker may send.
	foreignCallback = "/callback?code=invalid&state=somebody-elses"
	authorizePath   = "/oauth2/v2.1/authorize"
)

// TestAutoLoginFailure is LINE's recipe at the platform, whose auto login fails: the
// callback gets a code that is not valid and another state, until the app asks for no auto
// login.
func TestAutoLoginFailure(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	if _, err := p.lab.Trigger(t.Context(), control.TroubleAutoLogin, control.Trigger{}); err != nil {
		t.Fatal(err)
	}
	page := b.visit(httpsOrigin + "/login?next=/cart")
	if site.in == nil || site.ended != 1 || page != "page /cart" {
		t.Fatalf("the second try ends in %q, %v, after %d ends", page, site.err, site.ended)
	}
	if len(b.asked) != 2 || b.asked[0].Query().Has("disable_auto_login") || b.asked[1].Query().Get("disable_auto_login") != "true" {
		t.Errorf("authorization requests %v", b.asked)
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if b.asked[0].Query().Get(name) == b.asked[1].Query().Get(name) {
			t.Errorf("%s is used twice", name)
		}
	}
	if n := p.count("/oauth2/v2.1/token"); n != 1 {
		t.Errorf("%d token requests, want one: the foreign code is not looked at", n)
	}
	// Whoever logs in next has auto login again: it has not failed for them.
	b.start("/login")
	if to := b.start("/login"); to.Query().Has("disable_auto_login") {
		t.Errorf("after a login that went well: %s", to)
	}
}

// TestAutoLoginInAnotherBrowser: the LINE app sends the user back to the default browser,
// where the login was not begun.
func TestAutoLoginInAnotherBrowser(t *testing.T) {
	t.Parallel()
	site, private, _ := newShop(t, httpsOrigin)
	to := private.start("/login?next=/cart")
	standard := newBrowser(t, site)
	standard.visit(to.String())
	if site.in == nil || site.ended != 1 || len(standard.asked) != 2 {
		t.Fatalf("%+v, %v after %d authorization requests", site.in, site.err, len(standard.asked))
	}
	// Another one each time: it ends after the second.
	site.in = nil
	second := newBrowser(t, site)
	again := second.follow(httpsOrigin + foreignCallback)
	third := newBrowser(t, site)
	third.visit(again.String())
	if site.in != nil || !errors.Is(site.err, tegatahttp.ErrState) || len(third.asked) != 1 {
		t.Errorf("the third browser: %v after %d authorization requests", site.err, len(third.asked))
	}
}

// TestSecondTry: there is one second try, without auto login, and it is not the last word.
func TestSecondTry(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	b.start("/login?next=/cart")
	if to := b.follow(httpsOrigin + foreignCallback); to.Query().Get("disable_auto_login") != "true" {
		t.Errorf("authorization request of the second try: %s", to)
	}
	b.visit(httpsOrigin + "/callback?code=invalid&state=another-one")
	if !errors.Is(site.err, tegatahttp.ErrState) || site.ended != 1 {
		t.Errorf("a foreign state twice: %v after %d ends, want ErrState", site.err, site.ended)
	}
	if to := b.start("/login"); to.Query().Get("disable_auto_login") != "true" {
		t.Errorf("the user begins again: %s; want no auto login, which has just failed", to)
	}
	b.visit(httpsOrigin + "/login?next=/third")
	if site.in == nil || site.in.Next != "/third" {
		t.Errorf("the user begins again: %v", site.err)
	}
	p.advance(time.Hour)
	if to := b.follow(httpsOrigin + foreignCallback); !strings.HasSuffix(to.Path, authorizePath) {
		t.Errorf("a later failure leads to %s, want a second try", to)
	}
}

// TestForgedMark: nobody can have a browser taken for one that is at its second try.
func TestForgedMark(t *testing.T) {
	t.Parallel()
	_, b, _ := newShop(t, httpsOrigin)
	state := make([]byte, 35)
	state[18] = 1 // the mark, without its MAC
	to := b.follow(httpsOrigin + "/callback?code=invalid&state=" + base32.StdEncoding.EncodeToString(state))
	if !strings.HasSuffix(to.Path, authorizePath) {
		t.Errorf("a state with a forged mark leads to %s, want a second try", to)
	}
}

// TestNoCookies: a browser without cookies is told so, and sent round neither by its own
// states nor by foreign ones.
func TestNoCookies(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	b.off = true
	for _, path := range []string{"/login", foreignCallback, "/callback?tegata_retry=1"} {
		b.asked, b.visited, site.err = nil, nil, nil
		b.visit(httpsOrigin + path)
		if !errors.Is(site.err, tegatahttp.ErrCookies) || site.in != nil || len(b.visited) > 3 || len(b.asked) > 1 {
			t.Errorf("%s: %v after visits to %v", path, site.err, b.visited)
		}
	}
	if n := p.count("/oauth2/v2.1/token"); n != 0 {
		t.Errorf("%d token requests, want none", n)
	}
	// Nor by a platform which answers every request with a foreign state, whatever is asked.
	away := httptest.NewServer(http.RedirectHandler(httpsOrigin+foreignCallback, http.StatusSeeOther))
	t.Cleanup(away.Close)
	site = newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.BaseURL, c.ChannelSecret = away.URL, secret32 })
	for _, off := range []bool{true, false} {
		b := newBrowser(t, site)
		b.off = off
		b.visit(httpsOrigin + "/login")
		if want := map[bool]error{true: tegatahttp.ErrCookies, false: tegatahttp.ErrState}[off]; !errors.Is(site.err, want) || len(b.asked) > 2 {
			t.Errorf("cookies off %v: %v after %d authorization requests, want %v", off, site.err, len(b.asked), want)
		}
	}
}

// TestLoginAttacks: a callback URL logs in nobody but the browser that began its login, and
// that once.
func TestLoginAttacks(t *testing.T) {
	t.Parallel()
	site, attacker, p := newShop(t, httpsOrigin)
	attacker.persona = "taro"
	attacks := attacker.callbackOf(httpsOrigin + "/login")

	victim := newBrowser(t, site)
	victim.visit(attacks.String())
	if site.in == nil || site.in.User.Name != "鈴木 花子" {
		t.Fatalf("the victim with the attacker's URL is %+v, %v; want the victim itself", site.in, site.err)
	}
	if n := p.count("/oauth2/v2.1/token"); n != 1 {
		t.Errorf("%d token requests: the attacker's code was looked at", n)
	}
	// The same when the victim has a login under way, even with the victim's own state: the
	// attacker's code has another code_challenge.
	site.in = nil
	own := victim.start("/login").Query().Get("state")
	query := attacks.Query()
	query.Set("state", own)
	victim.visit(httpsOrigin + "/callback?" + query.Encode())
	if site.in != nil || !errors.Is(site.err, tegatahttp.ErrLogin) {
		t.Errorf("the attacker's code with the victim's state: %+v, %v", site.in, site.err)
	}
	// The browser that began it ends it, once.
	attacks = attacker.callbackOf(httpsOrigin + "/login")
	attacker.visit(attacks.String())
	if site.in == nil || site.in.User.Name != "山田 太郎" {
		t.Fatalf("the browser that began it: %v", site.err)
	}
	before := p.count("/oauth2/v2.1/token")
	if to := attacker.follow(attacks.String()); !strings.HasSuffix(to.Path, authorizePath) || p.count("/oauth2/v2.1/token") != before {
		t.Errorf("a callback URL was used twice: it leads to %s", to)
	}
}

// TestForeignCookies: a cookie counts only as it was set: not changed, not under another
// name, not from another Login, not without the prefix that keeps sibling domains out.
func TestForeignCookies(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	to := b.start("/login")
	good := b.kept()[0]
	state := to.Query().Get("state")
	other := newBrowser(t, site)
	otherState := other.start("/login").Query().Get("state")
	sealed, err := base64.RawURLEncoding.DecodeString(good.Value)
	if err != nil {
		t.Fatal(err)
	}
	sealed[20] ^= 1
	elsewhere := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL, c.Channel.Now = p.url, p.Now
		c.RedirectURI += "?of=another-login"
	})
	secondKey := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL, c.Channel.Now, c.CookieKey = p.url, p.Now, []byte(secret32)
	})
	for name, c := range map[string]struct {
		site          *website
		cookie, value string
		state         string
		want          bool // the login goes on
	}{
		"as it was set":         {site, good.Name, good.Value, state, true},
		"changed":               {site, good.Name, base64.RawURLEncoding.EncodeToString(sealed), state, false},
		"cut":                   {site, good.Name, good.Value[:40], state, false},
		"empty":                 {site, good.Name, "", state, false},
		"not base64url":         {site, good.Name, "+" + good.Value[1:], state, false},
		"under another name":    {site, other.kept()[0].Name, good.Value, otherState, false},
		"without the prefix":    {site, strings.TrimPrefix(good.Name, "__Host-"), good.Value, state, false},
		"another state":         {site, good.Name, good.Value, state[:55] + map[bool]string{true: "B", false: "A"}[state[55] == 'A'], false},
		"a state in lower case": {site, good.Name, good.Value, strings.ToLower(state), false},
		"a longer state":        {site, good.Name, good.Value, state + "A", false},
		"another Login":         {elsewhere, good.Name, good.Value, state, false},
		"another key":           {secondKey, good.Name, good.Value, state, false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, httpsOrigin+"/callback?error=ACCESS_DENIED&state="+c.state, nil)
		r.AddCookie(&http.Cookie{Name: c.cookie, Value: c.value})
		c.site.err = nil
		c.site.handler.ServeHTTP(httptest.NewRecorder(), r)
		// With its cookie a login ends by ErrDenied, without by ErrState.
		if got := errors.Is(c.site.err, tegatahttp.ErrDenied); got != c.want || !got && !errors.Is(c.site.err, tegatahttp.ErrState) {
			t.Errorf("%s: %v", name, c.site.err)
		}
	}
}

// TestLoginTakesTooLong: after ten minutes the login is over, and the user is sent round
// once more.
func TestLoginTakesTooLong(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	state := b.start("/login").Query().Get("state")
	denied := httpsOrigin + "/callback?error=ACCESS_DENIED&state=" + state
	cookie := b.kept()[0]
	for _, c := range []struct {
		more time.Duration
		want error
	}{{10*time.Minute - time.Second, tegatahttp.ErrDenied}, {time.Second, tegatahttp.ErrState}} {
		p.advance(c.more)
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, denied, nil)
		r.AddCookie(cookie)
		site.handler.ServeHTTP(httptest.NewRecorder(), r)
		if !errors.Is(site.err, c.want) {
			t.Errorf("%v later: %v, want %v", c.more, site.err, c.want)
		}
	}
}

// TestAnswers has what may come to the callback of a login that is under way.
func TestAnswers(t *testing.T) {
	t.Parallel()
	site, b, _ := newShop(t, httpsOrigin)
	for query, want := range map[string]struct {
		err  error
		text string
	}{
		"error=ACCESS_DENIED&error_description=x":                         {tegatahttp.ErrDenied, ""},
		"error=access_denied":                                             {tegatahttp.ErrDenied, ""},
		"error=LOGIN_REQUIRED":                                            {tegatahttp.ErrInteraction, "LOGIN_REQUIRED"},
		"error=interaction_required":                                      {tegatahttp.ErrInteraction, "INTERACTION_REQUIRED"},
		"error=INVALID_REQUEST&error_description=%27scope%27+is+invalid.": {tegatahttp.ErrLogin, "INVALID_REQUEST: 'scope' is invalid."},
		"error=SERVER_ERROR&code=a":                                       {tegatahttp.ErrLogin, "SERVER_ERROR"},
		"error=SERVER_ERROR&error_description=%0d%0alevel%3derror":        {tegatahttp.ErrLogin, "by the platform: SERVER_ERROR"},
		"error=%3Cscript%3E":                                              {tegatahttp.ErrLogin, "unknown error"},
		"code=invalid":                                                    {tegatahttp.ErrLogin, "invalid_grant"},
		"code=invalid&iss=https%3A%2F%2Fevil.example":                     {tegatahttp.ErrLogin, "another platform"},
		"code=invalid&iss=https%3A%2F%2Faccess.line.me":                   {tegatahttp.ErrLogin, "invalid_grant"},
		"":               {tegatahttp.ErrLogin, "no code"},
		"code=":          {tegatahttp.ErrLogin, "no code"},
		"code=a&code=b":  {tegatahttp.ErrLogin, "code is there twice"},
		"code=a&state=b": {tegatahttp.ErrLogin, "state is there twice"},
		"code=a;b":       {tegatahttp.ErrLogin, "cannot be read"},
		"code=%zz":       {tegatahttp.ErrLogin, "cannot be read"},
	} {
		site.err = nil
		state := b.start("/login").Query().Get("state")
		b.visit(httpsOrigin + "/callback?" + query + "&state=" + state)
		if site.in != nil || !errors.Is(site.err, want.err) || !strings.Contains(site.err.Error(), want.text) || strings.ContainsAny(site.err.Error(), "<\n") {
			t.Errorf("%q: %v, want %v %s", query, site.err, want.err, want.text)
		}
	}
	// An answer that no login of this browser asked for, and that brings no code.
	for _, query := range []string{"", "?error=ACCESS_DENIED&state=somebody-elses", "?state=somebody-elses", "?code=a"} {
		b := newBrowser(t, site)
		b.visit(httpsOrigin + "/callback" + query)
		if site.in != nil || !errors.Is(site.err, tegatahttp.ErrState) || len(b.asked) != 0 {
			t.Errorf("%q: %+v, %v, want ErrState", query, site.in, site.err)
		}
	}
}

// TestCancel: the user cancels at the platform's page.
func TestCancel(t *testing.T) {
	t.Parallel()
	site, b, _ := newShop(t, httpsOrigin)
	b.decision = "deny"
	b.visit(httpsOrigin + "/login")
	if site.in != nil || !errors.Is(site.err, tegatahttp.ErrDenied) || len(b.kept()) != 0 {
		t.Errorf("%+v, %v with cookies %v; want ErrDenied", site.in, site.err, b.kept())
	}
}

// TestPromptNone shows no page: it works once the user is logged in and has consented.
func TestPromptNone(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	silent := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL, c.Channel.Now, c.Prompt = p.url, p.Now, "none"
	})
	b.site = silent
	b.visit(httpsOrigin + "/login")
	if silent.in != nil || !errors.Is(silent.err, tegatahttp.ErrInteraction) {
		t.Errorf("nobody is logged in at the platform: %+v, %v; want ErrInteraction", silent.in, silent.err)
	}
	b.site = site
	b.visit(httpsOrigin + "/login")
	b.site, b.persona = silent, "nobody"
	b.visit(httpsOrigin + "/login")
	if silent.in == nil || silent.in.User.UserID != site.in.User.UserID {
		t.Errorf("with a session at the platform: %+v, %v", silent.in, silent.err)
	}
	// Without auto login it could not work, so there is no second try.
	b.asked, silent.err = nil, nil
	b.visit(httpsOrigin + foreignCallback)
	if !errors.Is(silent.err, tegatahttp.ErrState) || len(b.asked) != 0 {
		t.Errorf("a foreign state: %v after %d authorization requests, want ErrState", silent.err, len(b.asked))
	}
}

// TestMaxAge: an authentication that is too old is refused, whatever the platform lets pass.
func TestMaxAge(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.MaxAge, c.Channel.Leeway = time.Minute, -1 })
	b.visit(httpsOrigin + "/login")
	if site.in == nil {
		t.Fatal(site.err)
	}
	p.advance(59 * time.Second)
	to := b.start("/login")
	query := to.Query()
	query.Set("max_age", "3600") // somebody changes the request on its way
	query.Set("prompt", "none")  // and nobody authenticates anew
	to.RawQuery = query.Encode()
	callback := b.callbackOf(to.String())
	p.advance(2 * time.Second)
	site.in = nil
	b.visit(callback.String())
	if site.in != nil || !errors.Is(site.err, tegata.ErrMaxAge) {
		t.Errorf("%+v, %v; want tegata.ErrMaxAge", site.in, site.err)
	}
}

// TestLoginFailedPage is what a browser sees when Failed is nil.
func TestLoginFailedPage(t *testing.T) {
	t.Parallel()
	site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.ChannelSecret, c.Failed = secret32, nil })
	for query, want := range map[string]int{
		"error=ACCESS_DENIED&state=": 403, "error=SERVER_ERROR&error_description=why&state=": 400, "error=SERVER_ERROR&state=x": 400, "tegata_retry=": 400,
	} {
		b := newBrowser(t, site)
		state := b.start("/login").Query().Get("state")
		text := b.visit(httpsOrigin + "/callback?" + query + state)
		h := b.answer.Header
		if b.answer.StatusCode != want || !strings.HasSuffix(text, ".\n") || strings.Contains(text, "why") || strings.Contains(text, state) ||
			h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: %d %q %v", query, b.answer.StatusCode, text, h)
		}
	}
}

// follow opens a URL of the website, follows it there, and returns where it leads to.
func (b *browser) follow(target string) *url.URL {
	b.t.Helper()
	for range 5 {
		u := b.parse(target)
		if !strings.HasPrefix(target, b.site.origin) {
			return u
		}
		res, _ := b.ask(u, nil)
		target = res.Header.Get("Location")
	}
	b.t.Fatal("the browser is sent round in circles")
	return nil
}

// callbackOf goes through a login up to the last step, and returns its URL.
func (b *browser) callbackOf(target string) *url.URL {
	b.t.Helper()
	site := b.site
	defer func() { b.site = site }()
	b.site = &website{origin: site.origin, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/callback" {
			site.handler.ServeHTTP(w, r)
		}
	})}
	b.visit(target)
	last := b.parse(b.visited[len(b.visited)-1])
	if !slices.Contains([]string{"/callback"}, last.Path) || !last.Query().Has("code") {
		b.t.Fatalf("no code in %s", last)
	}
	return last
}
