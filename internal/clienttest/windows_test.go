package clienttest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// popup runs an expression that opens a window and returns that, once its URL has a part.
func (b *tab) popup(t *testing.T, part, expression string) *tab {
	t.Helper()
	own := chromedp.FromContext(b.ctx).Target.TargetID
	// The SDK opens the window empty and then sends it on.
	opened := chromedp.WaitNewTarget(b.ctx, func(i *target.Info) bool { return i.OpenerID == own && strings.Contains(i.URL, part) })
	b.start(t, expression)
	var id target.ID
	b.await(t, "a window by "+expression, func() bool {
		select {
		case id = <-opened:
			return true
		default:
			return false
		}
	})
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // attaches, for as long as ctx lives
		t.Fatalf("look into the window: %v", err)
	}
	return &tab{ctx: ctx, answers: map[string]int{}}
}

// testPhoneWindows is the share target picker and a sub window in an ordinary browser,
// at the app's own port: both are windows, and the script in front leads them to the
// platform.
func testPhoneWindows(t *testing.T, w *phoneWorld, sdk string) {
	b := openTab(t, w.browser)
	b.open(t, w.served(t)+"/"+sdk+"/")
	b.await(t, "liff.init in an ordinary browser", func() bool { return b.is(`window.outcome?.ok === true`) })
	b.start(t, "liff.login()")
	b.press(t, "the persona's card", `button[name="persona"][value="jiwoo"]`)
	b.pressOr(t, "consent", "#allow", "#options")
	b.await(t, "the app, logged in", func() bool { return b.is(`window.outcome?.ok === true && liff.isLoggedIn()`) })

	picker := b.popup(t, "/shareTargetPicker", `window.shared = liff.shareTargetPicker([{ type: "text", text: "tea?" }])`)
	picker.await(t, "the messages in the picker", func() bool {
		return picker.is(`document.querySelector("#messages")?.textContent.includes("tea?") === true`)
	})
	picker.press(t, "a friend", `input[name=chat]`)
	picker.press(t, "send", `#send`)
	var shared struct{ Status string }
	if b.call(t, `window.shared`, &shared); shared.Status != "success" {
		t.Errorf("liff.shareTargetPicker() = %+v, want success", shared)
	}

	sub := b.popup(t, "/second/", `window.submitted = new Promise((done) => liff.subWindow.on("submit", done));
		liff.subWindow.open({ url: "https://liff.line.me/`+liffIDs["/"+sdk+"/second/"]+`", appData: { cup: 7 } })`)
	sub.await(t, "liff.init in the sub window", func() bool { return sub.is(`location.pathname.endsWith("/second/") && window.outcome?.ok === true`) })
	var data struct{ Cup int }
	if sub.call(t, `liff.subWindow.getAppData()`, &data); data.Cup != 7 {
		t.Errorf("app data in the sub window %+v, want what the main window gave", data)
	}
	sub.call(t, `liff.subWindow.submit({ tea: "sencha" }).then(() => true)`, nil)
	var got struct{ Tea string }
	if b.call(t, `window.submitted`, &got); got.Tea != "sencha" {
		t.Errorf("what the sub window submitted: %+v, want sencha", got)
	}
	b.wantQuiet(t)
}
