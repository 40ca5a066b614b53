package authorize_test

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

// One login, from the authorization request to the callback.
func TestWholeFlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	first := b.get("/oauth2/v2.1/authorize?" + request("nonce", "n-1", "code_challenge", challenge(), "max_age", "600", "scope", "openid profile email").Encode())
	path := b.step(first)
	if c := first.header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Errorf("browser cookie %q, want HttpOnly and SameSite=Lax", c)
	}
	form := b.get(path)
	for _, want := range []string{`name="email"`, `name="password"`, `value="login"`, `value="hanako"`, stateOf(path)} {
		if !strings.Contains(form.body, want) {
			t.Errorf("login page without %s", want)
		}
	}
	if form.status != http.StatusOK || !strings.Contains(text(form.body), "Tea House") || !strings.Contains(text(form.body), "Demo Company") {
		t.Errorf("login page: %d %s", form.status, text(form.body))
	}
	if csp := form.header.Get("Content-Security-Policy"); !strings.Contains(csp, "https://app.example") || !strings.Contains(csp, "frame-ancestors 'none'") {
		t.Errorf("policy %q does not let the answer through to the callback, or lets the page be framed", csp)
	}
	wrong := b.post(action(t, form.body), url.Values{"loginState": {stateOf(path)}, "decision": {"login"}, "email": {"hanako@example.com"}, "password": {"wrong"}})
	if wrong.status != http.StatusBadRequest || !strings.Contains(wrong.body, `value="hanako@example.com"`) || !strings.Contains(wrong.body, `role="alert"`) {
		t.Errorf("wrong password: %d %s", wrong.status, text(wrong.body))
	}
	next := b.step(b.post(action(t, form.body), url.Values{
		"loginState": {stateOf(path)}, "decision": {"login"}, "email": {"Hanako@example.com"}, "password": {"demo"},
	}))
	page := b.get(next)
	if !strings.Contains(text(page.body), "h***@example.com") || strings.Contains(page.body, "hanako@example.com") {
		t.Errorf("consent page shows the e-mail address in full, or not at all: %s", text(page.body))
	}
	done := b.post(action(t, page.body), url.Values{"loginState": {stateOf(next)}, "decision": {"allow"}, "scope": {"email"}})
	if done.status != http.StatusSeeOther || !strings.HasPrefix(done.location, callback+"?code=") || !strings.HasSuffix(done.location, "&state=a+state") {
		t.Fatalf("callback: %d %q", done.status, done.location)
	}
	code := w.code(done.location)
	if code.Who.PersonID != "p-hanako" || !slices.Equal(code.Who.AMR, []string{"pwd"}) || !code.Who.Time.Equal(w.now()) {
		t.Errorf("code is of %+v", code.Who)
	}
	if !slices.Equal(code.Scopes, []string{"openid", "profile", "email"}) || len(code.UserID) != 33 || code.UserID[0] != 'U' {
		t.Errorf("code: scopes %v, user ID %q", code.Scopes, code.UserID)
	}
	if r := code.Request; r.Nonce != "n-1" || r.Challenge != challenge() || !r.HasMaxAge || r.MaxAge != 600*time.Second || r.RedirectURI != callback {
		t.Errorf("code's request: %+v", r)
	}
	grant, err := w.st.Grant(t.Context(), "p-hanako", channelID)
	if err != nil || grant.Email != "hanako@example.com" || !grant.EmailConsentedAt.Equal(w.now()) || len(grant.Scopes) != 3 {
		t.Errorf("grant %+v, %v", grant, err)
	}
}

func TestContinueWithSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.allow(request(), "hanako")
	loggedIn := w.now()
	w.advance(time.Hour)
	path := b.open(request())
	card := b.get(path)
	if !strings.Contains(card.body, `value="continue"`) || strings.Contains(card.body, `name="password"`) || !strings.Contains(text(card.body), "HANAKO") {
		t.Errorf("no card to continue: %s", text(card.body))
	}
	if other := b.get(path + "&other=1"); !strings.Contains(other.body, `name="password"`) {
		t.Error("no form for another account")
	}
	done := b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"continue"}})
	code := w.code(done.location)
	if !slices.Equal(code.Who.AMR, []string{"linesso"}) || !code.Who.Time.Equal(loggedIn) {
		t.Errorf("code %+v, want amr linesso and the time of the last real login", code.Who)
	}
	// Another browser has no session to continue with.
	stranger := w.browser()
	path = stranger.open(request())
	if a := stranger.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"continue"}}); a.location != path {
		t.Errorf("continue without a session: %d %q", a.status, a.location)
	}
}

// prompt and max_age against the state of the browser.
func TestPromptMatrix(t *testing.T) {
	t.Parallel()
	const (
		form    = "form"
		card    = "card"
		code    = "code"
		none    = ""
		session = "session"
		consent = "session and consent"
	)
	for _, c := range []struct{ have, prompt, maxAge, want string }{
		{none, "", "", form},
		{none, "login", "", form},
		{none, "consent", "", form},
		{none, "none", "", "LOGIN_REQUIRED"},
		{none, "none", "600", "LOGIN_REQUIRED"},
		{session, "", "", card},
		{session, "login", "", form},
		{session, "", "600", card},
		{session, "", "60", form},
		{session, "", "0", form},
		{session, "none", "", "INTERACTION_REQUIRED"},
		{session, "none", "60", "LOGIN_REQUIRED"},
		{consent, "", "", card},
		{consent, "none", "", code},
		{consent, "none", "600", code},
		{consent, "none", "60", "LOGIN_REQUIRED"},
		{consent, "none", "0", "LOGIN_REQUIRED"},
		{consent, "login", "600", form},
	} {
		t.Run(c.have+"/"+c.prompt+"/"+c.maxAge, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.browser()
			switch c.have {
			case session:
				b.logIn(b.open(request()), "hanako")
			case consent:
				b.allow(request(), "hanako")
			}
			w.advance(2 * time.Minute)
			a := b.get("/oauth2/v2.1/authorize?" + request("prompt", c.prompt, "max_age", c.maxAge).Encode())
			if c.prompt == "none" {
				if got := a.header.Values("Set-Cookie"); len(got) > 0 {
					t.Errorf("prompt=none sets cookies: %v", got)
				}
				if c.want == code {
					w.code(a.location)
				} else if a.location != callback+"?error="+c.want+"&error_description=&state=a+state" {
					t.Errorf("got %d %q", a.status, a.location)
				}
				return
			}
			shown := b.get(b.step(a)).body
			got := form
			if strings.Contains(shown, `value="continue"`) {
				got = card
			}
			if got != c.want {
				t.Errorf("login page shows %s, want %s", got, c.want)
			}
		})
	}
}

// A page with "continue" stands open while the session gets too old for max_age, or
// although prompt=login was asked: the button must not pass it by.
func TestContinueIsCheckedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.allow(request(), "hanako")
	path := b.open(request("max_age", "60"))
	w.advance(2 * time.Minute)
	a := b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"continue"}})
	if a.location != path {
		t.Errorf("session older than max_age: %d %q", a.status, a.location)
	}
	path = b.open(request("prompt", "login"))
	a = b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"continue"}})
	if a.location != path {
		t.Errorf("prompt=login: %d %q", a.status, a.location)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const want = callback + "?error=ACCESS_DENIED&error_description=The+resource+owner+denied+the+request.&state=a+state"
	b := w.browser()
	path := b.open(request())
	if a := b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"cancel"}}); a.location != want {
		t.Errorf("cancel at login: %q", a.location)
	}
	path = b.open(request())
	if !strings.Contains(html.UnescapeString(b.get(path).body), `href="`+path+`&cancel=1"`) {
		t.Error("login page has no link to cancel")
	}
	if a := w.browser().get(path + "&cancel=1"); a.status != http.StatusBadRequest {
		t.Errorf("another browser cancelled the login: %d %q", a.status, a.location)
	}
	if a := b.get(path + "&cancel=1"); a.location != want {
		t.Errorf("cancel by link: %d %q", a.status, a.location)
	}
	next := b.step(b.logIn(b.open(request()), "hanako"))
	if a := b.consent(next, url.Values{"decision": {"deny"}}); a.location != want {
		t.Errorf("deny at consent: %q", a.location)
	}
	if _, err := w.st.Grant(t.Context(), "p-hanako", channelID); err == nil {
		t.Error("a denied consent is recorded")
	}
	if a := b.get(next); a.status != http.StatusBadRequest || !strings.Contains(text(a.body), "finished already") {
		t.Errorf("back button after denial: %d %s", a.status, text(a.body))
	}
	// The app of LINE's iOS SDK knows the code in lower case only.
	native := b.open(request("redirect_uri", "line3rdp.com.example.teahouse://auth", "code_challenge", challenge()))
	a := b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(native)}, "decision": {"cancel"}})
	if !strings.HasPrefix(a.location, "line3rdp.com.example.teahouse://auth?error=access_denied&") {
		t.Errorf("cancel of a native login: %q", a.location)
	}
}

func TestSessionFixation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	attacker.allow(request(), "mei")
	u, err := url.Parse(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	planted := attacker.Jar.Cookies(u)
	victim.Jar.SetCookies(u, planted)
	victim.logIn(victim.open(request())+"&other=1", "hanako")
	session := func(b *browser) string {
		for _, c := range b.Jar.Cookies(u) {
			if c.Name == "tegata_session" {
				return c.Value
			}
		}
		return ""
	}
	if session(victim) == "" || session(victim) == session(attacker) {
		t.Error("the login kept the cookie that was planted before it")
	}
	a := attacker.get("/oauth2/v2.1/authorize?" + request("prompt", "none").Encode())
	if !strings.Contains(a.location, "error=LOGIN_REQUIRED") {
		t.Errorf("the planted session lives on: %q", a.location)
	}
}

// 64 posts of one consent: one code, and 63 pages that say so.
func TestDoubleSubmit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	path := b.step(b.logIn(b.open(request()), "hanako"))
	to := action(t, b.get(path).body)
	form := url.Values{"loginState": {stateOf(path)}, "decision": {"allow"}}
	answers := make([]answer, 64)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() { answers[i] = b.post(to, form) })
	}
	wg.Wait()
	codes := 0
	for _, a := range answers {
		switch {
		case strings.Contains(a.location, "code="):
			codes++
		case a.status != http.StatusBadRequest || !strings.Contains(text(a.body), "finished already"):
			t.Errorf("loser got %d %q %s", a.status, a.location, text(a.body))
		}
	}
	if codes != 1 {
		t.Errorf("%d codes, want 1", codes)
	}
}

func TestDoubleLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.allow(request(), "hanako")
	path := b.open(request())
	codes := make([]bool, 64)
	var wg sync.WaitGroup
	for i := range codes {
		wg.Go(func() { codes[i] = strings.Contains(b.logIn(path, "hanako").location, "code=") })
	}
	wg.Wait()
	n := 0
	for _, got := range codes {
		if got {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d codes, want 1", n)
	}
}

func TestForeignBrowserAndExpiry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	attacker, victim := w.browser(), w.browser()
	path := attacker.open(request())
	victim.open(request()) // has a browser cookie, of its own
	for name, a := range map[string]answer{
		"login page":   victim.get(path),
		"login":        victim.logIn(path, "hanako"),
		"consent page": victim.get("/oauth2/v2.1/authorize/consent?loginState=" + stateOf(path)),
		"no cookie":    w.browser().logIn(path, "hanako"),
	} {
		if a.status != http.StatusBadRequest || !strings.Contains(text(a.body), "another browser") {
			t.Errorf("%s of a foreign transaction: %d %s", name, a.status, text(a.body))
		}
	}
	w.advance(10 * time.Minute)
	if a := attacker.logIn(path, "mei"); a.status != http.StatusBadRequest || !strings.Contains(text(a.body), "expired") {
		t.Errorf("after ten minutes: %d %s", a.status, text(a.body))
	}
	for _, bad := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 5000)} {
		if a := attacker.get("/oauth2/v2.1/login?loginState=" + bad); a.status != http.StatusBadRequest {
			t.Errorf("loginState %.50q: %d", bad, a.status)
		}
	}
}

func TestCrossSiteForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	path := b.open(request())
	form := url.Values{"loginState": {stateOf(path)}, "persona": {"hanako"}}
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		for _, to := range []string{"/oauth2/v2.1/login", "/oauth2/v2.1/authorize/consent"} {
			if a := b.post(to, form, header...); a.status != http.StatusForbidden {
				t.Errorf("%v to %s: %d", header, to, a.status)
			}
		}
	}
	if a := b.post("/oauth2/v2.1/login", form, "Sec-Fetch-Site", "same-origin", "Origin", w.URL); a.status != http.StatusSeeOther {
		t.Errorf("own form: %d %s", a.status, text(a.body))
	}
	// An authorization request may come from anywhere.
	a := b.post("/oauth2/v2.1/authorize", request(), "Sec-Fetch-Site", "cross-site", "Origin", "https://app.example")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/oauth2/v2.1/authorize?") {
		t.Fatalf("authorize by post: %d %q", a.status, a.location)
	}
	b.step(b.get(a.location))
	if a := b.post("/oauth2/v2.1/authorize", url.Values{"state": {strings.Repeat("x", 20_000)}}); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("oversize post: %d", a.status)
	}
}

func TestDeveloping(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const sentence = "This channel is now developing status. User need to have developer role."
	for handle, want := range map[string]bool{"taro": true, "mei": false, "hanako": false} {
		b := w.browser()
		path := b.open(request("client_id", developing))
		a := b.logIn(path, handle)
		if ok := a.status == http.StatusSeeOther; ok != want {
			t.Errorf("%s: %d %s", handle, a.status, text(a.body))
		}
		if want {
			continue
		}
		if a.status != http.StatusBadRequest || !strings.Contains(text(a.body), sentence) {
			t.Errorf("%s: %d %s", handle, a.status, text(a.body))
		}
		if a := b.get("/oauth2/v2.1/authorize?" + request("client_id", developing, "prompt", "none").Encode()); a.status != http.StatusBadRequest || !strings.Contains(text(a.body), sentence) {
			t.Errorf("%s with prompt=none: %d %q", handle, a.status, a.location)
		}
		if a := b.logIn(b.open(request("client_id", developing, "redirect_uri", "line3rdp.com.example.teahouse://x", "code_challenge", challenge())), handle); a.status != http.StatusForbidden {
			t.Errorf("%s from a native app: %d", handle, a.status)
		}
	}
	// A role that is taken away while the consent page stands open.
	b := w.browser()
	path := b.step(b.logIn(b.open(request("client_id", developing)), "taro"))
	to := action(t, b.get(path).body)
	c, err := w.st.Channel(t.Context(), developing)
	if err != nil {
		t.Fatal(err)
	}
	c.Roles = map[string]store.Role{}
	if err := w.st.UpdateChannel(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if a := b.post(to, url.Values{"loginState": {stateOf(path)}, "decision": {"allow"}}); a.status != http.StatusBadRequest || strings.Contains(a.location, "code=") {
		t.Errorf("consent without the role: %d %q", a.status, a.location)
	}
}

// The event log says why, also of what is refused by a redirect, and holds no secret.
func TestEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	a := b.get("/oauth2/v2.1/authorize?" + request("state", "").Encode())
	events, err := w.st.EventsOf(t.Context(), a.header.Get("X-Line-Request-Id"))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	if e := events[0]; e.Kind != "refused" || e.Status != http.StatusSeeOther || e.Check != "state is missing" || e.Code != "INVALID_REQUEST" || e.Fix == "" {
		t.Errorf("event %+v", e)
	}
	done := b.allow(request("scope", "openid profile email"), "hanako")
	u, err := url.Parse(done.location)
	if err != nil {
		t.Fatal(err)
	}
	all, err := w.st.EventsAfter(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, e := range all {
		kinds[e.Kind]++
		for _, field := range []string{e.Message, e.Check, e.Given, e.Expected, e.Fix} {
			if strings.Contains(field, u.Query().Get("code")) || strings.Contains(field, "a state") || strings.Contains(field, "hanako@") {
				t.Errorf("event holds what it must not: %+v", e)
			}
		}
	}
	if kinds["login"] != 1 || kinds["code"] != 1 {
		t.Errorf("events %v, want a login and a code", kinds)
	}
}
