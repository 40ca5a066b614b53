package clienttest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDemo is a newcomer's first minute: the printed URL, a persona's card, consent,
// and a greeting by a server that verified who is there.
func TestDemo(t *testing.T) {
	t.Parallel()
	p := startPlatform(t)
	browser := startBrowser(t)
	for name, start := range map[string]string{"endpoint URL": p.LIFFApps[0].EndpointURL, "LIFF URL": p.LIFFApps[0].URL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, browser)
			b.open(t, start)
			b.press(t, "the app's button", "#login")
			b.press(t, "the persona's card", `button[name="persona"][value="hanako"]`)
			b.pressOr(t, "consent, unless the other test has given it", "#allow", "#greeting:not([hidden])")
			id := p.user(t, "hanako").UserID
			b.await(t, "both ways to verify the user", func() bool {
				return b.is(`[...document.querySelectorAll("[data-outcome]")].map((e) => e.textContent.includes("` + id + `")).join() === "true,true"`)
			})
			var greeting string
			if b.call(t, `document.querySelector("#greeting").textContent`, &greeting); !strings.Contains(greeting, "鈴木 花子") {
				t.Errorf("greeting %q, want hanako's name", greeting)
			}
			b.await(t, "the picture", func() bool { return b.is(`document.querySelector("#picture").naturalWidth > 0`) })
			b.wantQuiet(t)
			b.press(t, "the button that sends the profile without a token", "#send-profile")
			b.await(t, "the server's refusal", func() bool {
				return b.is(`!document.querySelector("#refusal").hidden && document.querySelector("#refusal").textContent.length > 0`)
			})
			b.press(t, "log out", "#logout")
			b.await(t, "the end of the login", func() bool {
				return b.is(`document.querySelector("#greeting").hidden && document.querySelector("#status").textContent.includes("revoked")`)
			})
		})
	}
}

// press waits until a button can be pressed and presses it.
func (b *tab) press(t *testing.T, what, selector string) {
	t.Helper()
	b.pressOr(t, what, selector, "")
}

// pressOr does so unless another element is there first.
func (b *tab) pressOr(t *testing.T, what, selector, instead string) {
	t.Helper()
	button := `document.querySelector('` + selector + `')`
	b.await(t, what, func() bool {
		return b.is(`document.readyState === "complete" && `+button+` !== null && !`+button+`.hidden && !`+button+`.disabled`) ||
			instead != "" && b.is(`document.querySelector('`+instead+`') !== null`)
	})
	if instead != "" && b.is(`document.querySelector('`+instead+`') !== null`) {
		return
	}
	if err := chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		t.Fatalf("press %s at %s: %v", what, b.location(t), err)
	}
}

// wantQuiet wants nothing on the browser's console that it calls an error, such as
// what a content security policy stopped.
func (b *tab) wantQuiet(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.errors {
		t.Errorf("the browser's console: %s", e)
	}
}
