package main

import (
	"context"
	"io"
	"net"
	"net/http"
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
