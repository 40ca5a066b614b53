package tegatahttp_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// attack is a request by somebody without a token of his own, or with one of his own who
// wants to be somebody else.
type attack struct {
	method string // empty: POST
	path   string
	header http.Header
	body   string
	status int // empty: 401
}

// attacks are the rows E1, E2, E3 and E11 of the list of attacks; good is a token of
// userID, late one that has expired. Every one must be refused.
func attacks(good, late string) map[string]attack {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	with := func(name string, values ...string) http.Header { return http.Header{name: values} }
	all := map[string]attack{
		"E1 query access_token":   {path: "/?access_token=" + good},
		"E1 query id_token":       {path: "/?id_token=" + good},
		"E1 query Authorization":  {path: "/?Authorization=Bearer%20" + good},
		"E1 user information":     {path: "/", header: with("Authorization", "Basic "+good)},
		"E2 body":                 {path: "/", header: form, body: url.Values{"access_token": {good}, "id_token": {good}}.Encode()},
		"E2 JSON body":            {path: "/", header: with("Content-Type", "application/json"), body: `{"idToken":"` + good + `","accessToken":"` + good + `"}`},
		"E2 cookie":               {path: "/", header: with("Cookie", "access_token="+good+"; id_token="+good+"; Authorization=Bearer "+good)},
		"E2 late header, body":    {path: "/?id_token=" + good, header: http.Header{"Authorization": {"Bearer " + late}, "Content-Type": {"application/x-www-form-urlencoded"}}, body: "access_token=" + good},
		"E2 other headers":        {path: "/", header: http.Header{"X-Authorization": {"Bearer " + good}, "Proxy-Authorization": {"Bearer " + good}, "X-Forwarded-Authorization": {"Bearer " + good}, "X-Access-Token": {good}}},
		"E2 identity headers":     {path: "/", header: http.Header{"X-User-Id": {userID}, "X-Forwarded-User": {userID}, "X_Forwarded_User": {userID}, "Remote-User": {userID}}},
		"E3 two, good first":      {path: "/", header: with("Authorization", "Bearer "+good, "Bearer "+late), status: 400},
		"E3 two, good last":       {path: "/", header: with("Authorization", "Bearer "+late, "Bearer "+good), status: 400},
		"E3 the same twice":       {path: "/", header: with("Authorization", "Bearer "+good, "Bearer "+good), status: 400},
		"E3 Basic, then Bearer":   {path: "/", header: with("Authorization", "Basic dTpw", "Bearer "+good), status: 400},
		"E3 list":                 {path: "/", header: with("Authorization", "Bearer "+late+", Bearer "+good), status: 400},
		"E3 list without a blank": {path: "/", header: with("Authorization", "Bearer "+late+","+good), status: 400},
		"E3 list of schemes":      {path: "/", header: with("Authorization", "Basic dTpw, Bearer "+good)},
		"E3 tab":                  {path: "/", header: with("Authorization", "Bearer\t"+good)},
		"E3 blank and tab":        {path: "/", header: with("Authorization", "Bearer \t"+good), status: 400},
		"E3 text behind":          {path: "/", header: with("Authorization", "Bearer "+good+" "+late), status: 400},
		"E3 parameters behind":    {path: "/", header: with("Authorization", "Bearer "+good+";q=1"), status: 400},
		"E3 quoted":               {path: "/", header: with("Authorization", `Bearer "`+good+`"`), status: 400},
		"E3 parameter":            {path: "/", header: with("Authorization", `Bearer token="`+good+`"`), status: 400},
		"E3 no scheme":            {path: "/", header: with("Authorization", good)},
		"E3 no blank":             {path: "/", header: with("Authorization", "Bearer"+good)},
		"E3 colon":                {path: "/", header: with("Authorization", "Bearer: "+good)},
		"E3 other scheme":         {path: "/", header: with("Authorization", "DPoP "+good)},
		"E3 Cyrillic letters":     {path: "/", header: with("Authorization", "Веаrer "+good)},
		"E11 method override":     {path: "/?_method=OPTIONS", header: http.Header{"X-Http-Method-Override": {"OPTIONS"}, "X-Method-Override": {"HEAD"}}},
		"E11 preflight":           {method: "OPTIONS", path: "/", header: http.Header{"Origin": {"https://evil.example"}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"authorization"}}},
		"E11 upgrade":             {method: "GET", path: "/", header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}},
		"E11 h2c":                 {method: "GET", path: "/", header: http.Header{"Connection": {"Upgrade, HTTP2-Settings"}, "Upgrade": {"h2c"}, "Http2-Settings": {"AAMAAABkAAQAAP__"}}},
		"E14 health check":        {method: "GET", path: "/healthz", header: http.Header{"User-Agent": {"kube-probe/1.29"}, "X-Forwarded-For": {"127.0.0.1"}, "Host": {"localhost"}}},
	}
	for _, method := range []string{"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "get", "BREW"} {
		all["E11 "+method] = attack{method: method, path: "/"}
	}
	return all
}

// TestAttacks sends the rows about requests to a server of each kind, over the wire. The
// same server lets the good token in before and after each.
func TestAttacks(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	good, late := s.token(t, clock.Add(time.Hour)), s.token(t, clock.Add(-time.Hour))
	opaque := "tga_A0123456789abcdefghijklmnopqrstuv"
	for kind, c := range map[string]struct {
		m          func(http.Handler) http.Handler
		good, late string
	}{
		"ID token":     {tegatahttp.IDToken(v), good, late},
		"access token": {tegatahttp.AccessToken(v), opaque, "e30.e30.e30"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int32
			srv := httptest.NewServer(c.m(greeter(&calls)))
			t.Cleanup(srv.Close)
			letIn := attack{path: "/", header: http.Header{"Authorization": {"Bearer " + c.good}}, status: 200}
			for name, a := range attacks(c.good, c.late) {
				before := calls.Load()
				res, body := send(t, srv, a)
				want := a.status
				if want == 0 {
					want = 401
				}
				if res.StatusCode != want || calls.Load() != before {
					t.Errorf("%s: %d %s and %d calls of the handler, want %d and none", name, res.StatusCode, body, calls.Load()-before, want)
				}
				wantClosed(t, name, res, body, c.good)
				if res, body := send(t, srv, letIn); res.StatusCode != 200 || !strings.Contains(body, userID) || calls.Load() != before+1 {
					t.Errorf("%s: after it the good token gets %d %s", name, res.StatusCode, body)
				}
			}
		})
	}
}

// send sends a request over the wire as it is.
func send(t *testing.T, srv *httptest.Server, a attack) (*http.Response, string) {
	t.Helper()
	if a.method == "" {
		a.method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(t.Context(), a.method, srv.URL+a.path, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range a.header {
		r.Header[name] = values
	}
	res, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// wantClosed wants an answer that nobody may keep (E9), that a page of another origin
// cannot read (E5), and that says nothing of what was sent (E10).
func wantClosed(t *testing.T, name string, res *http.Response, body, token string) {
	t.Helper()
	h := res.Header
	if h.Get("Cache-Control") != "no-store" || h.Get("Vary") != "Authorization" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "application/json" {
		t.Errorf("%s: headers %v, want no-store, Vary, nosniff and JSON", name, h)
	}
	for _, no := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Location"} {
		if h.Get(no) != "" {
			t.Errorf("%s: %s: %s", name, no, h.Get(no))
		}
	}
	if !strings.HasPrefix(h.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("%s: WWW-Authenticate %q", name, h.Get("WWW-Authenticate"))
	}
	for _, secret := range []string{token, userID, "Hanako", "evil", "panic", "goroutine", ".go:"} {
		if strings.Contains(body, secret) || strings.Contains(h.Get("WWW-Authenticate"), secret) {
			t.Errorf("%s: the answer holds %q: %s", name, secret, body)
		}
	}
}

// TestCaches wants answers behind the middleware that no cache keeps (E9), whatever the
// path ends in, unless the handler says otherwise.
func TestCaches(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	good := "Bearer " + s.token(t, clock.Add(time.Hour))
	h := tegatahttp.IDToken(s.verifier(t))(greeter(new(atomic.Int32)))
	for _, path := range []string{"/me", "/me/x.css", "/me/x.js", "/me%2fx.png"} {
		res := ask(t, h, path, good)
		if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Vary") != "Authorization" {
			t.Errorf("%s: %d %v, want no-store and Vary", path, res.StatusCode, res.Header)
		}
	}
	// What other middleware has put into Vary stays.
	outer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		h.ServeHTTP(w, r)
	})
	if got := ask(t, outer, "/me", good).Header.Values("Vary"); strings.Join(got, ", ") != "Origin, Authorization" {
		t.Errorf("Vary %q, want Origin and Authorization", got)
	}
	public := tegatahttp.IDToken(s.verifier(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Cache-Control", "private, max-age=60") }))
	if got := ask(t, public, "/me", good).Header.Get("Cache-Control"); got != "private, max-age=60" {
		t.Errorf("Cache-Control %q, want the handler's own", got)
	}
}

// TestNothingTold sends tokens full of secrets, also to a platform that is not there:
// neither the answer nor what Observe is told holds any of it (E10, E25).
func TestNothingTold(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	gone := newStand(t)
	gone.Close()
	const secret = "s3cretMarker"
	marked := s.sign(t, `{"iss":"`+secret+`","sub":"`+secret+`","aud":"`+secret+`","exp":1,"iat":0,"nonce":"`+secret+`"}`)
	kid := segment(`{"alg":"ES256","kid":"`+secret+`"}`) + "." + strings.SplitN(marked, ".", 2)[1]
	for name, raw := range map[string]string{
		"claims": marked, "kid": kid, "opaque": secret + "-0123456789-0123456789", "word": secret,
		"LINE's look": segment(`{"alg":"HS256"}`) + "." + secret + "00000." + secret + "0",
	} {
		for place, v := range map[string]*tegata.Verifier{"platform": s.verifier(t), "no platform": gone.verifier(t)} {
			for kind, m := range map[string]func(tegatahttp.Verifier, ...tegatahttp.Option) func(http.Handler) http.Handler{"ID token": tegatahttp.IDToken, "access token": tegatahttp.AccessToken} {
				s.status.Store(400)
				var told tegatahttp.Outcome
				h := m(v, tegatahttp.Observe(func(_ context.Context, o tegatahttp.Outcome) { told = o }))(greeter(new(atomic.Int32)))
				res := ask(t, h, "/", "Bearer "+raw)
				body, err := io.ReadAll(res.Body)
				if err != nil || res.StatusCode < 400 || told.Err == nil {
					t.Fatalf("%s, %s, %s: %d, told %+v, %v", name, place, kind, res.StatusCode, told, err)
				}
				for _, part := range append(strings.Split(raw, "."), secret) {
					if len(part) > 8 && (strings.Contains(string(body), part) || strings.Contains(told.Err.Error(), part) || strings.Contains(res.Header.Get("WWW-Authenticate"), part)) {
						t.Errorf("%s, %s, %s: %q shows in %s or in %v", name, place, kind, part, body, told.Err)
					}
				}
			}
		}
	}
}
