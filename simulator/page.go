package simulator

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/web"
)

// guard keeps others out: this handler holds an admin token, so only its own page may
// call it, by a name that is this machine's (against DNS rebinding).
func (s *Simulator) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		ip := net.ParseIP(strings.Trim(host, "[]"))
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			writeJSON(w, http.StatusForbidden, fault{Message: "the simulator answers under localhost only", Fix: "open " + s.cfg.Platform.BaseURL + Path})
			return
		}
		site := r.Header.Get("Sec-Fetch-Site")
		called := strings.HasPrefix(r.URL.Path, Path+"api/")
		if called && site != "same-origin" || r.Method != http.MethodGet && r.Header.Get("Content-Type") != "application/json" {
			writeJSON(w, http.StatusForbidden, fault{Message: "only the simulator's own page may call this", Fix: "open " + s.cfg.Platform.BaseURL + Path})
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// style answers with the colours of all pages, then a style of this package's.
func style(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		colours, err1 := web.Pages.ReadFile("pages/layout/tokens.css")
		own, err2 := web.Simulator.ReadFile(name)
		if errors.Join(err1, err2) != nil { // embedded: a test asks for them
			http.Error(w, "not built in", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(append(colours, own...)) // the browser may be gone; nothing is left to do
	}
}

func asset(name, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		data, err := web.Simulator.ReadFile(name)
		if err != nil { // embedded: a test asks for each
			http.Error(w, "not built in", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", media)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(data) // the browser may be gone; nothing is left to do
	}
}

// servePage answers with the page. Every state of it is a URL: the query is its script's.
func (s *Simulator) servePage(w http.ResponseWriter, _ *http.Request) {
	frames := []string{}
	for _, upstream := range s.order {
		frames = append(frames, s.proxies[upstream].origin)
	}
	var page bytes.Buffer
	if err := s.pages.ExecuteTemplate(&page, "page.tmpl", map[string]string{"Path": Path, "Platform": s.cfg.Platform.BaseURL}); err != nil {
		s.cfg.Log.Error("page of the simulator", "error", err)
		http.Error(w, "the page cannot be written: see the log", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; frame-src "+
		strings.Join(append(frames, "'self'"), " ")+"; form-action 'none'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	_, _ = w.Write(page.Bytes()) // the browser may be gone; nothing is left to do
}
