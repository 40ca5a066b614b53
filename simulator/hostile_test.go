package simulator_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/simulator"
)

// TestOtherPages: the developer's server sees which page asks. Only the app's own becomes
// one of its origin, also when a request is sent again.
func TestOtherPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(rw, r.Header.Get("Origin")+" "+r.Header.Get("Referer"))
	}))
	var launch control.LIFFLaunch
	w.call("launch", control.LIFFLaunchRequest{LIFFID: appID, Person: "hanako"}, &launch)
	for i, c := range [][4]string{ // Origin and Referer, and what they become
		{w.origin, w.origin + "/app/?a", w.upstream, w.upstream + "/app/?a"},
		{w.origin + "0", w.origin + "0/", w.origin + "0", w.origin + "0/"},
		{"https://evil.example", "https://evil.example/" + w.origin, "https://evil.example", "https://evil.example/" + w.origin},
		{"null", w.origin + "@evil.example/", "null", w.origin + "@evil.example/"},
	} {
		want := c[2] + " " + c[3]
		if a := w.send("POST", w.origin+"/", "", "Origin", c[0], "Referer", c[1], "Authorization", "Bearer "+launch.AccessToken); a.body != want {
			t.Errorf("from %q the server saw %q, want %q", c[:2], a.body, want)
		}
		var again struct{ Body string }
		entry := w.entries(i + 1)[i]
		w.call("replay", map[string]any{"entry": entry.Seq, "with": "neighbour", "confirmed": true}, &again)
		if again.Body != want {
			t.Errorf("from %q, sent again, the server saw %q, want %q", c[:2], again.Body, want)
		}
	}
}

// TestOwnCookies: browsers send the cookies of all ports of a host to each. Those by which
// the platform knows a user, or the door a phone, do not reach the app's server.
func TestOwnCookies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(rw, strings.Join(r.Header.Values("Cookie"), " | "))
	}))
	var launch control.LIFFLaunch
	w.call("launch", control.LIFFLaunchRequest{LIFFID: appID, Person: "hanako"}, &launch)
	n := 0
	for cookies, want := range map[string]string{
		"":                                       "",
		"a=1; b=2=3":                             "a=1; b=2=3",
		"tegata_session_4800=x":                  "",
		"a=1;tegata_session_4800=x ;  b=\"c d\"": `a=1; b="c d"`,
		"tegata_browser_4810=x; a=1":             "a=1",
		" __Host-tegata_lan =x; a=tegata_session_":                                          "a=tegata_session_",
		"__Host-tegata_session=x; __Host-tegata_browser=y; __Host-tegata_lan=z":             "",
		"__Host-tegata_login_abc=x; tegata_tea=1; TEGATA_SESSION_1=2; mytegata_session_1=3": "__Host-tegata_login_abc=x; tegata_tea=1; TEGATA_SESSION_1=2; mytegata_session_1=3",
	} {
		if a := w.send("POST", w.origin+"/", "", "Cookie", cookies, "Authorization", "Bearer "+launch.AccessToken); a.body != want {
			t.Errorf("of %q the app's server got %q, want %q", cookies, a.body, want)
		}
		n++
		var again struct{ Body string }
		w.call("replay", map[string]any{"entry": w.entries(n)[n-1].Seq, "with": "neighbour", "confirmed": true}, &again)
		if again.Body != want {
			t.Errorf("of %q, sent again, the app's server got %q, want %q", cookies, again.Body, want)
		}
	}
}

// TestTargets: whatever form a request's target has, it goes to the developer's server or
// nowhere, and never carries another host to it.
func TestTargets(t *testing.T) {
	t.Parallel()
	seen := make(chan string, 100)
	w := newWorld(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.Host + " " + r.RequestURI }))
	at := strings.TrimPrefix(w.origin, "http://")
	host := strings.TrimPrefix(w.upstream, "http://")
	for request, want := range map[string]string{
		"GET /a HTTP/1.1\r\nHost: " + at:                            "200 " + host + " /a",
		"GET http://evil.example/a HTTP/1.1\r\nHost: " + at:         "403",
		"GET http://" + at + "/a HTTP/1.1\r\nHost: evil.example":    "200 " + host + " /a",
		"GET x:@evil.example/a HTTP/1.1\r\nHost: " + at:             "307",
		"GET x://@evil.example/a HTTP/1.1\r\nHost: " + at:           "403",
		"POST x:@evil.example/a HTTP/1.1\r\nHost: " + at:            "307",
		"CONNECT evil.example:443 HTTP/1.1\r\nHost: " + at:          "403",
		"CONNECT " + at + " HTTP/1.1\r\nHost: " + at:                "404",
		"GET //evil.example/a HTTP/1.1\r\nHost: " + at:              "307",
		"GET /..//evil.example/a HTTP/1.1\r\nHost: " + at:           "307",
		"GET /a HTTP/1.1\r\nHost: " + at + "\r\nHost: evil.example": "400",
		"GET /a HTTP/1.1\r\nHost: " + at + "@evil.example":          "400",
		"OPTIONS * HTTP/1.1\r\nHost: " + at:                         "200",
		"GET /a\x00 HTTP/1.1\r\nHost: " + at:                        "400",
	} {
		conn, err := net.Dial("tcp", at)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(conn, "%s\r\nConnection: close\r\n\r\n", request)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		got := fmt.Sprint(resp.StatusCode)
		select {
		case to := <-seen:
			got += " " + to
		default:
		}
		if got != want {
			t.Errorf("%q: %s to %q, want %s", request, got, resp.Header.Get("Location"), want)
		}
		if to := resp.Header.Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, "://") {
			t.Errorf("%q leads to %q", request, to)
		}
		_ = resp.Body.Close()
		_ = conn.Close()
	}
}

// TestHugeAnswers: what a server answers costs no more memory than it may, and a page that
// never comes to its script passes on.
func TestHugeAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/header":
			rw.Header().Set("Content-Security-Policy", "img-src "+strings.Repeat("a", 1<<20))
		case "/comment":
			_, _ = io.WriteString(rw, "<!--"+strings.Repeat("-", 1<<20))
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := io.WriteString(rw, "<html "+strings.Repeat(" ", 4<<10)); err != nil {
					return
				}
			}
		}
	}))
	if a := w.send("GET", w.origin+"/header", "", "Accept", "text/html"); a.status != http.StatusBadGateway || len(a.body) > 2000 {
		t.Errorf("a header of 1 MB: %d with %d bytes", a.status, len(a.body))
	}
	if a := w.send("GET", w.origin+"/comment", "", "Accept", "text/html"); a.body != tag+"<!--"+strings.Repeat("-", 1<<20) {
		t.Errorf("a page of one comment came as %.100q of %d bytes", a.body, len(a.body))
	}
	resp, err := http.Get(w.origin + "/endless")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if n, err := io.CopyN(io.Discard, resp.Body, 8<<20); err != nil {
		t.Errorf("of a page without an end came %d bytes: %v", n, err)
	}
}

// TestNoStrictTransport: an app cannot have the browser ask other ports of this host by TLS
// alone, as it could behind a door at localhost: the platform has none there.
func TestNoStrictTransport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Strict-Transport-Security", "max-age=15552000; includeSubDomains")
		if r.URL.Path == "/away" {
			http.Redirect(rw, r, "/", http.StatusFound)
		}
	}))
	for _, path := range []string{"/", "/away"} {
		if a := w.send("GET", w.origin+path, ""); len(a.header.Values("Strict-Transport-Security")) > 0 {
			t.Errorf("%s: %d %v", path, a.status, a.header)
		}
	}
}

// told is a log in memory.
type told struct {
	mu   sync.Mutex
	text strings.Builder // guarded by mu
	news chan struct{}
}

// Write keeps what is logged.
func (t *told) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.news <- struct{}{}:
	default:
	}
	return t.text.Write(p)
}

// TestBrokenConnections: what strangers break at the door is told to the log that was given,
// for who wants to know, and not to the terminal.
func TestBrokenConnections(t *testing.T) {
	t.Parallel()
	ca := httptest.NewTLSServer(nil)
	t.Cleanup(ca.Close)
	log := &told{news: make(chan struct{}, 1)}
	w := newWorld(t, http.NotFoundHandler(), func(c *simulator.Config) {
		c.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.Door = &simulator.Door{
			Platform: "https://192.168.1.5:4810",
			Listen: func(string) (net.Listener, error) {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return nil, err
				}
				return tls.NewListener(l, ca.TLS), nil
			},
			Front: func(_ string, app http.Handler) http.Handler { return app },
		}
	})
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.sim.Served()[0].Outer, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, _ = io.WriteString(conn, "no handshake of TLS at all\r\n\r\n")
	select {
	case <-log.news:
	case <-time.After(20 * time.Second):
		t.Fatal("the log that was given knows nothing of it")
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	if text := log.text.String(); !strings.Contains(text, "level=DEBUG") || !strings.Contains(text, "TLS handshake error") {
		t.Errorf("told: %s", text)
	}
}
