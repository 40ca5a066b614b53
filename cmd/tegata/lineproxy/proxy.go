package lineproxy

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds. Whoever has no credential gets the first three; the command itself could open
// as many connections without us, so the last only keeps a mistake of it from taking
// every file descriptor.
const (
	headerTime  = 10 * time.Second
	maxHeader   = 64 << 10
	maxStranger = 64 // connections that have not shown the credential
	maxTunnels  = 1024
	idleTime    = 2 * time.Minute
	dialTime    = 30 * time.Second
)

// user is the user name of the credential; it only fills the place.
const user = "tegata"

// Config says where requests end.
type Config struct {
	// Names are the host names that end in the platform, lower case. Required.
	Names []string
	// Platform is HOST:PORT of the platform's TLS port. Required.
	Platform string
	// PlatformCA vouches for the platform under Names, for requests that come in absolute
	// form: in a tunnel the command itself checks. Required.
	PlatformCA *x509.CertPool
	// Upstream returns the user's own proxy (http, https, socks5) for a URL, nil for none.
	// Nil means that there never is one.
	Upstream func(*url.URL) (*url.URL, error)
	// Log is told of each request: the name and port that were asked for, and the way that
	// was taken. Nil tells nobody. It may be called from many goroutines.
	Log func(target, way string)
}

// Proxy is a running proxy. Make it with Start. Its methods may be called from many
// goroutines.
type Proxy struct {
	cfg        Config
	address    string
	credential string // of the Basic scheme (RFC 7617), encoded
	server     *http.Server
	forward    *httputil.ReverseProxy
	platform   *http.Transport
	others     *http.Transport
	strangers  lobby
	tunnels    chan struct{}   // one element for each open tunnel
	ctx        context.Context // ends the tunnels
	end        context.CancelFunc

	mu      sync.Mutex
	closed  bool           // guarded by mu
	running sync.WaitGroup // requests, tunnels and the server; added to under mu
}

// Start listens on a free port of loopback and serves until Close.
func Start(cfg Config) (*Proxy, error) {
	if len(cfg.Names) == 0 || cfg.Platform == "" || cfg.PlatformCA == nil {
		return nil, errors.New("proxy: Names, Platform and PlatformCA are required")
	}
	if cfg.Upstream == nil {
		cfg.Upstream = func(*url.URL) (*url.URL, error) { return nil, nil }
	}
	if cfg.Log == nil {
		cfg.Log = func(string, string) {}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{
		cfg: cfg, address: l.Addr().String(), tunnels: make(chan struct{}, maxTunnels),
		credential: base64.StdEncoding.EncodeToString([]byte(user + ":" + rand.Text())),
	}
	p.ctx, p.end = context.WithCancel(context.Background())
	p.prepareForward()
	p.server = &http.Server{
		Handler: p, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog:  log.New(io.Discard, "", 0), // it would speak in the middle of the command's own output
		ConnState: p.strangers.follow, ConnContext: withConn,
		DisableGeneralOptionsHandler: true, // it would answer strangers
	}
	p.running.Go(func() { _ = p.server.Serve(l) })
	return p, nil
}

// URL returns the proxy's URL with the credential, for HTTPS_PROXY. Who knows it may use
// the proxy.
func (p *Proxy) URL() string {
	plain, _ := base64.StdEncoding.DecodeString(p.credential) // Start encoded it
	_, password, _ := strings.Cut(string(plain), ":")
	u := url.URL{Scheme: "http", User: url.UserPassword(user, password), Host: p.address}
	return u.String()
}

// Close ends every connection and waits until all is over.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	err := p.server.Close()
	p.end()
	p.running.Wait()
	p.platform.CloseIdleConnections()
	p.others.CloseIdleConnections()
	return err
}

// ServeHTTP answers one request to the proxy. The credential is looked at before anything
// else, and no answer allows another origin to read it.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !p.admitted(r) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="tegata run"`)
		refuse(w, http.StatusProxyAuthRequired, "this proxy serves only the command that `tegata run` started: use the proxy URL of that command's environment")
		return
	}
	if !p.begin() {
		refuse(w, http.StatusServiceUnavailable, "the command has ended")
		return
	}
	defer p.running.Done()
	p.strangers.leave(connOf(r))
	r.Header.Del("Proxy-Authorization")
	switch {
	case r.Method == http.MethodConnect:
		p.connect(w, r)
	case r.URL.IsAbs():
		p.absolute(w, r)
	default:
		refuse(w, http.StatusBadRequest, "this is a proxy: it wants CONNECT, or a request whose target is a whole URL")
	}
}

// begin counts a request that is admitted, unless the proxy has ended.
func (p *Proxy) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.closed {
		p.running.Add(1)
	}
	return !p.closed
}

// admitted says whether the request shows the credential, once.
func (p *Proxy) admitted(r *http.Request) bool {
	given := r.Header.Values("Proxy-Authorization")
	if len(given) != 1 {
		return false
	}
	scheme, credential, _ := strings.Cut(given[0], " ")
	same := subtle.ConstantTimeCompare([]byte(strings.TrimLeft(credential, " ")), []byte(p.credential))
	return strings.EqualFold(scheme, "Basic") && same == 1
}

// ours says whether a host name ends in the platform.
func (p *Proxy) ours(host string) bool { return slices.Contains(p.cfg.Names, host) }

// refuse writes an answer of the proxy itself and ends the connection, so that nothing
// that follows on it can be taken for another request.
func refuse(w http.ResponseWriter, status int, why string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "tegata run: "+why+"\n")
}
