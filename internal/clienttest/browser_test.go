package clienttest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// mapping leads a host name, or names by a wildcard, to a port of this machine whose
// certificate is trusted by its pin.
type mapping struct{ names, port, spki string }

// asLINE are the mappings of a platform: LINE's names, and the names from which the SDK
// loads extensions and texts.
func (p *platform) asLINE(t *testing.T) []mapping {
	t.Helper()
	u, err := url.Parse(p.TLSURL)
	if err != nil {
		t.Fatal(err)
	}
	return []mapping{{"*.line.me", u.Port(), p.TLSSPKI}, {"*.line-scdn.net", u.Port(), p.TLSSPKI}}
}

// startBrowser runs Chromium in which the mapped names lead to this machine and no
// other name exists.
func startBrowser(t *testing.T, mapped ...mapping) context.Context {
	t.Helper()
	var rules, pins []string
	for _, m := range mapped {
		rules = append(rules, "MAP "+m.names+" 127.0.0.1:"+m.port)
		pins = append(pins, m.spki)
	}
	rules = append(rules, "MAP * ~NOTFOUND", "EXCLUDE localhost", "EXCLUDE 127.0.0.1")
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(built.chromium),
		chromedp.Flag("host-resolver-rules", strings.Join(rules, ", ")),
		chromedp.Flag("ignore-certificate-errors-spki-list", strings.Join(pins, ",")),
		chromedp.Flag("lang", "en"),
		chromedp.WSURLReadTimeout(2*patience),
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

// tab is a page of a browser profile of its own: no cookie, no storage of others.
type tab struct {
	ctx  context.Context
	also net.IP // an address of this machine that counts as local beside loopback

	mu        sync.Mutex
	requests  []string       // guarded by mu: URL of each request
	answers   map[string]int // guarded by mu: status of the last document by URL
	strangers []string       // guarded by mu: answers that came from elsewhere than loopback
	errors    []string       // guarded by mu: what the browser's console calls an error
}

// openTab opens one. When the test ends, every request must have stayed on this machine.
func openTab(t *testing.T, browser context.Context) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{ctx: ctx, answers: map[string]int{}}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	if err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{})
		if err == nil {
			_, err = cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		}
		return err
	})); err != nil {
		t.Fatalf("watch the network and the console: %v", err)
	}
	t.Cleanup(func() { b.wantLocal(t) })
	return b
}

// note keeps what the tab asks and gets.
func (b *tab) note(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
		if e.RedirectResponse != nil {
			b.noteAnswer(e.RedirectResponse, e.Type)
		}
	case *network.EventResponseReceived:
		b.noteAnswer(e.Response, e.Type)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			b.errors = append(b.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func (b *tab) noteAnswer(r *network.Response, kind network.ResourceType) {
	if kind == network.ResourceTypeDocument {
		b.answers[r.URL] = int(r.Status)
	}
	ip := net.ParseIP(strings.Trim(r.RemoteIPAddress, "[]"))
	if !strings.HasPrefix(r.URL, "data:") && (ip == nil || !ip.IsLoopback() && !ip.Equal(b.also)) && !r.FromDiskCache {
		b.strangers = append(b.strangers, fmt.Sprintf("%s from %q", r.URL, r.RemoteIPAddress))
	}
}

// wantLocal wants that nothing left this machine: every answer came from loopback, and
// every name asked for is localhost, or one of LINE's that the platform stands in for.
func (b *tab) wantLocal(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.strangers {
		t.Errorf("an answer came from elsewhere than this machine: %s", s)
	}
	for _, raw := range b.requests {
		u, err := url.Parse(raw)
		if err != nil {
			t.Errorf("the page asked for %q: %v", raw, err)
			continue
		}
		host := u.Hostname()
		if u.Scheme != "data" && u.Scheme != "blob" && host != "localhost" && (b.also == nil || host != b.also.String()) && !strings.HasSuffix(host, ".line.me") && !strings.HasSuffix(host, ".line-scdn.net") {
			t.Errorf("the page asked for %s", raw)
		}
	}
}

// asked lists the requests since the mark whose URL has the prefix.
func (b *tab) asked(mark int, prefix string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var urls []string
	for _, u := range b.requests[mark:] {
		if strings.HasPrefix(u, prefix) {
			urls = append(urls, u)
		}
	}
	return urls
}

// mark counts the requests so far.
func (b *tab) mark() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.requests)
}

// open goes to a URL, without waiting for the page.
func (b *tab) open(t *testing.T, to string) {
	t.Helper()
	err := chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		res, err := cdp.Call(ctx, target, page.Navigate, page.NavigateParams{URL: to})
		if err == nil && res.ErrorText != "" && res.ErrorText != "net::ERR_ABORTED" { // aborted: the page went elsewhere at once
			err = errors.New(res.ErrorText)
		}
		return err
	}))
	if err != nil {
		t.Fatalf("open %s: %v", to, err)
	}
}

// before has every page run a script before its own.
func (b *tab) before(t *testing.T, script string) {
	t.Helper()
	err := chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
	if err != nil {
		t.Fatalf("a script before the page's: %v", err)
	}
}

// result is what an expression gave: a value, or the error it threw.
type result struct {
	Value   json.RawMessage `json:"value"`
	Failed  bool            `json:"failed"`
	Code    string          `json:"code"`
	Message string          `json:"message"`
}

// eval runs an expression in the page and waits for its promise. It fails if the page
// goes away meanwhile.
func (b *tab) eval(expression string) (result, error) {
	wrapped := `(async () => { try { return JSON.stringify({ value: (await (` + expression + `)) ?? null }) }
		catch (e) { return JSON.stringify({ failed: true, code: String(e.code), message: String(e.message) }) } })()`
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](wrapped, chromedp.EvalAwaitPromise))
	var r result
	if err == nil {
		err = json.Unmarshal([]byte(text), &r)
	}
	return r, err
}

// call runs an expression that must succeed and reads its value into out.
func (b *tab) call(t *testing.T, expression string, out any) {
	t.Helper()
	r, err := b.eval(expression)
	if err != nil || r.Failed {
		t.Fatalf("%s: %v, code %s: %s", expression, err, r.Code, r.Message)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(r.Value, out); err != nil {
		t.Fatalf("%s = %s: %v", expression, r.Value, err)
	}
}

// start runs an expression whose effect is that the page goes elsewhere.
func (b *tab) start(t *testing.T, expression string) {
	t.Helper()
	if err := chromedp.Do(b.ctx, chromedp.Evaluate[chromedp.Void]("void setTimeout(() => { "+expression+" }, 0)")); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
}

// is says whether an expression is true now; a page that is going away is not yet.
func (b *tab) is(expression string) bool {
	r, err := b.eval(expression)
	return err == nil && string(r.Value) == "true"
}

// await asks again and again until done says so. If that takes too long, the test fails
// with what the tab shows.
func (b *tab) await(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			shown, err := b.eval(`location.origin + location.pathname + ": " + (document.body?.innerText ?? "").slice(0, 400)`)
			t.Fatalf("%s: has not happened (%v); the tab shows %s %v", what, ctx.Err(), shown.Value, err)
		}
	}
}

// location returns where the tab is.
func (b *tab) location(t *testing.T) string {
	t.Helper()
	var at string
	b.call(t, "location.href", &at)
	return at
}

// status returns the HTTP status of the document at a URL.
func (b *tab) status(at string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, _, _ = strings.Cut(at, "#")
	return b.answers[at]
}
