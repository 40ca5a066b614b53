package clienttest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func testInit(t *testing.T, v *visit) {
	v.openApp(t, "")
	v.wantLoggedIn(t, false)
	var got struct {
		ID       string `json:"id"`
		Version  string `json:"version"`
		InClient bool   `json:"inClient"`
		Token    string `json:"token"`
	}
	v.call(t, `({ id: liff.id, version: liff.getVersion(), inClient: liff.isInClient(), token: liff.getAccessToken() ?? "" })`, &got)
	if got.ID != v.id || got.Version != sdks[v.sdk] || got.InClient || got.Token != "" {
		t.Errorf("after init: %+v, want LIFF ID %s, version %s, outside LINE, without a token", got, v.id, sdks[v.sdk])
	}
	if n := len(v.asked(0, "https://api.line.me/liff/v2/apps/"+v.id+"/contextToken")); n == 0 {
		t.Error("init asked for no context token under LINE's host name")
	}
	v.wantCode(t, "liff.getProfile()", "UNAUTHORIZED", "401")
}

func testLogin(t *testing.T, v *visit) {
	v.openApp(t, "")
	v.start(t, "liff.login()")
	v.signIn(t, "somchai")
	v.wantLoggedIn(t, true)
	q := v.query(t)
	for _, name := range []string{"code", "state"} {
		if q.Get(name) == "" {
			t.Errorf("the way back has no %s: %v", name, q)
		}
	}
	if got := q.Get("liffClientId"); got != v.ChannelID {
		t.Errorf("liffClientId = %q, want %q", got, v.ChannelID)
	}
	if got := q.Get("liffRedirectUri"); got != v.endpoint {
		t.Errorf("liffRedirectUri = %q, want the endpoint URL %q", got, v.endpoint)
	}
}

func testDeniedLogin(t *testing.T, v *visit) {
	v.openApp(t, "")
	v.start(t, "liff.login()")
	v.fillIn(t, "mei") // who never consents
	v.decide(t, "deny")
	o := v.settled(t)
	const want = "ACCESS_DENIED: The resource owner denied the request."
	if o.OK || o.Code != "INIT_FAILED" || o.Message != want {
		t.Errorf("liff.init after a denied login: %+v, want INIT_FAILED with %q", o, want)
	}
	v.wantLoggedIn(t, false)
	if q := v.query(t); q.Get("code") != "" {
		t.Errorf("a denied login gave a code: %v", q)
	}
}

func testAutoLogin(t *testing.T, v *visit) {
	v.open(t, v.endpoint+"auto/") // the page asks for withLoginOnExternalBrowser
	v.signIn(t, "jiwoo")
	v.wantLoggedIn(t, true)
}

func testRedirectURI(t *testing.T, v *visit) {
	v.openApp(t, "")
	to := v.endpoint + "deep/page?x=1&y=%E8%8C%B6"
	v.start(t, `liff.login({ redirectUri: "`+to+`" })`)
	v.signIn(t, "taro")
	v.wantLoggedIn(t, true)
	at := v.location(t)
	if !strings.HasPrefix(at, to+"&") {
		t.Errorf("came back to %s, want %s with the parameters of the login behind", at, to)
	}
	if got := v.query(t).Get("liffRedirectUri"); got != to {
		t.Errorf("liffRedirectUri = %q, want %q", got, to)
	}
}

func testForeignRedirectURI(t *testing.T, v *visit) {
	foreign := []string{
		v.origin + "/elsewhere/",
		v.origin + "/" + v.sdk + "-sibling/",
		strings.Replace(v.endpoint, "localhost", "127.0.0.1", 1),
		"https://evil.example/" + v.sdk + "/",
		v.endpoint + "../elsewhere/",
	}
	for _, to := range foreign {
		v.openApp(t, "")
		v.start(t, `liff.login({ redirectUri: "`+to+`" })`)
		v.await(t, "the error page for "+to, func() bool {
			return v.is(`location.host === "access.line.me" && document.readyState === "complete"`)
		})
		if got := v.status(v.location(t)); got != http.StatusBadRequest {
			t.Errorf("redirectUri %s: status %d at %s, want 400", to, got, v.location(t))
		}
		var form bool
		if v.call(t, `document.querySelector("#login, #allow") !== null`, &form); form {
			t.Errorf("redirectUri %s: the error page offers to log in", to)
		}
	}
}

func testReload(t *testing.T, v *visit) {
	v.loggedIn(t, "taro")
	token, mark := v.accessToken(t), v.mark()
	if err := chromedp.Do(v.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	v.wantOK(t)
	v.wantLoggedIn(t, true)
	if v.accessToken(t) != token {
		t.Error("another access token after a reload")
	}
	for _, host := range []string{"https://api.line.me/", "https://access.line.me/"} {
		if asked := v.asked(mark, host); len(asked) > 0 {
			t.Errorf("a reload while logged in asked the platform: %d requests, the first to %s", len(asked), strings.SplitN(asked[0], "?", 2)[0])
		}
	}
}

func testLogout(t *testing.T, v *visit) {
	v.loggedIn(t, "taro")
	v.call(t, "liff.logout()", nil)
	v.wantLoggedIn(t, false)
	v.openApp(t, "")
	v.wantLoggedIn(t, false)
	// The SSO session is the platform's: the next login needs no password.
	v.start(t, "liff.login()")
	v.await(t, "single sign-on, or the app", func() bool {
		return v.is(`location.host === "access.line.me" && document.readyState === "complete" && document.querySelector("#login, #allow, button[name=decision]") !== null`) ||
			v.is(`location.origin === "`+v.origin+`" && window.outcome !== undefined && liff.isLoggedIn()`)
	})
}

func testUnknownLIFFID(t *testing.T, v *visit) {
	v.open(t, v.endpoint+"unknown/")
	if o := v.settled(t); o.OK || o.Code == "" || o.Message == "" {
		t.Errorf("liff.init with a LIFF ID that nobody has: %+v, want an error with a code and a message", o)
	}
	for at, want := range map[string]int{
		"https://liff.line.me/" + unknownLIFFID: http.StatusNotFound,
		"https://access.line.me/liff/v1/authorize?" + url.Values{
			"app_id": {unknownLIFFID}, "state": {"abcdefghijkl"}, "response_type": {"code"}, "code_challenge_method": {"S256"},
			"code_challenge": {strings.Repeat("a", 43)}, "redirect_uri": {v.endpoint},
		}.Encode(): http.StatusBadRequest,
	} {
		v.open(t, at)
		v.await(t, "the error page", func() bool { return v.is(`location.host.endsWith(".line.me") && document.readyState === "complete"`) })
		if got := v.status(at); got != want {
			t.Errorf("%s: status %d, want %d", at, got, want)
		}
	}
}
