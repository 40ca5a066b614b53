package clienttest_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"rsc.io/qr"
)

// testPhoneConsent is liff.permission.requestAll(): the user grants more, and the app gets
// new tokens; the close ends the old ones, too.
func testPhoneConsent(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"scopes": {"openid"}, "user": {"mei"}})
	p.ready(t)
	if !p.inAppIs(`liff.getProfile().then(() => false, (e) => String(e.code) === "403")`) || !p.inAppIs(`liff.permission.requestAll().then(() => false, (e) => e.code === "FORBIDDEN")`) {
		t.Error("without the consent window: want getProfile to be refused with 403, and requestAll with FORBIDDEN")
	}
	p.choose(t, "consent", "yes")
	p.press(t, "open", "#open")
	p.await(t, "the app with the consent window", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && liff.isApiAvailable("skipChannelVerificationScreen")`)
	})
	var before, after string
	p.inApp(t, `liff.getAccessToken()`, &before)
	p.inApp(t, `void (window.asked = liff.permission.requestAll().then(() => "granted", (e) => e.message)) ?? true`, nil)
	p.awaitShown(t, "#sheet", "chat_message.write")
	p.press(t, "allow", `#sheet button[value=allow]`)
	var asked string
	if p.inApp(t, `window.asked`, &asked); asked != "granted" {
		t.Fatalf("liff.permission.requestAll(): %s", asked)
	}
	var profile struct{ DisplayName string }
	if p.inApp(t, `liff.getProfile()`, &profile); profile.DisplayName == "" {
		t.Error("no profile after the scope was granted")
	}
	if p.inApp(t, `liff.getAccessToken()`, &after); after == before {
		t.Error("the app has its old access token")
	}
	if !p.is(`[...document.querySelectorAll("#scopes input")].every((b) => b.checked)`) {
		t.Error("the switches do not show what was granted")
	}
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "revoked at")
	for _, token := range []string{before, after} {
		if status := p.verify(t, "access-token", token); status != http.StatusUnauthorized {
			t.Errorf("after the close: the example server answered %d, want 401", status)
		}
	}
}

// testPhoneFriend is liff.requestFriendship(): the user becomes a friend of the account.
func testPhoneFriend(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"friend": {"no"}, "user": {"jiwoo"}})
	p.ready(t)
	if !p.inAppIs(`liff.getFriendship().then((f) => f.friendFlag === false)`) {
		t.Error("the user is a friend already")
	}
	p.inApp(t, `void (window.befriended = liff.requestFriendship().then(() => "done", (e) => e.message)) ?? true`, nil)
	p.awaitShown(t, "#sheet", "@teahouse")
	p.press(t, "add", `#sheet button[value=add]`)
	p.await(t, "the friendship", func() bool { return p.inAppIs(`liff.getFriendship().then((f) => f.friendFlag === true)`) })
	var got string
	if p.inApp(t, `window.befriended`, &got); got != "done" {
		t.Errorf("liff.requestFriendship(): %s", got)
	}
}

// testPhoneRest: by LINE's newer rule an app in Full size lives on, and is resumed as it
// was; one in another size is closed for good.
func testPhoneRest(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"keep": {"yes"}})
	p.ready(t)
	var token string
	p.inApp(t, `(window.mark = "kept", liff.getAccessToken())`, &token)
	p.startInApp(t, `liff.closeWindow()`)
	p.awaitShown(t, "#card", "can be resumed until")
	if status := p.verify(t, "access-token", token); status != http.StatusOK {
		t.Errorf("resting: the example server answered %d, want 200", status)
	}
	p.press(t, "the bubble", "#resting button")
	p.await(t, "the app as it was", func() bool { return p.inAppIs(`window.mark === "kept"`) })
	p.press(t, "minimise", "#minimise")
	p.await(t, "the bubble", func() bool {
		return p.is(`document.querySelector("#browser").hidden && document.querySelector("#resting button") !== null`)
	})
	p.press(t, "the bubble", "#resting button")
	p.choose(t, "keep", "no")
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "revoked at")
	if status := p.verify(t, "access-token", token); status != http.StatusUnauthorized {
		t.Errorf("closed: the example server answered %d, want 401", status)
	}

	p.choose(t, "keep", "yes")
	p.choose(t, "view", "compact")
	p.press(t, "open", "#open")
	p.ready(t)
	if !p.is(`document.querySelector("#minimise").hidden`) {
		t.Error("a compact app can be minimised")
	}
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "revoked at")
}

// testPhonePicture reads a QR code out of a picture.
func testPhonePicture(t *testing.T, w *phoneWorld, sdk string) {
	const says = "https://example.com/table/7?茶=1"
	code, err := qr.Encode(says, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "code.png"), filepath.Join(dir, "none.png")
	for name, data := range map[string][]byte{good: code.PNG(), bad: []byte("no picture")} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	p.inApp(t, `void (window.scanned = liff.scanCodeV2()) ?? true`, nil)
	p.await(t, "the reader", func() bool { return p.is(`document.querySelector("#sheet input[type=file]") !== null`) })
	for name, want := range map[string]string{bad: "no picture"} {
		if err := chromedp.Do(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(`#sheet input[type=file]`), []string{name})); err != nil {
			t.Fatal(err)
		}
		p.awaitShown(t, "#sheet", want)
	}
	if err := chromedp.Do(p.ctx, chromedp.SetUploadFiles(chromedp.CSS(`#sheet input[type=file]`), []string{good})); err != nil {
		t.Fatal(err)
	}
	p.awaitShown(t, "#sheet", "The picture says")
	p.press(t, "read", `#sheet button[value=read]`)
	var got struct{ Value string }
	if p.inApp(t, `window.scanned`, &got); got.Value != says {
		t.Errorf("liff.scanCodeV2() = %+v, want %s", got, says)
	}
	p.wantQuiet(t)
}

// testPhoneLinks: permanent links, LIFF URLs in the app, and liff.openWindow().
func testPhoneLinks(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"link": {"/shelf?tea=1#cup"}})
	p.ready(t)
	var link, first, second string
	if p.inApp(t, `liff.permanentLink.createUrl()`, &link); link != "https://liff.line.me/"+liffIDs["/"+sdk+"/"]+"/shelf?tea=1#cup" {
		t.Errorf("the permanent link is %s", link)
	}
	p.inApp(t, `liff.getContext().userId`, &first)

	// The other app of the channel, by its LIFF URL: the same user ID.
	p.startInApp(t, `location.href = "https://liff.line.me/`+liffIDs["/"+sdk+"/second/"]+`/pot"`)
	p.await(t, "the other app", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && location.pathname.endsWith("/second/pot") && liff.getContext().liffId === "` + liffIDs["/"+sdk+"/second/"] + `"`)
	})
	if p.inApp(t, `liff.getContext().userId`, &second); second != first {
		t.Errorf("two apps of one channel: users %s and %s, want one", first, second)
	}
	// And back, by the permanent link in the field.
	p.choose(t, "link", link)
	p.press(t, "open", "#open")
	p.await(t, "the permanent link", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && location.pathname + location.search + location.hash === "/` + sdk + `/shelf?tea=1#cup"`)
	})
	p.choose(t, "link", "https://example.com/")
	p.awaitShown(t, "#link-note", "neither")
	p.choose(t, "link", "")

	// What an app says is not this page's script, whatever it is.
	for _, kind := range []string{"open", "login"} {
		p.startInApp(t, `parent.postMessage({ tegata: { kind: "`+kind+`", what: "javascript:document.title='taken'" } }, "*")`)
		p.awaitShown(t, "#sheet", "Not simulated")
		p.press(t, "ok", `#sheet button[value=ok]`)
	}
	p.startInApp(t, `liff.openWindow({ url: location.origin + "`+callbackPath+`?external=1", external: true })`)
	p.awaitShown(t, "#sheet", "phone's browser")
	opened := chromedp.WaitNewTarget(p.ctx, func(i *target.Info) bool { return strings.Contains(i.URL, callbackPath+"?external=1") })
	p.press(t, "open in a tab", `#sheet button[value=go]`)
	p.await(t, "the tab of liff.openWindow()", func() bool {
		select {
		case <-opened:
			return true
		default:
			return false
		}
	})
}

// testPhoneOwnClient is tegata's open client in the phone, in all three browsers.
func testPhoneOwnClient(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"app": {liffIDs[ownPath]}, "user": {"taro"}, "lang": {"ko"}})
	p.ready(t)
	var got struct {
		InClient, LoggedIn bool
		Language           string
		Profile            struct{ DisplayName string }
		Token              string
	}
	p.inApp(t, `(async () => ({ inClient: liff.isInClient(), loggedIn: liff.isLoggedIn(), language: liff.getLanguage(), profile: await liff.getProfile(), token: liff.getAccessToken() }))()`, &got)
	if !got.InClient || !got.LoggedIn || got.Language != "ko" || got.Profile.DisplayName != "山田 太郎" {
		t.Errorf("the open client in a LIFF browser: %+v", got)
	}
	p.startInApp(t, `location.href = "/beside-own/"`)
	p.awaitFinding(t, "init-outside-endpoint", "/beside-own/")
	p.press(t, "open", "#open")
	p.await(t, "the app again", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && location.pathname === "` + ownPath + `"`)
	})
	p.inApp(t, `liff.getAccessToken()`, &got.Token)
	p.startInApp(t, `liff.closeWindow()`)
	p.awaitShown(t, "#card", "revoked at")
	if status := p.verify(t, "access-token", got.Token); status != http.StatusUnauthorized {
		t.Errorf("after the close: the example server answered %d, want 401", status)
	}

	p.choose(t, "as", "inapp")
	p.press(t, "open", "#open")
	p.ready(t)
	p.startInApp(t, `liff.login()`)
	p.await(t, "the auto login of the open client", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && liff.isLoggedIn() && liff.getDecodedIDToken().amr.includes("lineautologin")`)
	})
	p.choose(t, "as", "external")
	p.press(t, "open", "#open")
	p.await(t, "the open client in an external browser", func() bool { return p.inAppIs(`window.outcome?.ok === true && !liff.isInClient()`) })
	if errors := strings.Join(p.errors, "\n"); errors != "" {
		t.Errorf("the browser's console: %s", errors)
	}
}
