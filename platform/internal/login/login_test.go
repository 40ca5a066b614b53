package login_test

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

type world struct {
	svc   *login.Service
	st    store.Store
	now   time.Time
	serve func(h router.Handler, r *http.Request) *httptest.ResponseRecorder
}

func newWorld(t *testing.T, change func(*login.Config)) *world {
	t.Helper()
	w := &world{st: memory.New(memory.Config{}), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	cfg := login.Config{Store: w.st, Now: func() time.Time { return w.now }, CookieName: "session"}
	if change != nil {
		change(&cfg)
	}
	var err error
	if w.svc, err = login.New(cfg); err != nil {
		t.Fatal(err)
	}
	for _, p := range []store.Person{
		{ID: "p1", Handle: "hanako", Email: "Hanako@example.com", PasswordHash: login.HashPassword("demo")},
		{ID: "p2", Handle: "nopass", Email: "nopass@example.com"},
		{ID: "p3", Handle: "broken", PasswordHash: cheap},
	} {
		if err := w.st.CreatePerson(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	w.serve = func(h router.Handler, r *http.Request) *httptest.ResponseRecorder {
		rt, err := router.New(router.Config{
			Base: "http://localhost:4800", Others: []string{"https://id.example"}, Now: cfg.Now,
			Log: slog.New(slog.DiscardHandler), Events: w.st,
			ErrorPage: func(http.ResponseWriter, *http.Request, *oauth2.Error) error { return errors.New("none") },
		})
		if err != nil {
			t.Fatal(err)
		}
		rt.Handle(router.Route{Pattern: "GET /x", Handler: h})
		rec := httptest.NewRecorder()
		rt.ServeHTTP(rec, r)
		return rec
	}
	return w
}

// begin logs hanako in.
func (w *world) begin(rw http.ResponseWriter, r *http.Request) error {
	who, err := w.svc.Persona(r.Context(), "hanako")
	if err != nil {
		return err
	}
	return w.svc.Begin(rw, r, who)
}

func from(address string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/x", nil)
	r.RemoteAddr = address
	return r
}

func TestPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, c := range []struct {
		name, account, password string
		want                    error
	}{
		{"e-mail address", "hanako@example.com", "demo", nil},
		{"e-mail address in any case, with blanks", "  HANAKO@Example.com ", "demo", nil},
		{"handle", "hanako", "demo", nil},
		{"wrong password", "hanako", "Demo", login.ErrFailed},
		{"password with a blank", "hanako", "demo ", login.ErrFailed},
		{"unknown account", "nobody@example.com", "demo", login.ErrFailed},
		{"account without a password", "nopass", "demo", login.ErrFailed},
		{"no account", " ", "demo", login.ErrMissing},
		{"no password", "hanako", "", login.ErrMissing},
		{"account too long", strings.Repeat("a", 400), "demo", login.ErrFailed},
		{"password too long", "hanako", strings.Repeat("a", 2000), login.ErrFailed},
	} {
		who, err := w.svc.Password(from("192.0.2.1:1"), c.account, c.password)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: error %v, want %v", c.name, err, c.want)
			continue
		}
		if err != nil {
			if who.PersonID != "" {
				t.Errorf("%s: refused, yet somebody is returned", c.name)
			}
			continue
		}
		if who.PersonID != "p1" || len(who.AMR) != 1 || who.AMR[0] != "pwd" || !who.Time.Equal(w.now) {
			t.Errorf("%s: %+v", c.name, who)
		}
	}
	if _, err := w.svc.Password(from("192.0.2.1:1"), "broken", "demo"); !errors.Is(err, login.ErrHash) {
		t.Errorf("malformed hash: %v, want ErrHash", err)
	}
}

// An unknown account must cost what a known one costs: a hash. Its memory tells that it
// was made, where a time would depend on the machine. Not parallel: the memory is the
// process's, and other tests hash too.
func TestPasswordUnknownAccountCostsTheSame(t *testing.T) {
	w := newWorld(t, nil)
	const hashMemory = 19 << 20 // argon2id's m=19 MiB
	for _, account := range []string{"hanako", "nobody", "nopass"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := w.svc.Password(from("192.0.2.1:1"), account, "wrong"); !errors.Is(err, login.ErrFailed) {
			t.Fatalf("%s: %v", account, err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used < hashMemory || used >= 2*hashMemory {
			t.Errorf("%s: %d bytes were used, want those of one hash, %d", account, used, hashMemory)
		}
	}
}

// The time in which the limit gives a try back stands still meanwhile: hashing is slow on a
// busy machine.
func TestPasswordLimitPerAccount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		for _, account := range []string{"hanako", "nobody"} {
			busy := 0
			for i := range 14 {
				// Another address each time: the limit is the account's.
				_, err := w.svc.Password(from(fmt.Sprintf("192.0.2.%d:1", i)), account, "wrong")
				if errors.Is(err, login.ErrBusy) {
					busy++
				}
			}
			if busy == 0 {
				t.Errorf("%s: 14 wrong passwords in a row were all looked at", account)
			}
		}
		if _, err := w.svc.Password(from("192.0.2.99:1"), "hanako", "demo"); !errors.Is(err, login.ErrBusy) {
			t.Errorf("the right password behind the limit: %v, want ErrBusy, else guessing goes on", err)
		}
		if _, err := w.svc.Password(from("192.0.2.99:1"), "Hanako@example.com", "demo"); err != nil {
			t.Errorf("another account from a new address: %v", err)
		}
	})
}

func TestRightPasswordsAreNotLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for i := range 15 {
		if _, err := w.svc.Password(from("192.0.2.1:1"), "hanako", "demo"); err != nil {
			t.Fatalf("login %d: %v", i, err)
		}
	}
}

// When every slot is taken, a login waits, but not for ever and not for a client that
// has gone.
func TestPasswordWaitsForASlot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		release := w.svc.TakeSlots()
		begin := time.Now()
		if _, err := w.svc.Password(from("192.0.2.1:1"), "hanako", "demo"); !errors.Is(err, login.ErrBusy) {
			t.Errorf("no slot: %v, want ErrBusy", err)
		}
		if d := time.Since(begin); d != 5*time.Second {
			t.Errorf("waited %v, want 5s", d)
		}
		go func() {
			time.Sleep(time.Second)
			release()
		}()
		if _, err := w.svc.Password(from("192.0.2.1:1"), "hanako", "demo"); err != nil {
			t.Errorf("a slot after a second: %v", err)
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	l := login.NewLimits(3, 5)
	for i, want := range []bool{true, true, false, false} {
		if got := l.Fail("a"); got != want {
			t.Errorf("failure %d: open %v, want %v", i+1, got, want)
		}
	}
	for i := range 100 {
		l.Fail(fmt.Sprint("flood", i))
	}
	if l.Len() > 5 {
		t.Errorf("%d limiters are kept, want at most 5", l.Len())
	}
	if l.Fail("a") {
		t.Error("a flood of names opened an account that was limited")
	}
	if l.Fail("new") {
		t.Error("beyond the table attempts are not limited at all")
	}
}

func TestPersonas(t *testing.T) {
	t.Parallel()
	off := newWorld(t, nil)
	if _, err := off.svc.Persona(t.Context(), "hanako"); !errors.Is(err, login.ErrFailed) {
		t.Errorf("persona in production: %v, want ErrFailed", err)
	}
	if people, err := off.svc.Personas(t.Context()); err != nil || len(people) != 0 {
		t.Errorf("personas in production: %v, %v", people, err)
	}
	on := newWorld(t, func(c *login.Config) { c.Personas = true })
	if who, err := on.svc.Persona(t.Context(), "hanako"); err != nil || who.PersonID != "p1" {
		t.Errorf("persona: %+v, %v", who, err)
	}
	for _, handle := range []string{"", "nobody", "hanako@example.com", strings.Repeat("a", 400)} {
		if _, err := on.svc.Persona(t.Context(), handle); !errors.Is(err, login.ErrFailed) {
			t.Errorf("persona %q: %v, want ErrFailed", handle, err)
		}
	}
	if people, err := on.svc.Personas(t.Context()); err != nil || len(people) != 3 {
		t.Errorf("personas: %d, %v", len(people), err)
	}
}

func TestSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *login.Config) { c.Personas = true })
	begin := func(r *http.Request) *http.Cookie {
		rec := w.serve(w.begin, r)
		cookies := rec.Result().Cookies()
		if len(cookies) != 1 {
			t.Fatalf("%d cookies: %v", len(cookies), rec.Header())
		}
		return cookies[0]
	}
	get := func(host string, c *http.Cookie) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+"/x", nil)
		if c != nil {
			r.AddCookie(c)
		}
		return r
	}
	first := begin(get("localhost:4800", nil))
	if !first.HttpOnly || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.Secure || first.MaxAge != 30*86400 {
		t.Errorf("cookie over http: %+v", first)
	}
	if c := begin(get("id.example", nil)); !c.Secure {
		t.Errorf("cookie of an https base is not Secure: %+v", c)
	}
	second := begin(get("localhost:4800", first))
	if second.Value == first.Value {
		t.Error("login kept the cookie: session fixation")
	}
	if _, err := w.svc.Session(get("localhost:4800", first)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("session before the login lives on: %v", err)
	}
	session, err := w.svc.Session(get("localhost:4800", second))
	if err != nil || session.PersonID != "p1" || !session.AuthTime.Equal(w.now) {
		t.Errorf("session: %+v, %v", session, err)
	}
	for _, value := range []string{"", "x", strings.Repeat("A", 43), second.Value + "A", strings.ToUpper(second.Value)} {
		if _, err := w.svc.Session(get("localhost:4800", &http.Cookie{Name: "session", Value: value})); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("made-up cookie %q: %v", value, err)
		}
	}
	w.now = w.now.Add(login.SessionLife)
	if _, err := w.svc.Session(get("localhost:4800", second)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("session after 30 days: %v", err)
	}
}

func TestHostCookieIsSecure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *login.Config) { c.CookieName, c.Personas = "__Host-tegata_session", true })
	rec := w.serve(w.begin, httptest.NewRequest(http.MethodGet, "http://localhost:4800/x", nil))
	got := rec.Header().Get("Set-Cookie")
	if !strings.HasPrefix(got, "__Host-tegata_session=") || !strings.Contains(got, "; Secure") ||
		!strings.Contains(got, "; Path=/;") || strings.Contains(got, "Domain") {
		t.Errorf("cookie %q is none that browsers take under __Host-", got)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	if _, err := login.New(login.Config{}); err == nil {
		t.Error("a service without a store was made")
	}
}
