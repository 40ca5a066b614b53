package simulator

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
)

// unreachable answers when the developer's server does not: with a page that goes on by
// itself once it does, or in a line for what is not a page. The page has the script in
// front, so that the phone can reload it.
func (p *proxy) unreachable(w http.ResponseWriter, r *http.Request, err error) {
	p.sim.cfg.Log.Debug("the app's server did not answer", "upstream", p.upstream.String(), "path", r.URL.Path, "error", err)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Error(w, "your dev server does not answer: start it at "+p.upstream.String(), http.StatusBadGateway)
		return
	}
	var page bytes.Buffer
	if err := p.sim.pages.ExecuteTemplate(&page, "away.tmpl", map[string]string{
		"Path": ownPath, "Upstream": p.upstream.String(),
	}); err != nil {
		p.sim.cfg.Log.Error("page of an app that is away", "error", err)
		http.Error(w, "the page cannot be written: see the log", http.StatusInternalServerError)
		return
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' "+p.platform+"; img-src data:; form-action 'none'; base-uri 'none'")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write(page.Bytes()) // the browser may be gone; nothing is left to do
}

// serveUp says whether the developer's server takes connections, without asking it for
// anything.
func (p *proxy) serveUp(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	ctx, cancel := context.WithTimeout(r.Context(), dialTime)
	defer cancel()
	conn, err := dial(ctx, "tcp", hostPort(p.upstream.Scheme, p.upstream.Host))
	if err != nil {
		http.Error(w, "not yet", http.StatusBadGateway)
		return
	}
	_ = conn.Close() // it was there: that is all
	w.WriteHeader(http.StatusNoContent)
}

// hostPort adds the port that a scheme implies.
func hostPort(scheme, host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), map[string]string{"http": "80", "https": "443"}[scheme])
}
