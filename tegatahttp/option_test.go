package tegatahttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// own is a Verifier of somebody else's, which answers what it holds.
type own struct {
	token *tegata.IDToken
	user  *tegata.User
	err   error
}

func (o *own) IDToken(context.Context, string, ...tegata.Check) (*tegata.IDToken, error) {
	return o.token, o.err
}

func (o *own) AccessToken(context.Context, string, ...tegata.Check) (*tegata.User, error) {
	return o.user, o.err
}

// TestPanics makes middleware that could do nothing, or not what was meant: the server
// must not start.
func TestPanics(t *testing.T) {
	t.Parallel()
	v := newStand(t).verifier(t)
	once := tegatahttp.NewMemoryOnce(1, nil)
	request := func(*http.Request) ([]tegata.Check, error) { return nil, nil }
	for name, c := range map[string]struct {
		use  func()
		want string
	}{
		"no verifier":              {func() { tegatahttp.IDToken(nil) }, "tegata.New"},
		"no verifier, access":      {func() { tegatahttp.AccessToken(nil) }, "tegata.New"},
		"nil *Verifier":            {func() { tegatahttp.IDToken((*tegata.Verifier)(nil)) }, "tegata.New"},
		"nil *Set":                 {func() { tegatahttp.AccessToken((*tegata.Set)(nil)) }, "tegata.NewSet"},
		"nil of another type":      {func() { tegatahttp.IDToken((*own)(nil)) }, "tegata.New"},
		"no handler":               {func() { tegatahttp.IDToken(v)(nil) }, "handler"},
		"zero Option":              {func() { tegatahttp.IDToken(v, tegatahttp.Option{}) }, "Option"},
		"scopes of an ID token":    {func() { tegatahttp.IDToken(v, tegatahttp.Checks(tegata.WithScopes("openid"))) }, "access token"},
		"nonce of an access token": {func() { tegatahttp.AccessToken(v, tegatahttp.Checks(tegata.WithNonce("n"))) }, "ID token"},
		"max age of one":           {func() { tegatahttp.AccessToken(v, tegatahttp.Checks(tegata.WithMaxAge(1))) }, "ID token"},
		"amr of one":               {func() { tegatahttp.AccessToken(v, tegatahttp.Checks(tegata.WithAMR("mfa"))) }, "ID token"},
		"empty subject":            {func() { tegatahttp.IDToken(v, tegatahttp.Checks(tegata.WithSubject(""))) }, "refused"},
		"zero Check":               {func() { tegatahttp.IDToken(v, tegatahttp.Checks(tegata.Check{})) }, "With function"},
		"no function":              {func() { tegatahttp.IDToken(v, tegatahttp.CheckRequest(nil)) }, "CheckRequest"},
		"no observer":              {func() { tegatahttp.AccessToken(v, tegatahttp.Observe(nil)) }, "Observe"},
		"no store":                 {func() { tegatahttp.IDToken(v, tegatahttp.OneTime(nil)) }, "store"},
		"two stores":               {func() { tegatahttp.IDToken(v, tegatahttp.OneTime(once), tegatahttp.OneTime(once)) }, "twice"},
		"one-time access token":    {func() { tegatahttp.AccessToken(v, tegatahttp.OneTime(once)) }, "ID tokens"},
		"room for less than none":  {func() { tegatahttp.NewMemoryOnce(-1, nil) }, "room"},
		"nothing wrong": {func() {
			all := []tegatahttp.Option{
				tegatahttp.Checks(), tegatahttp.Checks(tegata.WithSubject("U1")), tegatahttp.CheckRequest(request), tegatahttp.CheckRequest(request),
				tegatahttp.Observe(func(context.Context, tegatahttp.Outcome) {}),
			}
			tegatahttp.AccessToken(v, all...)
			tegatahttp.IDToken(v, append(all, tegatahttp.OneTime(once))...)
		}, ""},
	} {
		got := panicOf(c.use)
		switch {
		case c.want == "" && got != nil:
			t.Errorf("%s: panic %v", name, got)
		case c.want != "" && (got == nil || !strings.HasPrefix(fmt.Sprint(got), "tegatahttp: ") || !strings.Contains(fmt.Sprint(got), c.want)):
			t.Errorf("%s: panic %v, want one with %q", name, got, c.want)
		}
	}
}

func panicOf(use func()) (value any) {
	defer func() { value = recover() }()
	use()
	return nil
}

// TestChecksAreCopied changes the list after the middleware was made.
func TestChecksAreCopied(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	checks := []tegata.Check{tegata.WithSubject("U1")}
	option := tegatahttp.Checks(checks...)
	checks[0] = tegata.WithSubject(userID)
	var calls atomic.Int32
	res := ask(t, tegatahttp.IDToken(s.verifier(t), option)(greeter(&calls)), "/", "Bearer "+s.token(t, clock.Add(time.Hour)))
	wantRefusal(t, "changed list", res, 401, `Bearer error="invalid_token"`, `{"error":"invalid_token","reason":"subject"}`)
}

// TestCheckRequest holds the token against the session of each request.
func TestCheckRequest(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	var asked atomic.Int32
	session := tegatahttp.CheckRequest(func(r *http.Request) ([]tegata.Check, error) {
		asked.Add(1)
		switch user := r.URL.Query().Get("session"); user {
		case "":
			return nil, nil
		case "lost":
			return []tegata.Check{tegata.WithSubject("")}, nil
		case "none":
			return nil, fmt.Errorf("no session of %s: %w", user, tegata.ErrSubject)
		case "away":
			return nil, fmt.Errorf("sessions: %w", tegata.ErrUnavailable)
		case "broken":
			return nil, errors.New("secret of the session store")
		default:
			return []tegata.Check{tegata.WithSubject(user)}, nil
		}
	})
	good := "Bearer " + s.token(t, clock.Add(time.Hour))
	const refused = `{"error":"invalid_token","reason":"subject"}`
	for name, h := range map[string]func(http.Handler) http.Handler{
		"ID token":     tegatahttp.IDToken(s.verifier(t), session),
		"access token": tegatahttp.AccessToken(s.verifier(t), tegatahttp.Checks(tegata.WithSubject(userID)), session),
	} {
		authorization := good
		if name == "access token" {
			authorization = "Bearer opaque"
		}
		var calls atomic.Int32
		for _, path := range []string{"/", "/?session=" + userID} {
			if res := ask(t, h(greeter(&calls)), path, authorization); res.StatusCode != 200 {
				t.Errorf("%s, %s: %d, want 200", name, path, res.StatusCode)
			}
		}
		for _, path := range []string{"/?session=U1", "/?session=lost", "/?session=none"} {
			wantRefusal(t, name+path, ask(t, h(greeter(&calls)), path, authorization), 401, `Bearer error="invalid_token"`, refused)
		}
		wantRefusal(t, name+" away", ask(t, h(greeter(&calls)), "/?session=away", authorization), 503, "", `{"error":"temporarily_unavailable","reason":"unavailable"}`)
		wantRefusal(t, name+" broken", ask(t, h(greeter(&calls)), "/?session=broken", authorization), 500, "", `{"error":"server_error","reason":"internal"}`)
		if calls.Load() != 2 {
			t.Errorf("%s: the handler was called %d times, want 2", name, calls.Load())
		}
		before := asked.Load()
		ask(t, h(greeter(&calls)), "/")
		ask(t, h(greeter(&calls)), "/", "Basic x")
		if asked.Load() != before {
			t.Errorf("%s: CheckRequest was asked about a request without a token", name)
		}
	}
}

// TestCheckRequestAlone has two requests at the same place between two functions: none
// may be held to the checks of the other, however many checks there are for all.
func TestCheckRequestAlone(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	good := "Bearer " + s.token(t, clock.Add(time.Hour))
	for static := range 6 {
		var both, done sync.WaitGroup
		both.Add(2)
		var opts []tegatahttp.Option
		for range static {
			opts = append(opts, tegatahttp.Checks(tegata.WithSubject(userID)))
		}
		opts = append(opts, tegatahttp.CheckRequest(func(r *http.Request) ([]tegata.Check, error) {
			return []tegata.Check{tegata.WithSubject(r.URL.Query().Get("u"))}, nil
		}), tegatahttp.CheckRequest(func(*http.Request) ([]tegata.Check, error) {
			both.Done()
			both.Wait()
			return nil, nil
		}))
		h := tegatahttp.IDToken(s.verifier(t), opts...)(greeter(new(atomic.Int32)))
		for path, want := range map[string]int{"/?u=" + userID: 200, "/?u=U1": 401} {
			done.Go(func() {
				if res := ask(t, h, path, good); res.StatusCode != want {
					t.Errorf("%d checks for all, %s: %d, want %d", static, path, res.StatusCode, want)
				}
			})
		}
		done.Wait()
	}
}

// TestStepUp wants the answers by which an app knows what to ask for at the next login.
func TestStepUp(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	old := s.tokenWith(t, fmt.Sprintf(`,"auth_time":%d,"amr":["pwd"]`, clock.Add(-time.Hour).Unix()))
	untold := s.tokenWith(t, "")
	notMFA := s.tokenWith(t, fmt.Sprintf(`,"auth_time":%d,"amr":["xmfa"]`, clock.Unix()))
	const maxAge = `{"error":"insufficient_user_authentication","reason":"max_age","max_age":%d}`
	for name, c := range map[string]struct {
		token           string
		checks          []tegata.Check
		challenge, body string
	}{
		"old":              {old, []tegata.Check{tegata.WithMaxAge(10 * time.Minute)}, `, max_age="600"`, fmt.Sprintf(maxAge, 600)},
		"does not tell":    {untold, []tegata.Check{tegata.WithMaxAge(10 * time.Minute)}, `, max_age="600"`, fmt.Sprintf(maxAge, 600)},
		"the shortest":     {old, []tegata.Check{tegata.WithMaxAge(time.Minute), tegata.WithMaxAge(time.Hour)}, `, max_age="60"`, fmt.Sprintf(maxAge, 60)},
		"now":              {old, []tegata.Check{tegata.WithMaxAge(0)}, `, max_age="0"`, fmt.Sprintf(maxAge, 0)},
		"before now":       {old, []tegata.Check{tegata.WithMaxAge(-time.Hour)}, `, max_age="0"`, fmt.Sprintf(maxAge, 0)},
		"method":           {notMFA, []tegata.Check{tegata.WithAMR("mfa")}, ``, `{"error":"insufficient_user_authentication","reason":"method"}`},
		"method, then age": {notMFA, []tegata.Check{tegata.WithAMR("mfa"), tegata.WithMaxAge(time.Hour)}, `, max_age="3600"`, `{"error":"insufficient_user_authentication","reason":"method","max_age":3600}`},
	} {
		var calls atomic.Int32
		res := ask(t, tegatahttp.IDToken(v, tegatahttp.Checks(c.checks...))(greeter(&calls)), "/", "Bearer "+c.token)
		wantRefusal(t, name, res, 401, `Bearer error="insufficient_user_authentication"`+c.challenge, c.body)
		if calls.Load() != 0 {
			t.Errorf("%s: the handler was called", name)
		}
		if res := ask(t, tegatahttp.IDToken(v)(greeter(&calls)), "/", "Bearer "+c.token); res.StatusCode != 200 {
			t.Errorf("%s: %d without the checks, want 200", name, res.StatusCode)
		}
	}
}

// TestScopes wants the scopes that are needed in the answer, as far as a header field can
// hold them.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	var calls atomic.Int32
	for want, scopes := range map[string][]string{
		"profile openid email": {"openid", "email", "openid", "profile"},
		"profile openid":       {"openid", "a\"b", "a\\b", "a b", "a\r\nb", "名", ""},
	} {
		h := tegatahttp.AccessToken(v, tegatahttp.Checks(tegata.WithScopes("profile", scopes...)))(greeter(&calls))
		wantRefusal(t, want, ask(t, h, "/", "Bearer opaque"), 403, `Bearer error="insufficient_scope", scope="`+want+`"`,
			`{"error":"insufficient_scope","reason":"scope","scope":"`+want+`"}`)
	}
	s.scope.Store("profile openid")
	if res := ask(t, tegatahttp.AccessToken(v, tegatahttp.Checks(tegata.WithScopes("openid")))(greeter(&calls)), "/", "Bearer opaque"); res.StatusCode != 200 || calls.Load() != 1 {
		t.Errorf("with the scope: %d, %d calls; want 200 and one", res.StatusCode, calls.Load())
	}
}

// TestOwnVerifier puts Verifiers of somebody else's behind the middleware: what they do
// not say lets nobody in.
func TestOwnVerifier(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		v    own
		want string
	}{
		"neither":      {own{}, `500 {"error":"server_error","reason":"internal"}`},
		"nobody":       {own{token: &tegata.IDToken{}, user: &tegata.User{}}, `500 {"error":"server_error","reason":"internal"}`},
		"its error":    {own{token: &tegata.IDToken{UserID: "U1"}, user: &tegata.User{UserID: "U1"}, err: errors.New("secret")}, `500 {"error":"server_error","reason":"internal"}`},
		"ours wrapped": {own{err: fmt.Errorf("counted: %w", tegata.ErrExpired)}, `401 {"error":"invalid_token","reason":"expired"}`},
		"a user":       {own{token: &tegata.IDToken{UserID: "U1", Name: "Hanako"}, user: &tegata.User{UserID: "U1", Name: "Hanako"}}, `200 true U1 Hanako`},
	} {
		for kind, m := range map[string]func(http.Handler) http.Handler{"ID token": tegatahttp.IDToken(&c.v), "access token": tegatahttp.AccessToken(&c.v)} {
			res := ask(t, m(greeter(new(atomic.Int32))), "/", "Bearer x")
			body, err := io.ReadAll(res.Body)
			if got := fmt.Sprint(res.StatusCode, " ", string(body)); err != nil || got != c.want {
				t.Errorf("%s, %s: %s, %v; want %s", name, kind, got, err, c.want)
			}
		}
	}
}
