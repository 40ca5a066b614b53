package pagecheck_test

import (
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// wantAccessible wants axe-core to find nothing: neither against WCAG 2.2 A and AA nor
// against its best practices. No rule is off. What is in a frame is left out: that is an
// app, of another origin, and the demo app has states of its own.
func wantAccessible(t *testing.T, b *stage.Tab, view string) {
	t.Helper()
	var found []struct {
		ID, Help string
		Nodes    []string
	}
	b.Call(`axe.run(document, { iframes: false, resultTypes: ["violations"],
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then((r) => r.violations.map((v) => (
		{ id: v.id, help: v.help, nodes: v.nodes.slice(0, 4).map((n) => n.target.join(" ") + ": " + n.html.slice(0, 160) + " -- " + n.failureSummary.split("\n").slice(1).join("; ").slice(0, 300)) })))`, &found)
	for _, v := range found {
		t.Errorf("%s: axe: %s: %s\n\t%s", view, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}

// roomy is a script: which texts have no room. The page may not be wider than the
// window, and no text wider than its box or outside of the window. Texts that end in an
// ellipsis are meant to, and only those named here may: the header of LINE's app does
// so, a token is shown by its first characters, and the name of an app is as long as its
// owner likes.
const roomy = `(() => {
	const mayEnd = ".what b, .what span, .raw code, .skip, .said";
	const bad = [];
	const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className ? "." + String(e.className).trim().replace(/\s+/g, ".") : "") + " " + JSON.stringify((e.innerText || e.value || e.placeholder || "").slice(0, 60));
	const page = document.scrollingElement;
	if (page.scrollWidth > innerWidth) bad.push("the page is " + page.scrollWidth + " px wide");
	const pen = document.createElement("canvas").getContext("2d");
	const wide = (e, text) => { const s = getComputedStyle(e); pen.font = s.font; return pen.measureText(text).width; };
	for (const e of document.body.querySelectorAll("*")) {
		if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(mayEnd)) continue;
		const s = getComputedStyle(e);
		const inner = e.clientWidth - parseFloat(s.paddingLeft) - parseFloat(s.paddingRight);
		if (e.matches("select")) {
			const text = e.selectedOptions[0]?.textContent ?? "";
			if (e.id !== "app" && wide(e, text) > inner - 12) bad.push(name(e) + ": the choice " + JSON.stringify(text) + " does not fit");
			continue;
		}
		if (e.matches("input, textarea")) {
			if (e.placeholder && !e.value && wide(e, e.placeholder) > inner) bad.push(name(e) + ": the placeholder does not fit");
			continue;
		}
		const texts = [...e.childNodes].filter((n) => n.nodeType === 3 && n.data.trim() !== "");
		if (texts.length === 0) continue;
		if (s.display !== "inline" && e.scrollWidth > e.clientWidth + 1) bad.push(name(e) + ": " + e.scrollWidth + " px in " + e.clientWidth);
		if (s.textOverflow === "ellipsis" && s.overflowX !== "visible") bad.push(name(e) + ": may be cut off by an ellipsis");
		// The box around: the nearest that hides what is outside of it, or the window.
		let box = { left: 0, right: innerWidth };
		for (let p = e; p; p = p.parentElement) {
			if (getComputedStyle(p).overflowX !== "visible") { box = p.getBoundingClientRect(); break; }
		}
		for (const n of texts) {
			const range = document.createRange();
			range.selectNodeContents(n);
			for (const r of range.getClientRects()) {
				if (r.width > 0 && (r.left < box.left - 1 || r.right > box.right + 1)) { bad.push(name(e) + ": reaches from " + r.left + " to " + r.right + " of " + box.left + " to " + box.right); break; }
			}
		}
	}
	return [...new Set(bad)].slice(0, 12);
})()`

// wantRoom wants every text to have room.
func wantRoom(t *testing.T, b *stage.Tab, view string) {
	t.Helper()
	var bad []string
	b.Call(roomy, &bad)
	for _, text := range bad {
		t.Errorf("%s: %s", view, text)
	}
}

// startKeys is a script: it names what the keyboard must reach, and begins at the top.
const startKeys = `(() => {
	const scope = document.querySelector("dialog[open]") ?? document;
	window.reached = new Set();
	window.place = (e) => e.parentElement ? place(e.parentElement) + ">" + [...e.parentElement.children].indexOf(e) : "";
	const stops = [...scope.querySelectorAll("a[href], button, input, select, textarea, iframe, summary, [tabindex]")].filter((e) =>
		!e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }) &&
		!(e.type === "radio" && !e.checked && [...scope.querySelectorAll("input[type=radio]")].some((r) => r.name === e.name && r.checked)));
	window.label = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + " " + JSON.stringify((e.innerText || e.ariaLabel || e.title || e.name || "").slice(0, 40));
	// A stop is a place in the page, for panels are drawn anew when something happens in
	// the app; a group of radio buttons is one.
	window.stop = (e) => e.type === "radio" ? "radio buttons " + e.name : place(e);
	window.wanted = new Map(stops.map((e) => [stop(e), label(e)]));
	if (scope === document) { document.activeElement?.blur(); document.documentElement.scrollTop = 0; }
	return window.wanted.size;
})()`

// atKey is a script: notes where the keyboard is. It returns what is wrong there, and
// whether everything has been reached.
const atKey = `(() => {
	const e = document.activeElement;
	const out = { bad: "", done: false };
	if (e && e !== document.body && !reached.has(stop(e))) {
		reached.add(stop(e));
		if (e.tagName !== "IFRAME") {
			const s = getComputedStyle(e);
			const r = e.getBoundingClientRect();
			const shown = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
			if (!e.matches(":focus-visible") || !shown) out.bad = label(e) + " does not show the focus (" + s.outline + ")";
			else if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 || r.left >= innerWidth) out.bad = label(e) + " has the focus out of sight";
		}
	}
	out.done = [...wanted.keys()].every((s) => reached.has(s));
	return out;
})()`

// wantKeyboard goes through the page by the tab key, as far as a person would, and wants
// every control to be reached, in sight and with the focus shown.
func wantKeyboard(t *testing.T, b *stage.Tab) {
	t.Helper()
	b.Screen(1024, 900, false, 1)
	var wanted int
	b.Call(startKeys, &wanted)
	for range wanted*2 + 40 { // the controls of an app in the frame are stops, too
		b.Keys("\t")
		var at struct {
			Bad  string
			Done bool
		}
		b.Call(atKey, &at)
		if at.Bad != "" {
			t.Errorf("keyboard: %s", at.Bad)
		}
		if at.Done {
			return
		}
	}
	var left []string
	b.Call(`[...wanted].filter(([stop]) => !reached.has(stop)).map(([, label]) => label)`, &left)
	t.Errorf("the keyboard does not reach %q", left)
}
