package platform_test

import (
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
)

// world is a platform with the demo world, on a port of its own, and one browser.
type world struct {
	t       testing.TB
	url     string
	store   *memory.Store
	browser *http.Client // keeps cookies, follows nothing
	server  *http.Client // keeps nothing, follows nothing

	mu  sync.Mutex
	now time.Time
}

func (w *world) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func newWorld(t testing.TB, change ...func(*platform.Config)) *world {
	t.Helper()
	w := &world{t: t, store: memory.New(memory.Config{}), now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	srv := httptest.NewUnstartedServer(nil)
	w.url = "http://" + srv.Listener.Addr().String()
	sealer, err := platform.NewSealer("test", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := platform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	cfg := platform.Config{
		Store: w.store, Sealer: sealer, BaseURL: w.url, Issuer: platform.IssuerLINE, Now: w.Now,
		Lab: &platform.Lab{Seed: seed, DemoOrigin: "http://localhost:4801"},
	}
	for _, f := range change {
		f(&cfg)
	}
	p, err := platform.New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = p.Public()
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	w.server = w.newClient(nil)
	w.newBrowser()
	return w
}

func (w *world) newBrowser() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	w.browser = w.newClient(jar)
}

func (w *world) newClient(jar http.CookieJar) *http.Client {
	// Its own: a server that another test ends closes what is idle in the common transport.
	wire := &http.Transport{}
	w.t.Cleanup(wire.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: wire, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// answer is a response, read.
type answer struct {
	status   int
	header   http.Header
	location *url.URL // zero if there is none
	body     string
}

func (w *world) do(c *http.Client, method, target string, form url.Values) answer {
	w.t.Helper()
	if !strings.HasPrefix(target, "http") {
		target = w.url + target
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(w.t.Context(), method, target, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return w.send(c, r)
}

// doJSON sends a JSON body, if any, with a bearer token.
func (w *world) doJSON(method, path, bearer, body string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("Content-Type", "application/json")
	return w.send(w.server, r)
}

func (w *world) send(c *http.Client, r *http.Request) answer {
	w.t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(data), location: &url.URL{}}
	if loc := resp.Header.Get("Location"); loc != "" {
		if a.location, err = url.Parse(loc); err != nil {
			w.t.Fatalf("Location %q: %v", loc, err)
		}
	}
	return a
}

var formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

// login opens an authorization URL in the browser, logs in as a persona, allows
// everything, and returns the redirect to the app.
func (w *world) login(persona, path string, query url.Values) *url.URL {
	w.t.Helper()
	a := w.do(w.browser, "GET", path+"?"+query.Encode(), nil)
	for range 6 {
		if a.status != http.StatusSeeOther {
			w.t.Fatalf("login of %s: status %d, want 303\n%s", persona, a.status, a.body)
		}
		if a.location.Host != "" && !strings.HasPrefix(a.location.String(), w.url) {
			return a.location
		}
		page := w.do(w.browser, "GET", a.location.String(), nil)
		action := formAction.FindStringSubmatch(page.body)
		if page.status != http.StatusOK || action == nil {
			w.t.Fatalf("%s: status %d, want a page with a form\n%s", a.location, page.status, page.body)
		}
		form := url.Values{"loginState": {a.location.Query().Get("loginState")}}
		if strings.HasSuffix(a.location.Path, "/login") {
			form.Set("persona", persona)
		} else {
			form.Set("decision", "allow")
			form["scope"] = []string{"email", "real_name", "gender", "birthdate", "phone", "address"}
		}
		a = w.do(w.browser, "POST", html.UnescapeString(action[1]), form)
	}
	w.t.Fatalf("login of %s goes round in circles", persona)
	return nil
}
