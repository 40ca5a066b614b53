package vitetest_test

import (
	"testing"
	"time"
)

// succeeded is what the scaffold shows once liff.init() has worked.
const succeeded = "LIFF init succeeded."

// greeting is what a developer writes first: the user is greeted by name.
const greeting = `liff.getProfile().then((profile) => setMessage("Hello, " + profile.displayName + (liff.isInClient() ? " in LINE" : " in a browser")));`

// TestScaffold takes LINE's scaffold of a LIFF app, unmodified but for its LIFF ID, with
// its own dev server. It runs in the phone, where an edit of its source is seen without a
// reload, and in an ordinary browser at the app's port.
func TestScaffold(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	took := func(step string) {
		t.Logf("%6.1f s  %s", time.Since(begun).Seconds(), step) // for fromclone.sh; nothing is decided by it
		begun = time.Now()
	}
	p := newProject(t)
	took("make the app by the scaffold")
	d := built.StartDev(t, "--app", p.url)
	id, served := d.App(t, p.url)
	took("tegata dev --app is ready")
	p.set(t, id)
	p.dev(t)
	took("the app's own dev server is ready")
	browser := built.StartBrowser(t)

	phone := browser.Open(t, d.SimulatorURL+"?app="+id+"&user=hanako")
	phone.Press("#open")
	frame := phone.Frame(served)
	phone.AwaitIn(frame, "liff.init() in the phone", shows(succeeded))
	took("a browser, and liff.init() has succeeded in the phone")
	phone.AwaitIn(frame, "a mark in the document", `(document.documentElement.dataset.mark = "same document") !== ""`)

	p.edit(t, "setMessage(\""+succeeded+"\");", greeting)
	phone.AwaitIn(frame, "the edit in the phone, without a reload", shows("Hello, 鈴木 花子 in LINE")+` && document.documentElement.dataset.mark === "same document"`)
	took("the source is edited, and the app greets the persona, without a reload")
	p.edit(t, "<h1>create-liff-app</h1>", "<h1>茶屋</h1>")
	phone.AwaitIn(frame, "the next edit, without a reload", `document.querySelector("h1")?.textContent === "茶屋" && document.documentElement.dataset.mark === "same document"`)

	b := browser.Open(t, served+"/")
	b.Await("the app in an ordinary browser", `document.querySelector("h1")?.textContent === "茶屋"`)
	p.edit(t, "liffId: import.meta.env.VITE_LIFF_ID", "liffId: import.meta.env.VITE_LIFF_ID, withLoginOnExternalBrowser: true")
	b.Press(`button[name="persona"][value="taro"]`)
	b.Press("#allow")
	b.Await("the persona's name", shows("Hello, 山田 太郎 in a browser"))
}

// shows is an expression: the document has a text.
func shows(text string) string {
	return `document.body?.innerText.includes("` + text + `") === true`
}
