package main

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// devApp serves a page at one loopback address only, as a dev server does, and returns its
// URL under localhost; empty if this machine does not have the address.
func devApp(t *testing.T, address string) string {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Logf("no dev server at %s: %v", address, err)
		return ""
	}
	server := &httptest.Server{Listener: l, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>tea shop</title>")
	})}}
	server.Start()
	t.Cleanup(server.Close)
	return "http://localhost:" + strconv.Itoa(portOf(l.Addr()))
}

// body reads a page.
func body(t *testing.T, at string) (status int, text string) {
	t.Helper()
	resp, err := http.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// TestDevSimulator: the simulator's page is there, and each LIFF app has a port with the
// script in front, whichever loopback address its server listens at, and before that runs.
func TestDevSimulator(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	args, running := []string{"--app", "http://localhost:9/not/yet"}, 0
	for _, address := range []string{"127.0.0.1", "::1"} {
		if app := devApp(t, address); app != "" {
			args, running = append(args, "--app", app), running+1
		}
	}
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><title>tea shop by TLS</title>")
	}))
	t.Cleanup(secure.Close)
	r := startForTest(t, append(args, "--app", secure.URL)...)
	if status, page := body(t, r.env.SimulatorURL); status != 200 || !strings.Contains(page, "page.js") {
		t.Errorf("the simulator's page: %d %s", status, page)
	}
	for i, app := range r.env.LIFFApps {
		at := servedAt(app)
		switch status, page := body(t, at); {
		case len(app.ServedOrigins) != 1:
			t.Errorf("%s is served at %v", app.EndpointURL, app.ServedOrigins)
		case i == 0 && (status != http.StatusBadGateway || !strings.Contains(page, "http://localhost:9") || !strings.Contains(page, "dev server") || path.Base(at) != "yet"):
			t.Errorf("a dev server that is not up yet, at %s: %d %s", at, status, page)
		case i > 0 && (status != 200 || !strings.Contains(page, "/_tegata/inapp.js")):
			t.Errorf("%s at %s: %d %s", app.EndpointURL, at, status, page)
		}
	}
	// A reset keeps the ports.
	client, err := target.Target{URL: r.env.BaseURL}.Client()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.ResetState(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := client.Env(t.Context())
	if err != nil || servedAt(again.LIFFApps[1]) != servedAt(r.env.LIFFApps[1]) || len(again.LIFFApps[1].ServedOrigins) != 1 {
		t.Errorf("after a reset: %+v, %v", again.LIFFApps[1], err)
	}
	if running == 0 {
		t.Error("no dev server was tried")
	}
	if code := r.stop(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// TestDevOwnPorts: an app cannot be the platform, or the demo app.
func TestDevOwnPorts(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(free)
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--listen", "--demo-listen", "--tls-listen"} {
		var told strings.Builder
		args := []string{"dev", "--listen", "127.0.0.1:0", "--app", "http://localhost:" + port, flag, free}
		if code := run(t.Context(), args, io.Discard, &told); code != exitUsage || !strings.Contains(told.String(), "at that port is the ") {
			t.Errorf("%s: exit %d: %s", flag, code, told.String())
		}
	}
}

// TestAppPorts: the ports of apps follow the platform's in a fixed order, and leave out
// what others have, or will have.
func TestAppPorts(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	start := portOf(busy.Addr())
	env := &control.Env{LIFFApps: []control.EnvLIFFApp{{EndpointURL: "http://localhost:" + strconv.Itoa(start+2) + "/"}}}
	p := &devPorts{fixed: true}
	p.at.plain = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: start - 2}
	p.at.demo = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: start - 1}
	a := p.forApps([]string{"http://localhost:5173/app/", "http://localhost:3000"}, env)
	want := map[string]int{
		p.demoOrigin():             0, // busy
		"http://localhost:3000":    0, // where the developer's own server will be
		"http://localhost:5173":    start + 1,
		"http://localhost:7777":    start + 3,
		"https://localhost:7778":   start + 4,
		"http://tea.localhost:777": start + 5,
	}
	for _, upstream := range []string{"http://localhost:3000", "http://localhost:7777", p.demoOrigin(), "https://localhost:7778", "http://localhost:5173", "http://tea.localhost:777"} {
		l, err := a.listen(upstream)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		got := portOf(l.Addr())
		if got == start || got == start+2 {
			t.Errorf("%s: port %d, which is somebody else's", upstream, got)
		}
		if want[upstream] == 0 || got == want[upstream] {
			continue
		}
		// Another program of this machine may have it: then it was not ours to take.
		if other, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(want[upstream]))); err == nil {
			_ = other.Close()
			t.Errorf("%s: port %d, want %d", upstream, got, want[upstream])
		}
	}
}

func TestServedAt(t *testing.T) {
	t.Parallel()
	for want, app := range map[string]control.EnvLIFFApp{
		"http://localhost:5173/a?b=c":  {EndpointURL: "http://localhost:5173/a?b=c"},
		"http://localhost:4803/a%20?b": {EndpointURL: "http://localhost:5173/a%20?b", ServedOrigins: []string{"http://localhost:4803"}},
		"http://localhost:4803/":       {EndpointURL: "http://localhost:5173", ServedOrigins: []string{"http://localhost:4803"}},
	} {
		if got := servedAt(app); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestDevHosts: no port of tegata dev answers a page whose name was made to resolve to this
// machine; LINE's names are answered by TLS only, and those of --public-url everywhere.
func TestDevHosts(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t, "--public-url", "https://tegata.example:8443")
	demo := r.env.LIFFApps[0]
	for at, answers := range map[string]map[string]bool{
		r.env.BaseURL + "/.well-known/openid-configuration": {"tegata.example": true, "localhost": true, "api.line.me": false},
		r.env.TLSURL + "/.well-known/openid-configuration":  {"tegata.example:1": true, "api.line.me": true, "obs.line.me": true, "line.me.evil.example": false},
		r.env.SimulatorURL: {"localhost": true},
		demo.EndpointURL:   {"localhost": true, "api.line.me": false},
		servedAt(demo):     {"localhost:1": true, "127.0.0.1": true, "[::1]:9": true, "shop.localhost": true, "api.line.me": false, "192.168.1.5": false},
	} {
		answers["evil.example"], answers["localhost.evil.example:4800"] = false, false
		for host, want := range answers {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Host = host
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // who it is matters not
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(resp.Body)
			if err := errors.Join(err, resp.Body.Close()); err != nil {
				t.Fatal(err)
			}
			if got := resp.StatusCode == http.StatusOK; got != want || !want && (resp.StatusCode != http.StatusForbidden || len(text) > 300) {
				t.Errorf("%s under %s: %d %.300s; want an answer: %t", at, host, resp.StatusCode, text, want)
			}
		}
	}
}

// TestDevSimulatorIsLocal: another machine that --allow-remote lets in cannot use the
// simulator, which holds a token of the control API, by naming localhost.
func TestDevSimulatorIsLocal(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	address := ""
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			address = n.IP.String()
		}
	}
	if address == "" {
		t.Log("this machine has no other address than loopback")
		return
	}
	r := startForTest(t, "--listen", "0.0.0.0:0", "--allow-remote")
	_, port, _ := strings.Cut(strings.TrimPrefix(r.env.BaseURL, "http://"), ":")
	for host, want := range map[string]int{"127.0.0.1": http.StatusOK, address: http.StatusForbidden} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/_tegata/simulator/api/world", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "localhost:" + port
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != want {
			t.Errorf("the simulator asked at %s under the name localhost: %d, %v; want %d", host, resp.StatusCode, err, want)
		}
	}
}
