package simulator_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestFraming: the phone may frame an app, and nobody else whom the app kept out.
func TestFraming(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		rw.Header()["X-Frame-Options"] = r.URL.Query()["x"]
		rw.Header()["Content-Security-Policy"] = r.URL.Query()["csp"]
	}))
	for query, want := range map[string]string{
		"":                                   "",
		"x=DENY":                             "frame-ancestors BASE",
		"x=deny":                             "frame-ancestors BASE",
		"x=SAMEORIGIN":                       "frame-ancestors 'self' BASE",
		"x=SAMEORIGIN,SAMEORIGIN":            "frame-ancestors 'self' BASE",
		"x=SAMEORIGIN&x=DENY":                "frame-ancestors BASE",
		"x=SAMEORIGIN,ALLOWALL":              "frame-ancestors BASE",
		"x=ALLOW-FROM+https://a.example":     "",
		"x=DENY&csp=img-src+*":               "img-src * | frame-ancestors BASE",
		"x=DENY&csp=frame-ancestors+'self'":  "frame-ancestors 'self' BASE",
		"x=DENY&csp=a+b,frame-ancestors+*":   "a b | frame-ancestors *",
		"csp=frame-ancestors+'none'&csp=c+d": "frame-ancestors BASE | c d",
	} {
		a := w.send("GET", w.origin+"/?"+query, "")
		got := strings.Join(a.header.Values("Content-Security-Policy"), " | ")
		if got != strings.ReplaceAll(want, "BASE", w.base) || a.header.Get("X-Frame-Options") != "" {
			t.Errorf("%s: policy %q, want %q; %q", query, got, want, a.header.Values("X-Frame-Options"))
		}
	}
}
