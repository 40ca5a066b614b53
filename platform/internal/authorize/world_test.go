package authorize_test

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/authorize"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// What the world of these tests knows.
const (
	channelID  = "2000000001"
	developing = "2000000004"
	liffID     = "2000000001-demo0001"
	secret     = "0123456789abcdef0123456789abcdef"
	callback   = "https://app.example/callback"
	endpoint   = "https://liff.example/app/"
	verifier   = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"
	issuer     = "https://access.line.me"
)

// world is a platform with the authorization endpoints alone, reached over HTTP.
type world struct {
	*httptest.Server
	t     testing.TB
	st    store.Store
	issue *issue.Service
	login *login.Service
	ring  *keyring.Ring
	end   *authorize.Endpoints
	pages *page.Renderer
	// handler is what the server calls.
	handler http.Handler
	offset  atomic.Int64 // of the clock, in nanoseconds
}

func (w *world) now() time.Time {
	return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).Add(time.Duration(w.offset.Load()))
}

func (w *world) advance(d time.Duration) { w.offset.Add(int64(d)) }

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, st: memory.New(memory.Config{})}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sealer, err := keyring.NewSealer("test", make([]byte, 32))
	must(err)
	w.ring, err = keyring.Open(t.Context(), keyring.Config{Store: w.st, Sealer: sealer, Now: w.now})
	must(err)
	own := func(router.Base) string { return issuer }
	picture := func(b router.Base, name string) string { return b.API + "/_tegata/picture/" + name }
	w.issue, err = issue.New(issue.Config{Store: w.st, Ring: w.ring, Sealer: sealer, Now: w.now, Issuer: own, Picture: picture})
	must(err)
	w.login, err = login.New(login.Config{Store: w.st, Now: w.now, CookieName: "tegata_session", Personas: true})
	must(err)
	w.pages, err = page.New(page.Config{Dev: true})
	must(err)
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.handler.ServeHTTP(rw, r) }))
	t.Cleanup(w.Close)
	w.end = &authorize.Endpoints{
		Store: w.st, Issue: w.issue, Login: w.login, Pages: w.pages, Now: w.now, Issuer: own, Picture: picture,
		BrowserCookie: "tegata_browser",
	}
	w.router(slog.New(slog.DiscardHandler))
	w.fill(must)
	return w
}

// router gives the server a router that logs to log.
func (w *world) router(log *slog.Logger) {
	rt, err := router.New(router.Config{Base: w.URL, Now: w.now, Log: log, Events: w.st, ErrorPage: errorPage(w.pages)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.end.Mount(rt)
	w.handler = rt
}

// errorPage is what the platform gives to its router.
func errorPage(pages *page.Renderer) func(http.ResponseWriter, *http.Request, *oauth2.Error) error {
	return func(w http.ResponseWriter, r *http.Request, e *oauth2.Error) error {
		return pages.Error(w, r, page.Visit{RequestID: router.From(r.Context()).RequestID}, page.Error{
			Status: e.HTTPStatus(), Message: e.Description, Check: e.Check, Given: e.Given,
			Registered: strings.Split(e.Expected, "\n"), Fix: e.Fix,
		})
	}
}

func (w *world) fill(must func(error)) {
	ctx := w.t.Context()
	must(w.st.CreateProvider(ctx, store.Provider{ID: "10", Name: "Demo Company"}))
	seal := func(id string) []store.ChannelSecret {
		sealed, err := w.issue.SealSecret(id, secret)
		must(err)
		return []store.ChannelSecret{{Sealed: sealed, CreatedAt: w.now()}}
	}
	must(w.st.CreateChannel(ctx, store.Channel{
		ID: channelID, ProviderID: "10", Name: "Tea House", Secrets: seal(channelID), Web: true, Mobile: true,
		NativeApps: []string{"com.example.teahouse"}, Callbacks: []string{callback, "http://localhost:3000/cb?k=v"},
		Status: store.Published, Scopes: []string{"email", "real_name", "phone"},
		Bot: &store.Bot{ID: "@teahouse", Name: "Tea House"},
	}))
	must(w.st.CreateChannel(ctx, store.Channel{
		ID: developing, ProviderID: "10", Name: "Tea House Next", Secrets: seal(developing), Web: true, Mobile: true,
		NativeApps: []string{"com.example.teahouse"}, Callbacks: []string{callback},
		Roles: map[string]store.Role{"p-taro": store.RoleTester, "p-mei": store.RoleMember},
	}))
	for _, a := range []store.LIFFApp{
		{ID: liffID, Scopes: []string{"openid", "profile", "chat_message.write"}, BotPrompt: "none"},
		{ID: channelID + "-demo0002", Scopes: []string{"profile", "address", "openid"}, BotPrompt: "none"},
		{ID: channelID + "-demo0003", Scopes: []string{"profile"}, BotPrompt: "normal"},
	} {
		a.ChannelID, a.EndpointURL, a.ServedOrigins = channelID, endpoint, []string{"http://localhost:4801"}
		must(w.st.CreateLIFFApp(ctx, a, 30))
	}
	hash := login.HashPassword("demo")
	for _, handle := range []string{"hanako", "taro", "mei"} {
		must(w.st.CreatePerson(ctx, store.Person{
			ID: "p-" + handle, Handle: handle, Email: handle + "@example.com", PasswordHash: hash, DisplayName: strings.ToTitle(handle),
			ProfilePlus: store.ProfilePlus{FamilyName: "Suzuki", GivenName: handle, PhoneNumber: "+81312345678"},
		}))
	}
}

// answer is what came back.
type answer struct {
	status   int
	location string
	body     string
	header   http.Header
}

// browser is an HTTP client that keeps cookies and does not follow redirects.
type browser struct {
	*http.Client
	w *world
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &browser{w: w, Client: &http.Client{
		Jar: jar, Transport: w.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) send(r *http.Request) answer {
	b.w.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return answer{status: res.StatusCode, location: res.Header.Get("Location"), body: string(body), header: res.Header}
}

func (b *browser) get(path string) answer {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodGet, b.w.URL+path, nil)
	if err != nil {
		b.w.t.Fatal(err)
	}
	return b.send(r)
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	b.w.t.Helper()
	r, err := http.NewRequestWithContext(b.w.t.Context(), http.MethodPost, b.w.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.send(r)
}

// open sends an authorization request and returns the path of the page it leads to.
func (b *browser) open(q url.Values) string {
	b.w.t.Helper()
	return b.step(b.get("/oauth2/v2.1/authorize?" + q.Encode()))
}

// step is the path of an answer that leads to another page of ours.
func (b *browser) step(a answer) string {
	b.w.t.Helper()
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/oauth2/v2.1/") {
		b.w.t.Fatalf("got %d to %q, want 303 to a page of ours: %s", a.status, a.location, text(a.body))
	}
	return a.location
}

// logIn logs in as a persona on the login page at path.
func (b *browser) logIn(path, handle string) answer {
	b.w.t.Helper()
	return b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "persona": {handle}})
}

// consent fetches the consent page at path and posts a form to where it says.
func (b *browser) consent(path string, form url.Values) answer {
	b.w.t.Helper()
	shown := b.get(path)
	if shown.status != http.StatusOK {
		b.w.t.Fatalf("consent page: %d %s", shown.status, text(shown.body))
	}
	form.Set("loginState", stateOf(path))
	return b.post(action(b.w.t, shown.body), form)
}

// allow goes from an authorization request to the callback.
func (b *browser) allow(q url.Values, handle string) answer {
	b.w.t.Helper()
	a := b.logIn(b.open(q), handle)
	if strings.HasPrefix(a.location, "/oauth2/v2.1/authorize/consent") {
		return b.consent(a.location, url.Values{"decision": {"allow"}, "scope": {"email", "real_name", "phone"}})
	}
	return a
}

// code redeems nothing: it reads what the code in a callback stands for.
func (w *world) code(location string) store.Code {
	w.t.Helper()
	u, err := url.Parse(location)
	if err != nil {
		w.t.Fatal(err)
	}
	code, err := w.issue.Code(w.t.Context(), u.Query().Get("code"))
	if err != nil {
		w.t.Fatalf("code in %q: %v", location, err)
	}
	return code
}

func stateOf(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return ""
	}
	return u.Query().Get("loginState")
}

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	tags       = regexp.MustCompile(`(?s)<(style|script).*?</(style|script)>|<[^>]*>|\s+`)
)

// action is where the first form of a page posts to.
func action(t testing.TB, body string) string {
	t.Helper()
	m := formAction.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("page has no form: %s", text(body))
	}
	return html.UnescapeString(m[1])
}

// text is what a page says.
func text(body string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

// request is a valid authorization request; pairs change it, an empty value removes.
func request(pairs ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {channelID}, "redirect_uri": {callback},
		"state": {"a state"}, "scope": {"profile openid"},
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
