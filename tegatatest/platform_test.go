package tegatatest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatatest"
)

func TestLogin(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	v := p.Verifier()
	for _, tt := range []struct {
		name  string
		login tegatatest.Login
	}{
		{"first persona", tegatatest.Login{}},
		{"another one, who refuses the e-mail address", tegatatest.Login{Visitor: tegatatest.Visitor{User: "taro", RefuseEmail: true}}},
		{"by form_post", tegatatest.Login{Params: map[string][]string{"response_mode": {"form_post"}}}},
		{"with a friend", tegatatest.Login{Visitor: tegatatest.Visitor{User: "mei", AddFriend: true}, Params: map[string][]string{"bot_prompt": {"aggressive"}}}},
		{"LIFF", tegatatest.Login{LIFFID: p.LIFFApp("").ID}},
	} {
		s, err := p.Login(t.Context(), tt.login)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		checks := []tegata.Check{}
		if s.Nonce != "" {
			checks = append(checks, tegata.WithNonce(s.Nonce))
		}
		token, err := v.IDToken(t.Context(), s.IDToken, checks...)
		want := p.User(tt.login.User)
		if err != nil || token.UserID != want.UserID || token.Name == "" {
			t.Errorf("%s: %+v, %v; want the user ID of %s", tt.name, token, err, want.Handle)
		}
		if tt.login.RefuseEmail && token.Email != "" {
			t.Errorf("%s: the token has the e-mail address", tt.name)
		}
		user, err := v.AccessToken(t.Context(), s.AccessToken)
		if err != nil || user.UserID != want.UserID {
			t.Errorf("%s: access token: %+v, %v", tt.name, user, err)
		}
		if (s.RefreshToken == "") != (tt.login.LIFFID != "") || s.ExpiresIn == 0 || s.Callback.Query().Get("state") != s.State {
			t.Errorf("%s: session %+v", tt.name, s)
		}
	}
}

func TestLoginErrors(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	for _, tt := range []struct {
		name  string
		login tegatatest.Login
		want  string
	}{
		{"cancelled", tegatatest.Login{Visitor: tegatatest.Visitor{Deny: true}}, "ACCESS_DENIED"},
		{"nobody", tegatatest.Login{Visitor: tegatatest.Visitor{User: "nobody"}}, "/oauth2/v2.1/login answered 400"},
		{"callback that is not registered", tegatatest.Login{RedirectURI: "https://evil.example/"}, "answered 400 (redirect_uri"},
		{"unknown channel", tegatatest.Login{Channel: "1"}, `no channel "1"`},
		{"unknown LIFF app", tegatatest.Login{LIFFID: "1-12345678"}, `no LIFF app "1-12345678"`},
		{"without a tester's role", tegatatest.Login{Channel: "2000000004"}, "answered 400 (channel 2000000004 is Developing"},
		{"nobody is logged in", tegatatest.Login{Params: map[string][]string{"prompt": {"none"}}}, "LOGIN_REQUIRED"},
	} {
		s, err := p.Login(t.Context(), tt.login)
		if s != nil || err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %+v, %v; want an error that says %q", tt.name, s, err, tt.want)
		}
	}
}

// TestParallelLogins: 200 logins at once on one platform, each with its own user ID and
// none with another's token.
func TestParallelLogins(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	v := p.Verifier()
	handles := []string{"hanako", "taro", "somchai", "mei", "jiwoo"}
	want := map[string]string{}
	for _, h := range handles {
		want[h] = p.User(h).UserID
	}
	var work sync.WaitGroup
	var mu sync.Mutex
	seen := map[string]bool{}
	for i := range 200 {
		handle := handles[i%len(handles)]
		work.Go(func() {
			s, err := p.Login(t.Context(), tegatatest.Login{Visitor: tegatatest.Visitor{User: handle}})
			if err != nil {
				t.Errorf("login of %s: %v", handle, err)
				return
			}
			token, err := v.IDToken(t.Context(), s.IDToken, tegata.WithNonce(s.Nonce))
			if err != nil || token.UserID != want[handle] {
				t.Errorf("%s: %+v, %v", handle, token, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[s.AccessToken] {
				t.Error("an access token was issued twice")
			}
			seen[s.AccessToken] = true
		})
	}
	work.Wait()
	if got := p.Requests("token"); len(got) != 200 {
		t.Errorf("the token endpoint was asked %d times, want 200", len(got))
	}
}

// TestInABubble: in a bubble of testing/synctest the platform follows the bubble's clock,
// and everything ends with it.
func TestInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := tegatatest.Start(t)
		s, err := p.Login(t.Context(), tegatatest.Login{})
		if err != nil {
			t.Fatal(err)
		}
		v := p.Verifier()
		if _, err := v.IDToken(t.Context(), s.IDToken); err != nil {
			t.Error(err)
		}
		time.Sleep(2 * time.Hour)
		if _, err := v.IDToken(t.Context(), s.IDToken); !errors.Is(err, tegata.ErrExpired) {
			t.Errorf("two hours later: %v, want ErrExpired", err)
		}
		p.Fault(tegatatest.Fault{Effect: tegatatest.Latency, Endpoint: "profile", Delay: 3 * time.Second})
		begun := time.Now()
		if _, err := v.AccessToken(t.Context(), s.AccessToken); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took != 3*time.Second {
			t.Errorf("the profile took %v, want 3s", took)
		}
	})
}

func TestTransportReachesThePlatformAlone(t *testing.T) {
	t.Parallel()
	p := tegatatest.Start(t)
	for url, want := range map[string]int{
		p.URL + "/oauth2/v2.1/certs":                              200,
		"https://api.line.me/oauth2/v2.1/certs":                   200,
		"https://access.line.me/.well-known/openid-configuration": 200,
		"https://example.com/":                                    0,
		"http://localhost:4800/":                                  0,
		"https://access.line.me.evil.example/oauth2/v2.1/certs":   0,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.Client().Do(r)
		status := 0
		if err == nil {
			status = resp.StatusCode
			_ = resp.Body.Close()
		}
		if status != want || want == 0 && !strings.Contains(err.Error(), "is not the platform") {
			t.Errorf("%s: %d, %v; want %d", url, status, err, want)
		}
	}
}

// TestPort: the same platform is there on a port of this machine, with and without TLS.
func TestPort(t *testing.T) {
	t.Parallel()
	for name, option := range map[string]tegatatest.Option{"http://": tegatatest.WithListener(), "https://": tegatatest.WithTLS()} {
		p := tegatatest.Start(t, option, tegatatest.WithIssuer("own"))
		if !strings.HasPrefix(p.URL, name+"127.0.0.1:") || p.Issuer != p.URL || (p.Certificate() != nil) != (name == "https://") {
			t.Errorf("%s: URL %s, issuer %s, certificate %v", name, p.URL, p.Issuer, p.Certificate() != nil)
		}
		outside := &http.Transport{}
		if p.Certificate() != nil {
			outside = trusting(p.Certificate())
		}
		t.Cleanup(outside.CloseIdleConnections)
		v := p.Verifier(func(c *tegata.Config) { c.Transport = outside })
		s, err := p.Login(t.Context(), tegatatest.Login{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.Both(t.Context(), s.IDToken, s.AccessToken); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	at := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	p := tegatatest.Start(t, tegatatest.WithTime(at), tegatatest.WithIssuer("https://id.example.com"), tegatatest.WithSeed(`
providers: [{id: "1", name: P}]
channels:
  - {id: "12", provider: "1", name: C, secret: 0123456789abcdef0123456789abcdef, status: published, callbacks: ["http://localhost:9/cb"]}
users: [{handle: ann, name: Ann}]
`))
	if got := p.Clock.Now(); !got.Equal(at) {
		t.Errorf("the clock says %v, want %v", got, at)
	}
	s, err := p.Login(context.Background(), tegatatest.Login{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := p.Verifier().IDToken(t.Context(), s.IDToken)
	if err != nil || token.Issuer != "https://id.example.com" || token.Name != "Ann" || token.ChannelID != p.Channel("12").ID {
		t.Errorf("%+v, %v", token, err)
	}
}

// BenchmarkStart is what a test pays for a platform of its own.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		tegatatest.Start(b)
	}
}

// BenchmarkLogin is a whole login without a browser.
func BenchmarkLogin(b *testing.B) {
	p := tegatatest.Start(b)
	for b.Loop() {
		if _, err := p.Login(b.Context(), tegatatest.Login{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMint is an ID token, as a test asks for it. BenchmarkMint of package mint tells
// it as a ratio to a bare signature.
func BenchmarkMint(b *testing.B) {
	p := tegatatest.Start(b)
	for b.Loop() {
		p.IDToken(tegatatest.Token{})
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}
