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

// people are the personas of the pages under test.
func people() []page.Person {
	return []page.Person{
		{Handle: "hanako", Name: "鈴木 花子", Picture: "/_tegata/picture/hanako", Note: "every Profile+ field"},
		{Handle: "jiwoo", Name: "김지우", Note: "no picture"},
	}
}

func teaHouse() page.App {
	return page.App{Name: "Tea House", Provider: "Demo Company", PrivacyURL: "https://app.example/privacy", TermsURL: "https://app.example/terms"}
}

// Every page is written, whole and with its status.
func TestPages(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	visit := page.Visit{RequestID: "8d48c8577e739b9c", FormTarget: "https://app.example"}
	person := people()[0]
	for name, c := range map[string]struct {
		write  func(w http.ResponseWriter, r *http.Request) error
		status int
		want   []string
	}{
		"login": {func(w http.ResponseWriter, r *http.Request) error {
			return p.Login(w, r, visit, page.Login{Status: 400, App: teaHouse(), Action: "/login", Token: "tok", Error: page.LoginFailed, Personas: people()})
		}, 400, []string{`id="login"`, `value="jiwoo"`}},
		"continue": {func(w http.ResponseWriter, r *http.Request) error {
			return p.Login(w, r, visit, page.Login{App: teaHouse(), Action: "/login", Token: "tok", Continue: &person, OtherURL: "/login?other=1"})
		}, 200, []string{`id="continue"`}},
		"consent": {func(w http.ResponseWriter, r *http.Request) error {
			return p.Consent(w, r, visit, page.Consent{App: teaHouse(), Action: "/consent?person=1", Token: "tok", Person: person, Items: []page.ConsentItem{
				{Scope: "profile", Value: "花子"}, {Scope: "email", Value: "h***@example.com", Optional: true, Checked: true}, {Scope: "gender", Value: "female"}, {Scope: "x_y"},
			}, Friend: &page.AddFriend{Name: "Tea House"}})
		}, 200, []string{`id="allow"`, `id="deny"`}},
		"friend": {func(w http.ResponseWriter, r *http.Request) error {
			return p.Friend(w, r, visit, page.Friend{App: teaHouse(), Action: "/consent", Token: "tok", Friend: page.AddFriend{Name: "Tea House", Blocked: true}})
		}, 200, []string{`value="add"`}},
		"error": {func(w http.ResponseWriter, r *http.Request) error {
			return p.Error(w, r, visit, page.Error{Status: 400, Message: "Invalid redirect_uri value.", Check: "redirect_uri", Given: "http://localhost:5174/cb", Registered: []string{"http://localhost:5173/cb"}, Fix: "register it"})
		}, 400, []string{"<mark>4</mark>"}},
		"formpost": {func(w http.ResponseWriter, r *http.Request) error {
			return p.FormPost(w, r, visit, page.FormPost{App: teaHouse(), Action: "https://app.example/cb", Fields: []page.Field{{Name: "code", Value: "c"}}})
		}, 200, []string{`action="https://app.example/cb"`}},
		"liffopen": {func(w http.ResponseWriter, r *http.Request) error {
			return p.LIFFOpen(w, r, visit, page.LIFFOpen{Endpoint: "https://app.example/a", Rest: "/b?c=d", Fallback: "https://app.example/a?liff.state=%2Fb%3Fc%3Dd"})
		}, 200, []string{`content="0; url=https://app.example/a?liff.state=%2Fb%3Fc%3Dd"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			if err := c.write(w, get("/x?loginState=tok")); err != nil {
				t.Fatal(err)
			}
			body := w.Body.String()
			for _, want := range append(c.want, "</html>") {
				if !strings.Contains(body, want) {
					t.Errorf("no %s in\n%s", want, body)
				}
			}
			if w.Code != c.status {
				t.Errorf("status %d, want %d", w.Code, c.status)
			}
		})
	}
}
