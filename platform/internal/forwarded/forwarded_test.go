package forwarded_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/forwarded"
)

func prefixes(t testing.TB, all ...string) []netip.Prefix {
	t.Helper()
	var out []netip.Prefix
	for _, s := range all {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

var echo = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.RemoteAddr) })

// TestClient: only what trusted proxies have appended is believed.
func TestClient(t *testing.T) {
	t.Parallel()
	h := forwarded.Handler(echo, prefixes(t, "10.0.0.0/8", "127.0.0.1/32", "fd00::/8"), "https://id.example")
	for _, tt := range []struct {
		name, peer string
		header     []string
		want       string
	}{
		{"no proxy", "203.0.113.9:5", nil, "203.0.113.9:5"},
		{"attacker tells an address", "203.0.113.9:5", []string{"198.51.100.1"}, "203.0.113.9:5"},
		{"attacker tells a trusted address", "203.0.113.9:5", []string{"10.0.0.1"}, "203.0.113.9:5"},
		{"one proxy", "10.0.0.1:5", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"proxy that tells nobody", "10.0.0.1:5", nil, "10.0.0.1:5"},
		{"attacker puts one in front", "10.0.0.1:5", []string{"192.0.2.7, 198.51.100.1"}, "198.51.100.1:0"},
		{"attacker puts a header in front", "10.0.0.1:5", []string{"192.0.2.7", "198.51.100.1"}, "198.51.100.1:0"},
		{"two proxies", "127.0.0.1:5", []string{"192.0.2.7, 198.51.100.1, 10.2.3.4"}, "198.51.100.1:0"},
		{"all trusted", "127.0.0.1:5", []string{"10.9.9.9, 10.2.3.4"}, "10.9.9.9:0"},
		{"rubbish last", "10.0.0.1:5", []string{"198.51.100.1, unknown"}, "10.0.0.1:5"},
		{"rubbish before a proxy", "10.0.0.1:5", []string{"unknown, 10.2.3.4"}, "10.2.3.4:0"},
		{"empty member", "10.0.0.1:5", []string{"198.51.100.1,"}, "10.0.0.1:5"},
		{"with a port", "10.0.0.1:5", []string{"198.51.100.1:7777"}, "198.51.100.1:0"},
		{"IPv6", "10.0.0.1:5", []string{"2001:db8::1"}, "[2001:db8::1]:0"},
		{"IPv6 in brackets", "10.0.0.1:5", []string{"[2001:db8::1]:99"}, "[2001:db8::1]:0"},
		{"proxy by IPv6", "[fd00::7]:5", []string{"198.51.100.1"}, "198.51.100.1:0"},
		{"proxy by IPv4 in IPv6", "[::ffff:10.0.0.1]:5", []string{"::ffff:198.51.100.1"}, "198.51.100.1:0"},
		{"many hops", "10.0.0.1:5", []string{strings.Repeat("10.1.1.1,", 1000) + "10.1.1.2"}, "10.1.1.1:0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("GET", "/x", nil)
			r.RemoteAddr = tt.peer
			r.Header["X-Forwarded-For"] = tt.header
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if got := w.Body.String(); got != tt.want {
				t.Errorf("client %q, want %q", got, tt.want)
			}
		})
	}
}

// TestPlain: who came to a trusted proxy by http is sent to https, or refused.
func TestPlain(t *testing.T) {
	t.Parallel()
	h := forwarded.Handler(echo, prefixes(t, "10.0.0.0/8"), "https://id.example")
	for _, tt := range []struct {
		name, peer, method string
		proto              []string
		status             int
		location           string
	}{
		{"https", "10.0.0.1:5", "GET", []string{"https"}, 200, ""},
		{"not said", "10.0.0.1:5", "GET", nil, 200, ""},
		{"http", "10.0.0.1:5", "GET", []string{"http"}, 308, "https://id.example/x?a=b%20c"},
		{"http in capitals, last of a list", "10.0.0.1:5", "HEAD", []string{"https, HTTP"}, 308, "https://id.example/x?a=b%20c"},
		{"http in the last header", "10.0.0.1:5", "GET", []string{"https", "http"}, 308, "https://id.example/x?a=b%20c"},
		{"secrets by http", "10.0.0.1:5", "POST", []string{"http"}, 403, ""},
		{"said by nobody trusted", "203.0.113.9:5", "POST", []string{"http"}, 200, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(tt.method, "/x?a=b%20c", nil)
			r.RemoteAddr = tt.peer
			r.Header["X-Forwarded-Proto"] = tt.proto
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || w.Header().Get("Location") != tt.location {
				t.Errorf("status %d to %q, want %d to %q", w.Code, w.Header().Get("Location"), tt.status, tt.location)
			}
		})
	}
	odd := httptest.NewRequest("GET", "/", nil)
	odd.URL = &url.URL{Scheme: "http", Opaque: ".evil.example/"}
	w := httptest.NewRecorder()
	forwarded.ToTLS("https://id.example").ServeHTTP(w, odd)
	if got := w.Header().Get("Location"); got != "https://id.example/" {
		t.Errorf("sent to %q by a path that is none, want the base URL's host", got)
	}
	w = httptest.NewRecorder()
	forwarded.ToTLS("https://id.example").ServeHTTP(w, httptest.NewRequest("GET", "http://evil.example//evil.example/", nil))
	if got := w.Header().Get("Location"); got != "https://id.example//evil.example/" {
		t.Errorf("sent to %q, want the base URL's host", got)
	}
}

// FuzzClient: whatever is sent, the client is an address, and from nobody trusted it is
// the peer's own.
func FuzzClient(f *testing.F) {
	f.Add("10.0.0.1:5", "198.51.100.1, 10.2.3.4")
	f.Add("[fd00::7]:5", "[::1]:9,,x")
	f.Add("203.0.113.9:5", "::ffff:10.0.0.1")
	trusted := prefixes(f, "10.0.0.0/8", "fd00::/8")
	f.Fuzz(func(t *testing.T, peer, header string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = peer
		r.Header["X-Forwarded-For"] = []string{header}
		w := httptest.NewRecorder()
		forwarded.Handler(echo, trusted, "https://id.example").ServeHTTP(w, r)
		got := w.Body.String()
		if got == peer {
			return
		}
		if _, err := netip.ParseAddrPort(got); err != nil {
			t.Fatalf("peer %q, header %q: client %q is no address", peer, header, got)
		}
		from, err := netip.ParseAddrPort(peer)
		if a := from.Addr().Unmap().WithZone(""); err == nil && !trusted[0].Contains(a) && !trusted[1].Contains(a) {
			t.Fatalf("peer %q is believed to be %q", peer, got)
		}
	})
}
