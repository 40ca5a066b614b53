package clienttest_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/tegata-id/tegata/simulator"
)

// phone is the simulator's page in a tab.
type phone struct {
	*tab
	*phoneWorld
	sdk string
}

// openPhone opens the page with an app chosen, and opens the app.
func (w *phoneWorld) openPhone(t *testing.T, sdk string, settings url.Values) *phone {
	t.Helper()
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	if !settings.Has("app") {
		settings.Set("app", liffIDs["/"+sdk+"/"])
	}
	p.open(t, w.base+simulator.Path+"?"+settings.Encode())
	p.press(t, "open", "#open")
	return p
}

// inApp runs an expression in the app's frame. The frame is another origin's, so the
// script of the test asks it by a message that the test app answers.
func (p *phone) inApp(t *testing.T, expression string, out any) {
	t.Helper()
	var r result
	p.await(t, "the app in the phone to answer "+expression, func() bool {
		raw, err := p.eval(askFrame(expression))
		if err != nil || raw.Failed || string(raw.Value) == "null" {
			return false
		}
		return json.Unmarshal(raw.Value, &r) == nil
	})
	if r.Failed {
		t.Fatalf("%s in the phone: %s: %s", expression, r.Code, r.Message)
	}
	if out != nil {
		if err := json.Unmarshal(r.Value, out); err != nil {
			t.Fatalf("%s in the phone = %s: %v", expression, r.Value, err)
		}
	}
}

// askFrame asks the topmost frame of the phone; null if it does not answer soon.
func askFrame(expression string) string {
	asked, _ := json.Marshal(expression) // a string
	return `new Promise((done) => {
		const frame = [...document.querySelectorAll("#frame iframe")].findLast((f) => !f.hidden);
		if (!frame) return done(null);
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = (e) => done(e.data);
		setTimeout(() => done(null), 5000);
		frame.contentWindow.postMessage({ evaluate: ` + string(asked) + ` }, "*", [port2]);
	})`
}

// ready waits for liff.init in the phone and wants it to have worked.
func (p *phone) ready(t *testing.T) {
	t.Helper()
	var o outcome
	p.inApp(t, `new Promise((done) => { const ask = () => window.outcome ? done(window.outcome) : setTimeout(ask, 20); ask() })`, &o)
	if !o.OK {
		t.Fatalf("liff.init of %s in the phone: %s: %s", p.sdk, o.Code, o.Message)
	}
}

// inAppIs says whether an expression is true in the app now.
func (p *phone) inAppIs(expression string) bool {
	raw, err := p.eval(askFrame(expression))
	if err != nil || raw.Failed {
		return false
	}
	var r result
	return json.Unmarshal(raw.Value, &r) == nil && !r.Failed && string(r.Value) == "true"
}

// startInApp runs an expression in the app whose effect is that it goes elsewhere, or
// that it waits for the user.
func (p *phone) startInApp(t *testing.T, expression string) {
	t.Helper()
	p.inApp(t, "void setTimeout(() => { "+expression+" }, 0) ?? true", nil)
}

// choose sets a control of the page as a user does.
func (p *phone) choose(t *testing.T, id, value string) {
	t.Helper()
	text, _ := json.Marshal(value) // a string
	p.call(t, `(() => { const at = document.getElementById("`+id+`"); at.value = `+string(text)+`;
		at.dispatchEvent(new Event("input", { bubbles: true })); at.dispatchEvent(new Event("change", { bubbles: true }));
		return at.value === `+string(text)+`})()`, nil)
}

// shows says whether an element of the page is there and says something.
func (p *phone) shows(selector, text string) bool {
	said, _ := json.Marshal(text) // a string
	return p.is(`(() => { const at = document.querySelector('` + selector + `'); return at !== null && at.checkVisibility() && at.textContent.includes(` + string(said) + `) })()`)
}

// awaitShown waits for that.
func (p *phone) awaitShown(t *testing.T, selector, text string) {
	t.Helper()
	p.await(t, selector+" to say "+text, func() bool { return p.shows(selector, text) })
}
