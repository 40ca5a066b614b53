package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/page"
)

// renderer returns a Renderer of development.
func renderer(t testing.TB) *page.Renderer {
	t.Helper()
	p, err := page.New(page.Config{Dev: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func get(target string) *http.Request { return httptest.NewRequest(http.MethodGet, target, nil) }

// shows writes one page.
type shows func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error

// sample is a page with its status and the name of its kind.
type sample struct {
	name   string
	status int
	write  shows
}

// words are what the samples say of apps and people; the same in every language.
type words struct{ app, provider, name, note, email, value, message, url string }

// plain are harmless words.
func plain() words {
	return words{
		app: "Tea House", provider: "Demo Company", name: "鈴木 花子", note: "every field", email: "hanako@example.com",
		value: "h***@example.com", message: "Invalid redirect_uri value.", url: "https://app.example/x",
	}
}

// visit is the visit of every sample.
func visit() page.Visit {
	return page.Visit{RequestID: "8448577739", FormTarget: "https://app.example"}
}

// samples are all pages in their states.
func samples(s words) []sample {
	app := page.App{Name: s.app, Provider: s.provider, PrivacyURL: s.url, TermsURL: s.url, Developing: true}
	hanako := page.Person{Handle: "1", Name: s.name, Picture: "/_tegata/picture/hanako", Note: s.note}
	people := []page.Person{hanako, {Handle: "2", Name: s.name, Note: s.note}}
	login := func(d page.Login) shows {
		d.App, d.Action, d.Token = app, "/login", "tok"
		return func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error { return p.Login(w, r, visit(), d) }
	}
	consent := func(d page.Consent) shows {
		d.App, d.Action, d.Token, d.Person = app, "/consent?person=1", "tok", hanako
		return func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.Consent(w, r, visit(), d)
		}
	}
	friend := func(f page.AddFriend) shows {
		return func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.Friend(w, r, visit(), page.Friend{App: app, Action: "/consent", Token: "tok", Friend: f})
		}
	}
	password := func(d page.Password) shows {
		return func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.Password(w, r, visit(), d)
		}
	}
	fault := func(d page.Error) shows {
		return func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error { return p.Error(w, r, visit(), d) }
	}
	items := []page.ConsentItem{
		{Scope: "profile", Value: s.name},
		{Scope: "email", Value: s.value, Optional: true, Checked: true},
		{Scope: "chat_message.write"},
		{Scope: "openid"},
		{Scope: s.name, Value: s.value, Optional: true},
		{Scope: "real_name", Value: s.name, Optional: true},
		{Scope: "gender", Value: "female", Optional: true},
		{Scope: "gender", Value: "male"},
		{Scope: "birthdate", Value: "1990-04-01", Optional: true, Checked: true},
		{Scope: "phone", Optional: true},
		{Scope: "address"},
	}
	all := []sample{
		{"login", 200, login(page.Login{Personas: people, CancelURL: "/login?cancel=1"})},
		{"login/no personas", 200, login(page.Login{})},
		{"login/failed", 400, login(page.Login{Error: page.LoginFailed, Email: s.email, Personas: people, Status: 400})},
		{"login/missing", 400, login(page.Login{Error: page.LoginMissing, Status: 400})},
		{"login/busy", 429, login(page.Login{Error: page.LoginBusy, Status: 429})},
		{"login/max_age", 200, login(page.Login{Reason: page.ReasonMaxAge})},
		{"login/prompt", 200, login(page.Login{Reason: page.ReasonPrompt})},
		{"login/continue", 200, login(page.Login{Continue: &hanako, OtherURL: "/login?other=1", CancelURL: s.url})},
		{"consent", 200, consent(page.Consent{Items: items, Friend: &page.AddFriend{Name: s.app}})},
		{"consent/only", 200, consent(page.Consent{Friend: &page.AddFriend{Name: s.app, Blocked: true, Checked: true}})},
		{"friend", 200, friend(page.AddFriend{Name: s.app})},
		{"friend/blocked", 200, friend(page.AddFriend{Name: s.app, Blocked: true})},
		{"formpost", 200, func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.FormPost(w, r, visit(), page.FormPost{App: app, Action: "https://app.example/cb?a='b'", Fields: []page.Field{{Name: "code", Value: s.value}, {Name: "state", Value: s.message}}})
		}},
		{"password", 200, password(page.Password{Name: s.name, Account: s.email, Action: "/password/x"})},
		{"password/short", 400, password(page.Password{Name: s.name, Account: s.email, Action: "/password/x", Error: page.PasswordShort, Status: 400})},
		{"password/long", 400, password(page.Password{Name: s.name, Account: s.email, Action: "/password/x", Error: page.PasswordLong, Status: 400})},
		{"password/plain", 400, password(page.Password{Name: s.name, Account: s.email, Action: "/password/x", Error: page.PasswordPlain, Status: 400})},
		{"password/differ", 400, password(page.Password{Name: s.name, Account: s.email, Action: "/password/x", Error: page.PasswordDiffer, Status: 400})},
		{"password/busy", 429, password(page.Password{Name: s.name, Account: s.email, Action: "/password/x", Error: page.PasswordBusy, Status: 429})},
		{"password/done", 200, password(page.Password{Name: s.name, Account: s.email, Done: true})},
		{"password/over", 404, password(page.Password{Over: true, Status: 404})},
		{"liffopen", 200, func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.LIFFOpen(w, r, visit(), page.LIFFOpen{Endpoint: "https://app.example/a", Rest: "/b?c=d", Fallback: "https://app.example/a?liff.state=%2Fb%3Fc%3Dd"})
		}},
	}
	for _, status := range []int{400, 401, 403, 404, 429, 500, 503} {
		all = append(all, sample{"error/" + http.StatusText(status), status, fault(page.Error{
			Status: status, Message: s.message, Check: s.message, Given: s.url + "1", Registered: []string{"", s.url, s.url + "2"}, Fix: s.message,
		})})
	}
	return all
}

// body writes a page and returns its text.
func body(t testing.TB, p *page.Renderer, write shows, r *http.Request) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := write(p, w, r); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

// Every page is written whole, with its status and in the reader's language.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, dev := range []bool{true, false} {
		p, err := page.New(page.Config{Dev: dev})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range samples(plain()) {
			for _, lang := range []string{"en", "ja", "th", "zh-Hant", "ko"} {
				w := httptest.NewRecorder()
				if err := s.write(p, w, get("/x?loginState=tok&lang="+lang)); err != nil {
					t.Errorf("%s in %s: %v", s.name, lang, err)
					continue
				}
				b := w.Body.String()
				if w.Code != s.status || !strings.HasSuffix(b, "</html>\n") || !strings.Contains(b, `<html lang="`+lang+`">`) || strings.Contains(b, "ZgotmplZ") {
					t.Errorf("%s in %s: status %d, want %d, of the whole page:\n%s", s.name, lang, w.Code, s.status, b)
				}
				if dev != strings.Contains(b, `class="dev"`) {
					t.Errorf("%s: development %v, the bar says otherwise", s.name, dev)
				}
			}
		}
	}
}

// In production an error page says nothing of what was checked.
func TestErrorInProduction(t *testing.T) {
	t.Parallel()
	p, err := page.New(page.Config{})
	if err != nil {
		t.Fatal(err)
	}
	b := body(t, p, func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
		return p.Error(w, r, visit(), page.Error{Status: 400, Message: "Public.", Check: "checked", Given: "given-value", Registered: []string{"registered-value"}, Fix: "fix it"})
	}, get("/x"))
	if !strings.Contains(b, "Public.") || !strings.Contains(b, "8448577739") {
		t.Errorf("no message or request ID in\n%s", b)
	}
	for _, secret := range []string{"checked", "given-value", "registered-value", "fix it"} {
		if strings.Contains(b, secret) {
			t.Errorf("%q is on the page", secret)
		}
	}
}

// Personas stand on the page in development only, whatever the caller gives.
func TestPersonasInProduction(t *testing.T) {
	t.Parallel()
	p, err := page.New(page.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples(plain()) {
		if b := body(t, p, s.write, get("/x")); strings.Contains(b, `name="persona"`) {
			t.Errorf("%s has personas", s.name)
		}
	}
}

// A page that cannot be written leaves the answer untouched.
func TestNothingHalf(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	app := page.App{Name: "Tea House"}
	for name, write := range map[string]shows{
		"form target": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.Login(w, r, page.Visit{FormTarget: "https://*"}, page.Login{App: app, Action: "/login"})
		},
		"unknown error": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.Login(w, r, page.Visit{}, page.Login{App: app, Error: "other"})
		},
		"native redirect URI": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.FormPost(w, r, page.Visit{}, page.FormPost{App: app, Action: "com.example.app:/cb"})
		},
		"script as redirect URI": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.FormPost(w, r, page.Visit{}, page.FormPost{App: app, Action: "javascript:alert(1)"})
		},
		"script as endpoint": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.LIFFOpen(w, r, page.Visit{}, page.LIFFOpen{Endpoint: "javascript:alert(1)", Fallback: "https://app.example/"})
		},
		"fragment in endpoint": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.LIFFOpen(w, r, page.Visit{}, page.LIFFOpen{Endpoint: "https://app.example/#x", Fallback: "https://app.example/"})
		},
		"script as fallback": func(p *page.Renderer, w http.ResponseWriter, r *http.Request) error {
			return p.LIFFOpen(w, r, page.Visit{}, page.LIFFOpen{Endpoint: "https://app.example/", Fallback: "data:text/html,x"})
		},
	} {
		w := httptest.NewRecorder()
		err := write(p, w, get("/x?lang=ja"))
		if err == nil || w.Body.Len() > 0 || len(w.Header()) > 0 {
			t.Errorf("%s: error %v, headers %v, %d bytes; want an error alone", name, err, w.Header(), w.Body.Len())
		}
	}
}
