package authorize_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

const consentPath = "/oauth2/v2.1/authorize/consent"

// asks says whether somebody who is logged in is asked for consent again.
func (b *browser) asks(q url.Values) bool {
	b.w.t.Helper()
	path := b.open(q)
	a := b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"continue"}})
	if strings.HasPrefix(a.location, consentPath) {
		return true
	}
	b.w.code(a.location)
	return false
}

func TestConsentSkipping(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	w := newWorld(t)
	b := w.browser()
	b.logIn(b.open(request()), "hanako")
	b.consent(b.open2(t, request("scope", "profile")), url.Values{"decision": {"allow"}})
	step := func(name string, want bool, pairs ...string) {
		t.Helper()
		if got := b.asks(request(pairs...)); got != want {
			t.Errorf("%s: asked %v, want %v", name, got, want)
		}
	}
	step("the same again", false, "scope", "profile")
	step("more than before", true)
	step("prompt=consent", true, "scope", "profile", "prompt", "consent")
	b.consent(b.open2(t, request("scope", "openid profile email real_name")), url.Values{"decision": {"allow"}, "scope": {"email", "real_name"}})
	step("profile and openid", false)
	step("openid alone", false, "scope", "openid")
	step("e-mail address at once", false, "scope", "openid email")
	step("LINE Profile+ each time", true, "scope", "openid real_name")
	w.advance(20 * day)
	b.logIn(b.open(request()), "hanako")
	w.advance(20 * day)
	b.logIn(b.open(request()), "hanako")
	w.advance(20 * day)
	b.logIn(b.open(request()), "hanako")
	w.advance(30*day - time.Second)
	b.logIn(b.open(request()), "hanako")
	step("e-mail address before 90 days", false, "scope", "openid email")
	w.advance(time.Second)
	step("e-mail address after 90 days", true, "scope", "openid email")
	step("profile and openid after 90 days", false)
	b.consent(b.open2(t, request("scope", "openid email")), url.Values{"decision": {"allow"}, "scope": {"email"}})
	step("e-mail address consented anew", false, "scope", "openid email")
	p, err := w.st.Person(t.Context(), "p-hanako")
	if err != nil {
		t.Fatal(err)
	}
	p.Email = "new@example.com"
	if err := w.st.UpdatePerson(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	step("e-mail address changed", true, "scope", "openid email")
	if a := b.get("/oauth2/v2.1/authorize?" + request("scope", "openid email", "prompt", "none").Encode()); !strings.Contains(a.location, "error=INTERACTION_REQUIRED") {
		t.Errorf("prompt=none with a changed address: %q", a.location)
	}
	if err := w.st.Deauthorize(t.Context(), "p-hanako", channelID, w.now()); err != nil {
		t.Fatal(err)
	}
	step("after deauthorization", true)
}

// open2 goes on with the session to the consent page.
func (b *browser) open2(t *testing.T, q url.Values) string {
	t.Helper()
	path := b.open(q)
	return b.step(b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "decision": {"continue"}}))
}

// An unshared or missing address is no address: consent to it is not asked each time.
func TestConsentWithoutAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, err := w.st.Person(t.Context(), "p-mei")
	if err != nil {
		t.Fatal(err)
	}
	p.EmailUnshared = true
	if err := w.st.UpdatePerson(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	next := b.step(b.logIn(b.open(request("scope", "openid email")), "mei"))
	if page := b.get(next); strings.Contains(text(page.body), "***@") {
		t.Errorf("consent page shows an address that apps do not see: %s", text(page.body))
	}
	b.consent(next, url.Values{"decision": {"allow"}, "scope": {"email"}})
	if b.asks(request("scope", "openid email")) {
		t.Error("asked again")
	}
}

var box = regexp.MustCompile(`<input[^>]*type="checkbox"[^>]*>`)

// ticked says whether a page has a ticked box for a scope.
func ticked(body, scope string) bool {
	for _, b := range box.FindAllString(body, -1) {
		if strings.Contains(b, `name="scope"`) && strings.Contains(b, `value="`+scope+`"`) {
			return strings.Contains(b, " checked")
		}
	}
	return false
}

func TestOptionalScopes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		ticked []string
		want   string
	}{
		"all":            {[]string{"email", "real_name", "phone"}, "openid email profile real_name phone"},
		"some":           {[]string{"phone"}, "openid profile phone"},
		"none":           {nil, "openid profile"},
		"not asked":      {[]string{"address", "chat_message.write", "email", "email"}, "openid email profile"},
		"mandatory only": {[]string{"profile"}, "openid profile"},
	} {
		b := w.browser()
		q := request("scope", "openid email profile real_name phone", "prompt", "consent")
		next := b.step(b.logIn(b.open(q), "hanako"))
		page := b.get(next)
		for _, scope := range []string{"email", "real_name", "phone"} {
			if !ticked(page.body, scope) {
				t.Errorf("no ticked box for %s", scope)
			}
		}
		if strings.Contains(page.body, `name="scope" value="profile"`) || !strings.Contains(text(page.body), "Suzuki hanako") || strings.Contains(page.body, "312345678") {
			t.Errorf("consent page: %s", text(page.body))
		}
		done := b.consent(next, url.Values{"decision": {"allow"}, "scope": c.ticked})
		if got := strings.Join(w.code(done.location).Scopes, " "); got != c.want {
			t.Errorf("%s: granted %q, want %q", name, got, c.want)
		}
	}
}

func TestOpenIDAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	next := b.step(b.logIn(b.open(request("scope", "openid")), "hanako"))
	page := b.get(next)
	if strings.Contains(page.body, `name="scope"`) {
		t.Errorf("openid alone has boxes: %s", text(page.body))
	}
	done := b.consent(next, url.Values{"decision": {"allow"}})
	if got := w.code(done.location).Scopes; !slices.Equal(got, []string{"openid"}) {
		t.Errorf("granted %v", got)
	}
}

func TestAddFriend(t *testing.T) {
	t.Parallel()
	const changed = "friendship_status_changed"
	for _, c := range []struct {
		name   string
		prompt string
		before store.Friendship
		add    bool
		want   string // of friendship_status_changed; empty: absent
		after  store.Friendship
	}{
		{"not asked", "", store.NotFriend, true, "", store.NotFriend},
		{"normal, ticked", "normal", store.NotFriend, true, "true", store.Friend},
		{"normal, not ticked", "normal", store.NotFriend, false, "false", store.NotFriend},
		{"normal, blocked and ticked", "normal", store.Blocked, true, "true", store.Friend},
		{"normal, blocked and not ticked", "normal", store.Blocked, false, "false", store.Blocked},
		{"normal, a friend already", "normal", store.Friend, true, "", store.Friend},
		{"aggressive, added", "aggressive", store.NotFriend, true, "true", store.Friend},
		{"aggressive, skipped", "aggressive", store.NotFriend, false, "false", store.NotFriend},
		{"aggressive, a friend already", "aggressive", store.Friend, true, "", store.Friend},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if _, err := w.st.SetFriendship(t.Context(), "p-hanako", "@teahouse", c.before); err != nil {
				t.Fatal(err)
			}
			b := w.browser()
			next := b.step(b.logIn(b.open(request("bot_prompt", c.prompt, "scope", "openid email profile")), "hanako"))
			offered := strings.Contains(b.get(next).body, `name="add_friend"`)
			if want := c.prompt == "normal" && c.before != store.Friend; offered != want {
				t.Errorf("box on the consent page: %v, want %v", offered, want)
			}
			form := url.Values{"decision": {"allow"}}
			if c.add {
				form.Set("add_friend", "on")
			}
			a := b.consent(next, form)
			if c.prompt == "aggressive" && c.before != store.Friend {
				a = b.consent(b.step(a), url.Values{"decision": {map[bool]string{true: "add", false: "skip"}[c.add]}})
			}
			u, err := url.Parse(a.location)
			if err != nil || u.Query().Get(changed) != c.want || u.Query().Has(changed) != (c.want != "") {
				t.Errorf("answer %q, want %s=%q", a.location, changed, c.want)
			}
			if got := strings.Join(w.code(a.location).Scopes, " "); got != "openid profile" {
				t.Errorf("granted %q: the declined e-mail address came back", got)
			}
			if f, err := w.st.Friendship(t.Context(), "p-hanako", "@teahouse"); err != nil || f != c.after {
				t.Errorf("friendship %v, want %v (%v)", f, c.after, err)
			}
		})
	}
}

// The add-friend page is no way around the consent page, not even for somebody who
// consented before.
func TestFriendPageDoesNotReplaceConsent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, handle := range []string{"hanako", "mei"} {
		if handle == "mei" {
			w.browser().allow(request(), handle)
			w.advance(time.Minute)
		}
		for _, prompt := range []string{"aggressive", "normal"} {
			b := w.browser()
			next := b.step(b.logIn(b.open(request("bot_prompt", prompt, "prompt", "consent")), handle))
			to := action(t, b.get(next).body)
			for _, extra := range []string{"", "&declined=", "&declined=openid+profile"} {
				a := b.post(to+extra, url.Values{"loginState": {stateOf(next)}, "decision": {"add"}})
				if a.location != next {
					t.Errorf("%s, %s: friend page without consent (%q): %d %q", handle, prompt, extra, a.status, a.location)
				}
			}
		}
	}
	if _, err := w.st.Grant(t.Context(), "p-hanako", channelID); err == nil {
		t.Error("a consent was recorded")
	}
	// Nor where there is no such page, with a consent that another login recorded.
	normal := w.browser()
	path := normal.step(normal.logIn(normal.open(request("bot_prompt", "normal", "prompt", "consent")), "mei"))
	address := action(t, normal.get(path).body)
	w.browser().allow(request("prompt", "consent"), "mei")
	if a := normal.post(address+"&declined=", url.Values{"loginState": {stateOf(path)}, "decision": {"add"}}); a.location != path {
		t.Errorf("friend page of another login: %d %q", a.status, a.location)
	}
	// One who consented in this login cannot take more than that.
	b := w.browser()
	next := b.step(b.logIn(b.open(request("bot_prompt", "aggressive", "scope", "openid email")), "taro"))
	friend := b.step(b.consent(next, url.Values{"decision": {"allow"}}))
	to := action(t, b.get(friend).body)
	a := b.post(strings.Replace(to, "declined=email", "declined=", 1), url.Values{"loginState": {stateOf(next)}, "decision": {"add"}})
	if !strings.Contains(to, "declined=email") || a.location != next {
		t.Errorf("scope widened on the friend page %q: %d %q", to, a.status, a.location)
	}
}

// A friend who was added elsewhere meanwhile did not change here.
func TestFriendAddedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	next := b.step(b.logIn(b.open(request("bot_prompt", "aggressive")), "hanako"))
	friend := b.step(b.consent(next, url.Values{"decision": {"allow"}}))
	to := action(t, b.get(friend).body)
	if _, err := w.st.SetFriendship(t.Context(), "p-hanako", "@teahouse", store.Friend); err != nil {
		t.Fatal(err)
	}
	a := b.post(to, url.Values{"loginState": {stateOf(next)}, "decision": {"add"}})
	if !strings.HasSuffix(a.location, "&friendship_status_changed=false") {
		t.Errorf("answer %q", a.location)
	}
}

// A consent page that was shown to one person is not taken for another's, who logged in
// in the same login meanwhile.
func TestConsentIsThePersonsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	path := b.open(request())
	next := b.step(b.logIn(path, "hanako"))
	shown := action(t, b.get(next).body)
	b.step(b.logIn(path, "mei"))
	form := url.Values{"loginState": {stateOf(next)}, "decision": {"allow"}}
	if a := b.post(shown, form); a.location != next {
		t.Errorf("hanako's page was taken for mei's consent: %d %q", a.status, a.location)
	}
	if a := b.post(consentPath, form); a.location != next {
		t.Errorf("consent for nobody: %d %q", a.status, a.location)
	}
	if code := w.code(b.consent(next, url.Values{"decision": {"allow"}}).location); code.Who.PersonID != "p-mei" {
		t.Errorf("code of %s", code.Who.PersonID)
	}
}

// Nor is it taken for an address that was not on it.
func TestConsentIsForTheAddressShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	next := b.step(b.logIn(b.open(request("scope", "openid email")), "hanako"))
	shown := action(t, b.get(next).body)
	p, err := w.st.Person(t.Context(), "p-hanako")
	if err != nil {
		t.Fatal(err)
	}
	p.Email = "new@example.com"
	if err := w.st.UpdatePerson(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if a := b.post(shown, url.Values{"loginState": {stateOf(next)}, "decision": {"allow"}, "scope": {"email"}}); a.location != next {
		t.Errorf("consent to another address: %d %q", a.status, a.location)
	}
}

// Nobody consents before somebody has logged in.
func TestConsentBeforeLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	path := b.open(request())
	state := stateOf(path)
	if a := b.get(consentPath + "?loginState=" + state); a.location != path {
		t.Errorf("consent page: %d %q", a.status, a.location)
	}
	for _, decision := range []string{"allow", "add", "deny"} {
		if a := b.post(consentPath, url.Values{"loginState": {state}, "decision": {decision}}); a.location != path || a.status != http.StatusSeeOther {
			t.Errorf("%s: %d %q", decision, a.status, a.location)
		}
	}
}
