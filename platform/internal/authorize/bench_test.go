package authorize_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The path that counts: a live session, consent given, prompt=none. The floor is a
// handler that answers the same redirect and does nothing else.
func BenchmarkSilent(b *testing.B) {
	w := newWorld(b)
	w.router(slog.New(slog.NewTextHandler(io.Discard, nil)))
	user := w.browser()
	user.allow(request(), "hanako")
	target := "/oauth2/v2.1/authorize?" + request("prompt", "none", "code_challenge", challenge()).Encode()
	sample := user.get(target)
	u, err := http.NewRequestWithContext(b.Context(), http.MethodGet, w.URL, nil)
	if err != nil {
		b.Fatal(err)
	}
	cookies := user.Jar.Cookies(u.URL)
	run := func(b *testing.B, h http.Handler) {
		b.ReportAllocs()
		for b.Loop() {
			r := httptest.NewRequest(http.MethodGet, w.URL+target, nil)
			for _, c := range cookies {
				r.AddCookie(c)
			}
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			if rec.Code != http.StatusSeeOther || !strings.Contains(rec.Header().Get("Location"), "code=") {
				b.Fatalf("%d %q", rec.Code, rec.Header().Get("Location"))
			}
		}
	}
	b.Run("floor", func(b *testing.B) {
		run(b, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", sample.location)
			rw.WriteHeader(http.StatusSeeOther)
		}))
	})
	b.Run("authorize", func(b *testing.B) { run(b, w.handler) })
}
