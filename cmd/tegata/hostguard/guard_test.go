package hostguard_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/hostguard"
)

func TestAllows(t *testing.T) {
	t.Parallel()
	g := hostguard.Guard{Names: []string{"tegata.example", ".line.me", ""}}
	for host, want := range map[string]bool{
		"localhost": true, "localhost:4800": true, "LocalHost:1": true, "shop.localhost:4803": true,
		"127.0.0.1:4800": true, "127.0.0.2": true, "[::1]:4800": true, "[::1]": true, "192.168.1.5:4800": true, "10.0.0.1": true,
		"tegata.example": true, "TEGATA.example:443": true, "api.line.me": true, "access.line.me:443": true,

		"": false, ":4800": false, "evil.example": false, "evil.example:4800": false, "localhost.evil.example": false, "evillocalhost": false,
		"line.me": false, "evilline.me": false, ".line.me": false, "x.tegata.example": false, "localhost.": false, ".localhost": false,
		"127.0.0.1.nip.io": false, "1.2.3": false, "0x7f000001": false, "localhost:4800:1": false, "localhost@evil.example": false, "::1": false, "localhost/": false, "localhost?x": false,
	} {
		if got := g.Allows(host); got != want {
			t.Errorf("%q: %t, want %t", host, got, want)
		}
	}
	if (hostguard.Guard{}).Allows("api.line.me") || !(hostguard.Guard{}).Allows("localhost:4800") {
		t.Error("the zero value does not stand for this machine alone")
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	h := hostguard.Guard{Fix: "Open http://localhost:4800."}.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for host, want := range map[string]int{"localhost:4800": 204, "evil.example": 403} {
		r := httptest.NewRequest(http.MethodPost, "/oauth2/v2.1/token", nil)
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", host, w.Code, want)
		}
		if body := w.Body.String(); want == 403 && (!strings.Contains(body, `"evil.example"`) || !strings.Contains(body, "Open http://localhost:4800.")) {
			t.Errorf("%s: %s", host, body)
		}
	}
}

func TestThisMachine(t *testing.T) {
	t.Parallel()
	h := hostguard.ThisMachine(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for from, want := range map[string]int{
		"127.0.0.1:40000": 204, "[::1]:40000": 204, "[::ffff:127.0.0.1]:1": 204,
		"192.168.1.7:40000": 403, "[fe80::1%eth0]:1": 403, "[::ffff:10.0.0.1]:1": 403, "": 403, "@": 403, "localhost:1": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost:4800/", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%q: %d, want %d", from, w.Code, want)
		}
	}
}

// TestThisMachineForwarded: a proxy or the end of a tunnel is on this machine; those for whom
// it asks are not.
func TestThisMachineForwarded(t *testing.T) {
	t.Parallel()
	h := hostguard.ThisMachine(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	for header, want := range map[string]int{
		"Accept": 204, "X-Forwarded-For": 403, "x-forwarded-host": 403, "Forwarded": 403, "X-Forwarded-Proto": 403, "CF-Connecting-IP": 403, "X-Real-IP": 403, "Via": 403,
	} {
		for _, value := range []string{"127.0.0.1", ""} {
			r := httptest.NewRequest(http.MethodGet, "http://localhost:4800/", nil)
			r.RemoteAddr = "127.0.0.1:40000"
			r.Header.Set(header, value)
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != want {
				t.Errorf("%s %q: %d, want %d", header, value, w.Code, want)
			}
		}
	}
}

func TestNameOf(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"https://Tegata.Example:8443/": "tegata.example", "http://[::1]:1": "::1", "http://": "", "\x7f": "", "x": ""} {
		if got := hostguard.NameOf(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

// hostForm is what is let in without names: localhost or a name below it, or an address,
// with or without a port.
var hostForm = regexp.MustCompile(`^((?i)(.+\.)?localhost|[0-9.]+|\[[0-9A-Fa-f:.%]+\])(:[0-9]*)?$`)

func FuzzAllows(f *testing.F) {
	for _, s := range []string{"localhost:1", "[::1]", "evil.example:80", "a.localhost", "[", "]:1", "::1", "127.0.0.1:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, host string) {
		if (hostguard.Guard{}).Allows(host) && !hostForm.MatchString(host) {
			t.Errorf("%q is let in", host)
		}
	})
}
