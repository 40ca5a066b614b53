package examples_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/examples"
)

// demo is the world of `tegata dev`: two apps of one channel, one of another.
func demo(base string) examples.Config {
	return examples.Config{BaseURL: base, Issuer: issuer, Apps: []examples.App{
		{LIFFID: "2000000001-demo0001", Path: "/", Title: "Tea House <demo>"},
		{LIFFID: "2000000001-demo0002", Path: "/order/", Title: "Tea House order form"},
		{LIFFID: "2000000002-demo0003", Path: "/loyalty", Title: "Loyalty card"},
	}}
}

func newApp(t *testing.T, cfg examples.Config) http.Handler {
	t.Helper()
	h, err := examples.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	app := func(liffID, path string) []examples.App { return []examples.App{{LIFFID: liffID, Path: path}} }
	const id = "2000000001-demo0001"
	for name, c := range map[string]struct {
		cfg  examples.Config
		want string // in the error; empty: accepted
	}{
		"LINE itself":          {examples.Config{Apps: app(id, "/")}, ""},
		"path without a slash": {examples.Config{Apps: app(id, "/order")}, ""},
		"path with a query":    {examples.Config{Apps: app(id, "/order/?key=value")}, ""},
		"deep path":            {examples.Config{Apps: app(id, "/tea/order/")}, ""},
		"no app":               {examples.Config{}, "Apps is empty"},
		"channel ID":           {examples.Config{Apps: app("2000000001", "/")}, "LIFFID"},
		"no channel":           {examples.Config{Apps: app("tea-demo0001", "/")}, "LIFFID"},
		"no path":              {examples.Config{Apps: app(id, "")}, "Path"},
		"URL for a path":       {examples.Config{Apps: app(id, "http://localhost/")}, "Path"},
		"pattern for a path":   {examples.Config{Apps: app(id, "/{x}/")}, "Path"},
		"path upwards":         {examples.Config{Apps: app(id, "/../")}, "Path"},
		"path of the files":    {examples.Config{Apps: app(id, "/static/")}, "used for other things"},
		"path of an API":       {examples.Config{Apps: app(id, "/api/")}, "used for other things"},
		"one path twice":       {examples.Config{Apps: append(app(id, "/order/"), app("2000000001-demo0002", "/order")...)}, "two apps"},
		"platform without TLS": {examples.Config{BaseURL: "http://login.example.com", Apps: app(id, "/")}, "https"},
		"platform and policy":  {examples.Config{BaseURL: "https://a;script-src*", Apps: app(id, "/")}, "BaseURL"},
		"issuer in words":      {examples.Config{Issuer: "line", Apps: app(id, "/")}, "Issuer"},
	} {
		h, err := examples.New(c.cfg)
		switch {
		case c.want == "" && (err != nil || h == nil):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || h != nil || !strings.HasPrefix(err.Error(), "examples: ") || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

// call asks the server, with a bearer token unless it is empty.
func call(t *testing.T, h http.Handler, method, path, bearer, body string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	res := w.Result()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(data)
}

// TestAPI asks each app's server with good and with wrong tokens.
func TestAPI(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	h := newApp(t, demo(p.URL))
	idToken, sibling := p.idToken(t, channelID, nil), p.idToken(t, "2000000002", nil)
	access, siblingAccess := p.accessToken(channelID), p.accessToken("2000000002")
	picture := p.idToken(t, channelID, map[string]any{"picture": "https://example.com/p"})
	for name, c := range map[string]struct {
		path, bearer string
		status       int
		want         []string // parts of the body
	}{
		"ID token":                      {"/api/id-token", idToken, 200, []string{`"userId":"` + userID + `"`, `"name":"鈴木 花子"`, `"expires":"`}},
		"ID token with a picture":       {"/api/id-token", picture, 200, []string{`"picture":"https://example.com/p"`}},
		"same channel, other app":       {"/order/api/id-token", idToken, 200, []string{userID}},
		"other channel's at its app":    {"/loyalty/api/id-token", sibling, 200, []string{userID}},
		"other channel's":               {"/api/id-token", sibling, 401, []string{`"reason":"audience"`}},
		"ours at the other channel":     {"/loyalty/api/id-token", idToken, 401, []string{`"reason":"audience"`}},
		"expired":                       {"/api/id-token", p.idToken(t, channelID, map[string]any{"exp": 1_700_003_600, "iat": 1_700_000_000}), 401, []string{`"reason":"expired"`}},
		"other issuer's":                {"/api/id-token", p.idToken(t, channelID, map[string]any{"iss": "https://evil.example"}), 401, []string{`"reason":"issuer"`}},
		"no token":                      {"/api/id-token", "", 401, []string{`"reason":"missing"`}},
		"access token as ID token":      {"/api/id-token", access, 401, []string{`"reason":"malformed"`}},
		"access token":                  {"/api/access-token", access, 200, []string{userID, `"statusMessage":"お茶が好きです"`}},
		"other channel's access token":  {"/api/access-token", siblingAccess, 401, []string{`"reason":"other_channel"`}},
		"other channel's at its server": {"/loyalty/api/access-token", siblingAccess, 200, []string{userID}},
		"unknown access token":          {"/api/access-token", "made-up", 401, []string{`"reason":"inactive"`}},
		"ID token as access token":      {"/api/access-token", idToken, 401, []string{`"reason":"wrong_kind"`}},
		"no access token":               {"/order/api/access-token", "", 401, []string{`"reason":"missing"`}},
		"profile":                       {"/api/profile", "", 401, []string{"proves nothing", `"reason":"profile_is_no_proof"`}},
		"profile beside a token":        {"/api/profile", idToken, 401, []string{"proves nothing"}},
		"profile at another app":        {"/loyalty/api/profile", "", 401, []string{"proves nothing"}},
		"no such call":                  {"/api/secret", idToken, 404, []string{"not_found"}},
	} {
		// The body claims to be somebody; no call may look at it.
		res, body := call(t, h, "POST", c.path, c.bearer, `{"userId":"Uffffffffffffffffffffffffffffffff","displayName":"Mallory"}`)
		if res.StatusCode != c.status || slices.ContainsFunc(c.want, func(part string) bool { return !strings.Contains(body, part) }) {
			t.Errorf("%s: %d %s; want %d with %q", name, res.StatusCode, body, c.status, c.want)
		}
		if strings.Contains(body, "Mallory") || c.status == 401 && strings.Contains(body, userID) {
			t.Errorf("%s: the answer names somebody: %s", name, body)
		}
		if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Content-Type") != "application/json" || !json.Valid([]byte(body)) {
			t.Errorf("%s: headers %v, want JSON that nobody keeps", name, res.Header)
		}
		if c.status == 401 && !strings.HasPrefix(res.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: 401 without WWW-Authenticate", name)
		}
	}
}

func TestPlatformAway(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	h := newApp(t, demo(p.URL))
	raw := p.accessToken(channelID)
	p.set(func() { p.isAway = true })
	if res, body := call(t, h, "POST", "/api/access-token", raw, ""); res.StatusCode != 503 || !strings.Contains(body, `"reason":"unavailable"`) {
		t.Errorf("%d %s, want 503 and nobody let in", res.StatusCode, body)
	}
}

func TestMethods(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	h := newApp(t, demo(p.URL))
	for _, c := range []struct{ method, path, allow string }{
		{"GET", "/api/id-token", "POST"},
		{"GET", "/order/api/access-token", "POST"},
		{"PUT", "/api/profile", "POST"},
		{"POST", "/", "GET, HEAD"},
		{"POST", "/config.json", "GET, HEAD"},
		{"DELETE", "/static/app.js", "GET, HEAD"},
	} {
		if res, _ := call(t, h, c.method, c.path, p.idToken(t, channelID, nil), ""); res.StatusCode != 405 || res.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q; want 405 and %s", c.method, c.path, res.StatusCode, res.Header.Get("Allow"), c.allow)
		}
	}
}

// TestPages looks at what a browser is sent.
func TestPages(t *testing.T) {
	t.Parallel()
	h := newApp(t, demo("http://localhost:4800"))
	for path, want := range map[string]struct {
		status int
		kind   string
		parts  []string
	}{
		"/":                {200, "text/html; charset=utf-8", []string{`<base href="/">`, "Tea House &lt;demo&gt;"}},
		"/table/7":         {200, "text/html; charset=utf-8", []string{`<base href="/">`}},
		"/order/":          {200, "text/html; charset=utf-8", []string{`<base href="/order/">`, "Tea House order form"}},
		"/order/table/7":   {200, "text/html; charset=utf-8", []string{`<base href="/order/">`}},
		"/loyalty/":        {200, "text/html; charset=utf-8", []string{`<base href="/loyalty/">`}},
		"/config.json":     {200, "application/json", []string{`{"liffId":"2000000001-demo0001","baseUrl":"http://localhost:4800","issuer":"https://access.line.me"}`}},
		"/order/x.php":     {404, "text/plain; charset=utf-8", nil},
		"/static/app.js":   {200, "text/javascript; charset=utf-8", []string{"tegataLiff"}},
		"/static/liff.js":  {200, "text/javascript; charset=utf-8", []string{"tegataLiff"}},
		"/static/app.css":  {200, "text/css; charset=utf-8", nil},
		"/static/icon.svg": {200, "image/svg+xml", []string{"<svg"}},
		"/static/":         {404, "text/plain; charset=utf-8", nil},
	} {
		res, body := call(t, h, "GET", path, "", "")
		if res.StatusCode != want.status || res.Header.Get("Content-Type") != want.kind || slices.ContainsFunc(want.parts, func(part string) bool { return !strings.Contains(body, part) }) {
			t.Errorf("%s: %d %s %.300s; want %v", path, res.StatusCode, res.Header.Get("Content-Type"), body, want)
		}
		if res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: no nosniff", path)
		}
	}
	if res, _ := call(t, h, "GET", "/order", "", ""); res.StatusCode/100 != 3 || res.Header.Get("Location") != "/order/" {
		t.Errorf("/order: %d to %q, want a redirect to /order/", res.StatusCode, res.Header.Get("Location"))
	}
	res, _ := call(t, h, "GET", "/order/", "", "")
	policy := strings.Split(res.Header.Get("Content-Security-Policy"), "; ")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self' http://localhost:4800", "frame-ancestors 'self' http://localhost:4800"} {
		if !slices.Contains(policy, want) {
			t.Errorf("policy %q lacks %q", policy, want)
		}
	}
	again := httptest.NewRequestWithContext(t.Context(), "GET", "/order/", nil)
	again.Header.Set("If-None-Match", res.Header.Get("ETag"))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, again)
	if w.Code != http.StatusNotModified {
		t.Errorf("the same page again: %d, want 304", w.Code)
	}
}

// TestLINE: without a BaseURL everything is LINE's own.
func TestLINE(t *testing.T) {
	t.Parallel()
	h := newApp(t, examples.Config{Apps: []examples.App{{LIFFID: "1234567890-AbcdEfgh", Path: "/"}}})
	if _, body := call(t, h, "GET", "/config.json", "", ""); body != `{"liffId":"1234567890-AbcdEfgh"}` {
		t.Errorf("config.json = %s, want the LIFF ID alone", body)
	}
	res, body := call(t, h, "GET", "/", "", "")
	if policy := res.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src 'self' https://access.line.me https://api.line.me https://liff.line.me;") {
		t.Errorf("policy %q, want LINE's hosts in connect-src", policy)
	}
	if !strings.Contains(body, "<title>LIFF app</title>") {
		t.Errorf("page without a title of its own: %.300s", body)
	}
}
