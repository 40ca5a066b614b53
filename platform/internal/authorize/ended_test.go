package authorize_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/store"
)

// setPassword sets hanako's password by a link, as somebody does whose old one has leaked.
func setPassword(t *testing.T, st store.Store, now time.Time) {
	t.Helper()
	link := store.PasswordLink{Hash: store.Hash{1}, PersonID: "p-hanako", CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	if err := st.CreatePasswordLink(context.Background(), link); err != nil {
		t.Fatal(err)
	}
	if _, err := st.UsePasswordLink(context.Background(), link.Hash, now, login.HashPassword("another one")); err != nil {
		t.Fatal(err)
	}
}

// TestConsentAfterSessionsEnded: who has logged in and then waits on the consent page is out
// when an operator ends the sessions, or a new password does.
func TestConsentAfterSessionsEnded(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(w *world) error{
		"by an operator": func(w *world) error { return w.st.EndSessions(w.t.Context(), "p-hanako") },
		"by a new password": func(w *world) error {
			setPassword(t, w.st, w.now())
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, extra := range [][]string{nil, {"bot_prompt", "aggressive"}} {
				w := newWorld(t)
				b := w.browser()
				path := b.open(request(extra...))
				next := b.step(b.logIn(path, "hanako"))
				shown := action(t, b.get(next).body)
				if err := end(w); err != nil {
					t.Fatal(err)
				}
				for _, decision := range []string{"allow", "deny", "add"} {
					if a := b.post(shown, url.Values{"loginState": {stateOf(next)}, "decision": {decision}}); a.status != http.StatusSeeOther || a.location != path {
						t.Errorf("%v, %s: %d to %q, want the login page %q", extra, decision, a.status, a.location, path)
					}
				}
				if a := b.get(next); a.location != path {
					t.Errorf("%v, consent page: %d to %q, want the login page", extra, a.status, a.location)
				}
				if a := b.logIn(path, "hanako"); a.location != next {
					t.Errorf("%v, after a new login: %d to %q, want the consent page", extra, a.status, a.location)
				}
			}
		})
	}
}

// hasty is a store in which hanako sets another password while somebody logs in by the old
// one, at the last moment.
type hasty struct {
	store.Store
	t   *testing.T
	now time.Time
}

func (h hasty) CreateSession(ctx context.Context, s store.Session) error {
	setPassword(h.t, h.Store, h.now)
	return h.Store.CreateSession(ctx, s)
}

// TestPasswordChangedDuringLogin: a login by a password that has ceased to be one is refused
// as a wrong one is, and leaves no session.
func TestPasswordChangedDuringLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var err error
	if w.end.Login, err = login.New(login.Config{Store: hasty{w.st, t, w.now()}, Now: w.now, CookieName: "tegata_session"}); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	path := b.open(request())
	a := b.post("/oauth2/v2.1/login", url.Values{"loginState": {stateOf(path)}, "email": {"hanako"}, "password": {"demo"}})
	if a.status != http.StatusBadRequest || strings.Contains(strings.Join(a.header.Values("Set-Cookie"), " "), "tegata_session") {
		t.Errorf("got %d to %q with cookies %q, want the login page and no session", a.status, a.location, a.header.Values("Set-Cookie"))
	}
	a = b.get("/oauth2/v2.1/authorize?" + request("prompt", "none").Encode())
	if !strings.Contains(a.location, "error=LOGIN_REQUIRED") {
		t.Errorf("prompt=none after that: %q", a.location)
	}
}
