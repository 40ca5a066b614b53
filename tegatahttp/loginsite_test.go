package tegatahttp_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/tegatahttp"
)

const (
	httpsOrigin = "https://app.example.com"
	httpOrigin  = "http://localhost:3000"
	secret32    = "0123456789abcdef0123456789abcdef"
)

// loginPlatform is the real platform with the demo world, on a port of its own.
type loginPlatform struct {
	url string
	lab *platform.Laboratory

	mu    sync.Mutex // guards the rest
	now   time.Time
	asked map[string]int // by path
	last  map[string]url.Values
}

// newLoginPlatform starts one; callbacks are registered for the first channel.
func newLoginPlatform(t testing.TB, callbacks ...string) *loginPlatform {
	t.Helper()
	p := &loginPlatform{now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), asked: map[string]int{}, last: map[string]url.Values{}}
	srv := httptest.NewUnstartedServer(nil)
	p.url = "http://" + srv.Listener.Addr().String()
	sealer, err := platform.NewSealer("test", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := platform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	seed.Channels[0].Callbacks = append(seed.Channels[0].Callbacks, callbacks...)
	issuer, err := platform.New(t.Context(), platform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: p.url, Issuer: platform.IssuerLINE, Now: p.Now,
		Lab: &platform.Lab{Seed: seed, DemoOrigin: "http://localhost:4801"},
	})
	if err != nil {
		t.Fatal(err)
	}
	p.lab = issuer.Laboratory()
	public := issuer.Public()
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.note(r)
		public.ServeHTTP(w, r)
	})
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		if err := issuer.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// note counts a request, and remembers its form.
func (p *loginPlatform) note(r *http.Request) {
	body, _ := io.ReadAll(r.Body) // an error comes again below
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, _ := url.ParseQuery(string(body))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[r.URL.Path]++
	p.last[r.URL.Path] = form
}

func (p *loginPlatform) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *loginPlatform) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

func (p *loginPlatform) count(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// sent is the form that a path was sent last.
func (p *loginPlatform) sent(path string) url.Values {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last[path]
}

// website is one that logs its users in, and what became of the last login.
type website struct {
	*tegatahttp.Login
	origin  string
	handler http.Handler
	in      *tegatahttp.LoggedIn
	err     error
	ended   int
}

// loginChannel is a channel at LINE, which nobody asks.
func loginChannel() tegata.Config { return tegata.Config{ChannelID: channelID} }

// newShop returns a platform with a website that is registered there, and a browser.
func newShop(t *testing.T, origin string, change ...func(*tegatahttp.LoginConfig)) (*website, *browser, *loginPlatform) {
	t.Helper()
	p := newLoginPlatform(t, httpsOrigin+"/callback")
	w := newWebsite(t, origin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL, c.Channel.Now = p.url, p.Now
		for _, f := range change {
			f(c)
		}
	})
	return w, newBrowser(t, w), p
}

// newWebsite returns a website; change names at least its platform.
func newWebsite(t *testing.T, origin string, change func(*tegatahttp.LoginConfig)) *website {
	t.Helper()
	w := &website{origin: origin}
	cfg := tegatahttp.LoginConfig{
		Channel: tegata.Config{ChannelID: channelID}, ChannelSecret: tegata.Secret(seeded[channelID]), RedirectURI: origin + "/callback",
		Done: func(rw http.ResponseWriter, r *http.Request, in *tegatahttp.LoggedIn) {
			w.in, w.err = in, nil
			w.ended++
			http.Redirect(rw, r, in.Next, http.StatusSeeOther)
		},
		Failed: func(rw http.ResponseWriter, _ *http.Request, err error) {
			w.in, w.err = nil, err
			w.ended++
			rw.WriteHeader(http.StatusBadRequest)
		},
	}
	change(&cfg)
	login, err := tegatahttp.NewLogin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/login", login.Start())
	mux.Handle("/callback", login.Callback())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.URL.RequestURI()) })
	w.Login, w.handler = login, mux
	return w
}

// browser follows redirects, keeps cookies and fills in the platform's pages. The website is
// in this process, the platform on its port.
type browser struct {
	t        *testing.T
	site     *website
	cookies  *cookiejar.Jar
	wire     *http.Transport // its own: a server that another test ends closes what is idle in the common one
	off      bool            // keeps no cookies of the website
	persona  string          // who sits before it
	decision string          // on the page of consent
	friend   bool            // adds the LINE Official Account there
	visited  []string        // URLs of the website
	asked    []*url.URL      // authorization requests
	answer   *http.Response  // the website's last
}

func newBrowser(t *testing.T, site *website) *browser {
	t.Helper()
	cookies, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	wire := &http.Transport{}
	t.Cleanup(wire.CloseIdleConnections)
	return &browser{t: t, site: site, cookies: cookies, wire: wire, persona: "hanako", decision: "allow"}
}

// visit opens a URL, logs in and decides where it is asked to, and returns the last page.
func (b *browser) visit(target string) string {
	b.t.Helper()
	var form url.Values
	for range 25 {
		u := b.parse(target)
		res, body := b.ask(u, form)
		form = nil
		if loc := res.Header.Get("Location"); loc != "" {
			next, err := u.Parse(loc)
			if err != nil {
				b.t.Fatal(err)
			}
			target = next.String()
			continue
		}
		action := formAction.FindStringSubmatch(body)
		if strings.HasPrefix(target, b.site.origin) || action == nil {
			return body
		}
		form = url.Values{"loginState": {u.Query().Get("loginState")}, "decision": {b.decision}}
		if b.friend {
			form.Set("add_friend", "true")
		}
		if strings.HasSuffix(u.Path, "/login") {
			form = url.Values{"loginState": {u.Query().Get("loginState")}, "persona": {b.persona}}
		}
		next, err := u.Parse(html.UnescapeString(action[1]))
		if err != nil {
			b.t.Fatal(err)
		}
		target = next.String()
	}
	b.t.Fatal("the browser is sent round in circles")
	return ""
}

func (b *browser) parse(target string) *url.URL {
	b.t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		b.t.Fatal(err)
	}
	return u
}

// ask sends one request.
func (b *browser) ask(u *url.URL, form url.Values) (*http.Response, string) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, u.String(), nil)
	if form != nil {
		r = httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, u.String(), strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if strings.HasSuffix(u.Path, "/authorize") {
		b.asked = append(b.asked, u)
	}
	isSite := strings.HasPrefix(u.String(), b.site.origin)
	if !isSite || !b.off {
		for _, c := range b.cookies.Cookies(u) {
			r.AddCookie(c)
		}
	}
	var res *http.Response
	if isSite {
		b.visited = append(b.visited, u.String())
		rec := httptest.NewRecorder()
		b.site.handler.ServeHTTP(rec, r)
		res = rec.Result()
		b.answer = res
		b.checkCookies(u, res)
	} else {
		r.RequestURI = ""
		var err error
		if res, err = b.wire.RoundTrip(r); err != nil {
			b.t.Fatal(err)
		}
	}
	defer func() { _ = res.Body.Close() }()
	b.cookies.SetCookies(u, res.Cookies())
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, string(body)
}

// checkCookies refuses what a browser would (RFC 6265bis), which Go's jar does not, and
// what a script could read.
func (b *browser) checkCookies(u *url.URL, res *http.Response) {
	b.t.Helper()
	size := 0
	for _, c := range res.Cookies() {
		isHost := strings.HasPrefix(c.Name, "__Host-")
		isHTTPS := u.Scheme == "https"
		if isHost != isHTTPS || c.Secure != isHTTPS || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge == 0 || c.MaxAge > 600 {
			b.t.Errorf("%s sets the cookie %s", u.Path, c)
		}
		size += len(c.Name) + len(c.Value)
	}
	if size > 1024 {
		b.t.Errorf("%s sets cookies of %d bytes", u.Path, size)
	}
}

// start begins a login and returns the authorization request that it makes.
func (b *browser) start(path string) *url.URL {
	b.t.Helper()
	res, _ := b.ask(b.parse(b.site.origin+path), nil)
	if res.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("start: %d", res.StatusCode)
	}
	return b.parse(res.Header.Get("Location"))
}

// kept returns the cookies of the website.
func (b *browser) kept() []*http.Cookie { return b.cookies.Cookies(b.parse(b.site.origin + "/")) }
