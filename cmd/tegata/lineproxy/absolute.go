package lineproxy

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"time"
)

// forwarded are headers that a forward proxy leaves as they came, while
// httputil.ReverseProxy would take them away.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"}

// prepareForward makes what answers requests in absolute form. Old clients send https URLs
// that way too and leave TLS to the proxy, which then verifies as they would have.
func (p *Proxy) prepareForward() {
	p.platform = &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: p.cfg.PlatformCA},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, p.cfg.Platform)
		},
	}
	p.others = &http.Transport{
		Proxy:       func(r *http.Request) (*url.URL, error) { return p.cfg.Upstream(r.URL) },
		DialContext: (&net.Dialer{Timeout: dialTime}).DialContext,
	}
	for _, t := range []*http.Transport{p.platform, p.others} {
		t.DisableCompression, t.TLSHandshakeTimeout, t.IdleConnTimeout = true, dialTime, time.Minute
	}
	p.forward = &httputil.ReverseProxy{
		Transport: byTarget{p},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.Host = r.In.Host
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			for _, name := range forwarded {
				if v, ok := r.In.Header[name]; ok {
					r.Out.Header[name] = slices.Clone(v)
				}
			}
		},
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			refuse(w, http.StatusBadGateway, p.unreachable(r.URL.Hostname(), err))
		},
	}
}

// absolute answers a request whose target is a whole URL (RFC 9112, section 3.2.2).
func (p *Proxy) absolute(w http.ResponseWriter, r *http.Request) {
	port := map[string]string{"http": "80", "https": "443"}[r.URL.Scheme]
	if port == "" {
		refuse(w, http.StatusBadRequest, "only http and https URLs are known")
		return
	}
	authority := r.URL.Host
	if r.URL.Port() == "" {
		authority = net.JoinHostPort(r.URL.Hostname(), port)
	}
	t, err := parseTarget(authority)
	switch {
	case err != nil:
		refuse(w, http.StatusBadRequest, err.Error())
		return
	case p.ours(t.host) && (r.URL.Scheme != "https" || t.port != "443"):
		refuse(w, http.StatusForbidden, portWanted)
		return
	case p.itself(t):
		refuse(w, http.StatusForbidden, "that is this proxy itself")
		return
	}
	r.URL.Host = t.String()
	p.forward.ServeHTTP(w, r)
}

// byTarget sends requests for LINE's names to the platform and nowhere else.
type byTarget struct{ *Proxy }

// RoundTrip sends one request.
func (p byTarget) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.ours(r.URL.Hostname()) {
		p.cfg.Log(r.URL.Host, wayPlatform)
		return p.platform.RoundTrip(r)
	}
	way := wayDirect
	if through, err := p.cfg.Upstream(r.URL); err == nil && through != nil {
		way = wayUpstream
	}
	p.cfg.Log(r.URL.Host, way)
	return p.others.RoundTrip(r)
}
