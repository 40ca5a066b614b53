package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a running Chromium in which no name but localhost exists. It may be used
// from many goroutines.
type Browser struct{ ctx context.Context }

// StartBrowser runs one until the test ends.
func (b Built) StartBrowser(t *testing.T) *Browser {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(b.Chromium), chromedp.Flag("lang", "en"), chromedp.WSURLReadTimeout(2*Patience),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"))
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
	return &Browser{ctx}
}

// Tab is a page of a browser profile of its own: no cookie, no storage of others.
type Tab struct {
	t   *testing.T
	ctx context.Context
}

// Open opens a tab until the test ends, at a URL.
func (b *Browser) Open(t *testing.T, url string) *Tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // not a derived context: the tab lives as long as this one
		t.Fatalf("open a tab: %v", err)
	}
	tab := &Tab{t, ctx}
	// Tabs of one browser take the focus from one another, and then :focus matches nothing.
	if _, err := command(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	tab.Go(url)
	return tab
}

// do runs steps of chromedp.
func (b *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// command gives one command of the browser's protocol and returns its result.
func command[P, R any](b *Tab, c cdp.Command[P, R], params P) (R, error) {
	ctx, cancel := context.WithTimeout(b.ctx, Patience)
	defer cancel()
	var out R
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		var err error
		out, err = cdp.Call(ctx, target, c, params)
		return err
	}))
	return out, err
}

// Go goes to a URL, without waiting for the page.
func (b *Tab) Go(url string) {
	b.t.Helper()
	res, err := command(b, page.Navigate, page.NavigateParams{URL: url})
	// Aborted: the page went elsewhere at once.
	if err != nil || res.ErrorText != "" && res.ErrorText != "net::ERR_ABORTED" {
		b.t.Fatalf("go to %s: %v %s", url, err, res.ErrorText)
	}
}

// result is what an expression gave: a value, or the error that it threw.
type result struct {
	Value  json.RawMessage `json:"value"`
	Failed string          `json:"failed"`
}

// wrap makes an expression answer with a result as JSON.
func wrap(expression string) string {
	return `(async () => { try { return JSON.stringify({ value: (await (` + expression + `)) ?? null }) }
		catch (e) { return JSON.stringify({ failed: String(e.stack ?? e) || "failed" }) } })()`
}

func read(text string, out any) error {
	var r result
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return err
	}
	if r.Failed != "" {
		return fmt.Errorf("the page threw %s", r.Failed)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(r.Value, out)
}

// try runs an expression in the page, or in the frame if that is not empty.
func (b *Tab) try(frame cdp.FrameID, expression string, out any) error {
	params := runtime.EvaluateParams{Expression: wrap(expression), AwaitPromise: new(true), ReturnByValue: new(true)}
	if frame != "" {
		world, err := command(b, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame, WorldName: "stage"})
		if err != nil {
			return err
		}
		params.ContextID = world.ExecutionContextID
	}
	res, err := command(b, runtime.Evaluate, params)
	if err != nil {
		return err
	}
	if res.ExceptionDetails != nil {
		return fmt.Errorf("%s", res.ExceptionDetails.Text)
	}
	var text string
	if err := json.Unmarshal(res.Result.Value, &text); err != nil {
		return err
	}
	return read(text, out)
}

// Call runs an expression that must succeed, waits for its promise, and reads its value
// into out, unless that is nil.
func (b *Tab) Call(expression string, out any) {
	b.t.Helper()
	if err := b.try("", expression, out); err != nil {
		b.t.Fatalf("%.300s: %v", expression, err)
	}
}

// Inject runs a script in the page, whatever the page's policy says of scripts.
func (b *Tab) Inject(script string) {
	b.t.Helper()
	res, err := command(b, runtime.Evaluate, runtime.EvaluateParams{Expression: script})
	if err != nil || res.ExceptionDetails != nil {
		b.t.Fatalf("inject a script of %d bytes: %v %+v", len(script), err, res.ExceptionDetails)
	}
}

// Do runs statements that may take the page elsewhere.
func (b *Tab) Do(statements string) {
	b.t.Helper()
	b.Call("void setTimeout(() => { "+statements+" }, 0)", nil)
}

// Is says whether an expression is true now; a page that is going away is not yet.
func (b *Tab) Is(expression string) bool {
	var is bool
	return b.try("", expression, &is) == nil && is
}

// Await waits until an expression is true. If that takes too long, the test fails with
// what the tab shows.
func (b *Tab) Await(what, expression string) {
	b.t.Helper()
	b.until("", what, func() bool { return b.Is(expression) })
}

// until asks again and again until done says so; frame is where to look if it does not.
func (b *Tab) until(frame cdp.FrameID, what string, done func() bool) {
	b.t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-late.C:
			var shown string
			_ = b.try(frame, `location.href.split(/[?#]/)[0] + ": " + document.body.innerText.slice(0, 600)`, &shown) // for people
			b.t.Fatalf("%s: has not happened in %v; the tab shows %s", what, Patience, shown)
		}
	}
}

// Press waits until an element can be pressed, and presses it.
func (b *Tab) Press(selector string) {
	b.t.Helper()
	b.PressUnless(selector, "")
}

// PressUnless does so unless another element is there first, if that is not empty.
func (b *Tab) PressUnless(selector, instead string) {
	b.t.Helper()
	quoted, _ := json.Marshal([]string{selector, instead}) // strings
	var found string
	b.until("", "something to press at "+selector, func() bool {
		err := b.try("", `(([button, instead]) => {
			const e = document.readyState === "complete" ? document.querySelector(button) : null;
			return e && !e.disabled && e.checkVisibility() ? "button" : instead && document.querySelector(instead) ? "instead" : "";
		})(`+string(quoted)+`)`, &found)
		return err == nil && found != ""
	})
	if found == "button" {
		b.do("press "+selector, chromedp.Click(chromedp.CSS(selector)))
	}
}

// Frame returns the id of the first frame whose URL begins with the prefix, once it is
// there.
func (b *Tab) Frame(prefix string) cdp.FrameID {
	b.t.Helper()
	var id cdp.FrameID
	b.until("", "a frame at "+prefix, func() bool {
		tree, err := command(b, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return false
		}
		for _, f := range tree.FrameTree.ChildFrames {
			if strings.HasPrefix(f.Frame.URL, prefix) {
				id = f.Frame.ID
			}
		}
		return id != ""
	})
	return id
}

// AwaitIn waits until an expression is true in a frame. It sees the frame's document,
// not the variables of its scripts.
func (b *Tab) AwaitIn(frame cdp.FrameID, what, expression string) {
	b.t.Helper()
	b.until(frame, what, func() bool {
		var is bool
		return b.try(frame, expression, &is) == nil && is
	})
}

// Screen sets the size of the window in CSS pixels, its colour scheme, and how many
// pixels of a picture a CSS pixel gets.
func (b *Tab) Screen(width, height int64, dark bool, scale float64) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.do("set the screen", chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale)))
	if _, err := command(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}}); err != nil {
		b.t.Fatal(err)
	}
}

// Keys types keys, such as chromedp's kb.Tab.
func (b *Tab) Keys(keys string) {
	b.t.Helper()
	b.do("type", chromedp.KeyEvent(keys))
}

// Picture takes a picture of the window, or of the whole page, in one of the formats.
func (b *Tab) Picture(format Format, whole bool) []byte {
	b.t.Helper()
	res, err := command(b, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormat(format), CaptureBeyondViewport: new(whole)})
	if err != nil {
		b.t.Fatalf("take a picture: %v", err)
	}
	return res.Data
}

// Format is how a picture is written.
type Format string

// The formats: PNG is exact, WebP is small.
const (
	PNG  Format = "png"
	WebP Format = "webp"
)
