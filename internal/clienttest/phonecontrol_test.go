package clienttest_test

import (
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tegata-id/tegata/simulator"
)

// testPhoneControls sets every control of the left column by hand and looks for its effect
// in the app. Then the page's URL alone must bring the same phone back.
func testPhoneControls(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	if err := chromedp.Do(p.ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{
		{"app", liffIDs["/"+sdk+"/second/"]},
		{"link", "/pot"},
		{"chat", "room"},
		{"chatid", "Rchosen"},
		{"view", "tall"},
		{"device", "430"},
		{"os", "android"},
		{"line", "14.3.2"},
		{"lang", "zh-TW"},
		{"theme", "dark"},
		{"bar", "#06c755"},
		{"scheme", "both"},
		{"keep", "yes"},
		{"consent", "yes"},
	} {
		p.choose(t, c[0], c[1])
	}
	p.press(t, "the user", `#people input[value=taro]`)
	p.press(t, "a scope", `#scopes input[value=email]`)
	p.press(t, "the friend switch", `#friend`)
	var friend bool
	p.call(t, `document.querySelector("#friend").checked`, &friend)
	p.press(t, "open", "#open")
	p.wantChosen(t, friend)
	at := p.location(t)

	q := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	q.open(t, at)
	if err := chromedp.Do(q.ctx, chromedp.EmulateViewport(1440, 900)); err != nil {
		t.Fatal(err)
	}
	q.press(t, "open", "#open")
	q.wantChosen(t, friend)
	if again := q.location(t); again != at {
		t.Errorf("the state is %s, and after it was opened %s", at, again)
	}

	// What works on an open app, too.
	q.choose(t, "theme", "light")
	q.await(t, "the light theme in the app", func() bool { return q.inAppIs(`matchMedia("(prefers-color-scheme: light)").matches`) })
	q.choose(t, "device", "360")
	q.await(t, "the narrow device", func() bool { return q.inAppIs(`innerWidth === 360`) })
	q.press(t, "the menu", "#action")
	q.press(t, "about the app", `#sheet button[value=about]`)
	q.awaitShown(t, "#sheet", liffIDs["/"+sdk+"/second/"])
}

// wantChosen waits for the app as testPhoneControls chose it.
func (p *phone) wantChosen(t *testing.T, friend bool) {
	t.Helper()
	p.await(t, "the app as chosen", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && location.pathname.endsWith("/second/pot")`)
	})
	for what, expression := range map[string]string{
		"chat":          `liff.getContext().type === "room" && liff.getContext().roomId === "Rchosen"`,
		"size":          `liff.getContext().viewType === "tall"`,
		"OS":            `liff.getOS() === "android" && /Android/.test(navigator.userAgent)`,
		"LINE":          `liff.getLineVersion() === "14.3.2"`,
		"language":      `navigator.language === "zh-TW"`,
		"theme":         `matchMedia("(prefers-color-scheme: dark)").matches`,
		"header colour": `getComputedStyle(document.documentElement).getPropertyValue("--liff-title-background-color").trim().toLowerCase() === "#06c755"`,
		"schemes":       `liff.getContext().menuColorSetting.adaptableColorSchemes.includes("dark")`,
		"user":          `liff.getProfile().then((p) => p.displayName === "山田 太郎")`,
		"scopes":        `liff.permission.getGrantedAll().then((all) => all.includes("profile")) && liff.getDecodedIDToken().email === undefined`,
		"consent":       `liff.isApiAvailable("skipChannelVerificationScreen")`,
		"device":        `innerWidth === 430`,
	} {
		if !p.inAppIs(expression) {
			t.Errorf("the control of %s has no effect: %s is not so", what, expression)
		}
	}
	var status struct{ FriendFlag bool }
	if p.inApp(t, `liff.getFriendship()`, &status); status.FriendFlag != friend {
		t.Errorf("friend switch %t, liff.getFriendship() %t", friend, status.FriendFlag)
	}
	if !p.is(`getComputedStyle(document.querySelector(".bar")).backgroundColor === "rgb(6, 199, 85)" && document.querySelector("#browser").dataset.view === "tall"`) {
		t.Error("the phone's header or size is not as chosen")
	}
}

// testPhoneNetwork: without a network the app's calls fail as they do on a phone, and a
// slow one takes its time.
func testPhoneNetwork(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	const xhr = `new Promise((done) => { const x = new XMLHttpRequest(); x.open("GET", "/callback"); x.onload = () => done("loaded"); x.onerror = () => done("failed"); x.send() })`
	p.inApp(t, `(window.heard = [], addEventListener("offline", () => heard.push("offline")), addEventListener("online", () => heard.push("online")), true)`, nil)
	p.choose(t, "net", "offline")
	p.await(t, "no network", func() bool { return p.inAppIs(`navigator.onLine === false`) })
	for what, expression := range map[string]string{
		"fetch": `fetch("/callback").then(() => false, (e) => e instanceof TypeError)`, "XMLHttpRequest": xhr + `.then((r) => r === "failed")`,
		"sendBeacon": `navigator.sendBeacon("/order", "x") === false`, "the SDK": `liff.getProfile().then(() => false, () => true)`,
	} {
		if !p.inAppIs(expression) {
			t.Errorf("offline: %s works", what)
		}
	}
	p.choose(t, "net", "slow")
	p.await(t, "a slow network", func() bool { return p.inAppIs(`navigator.onLine === true`) })
	if !p.inAppIs(`(async () => { const from = performance.now(); await fetch("/callback"); const one = performance.now() - from; await ` + xhr + `; return one > 1000 && performance.now() - from > 2000 })()`) {
		t.Error("slow: the calls take no time")
	}
	p.choose(t, "net", "online")
	p.await(t, "the network again", func() bool {
		return p.inAppIs(`heard.join() === "offline,online" && liff.getProfile().then(() => true)`)
	})
}

// testPhoneKeys uses the page by its keyboard alone.
func testPhoneKeys(t *testing.T, w *phoneWorld, sdk string) {
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	p.open(t, w.base+"/_tegata/simulator/?app="+liffIDs["/"+sdk+"/"])
	p.awaitShown(t, "#card", "Ready")
	key := func(keys string) {
		t.Helper()
		if err := chromedp.Do(p.ctx, chromedp.KeyEvent(keys)); err != nil {
			t.Fatalf("key %q: %v", keys, err)
		}
	}
	key("?")
	p.awaitShown(t, "#sheet", "minimise the app")
	key("\x1b")
	p.await(t, "the sheet to close", func() bool { return p.is(`!document.querySelector("#sheet").open`) })
	key("2")
	p.await(t, "the network's tab", func() bool {
		return p.is(`document.activeElement.id === "tab-network" && !document.querySelector("#panel-network").hidden`)
	})
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent("\u0303")); err != nil { // the right arrow
		t.Fatal(err)
	}
	p.await(t, "the next tab", func() bool { return p.is(`document.activeElement.id === "tab-checks"`) })
	key("o")
	p.ready(t)
	key("m")
	p.await(t, "the bubble", func() bool { return p.is(`document.querySelector("#resting button") !== null`) })
	p.call(t, `(document.querySelector("#resting button").focus(), true)`, nil)
	key("\r")
	p.await(t, "the app again", func() bool { return p.is(`!document.querySelector("#browser").hidden`) })
	p.call(t, `(document.activeElement.blur(), true)`, nil)
	key("x")
	p.awaitShown(t, "#card", "revoked at")
	key("l")
	p.await(t, "the deep link's field", func() bool { return p.is(`document.activeElement.id === "link"`) })
	key("?x")
	if !p.is(`document.querySelector("#link").value.endsWith("?x") && !document.querySelector("#sheet").open`) {
		t.Error("keys act while somebody writes into a field")
	}
}

// testPhoneEarly: until the page knows the apps, nothing can be opened, by button or key,
// and what was tried so early loses nothing.
func testPhoneEarly(t *testing.T, w *phoneWorld, sdk string) {
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	p.before(t, `window.know = new Promise((done) => { window.learn = done });
		const plain = window.fetch;
		window.fetch = async (at, ...rest) => { if (String(at).endsWith("api/world")) await know; return plain(at, ...rest) }`)
	p.open(t, w.base+simulator.Path+"?lang=th&app="+liffIDs["/"+sdk+"/"])
	p.await(t, "the page", func() bool { return p.is(`document.readyState === "complete" && window.learn !== undefined`) })
	p.call(t, `(document.querySelector("#open").click(), document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "o", bubbles: true })), true)`, nil)
	if !p.is(`document.querySelector("#open").disabled && document.activeElement === document.body && document.querySelector("#frame iframe") === null`) {
		t.Error("an app can be asked for before the page knows any")
	}
	p.call(t, `(learn(), true)`, nil)
	p.press(t, "open", "#open")
	p.ready(t)
	if !p.inAppIs(`navigator.language === "th"`) {
		t.Error("what was tried too early has lost the language of the URL")
	}
}
