package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Every fault of a request: where it goes, and in which words. The description of a
// missing state is LINE's; the others are modelled on it.
func TestRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const tail = "&state=a+state"
	is := func(name string) string { return "%27" + name + "%27" }
	bad := func(name string) string {
		return "error=INVALID_REQUEST&error_description=" + is(name) + "+is+invalid." + tail
	}
	missing := func(name string) string {
		return "error=INVALID_REQUEST&error_description=" + is(name) + "+is+not+specified." + tail
	}
	scope := "error=INVALID_SCOPE&error_description=" + is("scope") + "+is+invalid." + tail
	long := strings.Repeat("x", 5000)
	for _, c := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"no state", []string{"state", ""}, "error=INVALID_REQUEST&error_description=" + is("state") + "+is+not+specified."},
		{"oversize state", []string{"state", long}, "error=INVALID_REQUEST&error_description=" + is("state") + "+is+invalid."},
		{"no response_type", []string{"response_type", ""}, missing("response_type")},
		{"response_type token", []string{"response_type", "token"}, "error=UNSUPPORTED_RESPONSE_TYPE&error_description=" + is("response_type") + "+is+invalid." + tail},
		{"response_type code id_token", []string{"response_type", "code id_token"}, "error=UNSUPPORTED_RESPONSE_TYPE&error_description=" + is("response_type") + "+is+invalid." + tail},
		{"response_type CODE", []string{"response_type", "CODE"}, "error=UNSUPPORTED_RESPONSE_TYPE&error_description=" + is("response_type") + "+is+invalid." + tail},
		{"no scope", []string{"scope", ""}, missing("scope")},
		{"blank scope", []string{"scope", "  "}, missing("scope")},
		{"scope without profile and openid", []string{"scope", "email"}, scope},
		{"email without openid", []string{"scope", "profile email"}, scope},
		{"Profile+ without openid", []string{"scope", "profile real_name"}, scope},
		{"Profile+ without permission", []string{"scope", "openid address"}, scope},
		{"chat_message.write in a URL", []string{"scope", "profile chat_message.write"}, scope},
		{"scope inside LINE", []string{"scope", "profile friends"}, scope},
		{"misspelt scope", []string{"scope", "openid Profile"}, scope},
		{"oversize scope", []string{"scope", "openid " + long}, scope},
		{"oversize nonce", []string{"nonce", long}, bad("nonce")},
		{"prompt select_account", []string{"prompt", "select_account"}, bad("prompt")},
		{"prompt none login", []string{"prompt", "none login"}, bad("prompt")},
		{"max_age word", []string{"max_age", "soon"}, bad("max_age")},
		{"max_age negative", []string{"max_age", "-1"}, bad("max_age")},
		{"max_age fraction", []string{"max_age", "1.5"}, bad("max_age")},
		{"max_age huge", []string{"max_age", "99999999999999999999"}, bad("max_age")},
		{"bot_prompt", []string{"bot_prompt", "loud"}, bad("bot_prompt")},
		{"response_mode fragment", []string{"response_mode", "fragment"}, bad("response_mode")},
		{"response_mode fragment.jwt", []string{"response_mode", "fragment.jwt"}, bad("response_mode")},
		{"plain challenge", []string{"code_challenge", challenge(), "code_challenge_method", "plain"}, bad("code_challenge_method")},
		{"lower-case method", []string{"code_challenge", challenge(), "code_challenge_method", "s256"}, bad("code_challenge_method")},
		{"padded challenge", []string{"code_challenge", challenge() + "="}, bad("code_challenge")},
		{"short challenge", []string{"code_challenge", challenge()[1:]}, bad("code_challenge")},
		{"challenge in another alphabet", []string{"code_challenge", "+" + challenge()[1:]}, bad("code_challenge")},
		{"method without challenge", []string{"code_challenge_method", "S256"}, missing("code_challenge")},
		{"ui_locales", []string{"ui_locales", "<script>"}, bad("ui_locales")},
		{"oversize ui_locales", []string{"ui_locales", long}, bad("ui_locales")},
		{"initial_amr_display", []string{"initial_amr_display", "pwd"}, bad("initial_amr_display")},
		{"switch_amr", []string{"switch_amr", "maybe"}, bad("switch_amr")},
		{"disable_auto_login", []string{"disable_auto_login", "1"}, bad("disable_auto_login")},
		{"disable_ios_auto_login", []string{"disable_ios_auto_login", "x"}, bad("disable_ios_auto_login")},
		{"optional_redirect_uri", []string{"optional_redirect_uri", "javascript:alert(1)"}, bad("optional_redirect_uri")},
	} {
		a := w.browser().get("/oauth2/v2.1/authorize?" + request(c.pairs...).Encode())
		if a.status != http.StatusSeeOther || a.location != callback+"?"+c.want {
			t.Errorf("%s: %d %q, want 303 to ?%s", c.name, a.status, a.location, c.want)
		}
		if got := a.header.Values("Set-Cookie"); len(got) > 0 {
			t.Errorf("%s: a refusal sets cookies %v", c.name, got)
		}
	}
}

// Every parameter that is given twice is refused; unknown ones alone are ignored.
func TestRepeatedAndUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{
		"response_type", "scope", "nonce", "prompt", "max_age", "ui_locales", "bot_prompt", "code_challenge",
		"code_challenge_method", "response_mode", "disable_auto_login", "unheard_of",
	} {
		q := request()
		q.Add(name, "one")
		q.Add(name, "two")
		a := w.browser().get("/oauth2/v2.1/authorize?" + q.Encode())
		want := callback + "?error=INVALID_REQUEST&error_description=%27" + name + "%27+is+invalid.&state=a+state"
		if a.location != want {
			t.Errorf("%s twice: %d %q", name, a.status, a.location)
		}
	}
	q := request()
	q.Add("state", "second")
	if a := w.browser().get("/oauth2/v2.1/authorize?" + q.Encode()); a.location != callback+"?error=INVALID_REQUEST&error_description=%27state%27+is+invalid." {
		t.Errorf("state twice: %d %q, want neither of them back", a.status, a.location)
	}
	for _, name := range []string{"client_id", "redirect_uri"} {
		q := request()
		q.Add(name, "second")
		if a := w.browser().get("/oauth2/v2.1/authorize?" + q.Encode()); a.status != http.StatusBadRequest || a.location != "" {
			t.Errorf("%s twice: %d %q, want a page", name, a.status, a.location)
		}
	}
	b := w.browser()
	b.open(request("unheard_of", "x", "sdk_ver", "5.0", "prompt_bot_id", "@x", "max_age", "", "nonce", ""))
}

// What must not reach the callback is a page, in LINE's words where they are known.
func TestPagesInsteadOfRedirects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const known = "Invalid redirect_uri value. Check if it is registered in a LINE developers site."
	for name, c := range map[string]struct {
		query  string
		status int
		text   string
	}{
		"nothing":                {"", 400, "client_id"},
		"unknown channel":        {request("client_id", "1").Encode(), 400, "client_id"},
		"no redirect_uri":        {request("redirect_uri", "").Encode(), 400, known},
		"foreign redirect_uri":   {request("redirect_uri", "https://evil.example/callback").Encode(), 400, known},
		"other path":             {request("redirect_uri", callback+"/x").Encode(), 400, known},
		"other scheme":           {request("redirect_uri", "javascript:alert(1)").Encode(), 400, known},
		"native app of another":  {request("redirect_uri", "line3rdp.com.evil://auth").Encode(), 403, "Forbidden"},
		"broken encoding":        {"client_id=%zz", 400, ""},
		"broken UTF-8":           {request().Encode() + "&nonce=%ff", 400, ""},
		"NUL":                    {request().Encode() + "&nonce=%00", 400, ""},
		"a thousand parameters":  {request().Encode() + strings.Repeat("&a=1", 1000), 400, ""},
		"fault beside the other": {request("redirect_uri", "https://evil.example/", "state", "").Encode(), 400, known},
	} {
		a := w.browser().get("/oauth2/v2.1/authorize?" + c.query)
		if a.status != c.status || a.location != "" || !strings.Contains(text(a.body), c.text) {
			t.Errorf("%s: %d %q %s", name, a.status, a.location, text(a.body))
		}
		if !strings.Contains(a.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: content type %q", name, a.header.Get("Content-Type"))
		}
	}
}

// Text of strangers in pages and in the event log stays text.
func TestNoScriptFromParameters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const evil = `"><script>alert(1)</script>`
	b := w.browser()
	for name, a := range map[string]answer{
		"client_id":    b.get("/oauth2/v2.1/authorize?" + request("client_id", evil).Encode()),
		"redirect_uri": b.get("/oauth2/v2.1/authorize?" + request("redirect_uri", "https://x.example/"+evil).Encode()),
		"app_id":       b.get("/liff/v1/authorize?" + url.Values{"app_id": {evil}}.Encode()),
		"returnUri":    b.get("/oauth2/v2.1/login?" + url.Values{"returnUri": {evil}}.Encode()),
		"form_post":    b.allow(request("state", evil, "response_mode", "form_post"), "hanako"),
		"decision":     b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(b.open(request()))}, "decision": {evil}}),
		"email":        b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(b.open(request()))}, "email": {evil}, "password": {"x"}}),
	} {
		if strings.Contains(a.body, "<script>alert") || !strings.Contains(a.body, "alert(1)") {
			t.Errorf("%s: %d, raw or gone: %s", name, a.status, a.body)
		}
	}
	a := b.get("/oauth2/v2.1/authorize?" + request("state", evil+"\r\nSet-Cookie: x=1", "prompt", "none").Encode())
	if len(a.header.Values("Set-Cookie")) > 0 || strings.ContainsAny(a.location, "<\"\r\n") {
		t.Errorf("state in a redirect: %q", a.location)
	}
}

// The forms with missing, repeated, oversize and badly encoded fields: a page of ours,
// never our fault.
func TestBadForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	login := b.open(request())
	consent := b.step(b.logIn(b.open(request()), "hanako"))
	action := action(t, b.get(consent).body)
	for _, to := range []struct{ path, state string }{
		{"/oauth2/v2.1/login", stateOf(login)}, {action, stateOf(consent)}, {"/oauth2/v2.1/authorize/consent", stateOf(consent)},
	} {
		for name, form := range map[string]url.Values{
			"nothing":           {},
			"no decision":       {"loginState": {to.state}},
			"unknown decision":  {"loginState": {to.state}, "decision": {"maybe"}},
			"two decisions":     {"loginState": {to.state}, "decision": {"deny", "allow"}},
			"two states":        {"loginState": {to.state, to.state}, "decision": {"allow"}},
			"oversize decision": {"loginState": {to.state}, "decision": {strings.Repeat("x", 100_000)}},
			"oversize account":  {"loginState": {to.state}, "email": {strings.Repeat("x", 100_000)}, "password": {"x"}},
			"unknown persona":   {"loginState": {to.state}, "persona": {"nobody"}},
			"NUL":               {"loginState": {to.state}, "email": {"\x00"}, "password": {"\x00"}},
			"bad UTF-8":         {"loginState": {to.state}, "email": {"\xff"}, "password": {"x"}},
			"friend page early": {"loginState": {to.state}, "decision": {"add"}},
		} {
			a := b.post(to.path, form)
			if a.status >= 500 || strings.Contains(a.location, "code=") || a.status == http.StatusOK {
				t.Errorf("%s to %s: %d %q %s", name, to.path, a.status, a.location, text(a.body))
			}
		}
		if a := b.post(to.path, nil, "Content-Type", "text/plain"); a.status != http.StatusBadRequest {
			t.Errorf("text/plain to %s: %d", to.path, a.status)
		}
	}
	if a := b.consent(consent, url.Values{"decision": {"allow"}}); !strings.Contains(a.location, "code=") {
		t.Errorf("after all that the login cannot be finished: %d %q", a.status, a.location)
	}
}
