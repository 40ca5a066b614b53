package page_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/page"
)

func TestHeaders(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	for _, s := range samples(plain()) {
		w := httptest.NewRecorder()
		w.Header().Set("Vary", "Origin")
		if err := s.write(p, w, get("/x?lang=ja")); err != nil {
			t.Fatal(err)
		}
		form, referrer := "'self' https://app.example", "strict-origin-when-cross-origin"
		switch kind, _, _ := strings.Cut(s.name, "/"); kind {
		case "error", "liffopen":
			form = "'self'"
		case "password":
			form, referrer = "'self'", "same-origin" // its address is a secret
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action " + form + "; frame-ancestors 'none'; base-uri 'none'",
			"Content-Type":            "text/html; charset=utf-8",
			"Content-Language":        "ja",
			"Cache-Control":           "no-store",
			"X-Content-Type-Options":  "nosniff",
			"X-Frame-Options":         "DENY",
			"Referrer-Policy":         referrer,
			"Vary":                    "Origin, Accept-Language, Cookie",
		} {
			if got := strings.Join(w.Header().Values(name), ", "); got != want {
				t.Errorf("%s: %s %q, want %q", s.name, name, got, want)
			}
		}
	}
}

func TestFormSource(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		"https://app.example":       "https://app.example",
		"http://localhost:3000":     "http://localhost:3000",
		"http://127.0.0.1:3000":     "http://127.0.0.1:3000",
		"http://[::1]:3000":         "http://*:3000",
		"com.example.app:":          "com.example.app:",
		"line3rdp.com.example.app:": "line3rdp.com.example.app:",
		"myapp://callback":          "myapp://callback",
		"https:":                    "",
		"HTTP:":                     "",
		"wss:":                      "",
		"javascript:":               "",
		"JavaScript:":               "",
		"data:":                     "",
		"javascript://x":            "",
		"https://*":                 "",
		"https://*.example":         "",
		"https://a b":               "",
		"https://a;script-src":      "",
		"https://a,b":               "",
		"https://a\nb":              "",
		"https://a/":                "",
		"https://a/path":            "",
		"https://u@a":               "",
		"https://a:port":            "",
		"https://":                  "",
		"'unsafe-inline'":           "",
		"*":                         "",
		"//app.example":             "",
		"app.example":               "",
		"app:x":                     "",
		"1app:":                     "",
	} {
		got, err := page.FormSource(target)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", target, got, err, want)
		}
	}
}

// Whatever is taken as a form target is one source and no more.
func FuzzFormSource(f *testing.F) {
	for _, seed := range []string{"https://app.example", "http://[::1]:3000", "com.example.app:", "https://a;script-src 'unsafe-inline'", "https://a\r\nX: y", "*", "https:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, target string) {
		got, err := page.FormSource(target)
		if err != nil {
			if got != "" {
				t.Errorf("%q: an error with %q", target, got)
			}
			return
		}
		if strings.ContainsAny(got, " ;,'\"\r\n\t\x00") || !strings.Contains(got, ":") || got == "https:" || got == "http:" {
			t.Errorf("%q became the source %q", target, got)
		}
	})
}

func FuzzWebOrigin(f *testing.F) {
	for _, seed := range []string{"https://app.example/a?b#c", "http://u:p@h/", "https://[::1]:1/", "javascript:alert(1)", "https://a\\b", "//x", "https:x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		origin, err := page.WebOrigin(raw)
		if err != nil {
			return
		}
		if source, err := page.FormSource(origin); err != nil {
			t.Errorf("%q: its origin %q is no form target (%q): %v", raw, origin, source, err)
		}
		if lower := strings.ToLower(raw); !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
			t.Errorf("%q was taken for a URL of the web", raw)
		}
	})
}

func TestShownPicture(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][2]string{
		"/_tegata/picture/hanako":                      {"/_tegata/picture/hanako", ""},
		"https://api.line.me/_tegata/picture/hanako":   {"https://api.line.me/_tegata/picture/hanako", "https://api.line.me"},
		"http://localhost:4800/_tegata/picture/hanako": {"http://localhost:4800/_tegata/picture/hanako", "http://localhost:4800"},
		"http://127.0.0.1/x":                           {"http://127.0.0.1/x", "http://127.0.0.1"},
		"http://own.example/x":                         {"http://own.example/x", "http://own.example"},
		"http://app.example/x":                         {},
		"//app.example/x":                              {},
		`/\app.example/x`:                              {},
		"javascript:alert(1)":                          {},
		"data:image/svg+xml,<svg/>":                    {},
		"https://a;script-src *":                       {},
		"hanako":                                       {},
		"":                                             {},
	} {
		if shown, origin := page.ShownPicture(raw, "own.example"); shown != want[0] || origin != want[1] {
			t.Errorf("%q: shown %q from %q, want %q", raw, shown, origin, want)
		}
	}
}

// A picture from elsewhere opens the policy for its origin alone.
func TestPicturePolicy(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	w := httptest.NewRecorder()
	people := []page.Person{{Name: "a", Picture: "https://pics.example/a"}, {Name: "b", Picture: "https://pics.example/b"}, {Name: "c", Picture: "javascript:alert(1)"}}
	if err := p.Login(w, get("/x"), visit(), page.Login{Action: "/login", Personas: people}); err != nil {
		t.Fatal(err)
	}
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "img-src 'self' https://pics.example;") {
		t.Errorf("policy %q", csp)
	}
	if n := strings.Count(w.Body.String(), "<img "); n != 2 {
		t.Errorf("%d pictures, want 2", n)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	p := renderer(t)
	fetch := func(h http.Handler, path string) *http.Response {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, get(path))
		return w.Result()
	}
	b := body(t, p, samples(plain())[0].write, get("/x"))
	for ext, kind := range map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"} {
		end := strings.Index(b, ext+`"`)
		path := b[strings.LastIndex(b[:end], `"`)+1 : end+len(ext)]
		got := fetch(p.Assets(), path)
		if got.StatusCode != 200 || got.Header.Get("Content-Type") != kind || got.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || got.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, got.StatusCode, got.Header)
		}
	}
	for _, path := range []string{"/_tegata/assets/", "/_tegata/assets/page.css", "/_tegata/assets/../locales/en.json", "/_tegata/assets/layout/layout.tmpl", "/page.css"} {
		if got := fetch(p.Assets(), path); got.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", path, got.StatusCode)
		}
	}
	for path, size := range map[string]string{"": `width="400" height="400"`, "/large": `width="200" height="200"`, "/small": `width="51" height="51"`} {
		for _, name := range []string{"hanako", "taro", "somchai", "mei", "jiwoo", "noemail", "blocked"} {
			w := httptest.NewRecorder()
			page.Pictures().ServeHTTP(w, get("/_tegata/picture/"+name+path))
			h := w.Header()
			if w.Code != 200 || !strings.Contains(w.Body.String(), size) || h.Get("Content-Type") != "image/svg+xml" ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; style-src 'unsafe-inline'" {
				t.Errorf("%s%s: %d %v", name, path, w.Code, h)
			}
		}
	}
	for _, path := range []string{"", "nobody", "hanako/", "hanako/huge", "hanako/small/x", "../locales/en", "hanako.svg", `..\x`} {
		if got := fetch(page.Pictures(), "/_tegata/picture/"+path); got.StatusCode != 404 {
			t.Errorf("picture %q: %d, want 404", path, got.StatusCode)
		}
	}
}
