package simulator

import (
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ownPath is where the proxy answers itself, on the app's port. The app never sees it.
const ownPath = "/_tegata/"

// maxReport bounds what the script may report at once, in bytes.
const maxReport = 8 << 10

// proxy serves one origin of the developer's at a port of its own, with a script in front
// of each page.
type proxy struct {
	sim      *Simulator
	upstream *url.URL
	origin   string // at which browsers reach it
	platform string // origin of the platform for those browsers
	apps     []string
	server   *http.Server
	forward  *httputil.ReverseProxy
	script   []byte

	mu    sync.Mutex
	notes []note // guarded by mu: what was changed in the app's answers
}

// note says what the proxy changed in an answer, and why. Each is kept once.
type note struct {
	Header string `json:"header"`
	From   string `json:"from"`
	To     string `json:"to"`
	Why    string `json:"why"`
}

func (s *Simulator) newProxy(upstream *url.URL, e entrance, at net.Addr) *proxy {
	p := &proxy{sim: s, upstream: upstream, origin: e.scheme + "://" + localhost(at), platform: e.platform}
	p.script = s.inAppScript(e.platform, p.origin)
	// By a door strangers come, who could fill a terminal by broken handshakes.
	broken := slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug)
	p.forward = &httputil.ReverseProxy{
		Rewrite: p.rewrite, ModifyResponse: p.modify, ErrorHandler: p.unreachable,
		Transport:     transport(),
		FlushInterval: -1, // dev servers stream
		ErrorLog:      broken,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ownPath+"inapp.js", p.serveScript)
	mux.HandleFunc("POST "+ownPath+"report", p.serveReport)
	mux.HandleFunc("GET "+ownPath+"up", p.serveUp)
	mux.HandleFunc("GET "+ownPath+"away.js", asset("simulator/dist/away.js", "text/javascript; charset=utf-8"))
	mux.HandleFunc("GET "+ownPath+"away.css", style("simulator/away.css"))
	mux.Handle("/", withoutOurs(p.record(p.forward)))
	p.server = &http.Server{
		Handler: e.front(p.origin, mux), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: broken,
	}
	return p
}

// localhost writes an address as browsers should: all of development is one site.
func localhost(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && (tcp.IP.IsLoopback() || tcp.IP.IsUnspecified()) {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return a.String()
}

// inAppScript is the script that runs in front of an app: its settings, then the built
// file.
func (s *Simulator) inAppScript(platform, origin string) []byte {
	settings := `globalThis.__tegata = {"platform":` + strconv.Quote(platform) + `,"home":` + strconv.Quote(s.cfg.Platform.BaseURL) +
		`,"origin":` + strconv.Quote(origin) + "};\n"
	return append([]byte(settings), s.inApp...)
}

func (p *proxy) serveScript(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(p.script) // the browser may be gone; nothing is left to do
}

// serveReport takes a finding of the script. Only the page itself may report.
func (p *proxy) serveReport(w http.ResponseWriter, r *http.Request) {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" {
		http.Error(w, "only the app's own page reports here", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReport))
	var f Finding
	if err != nil || json.Unmarshal(body, &f) != nil || !f.known() {
		http.Error(w, "want one finding as JSON", http.StatusBadRequest)
		return
	}
	f.App = p.origin
	p.sim.journal.find(f)
	w.WriteHeader(http.StatusNoContent)
}

// rewrite sends a request on. The developer's server sees itself as host and origin, as
// it does without the proxy; pages come uncompressed, so that the script fits in.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.upstream)
	r.Out.Host = p.upstream.Host
	p.asUpstream(r.Out.Header)
	if strings.Contains(r.Out.Header.Get("Accept"), "text/html") {
		r.Out.Header.Set("Accept-Encoding", "identity")
		// A page that the browser has kept would have no script in it.
		r.Out.Header.Del("If-None-Match")
		r.Out.Header.Del("If-Modified-Since")
	}
}

// asUpstream lets what the app's own page asks come from its server's origin. What another
// page asks stays another's: the server has to see that.
func (p *proxy) asUpstream(h http.Header) {
	for _, name := range []string{"Origin", "Referer"} {
		if rest, ok := behindOrigin(h.Get(name), p.origin); ok {
			h.Set(name, p.upstream.String()+rest)
		}
	}
}

// ourCookie finds the cookies of the platform and of the door. Browsers send a host's cookies
// to all of its ports.
var ourCookie = regexp.MustCompile(`^(tegata_(session|browser)_|__Host-tegata_(session|browser|lan)$)`)

// withoutOurs keeps our own cookies from the app's server: with them it could be the user at
// the platform, or a paired phone.
func withoutOurs(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var kept []string
		for _, line := range r.Header.Values("Cookie") {
			for part := range strings.SplitSeq(line, ";") {
				name, _, _ := strings.Cut(strings.TrimSpace(part), "=")
				if !ourCookie.MatchString(strings.TrimSpace(name)) {
					kept = append(kept, strings.TrimSpace(part))
				}
			}
		}
		if r.Header.Del("Cookie"); len(kept) > 0 {
			r.Header.Set("Cookie", strings.Join(kept, "; "))
		}
		next.ServeHTTP(w, r)
	})
}

// modify changes an answer of the developer's server: redirects stay at this port, pages
// get the script, and headers that would shut out the script or the phone are amended.
func (p *proxy) modify(r *http.Response) error {
	if v := r.Header.Get("Strict-Transport-Security"); v != "" {
		r.Header.Del("Strict-Transport-Security")
		p.note(note{"Strict-Transport-Security", v, "", whyPlain})
	}
	if p.redirected(r) {
		return nil
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		return nil
	}
	nonce := p.amend(r.Header)
	if e := r.Header.Get("Content-Encoding"); e != "" {
		p.note(note{"Content-Encoding", e, "", "the page is compressed although the proxy asked for plain text, so the script is not in it: turn compression off in the dev server"})
		return nil
	}
	if r.Request.Method == http.MethodHead {
		return nil
	}
	r.Header.Del("Content-Length")
	r.Header.Del("Etag") // of the page without the script
	r.ContentLength = -1
	r.Body = &injected{source: r.Body, tag: scriptTag(nonce)}
	return nil
}

// note keeps a note, once.
func (p *proxy) note(n note) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, have := range p.notes {
		if have == n {
			return
		}
	}
	if len(p.notes) < 50 {
		p.notes = append(p.notes, n)
	}
}

func (p *proxy) noted() []note {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]note{}, p.notes...)
}
