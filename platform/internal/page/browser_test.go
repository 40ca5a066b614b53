package page_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/tegata-id/tegata/platform/internal/page"
)

// lookChromium finds the browser.
func lookChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no Chromium: install it (Debian: apt-get install chromium), or set SKIP_BROWSER=1")
}

// browser is one Chromium with one tab.
type browser struct {
	t   *testing.T
	ctx context.Context

	mu     sync.Mutex
	errors []string      // guarded by mu: what the console calls an error, such as a refusal by the policy
	noted  chan struct{} // has an element when errors has grown
}

func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := lookChromium()
	if err != nil {
		t.Fatal(err)
	}
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options, chromedp.ExecPath(path), chromedp.Flag("lang", "en"), chromedp.WSURLReadTimeout(2*time.Minute),
		chromedp.Flag("host-resolver-rules", "MAP app.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to sandbox itself as root
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b := &browser{t: t, ctx: ctx, noted: make(chan struct{}, 1)}
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	if err := chromedp.Listen(ctx, b.note); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, log.Enable, cdp.Empty{})
		return err
	}))
	return b
}

func (b *browser) note(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Level == log.EntryLevelError {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.errors = append(b.errors, e.Entry.Text)
		select {
		case b.noted <- struct{}{}:
		default:
		}
	}
}

// refusals returns what the console said since it was last asked, without the status
// codes of pages, which are meant.
func (b *browser) refusals() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []string
	for _, e := range b.errors {
		if !strings.Contains(e, "server responded with a status of") && !strings.Contains(e, "favicon") {
			all = append(all, e)
		}
	}
	b.errors = nil
	return all
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

// open goes to a page. A navigation that the page before had begun may come between
// and abort ours; then it is begun anew.
func (b *browser) open(to string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	for tries := 1; ; tries++ {
		err := chromedp.Do(ctx, chromedp.Navigate(to))
		if err == nil {
			return
		}
		if tries == 5 || !strings.Contains(err.Error(), "ERR_ABORTED") {
			b.t.Fatalf("open %s: %v", to, err)
		}
	}
}

func (b *browser) width(w int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(w, 800))
}

// forget removes the cookies, such as the language that a page has kept: ports of one
// host share them.
func (b *browser) forget() {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{})
		return err
	}))
}

// script lets the page's scripts run or not.
func (b *browser) script(run bool) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !run})
		return err
	}))
}

// eval returns the value of an expression as JSON.
func (b *browser) eval(expression string) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, time.Minute)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("JSON.stringify("+expression+") ?? 'null'"))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return text
}

// want compares the value of an expression.
func (b *browser) want(expression string, want any) {
	b.t.Helper()
	b.soon(expression, want, 0)
}

// soon compares the value of an expression that the browser may still be about to
// change, as autofocus does after the page is there.
func (b *browser) soon(expression string, want any, within time.Duration) {
	b.t.Helper()
	text, err := json.Marshal(want)
	if err != nil {
		b.t.Fatal(err)
	}
	late := time.Now().Add(within)
	got := b.eval(expression)
	for got != string(text) && time.Now().Before(late) {
		got = b.eval(expression)
	}
	if got != string(text) {
		b.t.Errorf("%s is %s, want %s", expression, got, text)
	}
}

// app is another origin: where the answers of forms and LIFF URLs go.
type app struct {
	*httptest.Server
	got chan *http.Request
}

func newApp(t *testing.T) app {
	t.Helper()
	a := app{got: make(chan *http.Request, 16)}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			http.NotFound(w, r)
			return
		}
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<title>app</title>")
		a.got <- r
	}))
	t.Cleanup(a.Close)
	return a
}

// request waits for the next request.
func (a app) request(t *testing.T) *http.Request {
	t.Helper()
	select {
	case r := <-a.got:
		return r
	case <-time.After(30 * time.Second):
		t.Fatal("nothing came to the app")
		return nil
	}
}

// site serves pages by their path.
func site(t *testing.T, p *page.Renderer, pages map[string]shows) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/_tegata/assets/", p.Assets())
	mux.Handle("/_tegata/picture/", page.Pictures())
	for path, write := range pages {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if err := write(p, w, r); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// TestBrowser looks at the pages in Chromium. SKIP_BROWSER=1 leaves it out.
func TestBrowser(t *testing.T) {
	t.Parallel()
	if os.Getenv("SKIP_BROWSER") != "" {
		t.Log("left out by SKIP_BROWSER")
		return
	}
	b := newBrowser(t)
	for name, test := range map[string]func(*testing.T, *browser){
		"layout": testLayout, "contract": testContract, "alert": testAlert, "form": testForm, "form post": testFormPost,
		"LIFF URL": testLIFFOpen, "hostile": testHostile, "show": testShow,
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			b.script(true)
			b.width(1280)
			b.open("about:blank") // what the test before left behind is over
			b.forget()
			b.refusals()
			test(t, b)
			if r := b.refusals(); len(r) > 0 && name != "form" {
				t.Errorf("the console complains: %q", r)
			}
		})
	}
}

// Nothing is wider than the window at 320 pixels, in any language, and the controls
// are large enough.
func testLayout(t *testing.T, b *browser) {
	pages := map[string]shows{}
	var paths []string
	long := plain()
	long.app, long.name, long.value = strings.Repeat("Teahouse", 12), strings.Repeat("花", 60), strings.Repeat("a", 90)+"@example.com"
	for kind, w := range map[string]words{"plain": plain(), "long": long} {
		for i, s := range samples(w) {
			if s.name != "formpost" && s.name != "liffopen" {
				path := fmt.Sprintf("/%s/%d", kind, i)
				pages[path] = s.write
				paths = append(paths, path)
			}
		}
	}
	at := site(t, renderer(t), pages)
	for _, width := range []int64{320, 1280} {
		b.width(width)
		for i, path := range paths {
			lang := []string{"en", "ja", "th", "zh-Hant", "ko"}[i%5]
			b.open(at + path + "?lang=" + lang)
			b.want("document.documentElement.scrollWidth <= innerWidth", true)
			b.want("document.documentElement.lang", lang)
			b.want(`[...document.querySelectorAll("button, a, input:not([type=hidden]):not([hidden])")].filter(e => { const r = e.getBoundingClientRect(); return r.height < 20 || r.left < 0 || r.right > innerWidth + 1 }).map(e => e.outerHTML)`, []string{})
			b.want("getComputedStyle(document.querySelector('.pass')).filter !== 'none'", true) // the style is there
		}
	}
}

// The names that callers, scripts and test tools hold on to.
func testContract(t *testing.T, b *browser) {
	pages, names := map[string]shows{}, map[string]string{}
	for i, s := range samples(plain()) {
		path := fmt.Sprintf("/%d", i)
		pages[path], names[s.name] = s.write, path
	}
	at := site(t, renderer(t), pages)
	b.open(at + names["login"])
	b.want(`[...document.forms].map(f => [f.method, f.getAttribute("action"), f.elements.loginState.value])`, [][]string{{"post", "/login", "tok"}, {"post", "/login", "tok"}})
	b.want(`[...document.forms[0].elements].filter(e => e.name).map(e => e.tagName + " " + e.type + " " + e.name + " " + e.id)`,
		[]string{"INPUT hidden loginState ", "INPUT text email email", "INPUT password password password", "BUTTON submit decision login"})
	b.want(`[document.querySelector("[name=email]").autocomplete, document.querySelector("[name=email]").inputMode, document.querySelector("[name=password]").autocomplete, document.querySelector("#login").value]`,
		[]string{"username", "email", "current-password", "login"})
	b.want(`[...document.querySelectorAll("button[name=persona]")].map(e => e.value)`, []string{"1", "2"})
	b.want(`document.querySelector("button[name=persona]").form === document.forms[1]`, true)
	b.want(`[...document.querySelectorAll("button")].filter(e => e.type === "submit")[0].id`, "login")
	b.want(`[...document.querySelectorAll("label")].every(l => l.control)`, true)
	b.open(at + names["login/continue"])
	b.want(`[...document.querySelectorAll("button")].map(e => e.id + e.name + e.value)`, []string{"continuedecisioncontinue"})
	b.want(`document.querySelector("a[href='/login?other=1']") !== null && document.querySelector("[name=password]") === null`, true)
	b.open(at + names["consent"])
	b.want(`[...document.querySelectorAll("form input:not([type=hidden]):not([hidden])")].map(e => e.type + " " + e.name + " " + e.value + " " + e.checked)`, []string{
		"checkbox scope email true", "checkbox scope 鈴木 花子 false", "checkbox scope real_name false", "checkbox scope gender false",
		"checkbox scope birthdate true", "checkbox scope phone false", "checkbox add_friend true false",
	})
	b.want(`[...document.querySelectorAll("button")].map(e => e.id + " " + e.name + " " + e.value)`, []string{"allow decision allow", "deny decision deny"})
	for _, width := range []int64{320, 1280} {
		b.width(width)
		b.want(`(([a, d]) => a.width === d.width && a.height === d.height)(["allow", "deny"].map(id => document.getElementById(id).getBoundingClientRect()))`, true)
	}
	b.open(at + names["friend"])
	b.want(`[...document.querySelectorAll("button")].map(e => e.name + " " + e.value)`, []string{"decision add", "decision skip"})
	b.open(at + names["error/Bad Request"])
	b.want(`[...document.querySelectorAll("mark")].map(e => e.textContent)`, []string{"1", "", "2"})
	b.want("document.forms.length", 0)
}

// A refusal has the focus when the page is there, without script.
func testAlert(t *testing.T, b *browser) {
	at := site(t, renderer(t), map[string]shows{"/": samples(plain())[2].write})
	b.script(false)
	b.open(at)
	b.soon(`document.activeElement.getAttribute("role")`, "alert", 20*time.Second)
	b.want(`[...document.querySelectorAll("[aria-invalid]")].map(e => e.name + " " + e.getAttribute("aria-describedby"))`, []string{"email alert", "password alert"})
	b.want(`document.querySelector("[name=email]").value`, "hanako@example.com")
}

// The answer to a form may redirect to the app, and only there.
func testForm(t *testing.T, b *browser) {
	to, stranger := newApp(t), newApp(t)
	login := func(target string) shows {
		return func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.Login(w, r, page.Visit{FormTarget: to.URL}, page.Login{App: page.App{Name: "Tea House"}, Action: "/post?to=" + url.QueryEscape(target), Token: "t", Personas: []page.Person{{Handle: "hanako", Name: "Hanako"}}})
		}
	}
	at := site(t, renderer(t), map[string]shows{
		"/good": login(to.URL), "/bad": login(stranger.URL),
		"/post": func(_ *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			if err := r.ParseForm(); err != nil {
				return err
			}
			http.Redirect(w, r, r.Form.Get("to")+"/cb?"+r.PostForm.Encode(), http.StatusSeeOther)
			return nil
		},
	})
	fill := []chromedp.Action[chromedp.Void]{chromedp.SendKeys(chromedp.CSS("#email"), "hanako"), chromedp.SendKeys(chromedp.CSS("#password"), "demo\r")}
	b.open(at + "/good")
	b.do(fill...)
	if got := to.request(t).URL.RawQuery; got != "decision=login&email=hanako&loginState=t&password=demo" {
		t.Errorf("Enter in the form sent %q", got)
	}
	b.open(at + "/good")
	b.do(chromedp.Click(chromedp.CSS("button[name=persona]")))
	if got := to.request(t).URL.RawQuery; got != "loginState=t&persona=hanako" {
		t.Errorf("a persona's card sent %q", got)
	}
	b.refusals()
	b.open(at + "/bad")
	b.do(chromedp.Evaluate[chromedp.Void](`void document.querySelector("button[name=persona]").click()`))
	b.until(func() bool { return len(b.refusals()) > 0 }, "the policy to refuse another site")
	select {
	case r := <-stranger.got:
		t.Errorf("the form's answer came to another site: %s", r.URL)
	default:
	}
}

// until waits for something that the console tells. It asks nothing of the page, which
// may be on its way to another.
func (b *browser) until(done func() bool, what string) {
	b.t.Helper()
	for late := time.After(30 * time.Second); !done(); {
		select {
		case <-b.noted:
		case <-late:
			b.t.Fatalf("waited in vain for %s", what)
		}
	}
}

// form_post sends itself; without script there is a button.
func testFormPost(t *testing.T, b *browser) {
	to := newApp(t)
	fields := []page.Field{{Name: "code", Value: `a"b&c<d`}, {Name: "state", Value: "茶 +%20"}}
	at := site(t, renderer(t), map[string]shows{"/": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		return p.FormPost(w, r, page.Visit{}, page.FormPost{App: page.App{Name: "Tea House"}, Action: to.URL + "/cb?x='1'&y=%41", Fields: fields})
	}})
	check := func() {
		r := to.request(t)
		if r.Method != http.MethodPost || r.URL.RequestURI() != "/cb?x=%271%27&y=%41" && r.URL.RequestURI() != "/cb?x='1'&y=%41" ||
			r.PostForm.Get("code") != fields[0].Value || r.PostForm.Get("state") != fields[1].Value || len(r.PostForm) != 2 {
			t.Errorf("%s %s %v", r.Method, r.URL.RequestURI(), r.PostForm)
		}
	}
	b.open(at)
	check()
	b.script(false)
	b.open(at)
	b.do(chromedp.Click(chromedp.CSS("button.main")))
	check()
}

// A LIFF URL's fragment comes into liff.state, encoded as the platform encodes.
func testLIFFOpen(t *testing.T, b *browser) {
	to := newApp(t)
	state := func(rest string) string { return strings.ReplaceAll(url.QueryEscape(rest), "+", "%20") }
	for _, c := range []struct{ endpoint, rest, hash, want string }{
		{"/a", "", "", "/a"},
		{"/a", "/b?c=d", "", "/a?liff.state=" + state("/b?c=d")},
		{"/a", "/b?c=d", "#e", "/a?liff.state=" + state("/b?c=d#e")},
		{"/a", "", "#e", "/a?liff.state=" + state("#e")},
		{"/a", "", "#", "/a"},
		{"/a/?k=v", "b", "#e=f&g", "/a/?k=v&liff.state=" + state("b#e=f&g")},
		{"/a", "/x%2Fy?q=%E8%8C%B6", "#!'()*~", "/a?liff.state=" + state("/x%2Fy?q=%E8%8C%B6#!'()*~")},
		{"/a", "", "#茶 <b>", "/a?liff.state=" + state("#%E8%8C%B6%20%3Cb%3E")},
		{"/a", `/"'><script>alert(1)</script>`, "#javascript:alert(1)", "/a?liff.state=" + state(`/"'><script>alert(1)</script>#javascript:alert(1)`)},
	} {
		fallback := to.URL + c.endpoint
		if c.rest != "" {
			sep := "?"
			if strings.Contains(c.endpoint, "?") {
				sep = "&"
			}
			fallback += sep + "liff.state=" + state(c.rest)
		}
		at := site(t, renderer(t), map[string]shows{"/": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.LIFFOpen(w, r, page.Visit{}, page.LIFFOpen{Endpoint: to.URL + c.endpoint, Rest: c.rest, Fallback: fallback})
		}})
		b.open(at + "/" + c.hash)
		if got := to.request(t).URL.RequestURI(); got != c.want {
			t.Errorf("endpoint %s, rest %q, fragment %q: went to\n%s, want\n%s", c.endpoint, c.rest, c.hash, got, c.want)
		}
		b.script(false)
		b.open(at + "/" + c.hash)
		if got := to.request(t).URL.RequestURI(); got != strings.TrimPrefix(fallback, to.URL) {
			t.Errorf("without script: endpoint %s, rest %q: went to %s, want %s", c.endpoint, c.rest, got, fallback)
		}
		b.script(true)
	}
}

// Nothing that an app, a person or a request says becomes markup, script or a request.
func testHostile(t *testing.T, b *browser) {
	evil := `"'><script>pwned=1</script><img src=x onerror=pwned=1>{{.}}` + "`${pwned=1}`" + "\u202e\u0000</title></textarea><svg onload=pwned=1>"
	hostile := words{app: evil, provider: evil, name: evil, note: evil, email: evil, value: evil, message: evil, url: "javascript:pwned=1"}
	pages := map[string]shows{}
	for i, s := range samples(hostile) {
		if s.name != "formpost" && s.name != "liffopen" {
			pages[fmt.Sprintf("/%d", i)] = s.write
		}
	}
	pages["/pictures"] = func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		v := visit()
		v.RequestID = evil
		person := page.Person{Handle: evil, Name: evil, Picture: "javascript:pwned=1"}
		return p.Login(w, r, v, page.Login{App: page.App{Name: evil}, Action: "javascript:pwned=1", Token: evil, Continue: &person, OtherURL: "javascript:pwned=1", CancelURL: "data:text/html,x"})
	}
	pages["/request"] = func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		return p.Error(w, r, page.Visit{RequestID: evil, UILocales: evil}, page.Error{Status: 400, Message: evil, Check: evil, Given: evil, Registered: []string{evil + "1"}, Fix: evil})
	}
	at := site(t, renderer(t), pages)
	for path := range pages {
		b.open(at + path + "?x=" + url.QueryEscape(evil) + "&javascript:pwned=1")
		b.want("typeof pwned", "undefined")
		b.want(`[...document.scripts].every(s => s.src.startsWith(location.origin + "/_tegata/assets/") && !s.text)`, true)
		b.want(`[...document.querySelectorAll("img, svg, iframe, object, embed, style")].filter(e => !(e.src || "").startsWith(location.origin + "/_tegata/picture/")).map(e => e.outerHTML)`, []string{})
		b.want(`[...document.querySelectorAll("*")].filter(e => e.getAttributeNames().some(n => n.startsWith("on") || n === "style")).length`, 0)
		b.want(`[...document.links].map(a => a.protocol).filter(p => p !== "http:" && p !== "https:")`, []string{})
		b.want(`[...document.forms].map(f => f.action).filter(a => !a.startsWith(location.origin + "/"))`, []string{})
		b.want(`/[\u202e\u0000]/.test(document.body.innerText)`, false)
	}
}

// The button that shows the password is there only with script.
func testShow(t *testing.T, b *browser) {
	at := site(t, renderer(t), map[string]shows{"/": samples(plain())[0].write})
	b.open(at)
	b.do(chromedp.SendKeys(chromedp.CSS("#password"), "demo"), chromedp.Click(chromedp.CSS(".show")))
	b.want(`[document.querySelector("#password").type, document.querySelector("#password").value, document.querySelector(".show").getAttribute("aria-pressed"), document.querySelector(".show").textContent]`, []string{"text", "demo", "true", "Hide"})
	b.do(chromedp.Click(chromedp.CSS(".show")))
	b.want(`[document.querySelector("#password").type, document.querySelector(".show").textContent]`, []string{"password", "Show"})
	b.script(false)
	b.open(at)
	b.want(`document.querySelector(".show") === null && document.querySelector("#password").type`, "password")
}
