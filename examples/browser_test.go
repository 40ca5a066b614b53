package examples_test

import (
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long the page may take for one step, on a slow machine.
const patience = 30 * time.Second

// startBrowser runs Chromium without a network beyond this machine. The server's tests
// do without one; so may a machine that has none.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() || os.Getenv("SKIP_BROWSER") != "" {
		t.Skip("tests in a browser are left out")
	}
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("no Chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:len(chromedp.DefaultExecAllocatorOptions):len(chromedp.DefaultExecAllocatorOptions)],
		chromedp.ExecPath(path),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
		chromedp.Flag("lang", "en"),
		chromedp.WSURLReadTimeout(patience),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to sandbox itself as root
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}

// page is a tab with a storage of its own.
type page struct {
	t   *testing.T
	ctx context.Context
}

func openPage(t *testing.T, browser context.Context, url string) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // the tab lives as long as this context
		t.Fatalf("open a tab: %v", err)
	}
	p := &page{t, ctx}
	p.do("open "+url, chromedp.Navigate(url))
	return p
}

func (p *page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatalf("%s: %v; the page says:\n%s", what, err, p.text("body"))
	}
}

// text returns what an element shows; empty if it shows nothing.
func (p *page) text(selector string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("`+selector+`")?.innerText ?? ""`))
	if err != nil {
		p.t.Fatalf("read %s: %v", selector, err)
	}
	return text
}

// wantHidden wants that a person sees nothing of the elements.
func (p *page) wantHidden(selectors ...string) {
	p.t.Helper()
	for _, s := range selectors {
		p.do(s+" should be hidden", chromedp.WaitNotVisible(s))
	}
}

// click presses a button and waits until an element is shown.
func (p *page) click(button, then string) {
	p.t.Helper()
	p.do("click "+button+", wait for "+then, chromedp.Click(button), chromedp.WaitVisible(then))
}

// shopServer serves the demo world on a port, with its endpoint URLs registered.
func shopServer(t *testing.T, p *platform) string {
	t.Helper()
	server := httptest.NewServer(newApp(t, demo(p.base())))
	t.Cleanup(server.Close)
	origin := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	p.set(func() {
		p.endpoints["2000000001-demo0001"] = origin + "/"
		p.endpoints["2000000001-demo0002"] = origin + "/order/"
		p.endpoints["2000000002-demo0003"] = origin + "/loyalty/"
	})
	return origin
}

// TestPage is what a person does: log in, be greeted, try the profile, log out.
func TestPage(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	platform := newPlatform(t)
	origin := shopServer(t, platform)
	page := openPage(t, browser, origin+"/")

	page.do("wait for the button", chromedp.WaitVisible("#login"))
	page.wantHidden("#greeting", "#proof", "#logout", "#send-profile", "#problem")

	page.click("#login", "#greeting")
	if got := page.text("#greeting"); got != "Hello, 鈴木 花子" {
		t.Errorf("greeting %q, want the name", got)
	}
	page.do("wait for both ways", chromedp.WaitVisible(`[data-way=id-token][data-result=ok]`), chromedp.WaitVisible(`[data-way=access-token][data-result=ok]`))
	if got := page.text("[data-way=id-token]"); !strings.Contains(got, userID) {
		t.Errorf("row of the ID token %q, want the user ID", got)
	}
	page.wantHidden("#login", "#refusal", "#problem")

	page.click("#send-profile", "#refusal")
	if got := page.text("#refusal"); !strings.Contains(got, "401") || !strings.Contains(got, "proves nothing") {
		t.Errorf("refusal %q, want the status and why", got)
	}

	page.do("reload", chromedp.Reload(), chromedp.WaitVisible("#greeting"))
	page.do("wait for both ways", chromedp.WaitVisible(`[data-way=id-token][data-result=ok]`), chromedp.WaitVisible(`[data-way=access-token][data-result=ok]`))

	page.click("#logout", "#login")
	page.wantHidden("#greeting", "#proof", "#logout", "#send-profile", "#refusal", "#picture")
	if got := page.text("#status"); !strings.Contains(got, "revoked") {
		t.Errorf("status %q, want that the token is revoked", got)
	}
	platform.set(func() {
		if len(platform.live) != 0 {
			t.Errorf("live access tokens after logging out: %d", len(platform.live))
		}
	})
	page.do("reload", chromedp.Reload(), chromedp.WaitVisible("#login"))
	page.wantHidden("#greeting")
}

// TestPageOfAnotherPath: a LIFF app below the root, entered by a deep link.
func TestPageOfAnotherPath(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	platform := newPlatform(t)
	origin := shopServer(t, platform)
	page := openPage(t, browser, origin+"/order/table/7")
	page.do("wait for the button", chromedp.WaitVisible("#login"))
	page.click("#login", "#greeting")
	page.do("wait for both ways", chromedp.WaitVisible(`[data-way=id-token][data-result=ok]`), chromedp.WaitVisible(`[data-way=access-token][data-result=ok]`))
	ctx, cancel := context.WithTimeout(page.ctx, patience)
	defer cancel()
	if at, err := chromedp.Run(ctx, chromedp.Location()); err != nil || at != origin+"/order/table/7" {
		t.Errorf("at %q, %v; want the page where the login began, without the code", at, err)
	}
}

// TestPageRefused: without a verified token there is no name, only the reason.
func TestPageRefused(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	platform := newPlatform(t)
	origin := shopServer(t, platform)
	page := openPage(t, browser, origin+"/")
	page.do("wait for the button", chromedp.WaitVisible("#login"))
	page.click("#login", "#greeting")

	// Revoked behind the app's back: the second way sees it, the first cannot.
	platform.set(func() { clear(platform.live) })
	page.do("reload", chromedp.Reload(), chromedp.WaitVisible(`[data-way=access-token][data-result=failed]`),
		chromedp.WaitVisible(`[data-way=id-token][data-result=ok]`), chromedp.WaitVisible("#login"))
	if got := page.text("[data-way=access-token]"); !strings.Contains(got, "log in again") || strings.Contains(got, userID) {
		t.Errorf("row of the access token %q, want the reason and no user", got)
	}

	platform.set(func() { platform.isAway = true })
	page.do("reload", chromedp.Reload(), chromedp.WaitVisible(`[data-way=access-token][data-result=failed]`))
	if got := page.text("[data-way=access-token]"); !strings.Contains(got, "try again") {
		t.Errorf("row of the access token %q, want that the platform is away", got)
	}
}

// TestPageOfNoPlatform: when the platform is away the page says so.
func TestPageOfNoPlatform(t *testing.T) {
	t.Parallel()
	browser := startBrowser(t)
	platform := newPlatform(t)
	origin := shopServer(t, platform)
	platform.Close()
	page := openPage(t, browser, origin+"/")
	page.do("wait for the reason", chromedp.WaitVisible("#problem"), chromedp.WaitVisible("#login"))
	page.wantHidden("#greeting")
}
