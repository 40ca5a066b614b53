package clienttest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func testProfile(t *testing.T, v *visit) {
	v.loggedIn(t, "hanako")
	var got struct {
		UserID        string `json:"userId"`
		DisplayName   string `json:"displayName"`
		PictureURL    string `json:"pictureUrl"`
		StatusMessage string `json:"statusMessage"`
	}
	v.call(t, "liff.getProfile()", &got)
	if got.UserID != v.user(t, "hanako").UserID || got.DisplayName != "鈴木 花子" || got.StatusMessage != "お茶が好きです" {
		t.Errorf("liff.getProfile() = %+v, want hanako's", got)
	}
	for _, size := range []string{"", "/large", "/small"} {
		var width int
		v.call(t, `new Promise((done, fail) => { const i = new Image(); i.onload = () => done(i.naturalWidth); i.onerror = () => fail(new Error("no picture")); i.src = "`+got.PictureURL+size+`" })`, &width)
		if width == 0 {
			t.Errorf("the picture at %s%s has no width", got.PictureURL, size)
		}
	}
}

func testIDToken(t *testing.T, v *visit) {
	v.loggedIn(t, "taro")
	var raw string
	v.call(t, "liff.getIDToken()", &raw)
	if n := strings.Count(raw, "."); n != 2 {
		t.Fatalf("the ID token has %d dots, want 2", n)
	}
	header, err := base64.RawURLEncoding.DecodeString(strings.SplitN(raw, ".", 2)[0])
	if err != nil || !strings.Contains(string(header), `"alg":"ES256"`) || !strings.Contains(string(header), `"kid":"`) {
		t.Errorf("header %s (%v), want ES256 with a kid", header, err)
	}
	var got struct{ Iss, Sub, Aud, Name string }
	if status := v.post(t, "/oauth2/v2.1/verify", url.Values{"id_token": {raw}, "client_id": {v.ChannelID}}, &got); status != http.StatusOK {
		t.Fatalf("POST verify: status %d, want 200", status)
	}
	if got.Iss != "https://access.line.me" || got.Sub != v.user(t, "taro").UserID || got.Aud != v.ChannelID || got.Name != "山田 太郎" {
		t.Errorf("POST verify: %+v, want taro's", got)
	}
}

func testDecodedIDToken(t *testing.T, v *visit) {
	v.loggedIn(t, "hanako")
	var got struct {
		Iss, Sub, Aud, Name, Picture, Email string
		Exp, Iat                            int64
		AMR                                 []string
		Nonce                               *string
	}
	v.call(t, "liff.getDecodedIDToken()", &got)
	u := v.user(t, "hanako")
	if got.Iss != "https://access.line.me" || got.Sub != u.UserID || got.Aud != v.ChannelID || got.Name != "鈴木 花子" || got.Email != u.Email {
		t.Errorf("liff.getDecodedIDToken() = %+v, want hanako's", got)
	}
	if got.Exp-got.Iat != 3600 || got.Nonce != nil || !slices.Equal(got.AMR, []string{"pwd"}) {
		t.Errorf("exp-iat %d, nonce %v, amr %v; want an hour, none, pwd", got.Exp-got.Iat, got.Nonce, got.AMR)
	}
}

func testAccessToken(t *testing.T, v *visit) {
	v.loggedIn(t, "taro")
	var got struct {
		Scope     string `json:"scope"`
		ClientID  string `json:"client_id"`
		ExpiresIn int64  `json:"expires_in"`
	}
	if status := v.get(t, "/oauth2/v2.1/verify", url.Values{"access_token": {v.accessToken(t)}}, &got); status != http.StatusOK {
		t.Fatalf("GET verify: status %d, want 200", status)
	}
	scopes := strings.Fields(got.Scope)
	if got.ClientID != v.ChannelID || got.ExpiresIn <= 0 || got.ExpiresIn > 12*3600 || !slices.Contains(scopes, "profile") || !slices.Contains(scopes, "openid") || slices.Contains(scopes, "email") {
		t.Errorf("GET verify: %+v, want our channel, at most twelve hours, profile and openid, never email", got)
	}
}

func testFriendship(t *testing.T, v *visit) {
	want := map[string]bool{"hanako": true, "blocked": false}
	for handle, friend := range want {
		w := v.world.visit(t, v.sdk)
		w.loggedIn(t, handle)
		var got struct {
			FriendFlag bool `json:"friendFlag"`
		}
		w.call(t, "liff.getFriendship()", &got)
		if got.FriendFlag != friend {
			t.Errorf("%s: liff.getFriendship() = %+v, want %v", handle, got, friend)
		}
	}
}

func testContext(t *testing.T, v *visit) {
	type context struct {
		Type                 string   `json:"type"`
		LIFFID               string   `json:"liffId"`
		EndpointURL          string   `json:"endpointUrl"`
		UserID               string   `json:"userId"`
		AccessTokenHash      string   `json:"accessTokenHash"`
		PermanentLinkPattern string   `json:"permanentLinkPattern"`
		Scope                []string `json:"scope"`
	}
	check := func(got context) {
		t.Helper()
		if got.Type != "external" || got.LIFFID != v.id || got.EndpointURL != v.endpoint || got.PermanentLinkPattern != "concat" ||
			!slices.Contains(got.Scope, "profile") || !slices.Contains(got.Scope, "openid") {
			t.Errorf("liff.getContext() = %+v, want that of %s in an external browser", got, v.id)
		}
	}
	v.openApp(t, "")
	var before, after context
	v.call(t, "liff.getContext()", &before)
	check(before)
	if before.AccessTokenHash != "" || before.UserID != "" {
		t.Errorf("the context before login names a user: %+v", before)
	}
	v.start(t, "liff.login()")
	v.signIn(t, "taro")
	v.call(t, "liff.getContext()", &after)
	check(after)
	sum := sha256.Sum256([]byte(v.accessToken(t)))
	if want := base64.RawURLEncoding.EncodeToString(sum[:16]); after.AccessTokenHash != want || after.UserID != v.user(t, "taro").UserID {
		t.Errorf("the context after login: %+v, want taro's and access token hash %s", after, want)
	}
}

func testPermission(t *testing.T, v *visit) {
	v.loggedIn(t, "taro")
	var all []string
	v.call(t, "liff.permission.getGrantedAll()", &all)
	if !slices.Contains(all, "profile") || !slices.Contains(all, "openid") {
		t.Errorf("liff.permission.getGrantedAll() = %q, want profile and openid in it", all)
	}
	for _, scope := range []string{"profile", "openid"} {
		var got struct {
			State string `json:"state"`
		}
		if v.call(t, `liff.permission.query("`+scope+`")`, &got); got.State != "granted" {
			t.Errorf("liff.permission.query(%q) = %q, want granted", scope, got.State)
		}
	}
}

func testPermanentLink(t *testing.T, v *visit) {
	v.openApp(t, "")
	var link string
	v.call(t, `liff.permanentLink.createUrlBy("`+v.endpoint+`shelf/?tea=sencha#cup")`, &link)
	if want := "https://liff.line.me/" + v.id + "/shelf/?tea=sencha#cup"; link != want {
		t.Fatalf("permanent link %s, want %s", link, want)
	}
	v.wantCode(t, `liff.permanentLink.createUrlBy("`+v.origin+`/elsewhere")`, "INVALID_ARGUMENT")
	v.follow(t, link, v.endpoint+"shelf/?tea=sencha#cup")
}

func testLIFFURL(t *testing.T, v *visit) {
	v.follow(t, "https://liff.line.me/"+v.id, v.endpoint)
}

func testLIFFURLRest(t *testing.T, v *visit) {
	v.follow(t, "https://liff.line.me/"+v.id+"/deep/page?x=1&y=%E8%8C%B6&z=a%26b%3Dc#frag", v.endpoint+"deep/page?x=1&y=%E8%8C%B6&z=a%26b%3Dc#frag")
	v.follow(t, "https://liff.line.me/"+v.id+"?only=query", v.endpoint+"?only=query")
	v.follow(t, "https://liff.line.me/"+v.id+"#only-fragment", v.endpoint+"#only-fragment")
}

// follow opens a LIFF URL and wants the app to end at another URL, started.
func (v *visit) follow(t *testing.T, link, want string) {
	t.Helper()
	v.open(t, link)
	v.await(t, "the app at "+want, func() bool { return v.is(`location.href === "` + want + `" && window.outcome !== undefined`) })
	v.wantOK(t)
	if got := v.location(t); got != want {
		t.Errorf("%s led to %s, want %s", link, got, want)
	}
}

func testRevokedToken(t *testing.T, v *visit) {
	v.loggedIn(t, "taro")
	form := url.Values{"access_token": {v.accessToken(t)}, "client_id": {v.ChannelID}, "client_secret": {v.ChannelSecret}}
	if status := v.post(t, "/oauth2/v2.1/revoke", form, nil); status != http.StatusOK {
		t.Fatalf("revoke: status %d, want 200", status)
	}
	if err := chromedp.Do(v.ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	// The SDK does not notice until it asks.
	v.wantOK(t)
	v.wantLoggedIn(t, true)
	v.wantCode(t, "liff.getProfile()", "invalid_request")
	v.wantCode(t, "liff.getFriendship()", "invalid_request")
}
