package clienttest_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// loggedIn is what the app in the phone knows after a login.
type loggedIn struct {
	InClient bool
	Profile  struct{ UserID, DisplayName string }
	Decoded  struct {
		Sub string
		AMR []string
	}
	IDToken string
}

func (p *phone) awaitLogin(t *testing.T) loggedIn {
	t.Helper()
	p.await(t, "the app, logged in", func() bool { return p.inAppIs(`window.outcome?.ok === true && liff.isLoggedIn()`) })
	var got loggedIn
	p.inApp(t, `(async () => ({ inClient: liff.isInClient(), profile: await liff.getProfile(), decoded: liff.getDecodedIDToken(), idToken: liff.getIDToken() }))()`, &got)
	return got
}

// testPhoneAutoLogin: in LINE's in-app browser liff.login() comes back without a page.
func testPhoneAutoLogin(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"as": {"inapp"}, "user": {"taro"}, "os": {"android"}})
	p.ready(t)
	if p.inAppIs(`liff.isInClient() || liff.isLoggedIn() || !navigator.userAgent.includes("Line/15.12.1") || navigator.userAgent.includes("LIFF")`) {
		t.Error("the in-app browser looks like a LIFF browser, or is logged in before the login")
	}
	p.startInApp(t, `liff.login()`)
	got := p.awaitLogin(t)
	if got.InClient || got.Profile.DisplayName != "山田 太郎" || got.Decoded.Sub != got.Profile.UserID || !slices.Equal(got.Decoded.AMR, []string{"lineautologin"}) {
		t.Errorf("after the auto login: %+v, want taro's, with amr lineautologin", got)
	}
	if status := p.verify(t, "id-token", got.IDToken); status != http.StatusOK {
		t.Errorf("the example server answered %d to the ID token, want 200", status)
	}
	if p.is(`document.querySelector("#sheet").open`) {
		t.Error("the auto login showed a sheet")
	}
	p.wantQuiet(t)
}

// testPhoneAutoLoginFails: as in private browsing, the app gets a code that is not valid
// and a state that it did not send.
func testPhoneAutoLoginFails(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"as": {"inapp"}, "auto": {"fails"}, "user": {"jiwoo"}})
	p.ready(t)
	p.startInApp(t, `liff.login()`)
	p.await(t, "liff.init to be refused", func() bool { return p.inAppIs(`window.outcome?.ok === false`) })
	var at string
	p.inApp(t, `location.search`, &at)
	if q, err := url.ParseQuery(strings.TrimPrefix(at, "?")); err != nil || !strings.HasPrefix(q.Get("code"), "invalid-") || !strings.HasPrefix(q.Get("state"), "foreign-") {
		t.Errorf("the callback got %s, want an invalid code and a foreign state", at)
	}
	p.choose(t, "auto", "works")
	p.startInApp(t, `liff.login()`)
	if got := p.awaitLogin(t); got.Profile.DisplayName != "김지우" && got.Profile.DisplayName == "" {
		t.Errorf("the next auto login: %+v", got)
	}
}

// testPhoneLoginPage: a login page opens in a tab that the simulator names, never in the
// frame: in an external browser, and where the app turned the auto login off.
func testPhoneLoginPage(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"as": {"inapp"}})
	p.ready(t)
	p.startInApp(t, `location.href = "`+serverLoginPath+`?disable_auto_login=true"`)
	p.awaitShown(t, "#sheet", "disable_auto_login=true")
	p.press(t, "stay", `#sheet button[value=cancel]`)
	p.press(t, "open", "#open")
	p.ready(t)
	p.startInApp(t, `location.href = "`+serverLoginPath+`?disable_ios_auto_login=true"`)
	p.awaitShown(t, "#sheet", "disable_ios_auto_login=true")
	p.press(t, "stay", `#sheet button[value=cancel]`)

	p = w.openPhone(t, sdk, url.Values{"as": {"external"}})
	p.ready(t)
	if p.inAppIs(`/Line\//.test(navigator.userAgent)`) {
		t.Error("the external browser has LINE's user agent")
	}
	p.startInApp(t, `liff.login()`)
	p.awaitShown(t, "#sheet", "in a tab of their own")
	login := p.popup(t, "/oauth2/v2.1/login", `document.querySelector("#sheet button[value=go]").click()`)
	var name string
	if login.call(t, `window.name`, &name); name != "tegata-login" {
		t.Errorf("the login's tab is named %q, want tegata-login", name)
	}
	login.press(t, "the persona's card", `button[name="persona"][value="mei"]`)
	login.pressOr(t, "consent", "#allow", "#options")
	login.await(t, "the app in the tab, logged in", func() bool { return login.is(`window.outcome?.ok === true && liff.isLoggedIn()`) })
}

// testPhoneServerLogin: the app's own server sends the user to LINE Login. In the in-app
// browser the callback is reached without a page, at the app's port.
func testPhoneServerLogin(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"as": {"inapp"}, "user": {"somchai"}})
	p.ready(t)
	p.startInApp(t, `location.href = "`+serverLoginPath+`"`)
	p.await(t, "the callback", func() bool { return p.inAppIs(`location.pathname === "` + callbackPath + `"`) })
	var at string
	p.inApp(t, `location.href`, &at)
	u, err := url.Parse(at)
	if err != nil || !strings.HasPrefix(at, w.served(t)+callbackPath) || u.Query().Get("state") != "of-the-server" {
		t.Fatalf("the callback is %s, %v", at, err)
	}
	res, err := http.PostForm(w.base+"/oauth2/v2.1/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {u.Query().Get("code")}, "redirect_uri": {w.origin + callbackPath},
		"client_id": {phoneChannel}, "client_secret": {w.secret},
	})
	var tokens struct {
		IDToken string `json:"id_token"`
	}
	if status := readJSON(t, res, err, &tokens); status != http.StatusOK {
		t.Fatalf("the code is worth %d", status)
	}
	res, err = http.PostForm(w.base+"/oauth2/v2.1/verify", url.Values{"id_token": {tokens.IDToken}, "client_id": {phoneChannel}, "nonce": {"n-1"}})
	var claims struct {
		Name string
		AMR  []string
	}
	if status := readJSON(t, res, err, &claims); status != http.StatusOK || claims.Name != "สมชาย ใจดี" || !slices.Equal(claims.AMR, []string{"lineautologin"}) {
		t.Errorf("the ID token: %d %+v, want somchai's, with amr lineautologin", status, claims)
	}
}

// testPhonePersona: another user is chosen on the left, and the app opens as that one.
func testPhonePersona(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"user": {"hanako"}})
	p.ready(t)
	var before, after struct{ UserID, DisplayName string }
	p.inApp(t, `liff.getProfile()`, &before)
	p.choose(t, "find", "taro")
	if !p.is(`document.querySelectorAll("#people input").length === 1`) {
		t.Error("the search for taro does not find one user")
	}
	p.press(t, "taro", `#people input[value=taro]`)
	p.awaitShown(t, "#stale", "open again")
	p.press(t, "open", "#open")
	p.await(t, "the app of another user", func() bool {
		return p.is(`document.querySelector("#stale").hidden`) && p.inAppIs(`window.outcome?.ok === true && liff.getProfile().then((p) => p.userId !== "`+before.UserID+`")`)
	})
	if p.inApp(t, `liff.getProfile()`, &after); after.DisplayName != "山田 太郎" {
		t.Errorf("after the switch: %+v, want taro", after)
	}
	if !strings.Contains(p.location(t), "user=taro") {
		t.Errorf("the page's URL %s does not say who is chosen", p.location(t))
	}
}
