package tegatatest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
	"github.com/tegata-id/tegata/tegatatest"
)

// The tests below are the recipes of docs/testing.md, word for word: TestRecipesAreThese
// holds that.

// server is what the recipes test: it greets whom the token is about.
func server(v tegatahttp.Verifier) http.Handler {
	greet := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _ := tegatahttp.UserFrom(r.Context())
		_, _ = fmt.Fprintf(w, "Hello, %s", user.Name)
	})
	mux := http.NewServeMux()
	mux.Handle("/id-token", tegatahttp.IDToken(v)(greet))
	mux.Handle("/access-token", tegatahttp.AccessToken(v)(greet))
	return mux
}

// call sends a token to a server and returns the answer.
func call(h http.Handler, path, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestGreetsTheUser(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	app := server(p.Verifier())

	answer := call(app, "/id-token", p.IDToken(tegatatest.Token{User: "taro"}))
	if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "Hello, ") {
		t.Errorf("%d %s, want a greeting", answer.Code, answer.Body)
	}
}

func TestExpiredToken(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	app := server(p.Verifier())

	token := p.IDToken(tegatatest.Token{})
	p.Clock.Advance(2 * time.Hour) // ID tokens live for an hour
	if answer := call(app, "/id-token", token); answer.Code != http.StatusUnauthorized {
		t.Errorf("%d %s, want 401", answer.Code, answer.Body)
	}
	// For a server with a clock of its own: a token from two hours ago.
	old := p.IDToken(tegatatest.Token{Age: 2 * time.Hour})
	if answer := call(app, "/id-token", old); answer.Code != http.StatusUnauthorized {
		t.Errorf("%d %s, want 401", answer.Code, answer.Body)
	}
}

func TestWrongTokens(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	app := server(p.Verifier())

	for _, wrong := range []string{
		tegatatest.OtherChannel, tegatatest.OtherProvider, tegatatest.OtherIssuer, tegatatest.Expired, tegatatest.NotYetValid,
		tegatatest.RetiredKey, tegatatest.ForeignKey, tegatatest.Altered,
	} {
		token := p.IDToken(tegatatest.Token{Wrong: wrong})
		if answer := call(app, "/id-token", token); answer.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d %s, want 401", wrong, answer.Code, answer.Body)
		}
	}
}

func TestRevokedOnClose(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	app := server(p.Verifier())

	s, err := p.Login(t.Context(), tegatatest.Login{LIFFID: p.LIFFApp("").ID})
	if err != nil {
		t.Fatal(err)
	}
	p.CloseLIFF(s.AccessToken)
	if answer := call(app, "/access-token", s.AccessToken); answer.Code != http.StatusUnauthorized {
		t.Errorf("access token: %d %s, want 401", answer.Code, answer.Body)
	}
	// The ID token knows nothing of that: it is good until it expires.
	if answer := call(app, "/id-token", s.IDToken); answer.Code != http.StatusOK {
		t.Errorf("ID token: %d %s, want 200", answer.Code, answer.Body)
	}
}

func TestTwoUsers(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	v := p.Verifier()

	// The app says that it is hanako; the token is taro's.
	claimed := p.User("hanako").UserID
	_, err := v.IDToken(t.Context(), p.IDToken(tegatatest.Token{User: "taro"}), tegata.WithSubject(claimed))
	if !errors.Is(err, tegata.ErrSubject) {
		t.Errorf("%v, want ErrSubject", err)
	}
	// The same person has another user ID under another provider.
	user := p.User("hanako")
	if user.UserIDs["1000000001"] == user.UserIDs["1000000002"] {
		t.Error("user IDs of two providers are the same")
	}
}

func TestRateLimited(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	app := server(p.Verifier())
	token := p.AccessToken(tegatatest.Token{})

	end := p.Fault(tegatatest.Fault{Effect: tegatatest.RateLimit})
	if answer := call(app, "/access-token", token); answer.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s, want 503: nothing is known of the token", answer.Code, answer.Body)
	}
	end()
	if answer := call(app, "/access-token", token); answer.Code != http.StatusOK {
		t.Errorf("%d %s, want 200", answer.Code, answer.Body)
	}
}

func TestKeyRotated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := tegatatest.Start(t)
		app := server(p.Verifier())
		before := p.IDToken(tegatatest.Token{})
		call(app, "/id-token", before) // the server has the keys now

		p.Fault(tegatatest.Fault{Effect: tegatatest.KeysRotated})
		time.Sleep(time.Minute) // costs no time in a bubble
		for _, token := range []string{before, p.IDToken(tegatatest.Token{})} {
			if answer := call(app, "/id-token", token); answer.Code != http.StatusOK {
				t.Errorf("%d %s, want 200", answer.Code, answer.Body)
			}
		}
	})
}

func TestWhatWasAsked(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	app := server(p.Verifier())
	call(app, "/access-token", p.AccessToken(tegatatest.Token{Wrong: tegatatest.OtherChannel}))

	if n := len(p.Requests("verify")); n != 1 {
		t.Errorf("verify was called %d times, want once", n)
	}
	if n := len(p.Requests("profile")); n != 0 {
		t.Errorf("the profile was asked with a token of another channel")
	}
}

func TestLoginOfAWebsite(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	channel := p.Channel("")
	login, err := tegatahttp.NewLogin(tegatahttp.LoginConfig{
		Channel:       tegata.Config{ChannelID: channel.ID, Issuer: p.Issuer, BaseURL: p.URL, Transport: p.Transport(), Now: p.Clock.Now},
		ChannelSecret: tegata.Secret(channel.Secret),
		RedirectURI:   channel.CallbackURLs[0],
		Done: func(w http.ResponseWriter, _ *http.Request, in *tegatahttp.LoggedIn) {
			_, _ = fmt.Fprint(w, in.User.UserID)
		},
	})
	if err != nil {
		t.Fatal(err)
	}

	// The website sends the browser to the platform, and the platform sends it back.
	away := httptest.NewRecorder()
	login.Start().ServeHTTP(away, httptest.NewRequest(http.MethodGet, "/login", nil))
	callback, err := p.Visit(t.Context(), away.Header().Get("Location"), tegatatest.Visitor{User: "mei"})
	if err != nil {
		t.Fatal(err)
	}
	back := httptest.NewRequest(http.MethodGet, callback.String(), nil)
	for _, c := range away.Result().Cookies() {
		back.AddCookie(c)
	}
	answer := httptest.NewRecorder()
	login.Callback().ServeHTTP(answer, back)
	if answer.Body.String() != p.User("mei").UserID {
		t.Errorf("%d %s, want the user ID of mei", answer.Code, answer.Body)
	}
}

func TestCodeThatKnowsOnlyLINE(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	// Everything is as in production but the transport: https://api.line.me is the platform.
	v, err := tegata.New(tegata.Config{ChannelID: p.Channel("").ID, Transport: p.Transport()})
	if err != nil {
		t.Fatal(err)
	}
	user, err := v.AccessToken(t.Context(), p.AccessToken(tegatatest.Token{User: "jiwoo"}))
	if err != nil || user.UserID != p.User("jiwoo").UserID {
		t.Errorf("%+v, %v", user, err)
	}
}

func TestAutoLoginThatFails(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	p.Fault(tegatatest.Fault{Effect: tegatatest.AutoLoginFailure})

	_, err := p.Login(t.Context(), tegatatest.Login{})
	if !errors.Is(err, tegatatest.ErrState) {
		t.Errorf("%v, want ErrState: the app must not go on with the code", err)
	}
	// LINE's recipe: once more, without auto login.
	again := tegatatest.Login{Params: map[string][]string{"disable_auto_login": {"true"}}}
	if _, err := p.Login(t.Context(), again); err != nil {
		t.Error(err)
	}
}

// TestRecipesAreThese: every Go recipe of docs/testing.md is in this file, so that it has
// been run.
func TestRecipesAreThese(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile("recipe_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(page), "```go\n")[1:]
	if len(blocks) < 10 {
		t.Errorf("the page has %d recipes, want at least 10", len(blocks))
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		if !strings.Contains(string(file), code) {
			t.Errorf("this recipe is not in recipe_test.go:\n%s", code)
		}
	}
}
