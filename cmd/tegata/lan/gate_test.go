package lan

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	base    = "https://192.168.1.5:4810"
	appHome = "https://192.168.1.5:4811"
)

// yard is a gate before a platform and an app that answer everything.
type yard struct {
	*Gate
	now   time.Time
	fresh []string
}

func newYard() *yard {
	y := &yard{now: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)}
	y.Gate = NewGate(GateConfig{
		Base:  base,
		Apps:  func() []App { return []App{{"Your app", appHome, appHome + "/"}} },
		Fresh: func(code string) { y.fresh = append(y.fresh, code) },
		Now:   func() time.Time { return y.now },
	})
	return y
}

// ask asks the platform, or the app if the URL is at its port.
func (y *yard) ask(method, at string, form url.Values, change ...func(*http.Request)) *httptest.ResponseRecorder {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, at, body)
	r.RemoteAddr = "192.168.1.77:50000"
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, f := range change {
		f(r)
	}
	behind := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "behind") })
	h := y.Platform(behind)
	if strings.HasPrefix(at, appHome) {
		h = y.App(appHome, behind)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func cookie(value string) func(*http.Request) {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: cookieName, Value: value}) }
}

// pairPhone pairs a phone by the form and returns its cookie.
func (y *yard) pairPhone(t *testing.T, next string) (value, to string) {
	t.Helper()
	w := y.ask("POST", base+Path, url.Values{"code": {y.Code()}, "next": {next}})
	if w.Code != http.StatusSeeOther || len(w.Result().Cookies()) != 1 {
		t.Fatalf("pair: %d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" {
		t.Errorf("cookie %+v", c)
	}
	return c.Value, w.Header().Get("Location")
}

// TestReach says for each path who gets an answer.
func TestReach(t *testing.T) {
	t.Parallel()
	y := newYard()
	phone, _ := y.pairPhone(t, "")
	const (
		nobody = iota
		paired
		everybody
	)
	for path, who := range map[string]int{
		"/oauth2/v2.1/token": everybody, "/oauth2/v2.1/verify": everybody, "/oauth2/v2.1/certs": everybody, "/v2/profile": everybody,
		"/liff/v2/apps/1-a/contextToken": everybody, "/.well-known/openid-configuration": everybody, "/_tegata/assets/a.css": everybody,
		"/oauth2/v2.1/authorize": paired, "/oauth2/v2.1/login": paired, "/oauth2/v2.1/authorize/consent": paired, "/2000000001-abcdefgh": paired,
		"/oauth2/v2.1/liff/shareTargetPicker": paired, "/_tegata/password/abc": paired, "/": paired, "/oauth2/v2.1/tokens/kid": paired,
		"/v2/profiles": paired, "/liff/v1/apps": paired,
		"/_tegata/admin/v1/channels": nobody, "/_tegata/lab/v1/tokens": nobody, "/_tegata/simulator/": nobody, "/_tegata/simulator/api": nobody,
		"/_tegata/": nobody, "/_tegata/env": nobody, "/_tegata/assets/../admin/v1/env": nobody, "/_tegata/liff": nobody,
	} {
		for name, w := range map[string]*httptest.ResponseRecorder{
			"stranger": y.ask("GET", base+path, nil),
			"phone":    y.ask("GET", base+path, nil, cookie(phone)),
		} {
			want := who == everybody || who == paired && name == "phone"
			if got := w.Body.String() == "behind"; got != want {
				t.Errorf("%s, %s: let through %v, want %v (%d)", path, name, got, want, w.Code)
			}
		}
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"an app, unpaired":                 y.ask("GET", appHome+"/src/main.ts", nil),
		"another's cookie":                 y.ask("GET", appHome+"/", nil, cookie("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
		"another host name":                y.ask("GET", base+"/oauth2/v2.1/authorize", nil, cookie(phone), func(r *http.Request) { r.Host = "rebound.example:4810" }),
		"this machine's name":              y.ask("GET", base+"/oauth2/v2.1/authorize", nil, cookie(phone), func(r *http.Request) { r.Host = "localhost:4800" }),
		"LINE's name":                      y.ask("GET", base+"/oauth2/v2.1/authorize", nil, cookie(phone), func(r *http.Request) { r.Host = "access.line.me" }),
		"an app under the platform's port": y.ask("GET", appHome+"/", nil, cookie(phone), func(r *http.Request) { r.Host = "192.168.1.5:4810" }),
	} {
		if w.Body.String() == "behind" {
			t.Errorf("%s: let through", name)
		}
	}
}

// TestPair pairs phones, each by a code of its own, and leads each back to where it was.
func TestPair(t *testing.T) {
	t.Parallel()
	y := newYard()
	first := y.Code()
	w := y.ask("GET", appHome+"/shop?table=7", nil)
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther || to.Path != Path || to.Query().Get("next") != appHome+"/shop?table=7" {
		t.Fatalf("an unpaired phone: %d %s", w.Code, w.Header().Get("Location"))
	}
	page := y.ask("GET", to.String()+"&code="+first, nil).Body.String()
	if !strings.Contains(page, `value="`+first+`"`) || !strings.Contains(page, "table=7") {
		t.Errorf("form without its code and next:\n%s", page)
	}
	phone, back := y.pairPhone(t, to.Query().Get("next"))
	if back != appHome+"/shop?table=7" {
		t.Errorf("leads to %s", back)
	}
	if w := y.ask("GET", back, nil, cookie(phone)); w.Body.String() != "behind" {
		t.Errorf("paired, and still %d", w.Code)
	}
	if w := y.ask("POST", base+Path, url.Values{"code": {first}}); w.Code != http.StatusForbidden {
		t.Errorf("the first code again: %d", w.Code)
	}
	if len(y.fresh) != 1 || y.fresh[0] != y.Code() || y.fresh[0] == first {
		t.Errorf("told of %q, good is %q", y.fresh, y.Code())
	}
	second, _ := y.pairPhone(t, "https://evil.example/")
	if second == phone {
		t.Error("two phones with one cookie")
	}
	if got := y.ask("GET", base+Path, nil, cookie(second)).Body.String(); !strings.Contains(got, "Your app") {
		t.Errorf("a paired phone finds no app:\n%s", got)
	}
	written := y.ask("POST", base+Path, url.Values{"code": {y.Code()[:4] + " " + y.Code()[4:]}})
	if written.Code != http.StatusSeeOther {
		t.Errorf("a code written in two groups: %d", written.Code)
	}
}

// TestNext: pairing leads nowhere else than to what is served here.
func TestNext(t *testing.T) {
	t.Parallel()
	y := newYard()
	for _, next := range []string{
		"https://evil.example/", "//evil.example/", "https://192.168.1.5:4812/", "http://192.168.1.5:4811/", "javascript:alert(1)",
		"https://192.168.1.5:4811@evil.example/", "https://u:p@192.168.1.5:4811/", "/\\evil.example", "https:192.168.1.5:4811/", "%zz",
	} {
		if _, to := y.pairPhone(t, next); to != Path {
			t.Errorf("%q leads to %q", next, to)
		}
	}
}

// TestGuess: an address has five guesses a minute, and all together thirty, which make another
// code.
func TestGuess(t *testing.T) {
	t.Parallel()
	y := newYard()
	wrongCode := "00000000"
	if y.Code() == wrongCode {
		wrongCode = "11111111"
	}
	guess := func(from, code string) int {
		return y.ask("POST", base+Path, url.Values{"code": {code}}, func(r *http.Request) { r.RemoteAddr = net.JoinHostPort(from, "1") }).Code
	}
	for range maxWrong {
		if got := guess("192.168.1.66", wrongCode); got != http.StatusForbidden {
			t.Fatalf("wrong code: %d", got)
		}
	}
	if got := guess("192.168.1.66", y.Code()); got != http.StatusTooManyRequests {
		t.Errorf("the right code after five wrong ones: %d", got)
	}
	if got := guess("192.168.1.77", y.Code()); got != http.StatusSeeOther {
		t.Errorf("another phone meanwhile: %d", got)
	}
	y.now = y.now.Add(wait)
	if got := guess("192.168.1.66", y.Code()); got != http.StatusSeeOther {
		t.Errorf("a minute later: %d", got)
	}
	before := y.Code()
	for i := range maxBurnt {
		guess("10.0.0."+string(rune('0'+i/4)), wrongCode)
	}
	if y.Code() == before {
		t.Error("thirty wrong guesses, and the code is the same")
	}
	if got := guess("10.9.9.9", y.Code()); got != http.StatusTooManyRequests {
		t.Errorf("right after thirty wrong guesses of others: %d", got)
	}
	y.now = y.now.Add(wait)
	if got := guess("10.9.9.9", y.Code()); got != http.StatusSeeOther {
		t.Errorf("a minute after them: %d", got)
	}
}

// TestGuessFromManyAddresses: an attacker in the network has as many addresses as he likes,
// and no more guesses by that: thirty a minute in all.
func TestGuessFromManyAddresses(t *testing.T) {
	t.Parallel()
	y := newYard()
	const minutes = 10
	looked := 0
	for minute := range minutes {
		for i := range 200 {
			from := net.JoinHostPort(net.IPv4(10, byte(minute), byte(i>>8), byte(i)).String(), "1")
			w := y.ask("POST", base+Path, url.Values{"code": {"none"}}, func(r *http.Request) { r.RemoteAddr = from })
			if w.Code != http.StatusTooManyRequests {
				looked++
			}
		}
		if n := len(y.guesses); n > maxGuesses {
			t.Errorf("%d addresses remembered", n)
		}
		y.now = y.now.Add(wait)
	}
	if looked != minutes*maxBurnt || len(y.fresh) != minutes {
		t.Errorf("%d guesses were looked at in %d minutes, and there were %d codes; want %d guesses a minute and a code each", looked, minutes, len(y.fresh), maxBurnt)
	}
	y.pairPhone(t, "")
}

// TestForgedPairing: a page of elsewhere cannot have a browser pair.
func TestForgedPairing(t *testing.T) {
	t.Parallel()
	y := newYard()
	form := url.Values{"code": {y.Code()}}
	for name, change := range map[string]func(*http.Request){
		"another site":     func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"an app's port":    func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"an old browser's": func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		if w := y.ask("POST", base+Path, form, change); w.Code != http.StatusForbidden || len(w.Result().Cookies()) > 0 {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := y.ask("POST", base+Path, url.Values{"code": {strings.Repeat("1", maxForm)}}); w.Code != http.StatusBadRequest {
		t.Errorf("a long form: %d", w.Code)
	}
}

// TestManyPhones: the oldest of too many phones is forgotten.
func TestManyPhones(t *testing.T) {
	t.Parallel()
	y := newYard()
	first, _ := y.pairPhone(t, "")
	second, _ := y.pairPhone(t, "")
	for range maxPhones - 1 {
		y.pairPhone(t, "")
	}
	if w := y.ask("GET", appHome+"/", nil, cookie(first)); w.Body.String() == "behind" {
		t.Error("the oldest of too many phones is let through")
	}
	if w := y.ask("GET", appHome+"/", nil, cookie(second)); w.Body.String() != "behind" {
		t.Error("the second is not")
	}
}
