package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// loopbacks are the addresses that localhost means on this machine.
func loopbacks(t *testing.T) []string {
	t.Helper()
	all := []string{"127.0.0.1"}
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Logf("one loopback address only: %v", err)
		return all
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return append(all, "::1")
}

// TestDevHasLocalhost: nobody else can listen where a URL of tegata dev leads, and so get the
// admin token of the next command or the cookies of a login: it answers at every address
// that localhost means.
func TestDevHasLocalhost(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t)
	demo := r.env.LIFFApps[0]
	for _, at := range []string{r.env.BaseURL, r.env.TLSURL, demo.EndpointURL, servedAt(demo)} {
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		for _, address := range loopbacks(t) {
			if thief, err := net.Listen("tcp", net.JoinHostPort(address, u.Port())); err == nil {
				_ = thief.Close()
				t.Errorf("somebody else can listen at %s, where %s leads", thief.Addr(), at)
			}
			if u.Scheme == "https" {
				continue
			}
			resp, err := http.Get("http://" + net.JoinHostPort(address, u.Port()) + u.Path)
			if err != nil {
				t.Errorf("%s at %s: %v", at, address, err)
				continue
			}
			if err := resp.Body.Close(); err != nil || resp.Header.Get("X-Line-Request-Id") == "" && resp.StatusCode != http.StatusOK {
				t.Errorf("%s at %s: %d, %v", at, address, resp.StatusCode, err)
			}
		}
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestDevLocalhostTaken: where somebody listens at the other loopback address already, tegata
// dev does not start beside him.
func TestDevLocalhostTaken(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	all := loopbacks(t)
	for i, address := range all {
		thief, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = thief.Close() }()
		ours := net.JoinHostPort(all[len(all)-1-i], strconv.Itoa(portOf(thief.Addr())))
		for _, flag := range []string{"--listen", "--tls-listen", "--demo-listen"} {
			var told strings.Builder
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it would run for ever
			code := run(ctx, []string{"dev", "--listen", "127.0.0.1:0", flag, ours}, io.Discard, &told)
			cancel()
			if code != exitConfig || !strings.Contains(told.String(), flag) {
				t.Errorf("%s %s beside %s: exit %d: %s", flag, ours, thief.Addr(), code, told.String())
			}
		}
	}
}

// TestHasAddress: whether the other address is somebody's, or is not there, decides between
// refusing and going on.
func TestHasAddress(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]bool{"127.0.0.1:4800": true, "192.0.2.1:4800": false, "[2001:db8::1]:4800": false, "x": false} {
		if got := hasAddress(at); got != want {
			t.Errorf("%s: %t, want %t", at, got, want)
		}
	}
	if got, want := hasAddress("[::1]:4800"), len(loopbacks(t)) == 2; got != want {
		t.Errorf("[::1]: %t, want %t as listening tells", got, want)
	}
}

// TestDevTunnel: a tunnel that ends on this machine and names localhost, as tunnels do on
// request, gives nobody behind it the simulator, which holds a token of the control API.
func TestDevTunnel(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t, "--public-url", "https://tea.tunnel.example")
	base, err := url.Parse(r.env.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	tunnel := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(base)
		p.SetXForwarded()
		p.Out.Host = base.Host
	}})
	t.Cleanup(tunnel.Close)
	for path, want := range map[string]int{"/_tegata/simulator/": 403, "/_tegata/simulator/api/world": 403, "/.well-known/openid-configuration": 200} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tunnel.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != want {
			t.Errorf("%s through a tunnel: %d, %v; want %d", path, resp.StatusCode, err, want)
		}
	}
}

// TestDevPublicURL: a URL by which others come is warned of.
func TestDevPublicURL(t *testing.T) {
	t.Parallel()
	for u, want := range map[string]bool{
		"https://tea.tunnel.example": true, "http://192.168.1.5:4800": true, "https://localhost.evil.example": true,
		"http://localhost:4999": false, "http://tea.localhost": false, "http://[::1]:4800": false, "http://127.0.0.1": false,
	} {
		var told strings.Builder
		c := devCmd{Listen: "127.0.0.1:0", TLSListen: "127.0.0.1:0", PublicURL: []string{u}}
		if err := c.refuseRemote(streams{out: io.Discard, err: &told}); err != nil || strings.Contains(told.String(), "warning: whoever reaches "+u+" can log in") != want {
			t.Errorf("%s: %q, %v; want a warning: %t", u, told.String(), err, want)
		}
	}
}
