package tegatahttp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/tegatahttp"
)

// seeded are channels of the demo world and their secrets: ours, its sibling of the same
// provider, and a neighbour's.
var seeded = map[string]string{
	"2000000001": "dev0839511b77483302d5f1613f7cd40",
	"2000000002": "dev01e47f98363f468b5e43f4ca0a4cf",
	"2000000003": "dev09b6f28f3cff9e4fd0a028921ee6e",
}

const callback = "http://localhost:3000/callback"

// realPlatform is a platform with the demo world on a port of its own. It counts what it
// is asked.
type realPlatform struct {
	t   testing.TB
	url string
	// wire is its clients' own: a server that another test ends closes what is idle in the
	// common one.
	wire *http.Transport

	mu    sync.Mutex // guards the rest
	now   time.Time
	asked map[string]int // by path
}

func newRealPlatform(t testing.TB) *realPlatform {
	t.Helper()
	p := &realPlatform{t: t, wire: &http.Transport{}, now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), asked: map[string]int{}}
	t.Cleanup(p.wire.CloseIdleConnections)
	srv := httptest.NewUnstartedServer(nil)
	p.url = "http://" + srv.Listener.Addr().String()
	sealer, err := platform.NewSealer("test", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := platform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := platform.New(t.Context(), platform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: p.url, Issuer: platform.IssuerLINE, Now: p.Now,
		Lab: &platform.Lab{Seed: seed, DemoOrigin: "http://localhost:4801"},
	})
	if err != nil {
		t.Fatal(err)
	}
	public := issuer.Public()
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked[r.URL.Path]++
		p.mu.Unlock()
		public.ServeHTTP(w, r)
	})
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		if err := issuer.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// Now is the time of the platform and of its verifiers.
func (p *realPlatform) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *realPlatform) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// count returns how often paths were asked.
func (p *realPlatform) count(paths ...string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, path := range paths {
		n += p.asked[path]
	}
	return n
}

func (p *realPlatform) verifier() *tegata.Verifier {
	p.t.Helper()
	v, err := tegata.New(tegata.Config{ChannelID: channelID, BaseURL: p.url, Now: p.Now})
	if err != nil {
		p.t.Fatal(err)
	}
	return v
}

// tokens are what a login ends with.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
}

var formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)

// login logs a persona in to a channel with a browser of its own. more are further
// parameters of the authorization request.
func (p *realPlatform) login(persona, channel string, more url.Values) tokens {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: p.wire, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	query := url.Values{"response_type": {"code"}, "client_id": {channel}, "redirect_uri": {callback}, "state": {"st"}, "scope": {"openid profile"}}
	for name, values := range more {
		query[name] = values
	}
	target := p.url + "/oauth2/v2.1/authorize?" + query.Encode()
	var form url.Values
	for range 12 {
		res, body := p.send(browser, target, form)
		if loc := res.Header.Get("Location"); loc != "" {
			next, err := res.Request.URL.Parse(loc)
			if err != nil {
				p.t.Fatal(err)
			}
			if strings.HasPrefix(next.String(), callback) {
				return p.redeem(channel, next.Query().Get("code"))
			}
			target, form = next.String(), nil
			continue
		}
		action := formAction.FindStringSubmatch(body)
		if res.StatusCode != http.StatusOK || action == nil {
			p.t.Fatalf("%s: status %d, want a page with a form\n%s", target, res.StatusCode, body)
		}
		form = url.Values{"loginState": {res.Request.URL.Query().Get("loginState")}}
		if strings.HasSuffix(res.Request.URL.Path, "/login") {
			form.Set("persona", persona)
		} else {
			form.Set("decision", "allow")
		}
		next, err := res.Request.URL.Parse(html.UnescapeString(action[1]))
		if err != nil {
			p.t.Fatal(err)
		}
		target = next.String()
	}
	p.t.Fatalf("the login of %s goes round in circles", persona)
	return tokens{}
}

func (p *realPlatform) redeem(channel, code string) tokens {
	p.t.Helper()
	res, body := p.send(&http.Client{Transport: p.wire}, p.url+"/oauth2/v2.1/token", url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback},
		"client_id": {channel}, "client_secret": {seeded[channel]}, "id_token_key_type": {"JWK"},
	})
	var all tokens
	if err := json.Unmarshal([]byte(body), &all); err != nil || res.StatusCode != http.StatusOK {
		p.t.Fatalf("token: %d %s, %v", res.StatusCode, body, err)
	}
	return all
}

// send gets, or posts a form.
func (p *realPlatform) send(c *http.Client, target string, form url.Values) (*http.Response, string) {
	p.t.Helper()
	method, in := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, in = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, target, in)
	if err != nil {
		p.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := c.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res, string(data)
}

// TestRealTokens takes the tokens of a platform through both middlewares.
func TestRealTokens(t *testing.T) {
	t.Parallel()
	p := newRealPlatform(t)
	v := p.verifier()
	ours, sibling, neighbour := p.login("hanako", "2000000001", nil), p.login("hanako", "2000000002", nil), p.login("hanako", "2000000003", nil)
	other, err := v.Channel("2000000002", tegata.ES256, "")
	if err != nil {
		t.Fatal(err)
	}
	set, err := tegata.NewSet(v, other)
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	behind := greeter(&calls)
	id, access := tegatahttp.IDToken(v)(behind), tegatahttp.AccessToken(v)(behind)
	setID, setAccess := tegatahttp.IDToken(set)(behind), tegatahttp.AccessToken(set)(behind)
	const wrongKind = `401 {"error":"invalid_token","reason":"wrong_kind"}`
	for name, c := range map[string]struct {
		h     http.Handler
		token string
		want  string // status and the body's beginning
	}{
		"ID token":                       {id, ours.ID, "200 true U"},
		"access token":                   {access, ours.Access, "200 true U"},
		"ID token of the sibling":        {id, sibling.ID, `401 {"error":"invalid_token","reason":"audience"}`},
		"access token of the sibling":    {access, sibling.Access, `401 {"error":"invalid_token","reason":"other_channel"}`},
		"sibling's ID token, set":        {setID, sibling.ID, "200 true U"},
		"sibling's access token, set":    {setAccess, sibling.Access, "200 true U"},
		"neighbour's ID token, set":      {setID, neighbour.ID, `401 {"error":"invalid_token","reason":"audience"}`},
		"neighbour's access token, set":  {setAccess, neighbour.Access, `401 {"error":"invalid_token","reason":"other_channel"}`},
		"access token as ID token":       {id, ours.Access, wrongKind},
		"access token as ID token, set":  {setID, ours.Access, wrongKind},
		"refresh token as ID token":      {id, ours.Refresh, wrongKind},
		"refresh token as access token":  {access, ours.Refresh, `401 {"error":"invalid_token","reason":"inactive"}`},
		"unsigned ID token":              {id, ours.ID[:strings.LastIndexByte(ours.ID, '.')+1], `401 {"error":"invalid_token","reason":"malformed"}`},
		"ID token without its signature": {id, ours.ID[:strings.LastIndexByte(ours.ID, '.')], `401 {"error":"invalid_token","reason":"malformed"}`},
	} {
		res := ask(t, c.h, "/", "Bearer "+c.token)
		body, err := io.ReadAll(res.Body)
		if got := fmt.Sprint(res.StatusCode, " ", string(body)); err != nil || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, %v; want %s", name, got, err, c.want)
		}
	}
	if calls.Load() != 4 {
		t.Errorf("%d calls of the handler, want 4", calls.Load())
	}
	before := p.count("/oauth2/v2.1/verify", "/v2/profile")
	for _, h := range []http.Handler{access, setAccess} {
		for _, raw := range []string{ours.ID, neighbour.ID, ours.ID[:strings.LastIndexByte(ours.ID, '.')+1]} {
			wantRefusal(t, "ID token as access token", ask(t, h, "/", "Bearer "+raw), 401, `Bearer error="invalid_token"`, wrongKind[4:])
		}
	}
	if after := p.count("/oauth2/v2.1/verify", "/v2/profile"); after != before {
		t.Errorf("the platform was asked %d times about ID tokens in the place of access tokens, want 0", after-before)
	}
}

// TestRevokedAtOnce revokes an access token between two requests.
func TestRevokedAtOnce(t *testing.T) {
	t.Parallel()
	p := newRealPlatform(t)
	raw := p.login("hanako", channelID, nil)
	h := tegatahttp.AccessToken(p.verifier())(greeter(new(atomic.Int32)))
	if res := ask(t, h, "/", "Bearer "+raw.Access); res.StatusCode != 200 {
		t.Fatalf("%d, want 200", res.StatusCode)
	}
	res, body := p.send(&http.Client{Transport: p.wire}, p.url+"/oauth2/v2.1/revoke", url.Values{"access_token": {raw.Access}, "client_id": {channelID}, "client_secret": {seeded[channelID]}})
	if res.StatusCode != 200 {
		t.Fatalf("revoke: %d %s", res.StatusCode, body)
	}
	wantRefusal(t, "revoked", ask(t, h, "/", "Bearer "+raw.Access), 401, `Bearer error="invalid_token"`, `{"error":"invalid_token","reason":"inactive"}`)
}

// TestRealScopesAndAges has logins with and without what the middleware demands.
func TestRealScopesAndAges(t *testing.T) {
	t.Parallel()
	p := newRealPlatform(t)
	v := p.verifier()
	var calls atomic.Int32
	scopes := tegatahttp.AccessToken(v, tegatahttp.Checks(tegata.WithScopes("openid")))(greeter(&calls))
	wantRefusal(t, "no openid", ask(t, scopes, "/", "Bearer "+p.login("hanako", channelID, url.Values{"scope": {"profile"}}).Access), 403,
		`Bearer error="insufficient_scope", scope="profile openid"`, `{"error":"insufficient_scope","reason":"scope","scope":"profile openid"}`)
	wantRefusal(t, "no profile", ask(t, scopes, "/", "Bearer "+p.login("hanako", channelID, url.Values{"scope": {"openid"}}).Access), 403,
		`Bearer error="insufficient_scope", scope="profile openid"`, `{"error":"insufficient_scope","reason":"scope","scope":"profile openid"}`)

	fresh := tegatahttp.IDToken(v, tegatahttp.Checks(tegata.WithMaxAge(10*time.Minute)))(greeter(&calls))
	raw := p.login("hanako", channelID, url.Values{"max_age": {"600"}})
	if res := ask(t, fresh, "/", "Bearer "+raw.ID); res.StatusCode != 200 {
		t.Errorf("fresh login: %d, want 200", res.StatusCode)
	}
	p.advance(12 * time.Minute)
	const challenge, body = `Bearer error="insufficient_user_authentication", max_age="600"`, `{"error":"insufficient_user_authentication","reason":"max_age","max_age":600}`
	wantRefusal(t, "old login", ask(t, fresh, "/", "Bearer "+raw.ID), 401, challenge, body)
	wantRefusal(t, "login without max_age", ask(t, fresh, "/", "Bearer "+p.login("hanako", channelID, nil).ID), 401, challenge, body)
	if calls.Load() != 1 {
		t.Errorf("%d calls of the handler, want 1", calls.Load())
	}
}
