package lineproxy_test

import (
	"bufio"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/lineproxy"
)

// FuzzTarget: a target that is taken has no character that could end a line of a request,
// and reads the same again.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		"api.line.me:443", "API.line.me.:443", "127.0.0.1:1", "[::1]:65535", "[::ffff:1.2.3.4]:80", "[fe80::1%lo]:80", "a:0", "a:080",
		"a b:1", "a\r\nX: y:1", "[a]:1", "a_b-c.d:22", "..:1", "xn--bcher-kva.example:443", "[::1]", ":1", "a:1:2",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authority string) {
		host, port, err := lineproxy.ParseTarget(authority)
		if err != nil {
			if host != "" || port != "" {
				t.Errorf("%q: %v, and %q %q", authority, err, host, port)
			}
			return
		}
		whole := net.JoinHostPort(host, port)
		for _, c := range []byte(whole) {
			if c <= ' ' || c >= 0x7f || strings.IndexByte(`@/?#\%`, c) >= 0 {
				t.Errorf("%q gives %q", authority, whole)
			}
		}
		if h, p, err := lineproxy.ParseTarget(whole); err != nil || h != host || p != port {
			t.Errorf("%q gives %q, which gives %q %q %v", authority, whole, h, p, err)
		}
	})
}

// FuzzStranger: no request without the credential is answered by anything but 407.
func FuzzStranger(f *testing.F) {
	for _, seed := range []string{
		"CONNECT api.line.me:443 HTTP/1.1\r\nHost: x\r\n\r\n", "GET https://api.line.me/ HTTP/1.0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\nProxy-Authorization: Basic Og==\r\n\r\n", "PRI * HTTP/2.0\r\n\r\n",
	} {
		f.Add(seed)
	}
	p, err := lineproxy.Start(lineproxy.Config{
		Names: names, Platform: "127.0.0.1:9", PlatformCA: x509.NewCertPool(),
		Log: func(target, way string) { panic(errors.New(target + " " + way)) },
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = p.Close() })
	f.Fuzz(func(t *testing.T, text string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		if w.Code != http.StatusProxyAuthRequired {
			t.Errorf("%q: %d", text, w.Code)
		}
	})
}
