package simulator

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// Watch returns a handler that answers as next, the platform, does and writes down every
// call of apps and of their servers. Pages for people, and the control API, are left out.
func (s *Simulator) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions || !watched(r.URL.Path) || ofPage(r) {
			next.ServeHTTP(w, r)
			return
		}
		start := s.cfg.Now()
		sw := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(sw, r)
		from := "server"
		if r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Mode") != "" {
			from = "app"
		}
		s.journal.add(Entry{
			Kind: "platform", From: from, Method: r.Method, URL: maskURL(r.URL), Status: sw.code(), Millis: s.cfg.Now().Sub(start).Milliseconds(),
			RequestID: w.Header().Get(wire.HeaderRequestID), Curl: curl(s.cfg.Platform.BaseURL, r.Method, r.URL, r.Header, nil),
		})
	})
}

// watched says whether a path of the platform is one that apps and servers call.
func watched(path string) bool {
	for _, prefix := range []string{"/oauth2/", "/liff/", "/v2/", "/friendship/", "/message/", "/user/", "/iap/", "/api/"} {
		if strings.HasPrefix(path, prefix) && path != wire.PathSubWindowMessages && !strings.HasPrefix(path, "/liff/edge/") {
			return true
		}
	}
	return false
}

// ofPage says whether a call comes from the simulator's own page, which is nobody's app.
func ofPage(r *http.Request) bool {
	from, err := url.Parse(r.Referer())
	return err == nil && r.Header.Get("Sec-Fetch-Site") == "same-origin" && strings.HasPrefix(from.Path, Path)
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader begins the answer.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the server's writer.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// record writes down what an app asks its own server, so that a request can be sent again
// with another token. What dev servers are asked for code and pictures is left out.
func (p *proxy) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mode := r.Header.Get("Sec-Fetch-Dest")
		if mode != "" && mode != "empty" || r.Header.Get("Upgrade") != "" || r.Method == http.MethodOptions {
			next.ServeHTTP(w, r)
			return
		}
		body := &keptBody{source: r.Body}
		r.Body = body
		start := p.sim.cfg.Now()
		sw := &statusWriter{ResponseWriter: w}
		header, target := r.Header.Clone(), r.URL.RequestURI()
		next.ServeHTTP(sw, r)
		k := &kept{proxy: p, method: r.Method, path: target, header: header, body: body.kept.Bytes(), cut: body.cut}
		token := p.sim.opened.tokenIn(k)
		if token == "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			return // code, styles, hot reload
		}
		p.sim.journal.add(Entry{
			Kind: "server", From: "app", Method: r.Method, URL: p.upstream.String() + maskURL(r.URL), Status: sw.code(),
			Millis: p.sim.cfg.Now().Sub(start).Milliseconds(), Token: token, Curl: curl(p.upstream.String(), r.Method, r.URL, header, k.body), request: k,
		})
	})
}

// keptBody keeps the beginning of a body while it is read.
type keptBody struct {
	source io.ReadCloser
	kept   bytes.Buffer
	cut    bool
}

// Read reads and keeps.
func (b *keptBody) Read(p []byte) (int, error) {
	n, err := b.source.Read(p)
	if room := maxKept - b.kept.Len(); n > room {
		b.cut = true
		b.kept.Write(p[:room])
	} else {
		b.kept.Write(p[:n])
	}
	return n, err
}

// Close closes the source.
func (b *keptBody) Close() error { return b.source.Close() }

// secretShape finds tokens in text: JWTs, and the platform's own by their prefix.
var secretShape = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|tg[a-z]_[A-Za-z0-9_-]{40,}`)

// masked replaces tokens by shell variables.
func masked(text string) string {
	return secretShape.ReplaceAllStringFunc(text, func(token string) string {
		if strings.HasPrefix(token, "eyJ") {
			return "$ID_TOKEN"
		}
		return "$ACCESS_TOKEN"
	})
}

func maskURL(u *url.URL) string { return masked(u.RequestURI()) }
