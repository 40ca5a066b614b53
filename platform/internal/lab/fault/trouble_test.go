package fault_test

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatatest"
)

// TestAutoLoginFailure: the app sees a foreign state and a code that is none, until it
// asks for no auto login: LINE's recipe.
func TestAutoLoginFailure(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	p.Fault(tegatatest.Fault{Effect: tegatatest.AutoLoginFailure, User: "hanako"})
	for _, mode := range []string{"query", "form_post"} {
		params := url.Values{"response_mode": {mode}}
		if _, err := p.Login(t.Context(), tegatatest.Login{Params: params}); !errors.Is(err, tegatatest.ErrState) || !strings.Contains(err.Error(), "foreign-") {
			t.Errorf("%s: %v, want ErrState with a foreign state", mode, err)
		}
	}
	if _, err := p.Login(t.Context(), tegatatest.Login{Params: url.Values{"disable_auto_login": {"true"}}}); err != nil {
		t.Errorf("with disable_auto_login: %v", err)
	}
	if _, err := p.Login(t.Context(), tegatatest.Login{Visitor: tegatatest.Visitor{User: "taro"}}); err != nil {
		t.Errorf("login of taro: %v", err)
	}
	// The code that came is none.
	app := p.Channel("")
	callback, err := p.Visit(t.Context(), "/oauth2/v2.1/authorize?"+url.Values{
		"response_type": {"code"}, "client_id": {app.ID}, "redirect_uri": {app.CallbackURLs[0]}, "state": {"s"}, "scope": {"openid"},
	}.Encode(), tegatatest.Visitor{})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.Client().PostForm(p.URL+"/oauth2/v2.1/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {callback.Query().Get("code")}, "client_id": {app.ID}, "client_secret": {app.Secret},
		"redirect_uri": {app.CallbackURLs[0]},
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("the code was taken: %d", resp.StatusCode)
	}
}

func TestStaleIDToken(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	p.Fault(tegatatest.Fault{Effect: tegatatest.StaleIDToken, Times: 1})
	v := p.Verifier()
	s, err := p.Login(t.Context(), tegatatest.Login{LIFFID: p.LIFFApp("").ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.IDToken(t.Context(), s.IDToken); !errors.Is(err, tegata.ErrExpired) {
		t.Errorf("ID token: %v, want ErrExpired", err)
	}
	if _, err := v.AccessToken(t.Context(), s.AccessToken); err != nil {
		t.Errorf("access token: %v", err)
	}
	if s, err = p.Login(t.Context(), tegatatest.Login{}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.IDToken(t.Context(), s.IDToken); err != nil {
		t.Errorf("the next login: %v", err)
	}
}

// TestClosedLIFF: closing ends the access tokens that there are, of LIFF apps alone, and
// not those of the next launch, also under a frozen clock.
func TestClosedLIFF(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	p.Clock.Freeze()
	app := p.LIFFApp("").ID
	mine, others := tegatatest.Token{LIFFID: app}, tegatatest.Token{LIFFID: app, User: "taro"}
	closed, kept, web := p.AccessToken(mine), p.AccessToken(others), p.AccessToken(tegatatest.Token{})
	p.Fault(tegatatest.Fault{Effect: tegatatest.ClosedLIFF, User: "hanako"})
	next := p.AccessToken(mine)
	v := p.Verifier()
	for name, token := range map[string]string{"another user's": kept, "of a web login": web, "of the next launch": next} {
		if _, err := v.AccessToken(t.Context(), token); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := v.AccessToken(t.Context(), closed); !errors.Is(err, tegata.ErrInactive) && !errors.Is(err, tegata.ErrExpired) {
		t.Errorf("closed: %v, want that it is refused", err)
	}
	if code, body, _, err := get(t, p, "/v2/profile", closed); err != nil || code != 401 || !strings.Contains(body, "The access token revoked") {
		t.Errorf("profile: %d %s, %v", code, body, err)
	}
}

// TestMinimisedLIFF: after two hours out of sight an app's access token is good, and the ID
// token that it holds is not.
func TestMinimisedLIFF(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	p.Clock.Freeze()
	before := p.Clock.Now()
	app := tegatatest.Token{LIFFID: p.LIFFApp("").ID}
	access, id := p.AccessToken(app), p.IDToken(app)
	v := p.Verifier()
	if _, err := v.IDToken(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	p.Fault(tegatatest.Fault{Effect: tegatatest.MinimisedLIFF})
	if by := p.Clock.Now().Sub(before); by != 2*time.Hour {
		t.Errorf("the clock went on by %v", by)
	}
	if _, err := v.AccessToken(t.Context(), access); err != nil {
		t.Errorf("access token: %v", err)
	}
	if _, err := v.IDToken(t.Context(), id); !errors.Is(err, tegata.ErrExpired) {
		t.Errorf("ID token: %v, want that it has expired", err)
	}
}

func TestConsentTroubles(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	end := p.Fault(tegatatest.Fault{Effect: tegatatest.ConsentDenied})
	var e *tegatatest.LoginError
	if _, err := p.Login(t.Context(), tegatatest.Login{}); !errors.As(err, &e) || e.Code != "ACCESS_DENIED" {
		t.Errorf("consent-denied: %v", err)
	}
	end()
	end = p.Fault(tegatatest.Fault{Effect: tegatatest.EmailRefused})
	s, err := p.Login(t.Context(), tegatatest.Login{})
	if err != nil {
		t.Fatal(err)
	}
	if token, err := p.Verifier().IDToken(t.Context(), s.IDToken); err != nil || token.Email != "" {
		t.Errorf("email-refused: %+v, %v", token, err)
	}
	end()
	if s, err = p.Login(t.Context(), tegatatest.Login{}); err != nil {
		t.Fatal(err)
	}
	if token, err := p.Verifier().IDToken(t.Context(), s.IDToken); err != nil || token.Email == "" {
		t.Errorf("afterwards: %+v, %v; want an e-mail address", token, err)
	}
}

func TestOtherBrowser(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	end := p.Fault(tegatatest.Fault{Effect: tegatatest.OtherBrowser, Endpoint: "consent"})
	if _, err := p.Login(t.Context(), tegatatest.Login{}); status(err) != 400 || !strings.Contains(err.Error(), "against the browser that began the login") {
		t.Errorf("other-browser: %v", err)
	}
	end()
	if _, err := p.Login(t.Context(), tegatatest.Login{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestStateTroubles(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	friend := func() string {
		t.Helper()
		_, body, _, err := get(t, p, "/friendship/v1/status", p.AccessToken(tegatatest.Token{}))
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
	before := friend()
	p.Fault(tegatatest.Fault{Effect: tegatatest.BlockedFriend})
	if got := friend(); got != `{"friendFlag":false}` {
		t.Errorf("blocked-friend: %s", got)
	}
	p.Fault(tegatatest.Fault{Effect: tegatatest.DevelopingChannel})
	if _, err := p.Login(t.Context(), tegatatest.Login{}); status(err) != 400 || !strings.Contains(err.Error(), "Developing") {
		t.Errorf("developing-channel: %v", err)
	}
	p.Reset()
	if got := friend(); got != before {
		t.Errorf("after reset: %s, want %s", got, before)
	}
	if _, err := p.Login(t.Context(), tegatatest.Login{}); err != nil {
		t.Errorf("after reset: %v", err)
	}
}

func TestOutages(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	s, err := p.Login(t.Context(), tegatatest.Login{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{tegatatest.VerifyOutage, tegatatest.RateLimit} {
		end := p.Fault(tegatatest.Fault{Effect: name})
		if _, err := p.Verifier().AccessToken(t.Context(), s.AccessToken); !errors.Is(err, tegata.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
		end()
	}
}

// TestSilentLoginWithTrouble: prompt=none is an auto login too.
func TestSilentLoginWithTrouble(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := tegatatest.Visitor{Browser: jar}
	silent := tegatatest.Login{Visitor: v, Scopes: []string{"openid", "profile"}, Params: url.Values{"prompt": {"none"}}}
	if _, err := p.Login(t.Context(), tegatatest.Login{Visitor: v}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Login(t.Context(), silent); err != nil {
		t.Fatalf("silent login: %v", err)
	}
	p.Fault(tegatatest.Fault{Effect: tegatatest.AutoLoginFailure})
	if _, err := p.Login(t.Context(), silent); !errors.Is(err, tegatatest.ErrState) {
		t.Errorf("silent login in trouble: %v, want ErrState", err)
	}
}
