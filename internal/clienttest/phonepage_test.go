package clienttest_test

import (
	"net/url"
	"testing"

	"github.com/tegata-id/tegata/simulator"
)

// testPhoneTwice: who presses twice opens one window, and each sheet waits for the one
// before it, so that no answer goes to a question that was not read.
func testPhoneTwice(t *testing.T, w *phoneWorld, sdk string) {
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	p.open(t, w.base+simulator.Path+"?app="+liffIDs["/"+sdk+"/"])
	p.awaitShown(t, "#card", "Ready")
	p.call(t, `(document.querySelector("#open").click(), document.querySelector("#open").click(), true)`, nil)
	p.await(t, "the second opening", func() bool {
		return p.is(`performance.getEntriesByType("resource").filter((e) => e.name.endsWith("api/launch")).length === 2`)
	})
	p.ready(t)
	p.await(t, "one window", func() bool { return p.is(`document.querySelectorAll("#frame iframe").length === 1`) })

	p.call(t, `(window.went = [], window.open = (at) => (went.push(at), window), true)`, nil)
	p.inApp(t, `(["first", "second"].forEach((at) => liff.openWindow({ url: "https://example.com/" + at })), true)`, nil)
	p.awaitShown(t, "#sheet", "https://example.com/first")
	p.press(t, "stay", `#sheet button[value=cancel]`)
	p.awaitShown(t, "#sheet", "https://example.com/second")
	p.press(t, "open in a tab", `#sheet button[value=go]`)
	p.await(t, "the page that was wished for", func() bool { return p.is(`went.join() === "https://example.com/second"`) })
}

// testPhoneChats: what was sent in one chat is not seen in another, nor as another user.
func testPhoneChats(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"chat": {"group"}, "user": {"hanako"}})
	p.ready(t)
	p.inApp(t, `liff.sendMessages([{ type: "text", text: "for the group" }])`, nil)
	p.awaitShown(t, "#bubbles", "for the group")
	p.awaitShown(t, "#chat-name", "Group chat")
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "revoked at")
	for _, other := range []func(){
		func() { p.choose(t, "chat", "room") },
		func() { p.choose(t, "chat", "group"); p.press(t, "another user", `#people input[value=taro]`) },
	} {
		other()
		p.await(t, "another chat", func() bool { return p.is(`document.querySelector("#bubbles").childElementCount === 0`) })
	}
	p.press(t, "the user", `#people input[value=hanako]`)
	p.awaitShown(t, "#bubbles", "for the group")

	// The last message is above an app that leaves little room.
	p.choose(t, "view", "tall")
	p.press(t, "open", "#open")
	p.ready(t)
	p.inApp(t, `liff.sendMessages([1, 2, 3, 4, 5].map((n) => ({ type: "text", text: "number " + n })))`, nil)
	p.await(t, "the last message above the app", func() bool {
		return p.is(`(() => { const at = document.querySelector("#bubbles").lastElementChild.getBoundingClientRect();
			return document.querySelector("#bubbles").textContent.includes("number 5") && at.bottom <= document.querySelector("#browser").getBoundingClientRect().top })()`)
	})
}

// testPhoneOfflineAtOnce: the network that was chosen before an opening holds from the
// first call of the app on, also after it was reloaded.
func testPhoneOfflineAtOnce(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"net": {"offline"}})
	var o outcome
	const started = `new Promise((done) => { const ask = () => window.outcome ? done(window.outcome) : setTimeout(ask, 20); ask() })`
	if p.inApp(t, started, &o); o.OK {
		t.Error("liff.init() worked without a network")
	}
	if !p.inAppIs(`performance.getEntriesByType("resource").every((e) => !new URL(e.name).pathname.startsWith("/oauth2/"))`) {
		t.Error("a call of the SDK went out before the phone's network was known")
	}
	p.choose(t, "net", "online")
	p.await(t, "the network", func() bool { return p.inAppIs(`navigator.onLine === true`) })
	p.startInApp(t, `location.reload()`)
	p.await(t, "the app with a network", func() bool { return p.inAppIs(`window.outcome?.ok === true`) })
	if !p.inAppIs(`getComputedStyle(document.documentElement).scrollbarWidth === "none"`) {
		t.Error("the app's scrollbar takes room, as on no phone")
	}
}

// testPhonePickOne: an app may want one target only.
func testPhonePickOne(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	p.inApp(t, `void (window.shared = liff.shareTargetPicker([{ type: "text", text: "tea?" }], { isMultiple: false })) ?? true`, nil)
	p.await(t, "the picker", func() bool { return p.is(`document.querySelectorAll("#sheet input[type=radio]").length > 1`) })
	p.press(t, "share without a target", `#sheet button[value=send]`)
	if !p.is(`document.querySelector("#sheet").open`) {
		t.Error("nobody was chosen, and it was shared")
	}
	p.press(t, "a friend", `#sheet input[type=radio]`)
	p.press(t, "share", `#sheet button[value=send]`)
	var got struct{ Status string }
	if p.inApp(t, `window.shared`, &got); got.Status != "success" {
		t.Errorf("liff.shareTargetPicker() = %+v, want success", got)
	}
	p.awaitShown(t, "#bubbles", "tea?")
}

// testPhoneServerEnds: the page says that its server has ended, and that another one is
// there which knows nothing of what is open.
func testPhoneServerEnds(t *testing.T, w *phoneWorld, sdk string) {
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	p.before(t, `const Plain = window.EventSource; window.EventSource = class extends Plain { constructor(at) { super(at); window.source = this } }`)
	p.open(t, w.base+simulator.Path+"?app="+liffIDs["/"+sdk+"/"])
	p.awaitShown(t, "#card", "Ready")
	p.await(t, "the log", func() bool { return p.is(`source.readyState === 1`) })
	p.call(t, `(source.onerror(new Event("error")), source.onerror(new Event("error")), true)`, nil)
	p.awaitShown(t, "#gone", "does not answer")
	p.call(t, `(source.dispatchEvent(new MessageEvent("journal", { data: "another" })), true)`, nil)
	p.awaitShown(t, "#gone", "started anew")
	p.press(t, "reload", "#reload")
	p.await(t, "the page without the notice", func() bool {
		return p.is(`document.querySelector("#gone").hidden && !!document.querySelector("#card h2") && location.search.includes("app=")`)
	})
}

// testPhoneLost: a link of the page that names what is not here, and a LIFF URL of nobody.
func testPhoneLost(t *testing.T, w *phoneWorld, sdk string) {
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	p.open(t, w.base+simulator.Path+"?app=2000000001-nobody00&user=ghost&view=huge")
	p.awaitShown(t, "#card", "LIFF app 2000000001-nobody00, user ghost")
	if !p.is(`document.querySelector("#view").value === "" && !location.search.includes("huge")`) {
		t.Error("a size that there is not was kept")
	}
	p.choose(t, "app", liffIDs["/"+sdk+"/"])
	p.press(t, "open", "#open")
	p.ready(t)
	p.startInApp(t, `location.href = "https://liff.line.me/2000000001-nobody00/x"`)
	p.awaitShown(t, "#sheet", "No such LIFF app here")
	p.press(t, "ok", `#sheet button[value=ok]`)
	p.call(t, `(navigator.clipboard.writeText = async () => undefined, true)`, nil)
	p.press(t, "copy the link", "#share")
	p.awaitShown(t, "#notice", "Link copied")
}
