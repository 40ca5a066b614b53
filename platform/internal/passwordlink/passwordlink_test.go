package passwordlink_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/passwordlink"
	"github.com/tegata-id/tegata/store"
)

const good = "a quiet heron at dawn"

// world is a platform with the page and a link for Hanako.
type world struct {
	*issuetest.World
	logins *login.Service
	path   string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{World: issuetest.New(t)}
	pages, err := page.New(page.Config{})
	w.Must(err)
	w.logins, err = login.New(login.Config{Store: w.Store, Now: w.Now, CookieName: "session"})
	w.Must(err)
	w.Mount(&passwordlink.Endpoints{Store: w.Store, Login: w.logins, Pages: pages, Now: w.Now})
	w.path = w.link()
	return w
}

// link makes a link that is good for an hour and returns its path.
func (w *world) link() string {
	w.T.Helper()
	secret, hash := login.Secret()
	w.Must(w.Store.CreatePasswordLink(w.T.Context(), store.PasswordLink{Hash: hash, PersonID: issuetest.Hanako, ExpiresAt: w.Now().Add(time.Hour)}))
	return control.PathPassword + secret
}

func (w *world) send(r *http.Request) *httptest.ResponseRecorder {
	out := httptest.NewRecorder()
	w.Router.ServeHTTP(out, r)
	return out
}

func (w *world) open(path string) *httptest.ResponseRecorder {
	return w.send(httptest.NewRequest("GET", path, nil))
}

func (w *world) set(path, password, repeat string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, strings.NewReader(url.Values{"password": {password}, "repeat": {repeat}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.send(r)
}

// logsIn says whether Hanako can log in by a password.
func (w *world) logsIn(password string) bool {
	w.T.Helper()
	_, err := w.logins.Password(httptest.NewRequest("POST", "/", nil), "hanako@example.com", password)
	if err != nil && !errors.Is(err, login.ErrFailed) {
		w.T.Fatal(err)
	}
	return err == nil
}

// TestOnce: the link sets the password once, ends the sessions, and is then good for
// nothing. Opening it, however often, does not use it up.
func TestOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, session := login.Secret()
	w.Must(w.Store.CreateSession(t.Context(), store.Session{Hash: session, PersonID: issuetest.Hanako, ExpiresAt: w.Now().Add(time.Hour)}))
	for range 3 {
		if out := w.open(w.path); out.Code != 200 || !strings.Contains(out.Body.String(), `id="set"`) || !strings.Contains(out.Body.String(), "hanako@example.com") {
			t.Fatalf("the page: %d\n%s", out.Code, out.Body)
		}
	}
	if out := w.set(w.path, good, good); out.Code != 200 || !strings.Contains(out.Body.String(), `id="done"`) || out.Header().Get("Set-Cookie") != "" {
		t.Fatalf("set: %d\n%s", out.Code, out.Body)
	}
	if !w.logsIn(good) {
		t.Error("the new password does not log in")
	}
	if _, err := w.Store.Session(t.Context(), session, w.Now()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the session from before: %v, want none", err)
	}
	for name, out := range map[string]*httptest.ResponseRecorder{"opened again": w.open(w.path), "set again": w.set(w.path, good+"!", good+"!")} {
		if out.Code != 404 || !strings.Contains(out.Body.String(), `id="over"`) {
			t.Errorf("%s: %d, want 404 and why", name, out.Code)
		}
	}
	if w.logsIn(good + "!") {
		t.Error("a used link sets a password")
	}
}

// TestOver: a link that is over, replaced, made up or of another form is answered alike.
func TestOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	replaced := w.path
	w.path = w.link()
	made, _ := login.Secret()
	want := w.open(control.PathPassword + made).Body.String()
	for name, path := range map[string]string{
		"replaced": replaced, "short": w.path[:len(w.path)-1], "long": w.path + "x", "other alphabet": control.PathPassword + strings.Repeat("%C3", 43),
	} {
		for _, out := range []*httptest.ResponseRecorder{w.open(path), w.set(path, good, good)} {
			if out.Code != 404 || out.Body.String() != want {
				t.Errorf("%s: %d, want 404 with the page of a link that never was", name, out.Code)
			}
		}
	}
	w.Advance(time.Hour)
	if out := w.open(w.path); out.Code != 404 {
		t.Errorf("after its time: %d, want 404", out.Code)
	}
	if out := w.set(w.path, good, good); out.Code != 404 || w.logsIn(good) {
		t.Errorf("set after its time: %d, want 404", out.Code)
	}
}

// TestRefused: a password that is not taken leaves the link as it was.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, tt := range map[string]struct{ password, repeat, want string }{
		"empty":                 {"", "", "too short"},
		"short":                 {"nine char", "nine char", "too short"},
		"long":                  {strings.Repeat("ab cd ef", 129), strings.Repeat("ab cd ef", 129), "too long"},
		"few characters":        {"aaaabbbbccccdddd", "aaaabbbbccccdddd", "easy to guess"},
		"the address":           {"Hanako@Example.com", "Hanako@Example.com", "easy to guess"},
		"the address and more":  {"hanako@example.com1!", "hanako@example.com1!", "easy to guess"},
		"a well-known one":      {"Password12", "Password12", "easy to guess"},
		"not UTF-8":             {"long enough \xff\xfe", "long enough \xff\xfe", ""},
		"two different entries": {good, good + " ", "not the same"},
	} {
		out := w.set(w.path, tt.password, tt.repeat)
		if out.Code != 400 || !strings.Contains(out.Body.String(), tt.want) {
			t.Errorf("%s: %d, want 400 that says %q", name, out.Code, tt.want)
		}
		if tt.password != "" && strings.Contains(out.Body.String(), tt.password) && tt.password != "hanako@example.com" {
			t.Errorf("%s: the password is on the page", name)
		}
	}
	r := httptest.NewRequest("POST", w.path, strings.NewReader("password="+url.QueryEscape(good)+"&repeat="+url.QueryEscape(good)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if out := w.send(r); out.Code != 403 {
		t.Errorf("form of another site: %d, want 403", out.Code)
	}
	if out := w.set(w.path, "十文字以上の合言葉です", "十文字以上の合言葉です"); out.Code != 200 {
		t.Errorf("a password in another script: %d, want 200: refusals before had used up the link", out.Code)
	}
}

// TestRace: of many who use one link, one wins, and its password is the one that counts.
func TestRace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var won atomic.Int64
	var winner atomic.Value
	var work sync.WaitGroup
	for n := range 8 {
		work.Go(func() {
			password := good + strings.Repeat("!", n)
			if w.set(w.path, password, password).Code == 200 {
				won.Add(1)
				winner.Store(password)
			}
		})
	}
	work.Wait()
	if won.Load() != 1 || !w.logsIn(winner.Load().(string)) {
		t.Errorf("%d of 8 used the link, want one", won.Load())
	}
}

// TestLinkOfRemovedPerson: who is gone has no page.
func TestLinkOfRemovedPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Must(w.Store.DeletePerson(t.Context(), issuetest.Hanako))
	if out := w.open(w.path); out.Code != 404 {
		t.Errorf("page of a removed person: %d, want 404", out.Code)
	}
}
