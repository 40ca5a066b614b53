package lineproxy_test

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/lineproxy"
)

// environment is a getenv of a list.
func environment(vars ...string) func(string) string {
	return func(name string) string {
		for _, v := range vars {
			if n, value, _ := strings.Cut(v, "="); n == name {
				return value
			}
		}
		return ""
	}
}

// TestUpstream: whose proxy is asked for a URL.
func TestUpstream(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vars []string
		want map[string]string
	}{
		"none":           {nil, map[string]string{"https://a.example/": "", "http://a.example/": ""}},
		"one each":       {[]string{"HTTPS_PROXY=http://s:1", "HTTP_PROXY=http://p:2"}, map[string]string{"https://a.example/": "http://s:1", "http://a.example/": "http://p:2"}},
		"lower first":    {[]string{"HTTPS_PROXY=http://up:1", "https_proxy=http://low:1"}, map[string]string{"https://a.example/": "http://low:1"}},
		"for everything": {[]string{"ALL_PROXY=socks5://all:1", "http_proxy=http://p:2"}, map[string]string{"https://a.example/": "socks5://all:1", "http://a.example/": "http://p:2"}},
		"excepted": {
			[]string{"HTTPS_PROXY=http://s:1", "NO_PROXY=.corp.example,10.0.0.0/8"},
			map[string]string{"https://x.corp.example/": "", "https://10.1.2.3/": "", "https://a.example/": "http://s:1", "https://localhost/": ""},
		},
		"none for all": {[]string{"HTTPS_PROXY=http://s:1", "no_proxy=*"}, map[string]string{"https://a.example/": ""}},
	} {
		ask := lineproxy.Upstream(environment(c.vars...))
		for at, want := range c.want {
			u, err := url.Parse(at)
			if err != nil {
				t.Fatal(err)
			}
			got, err := ask(u)
			if err != nil || got == nil && want != "" || got != nil && got.String() != want {
				t.Errorf("%s: %s goes through %v, %v; want %q", name, at, got, err, want)
			}
		}
	}
}

// through makes the user's own proxy that of a URL.
func through(t *testing.T, text string) func(*lineproxy.Config) {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return func(c *lineproxy.Config) {
		c.Upstream = func(asked *url.URL) (*url.URL, error) {
			if strings.HasPrefix(asked.Host, "excepted.") {
				return nil, nil
			}
			return u, nil
		}
	}
}

// TestThroughTheUsersProxy: other names go through the user's own proxy, with its
// credential; LINE's do not.
func TestThroughTheUsersProxy(t *testing.T) {
	t.Parallel()
	user := newWorld(t)
	w := newWorld(t, through(t, user.proxy.URL()))
	c := w.client(t)
	if got := get(t, c, "https://api.line.me/"); got != "HTTP/2.0 platform" {
		t.Errorf("api.line.me: %q", got)
	}
	if got := get(t, c, w.other.URL); got != "HTTP/2.0 other" {
		t.Errorf("another name: %q", got)
	}
	address := w.other.Listener.Addr().String()
	if got, want := user.log(), []string{address + " directly"}; !slices.Equal(got, want) {
		t.Errorf("the user's proxy saw %q, want %q", got, want)
	}
	if got, want := w.log(), []string{"api.line.me:443 the platform", address + " your proxy"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if _, err := c.Get("https://excepted.invalid/"); err == nil || len(user.log()) != 1 {
		t.Errorf("what is excepted: %v, and the user's proxy saw %q", err, user.log())
	}
}

// TestUsersProxyRefuses: its refusal is told, and its credential is not.
func TestUsersProxyRefuses(t *testing.T) {
	t.Parallel()
	user := newWorld(t)
	for given, want := range map[string]string{
		strings.Replace(user.proxy.URL(), "tegata:", "tegata:geheim", 1): "407 Proxy Authentication Required",
		"ftp://geheim@127.0.0.1:9":                                       `the scheme "ftp"`,
		strings.Replace(socks(t, "u", "other"), "other", "geheim", 1):    "your own proxy: socks connect",
	} {
		w := newWorld(t, through(t, given))
		answer := all(t, w.dial(t, "CONNECT a.example:443 HTTP/1.1\r\nHost: x\r\n"+w.credential(t)+"\r\n"))
		if status(answer) != "502" || !strings.Contains(answer, want) || strings.Contains(answer, "geheim") {
			t.Errorf("%q, want 502 with %q and no secret", answer, want)
		}
	}
}

// script is a TCP server that reads until a line is empty and answers a text, and then
// echoes.
func script(t *testing.T, answer string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				var seen strings.Builder
				for b := make([]byte, 1); !strings.HasSuffix(seen.String(), "\r\n\r\n"); seen.Write(b) {
					if _, err := conn.Read(b); err != nil {
						return
					}
				}
				_, _ = io.WriteString(conn, answer)
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return "http://" + l.Addr().String()
}

// TestUsersProxyAnswers: what comes right behind its answer is the far side's; an answer
// that is too large or none is refused.
func TestUsersProxyAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ answer, status, tail string }{
		"with early bytes": {"HTTP/1.1 200 OK\r\n\r\n220 hello\r\n", "200", "220 hello\r\nping"},
		"of a huge header": {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n", "502", ""},
		"not HTTP":         {"220 smtp\r\n\r\n", "502", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, through(t, script(t, c.answer)))
			conn := w.dial(t, "CONNECT a.example:25 HTTP/1.1\r\nHost: x\r\n"+w.credential(t)+"\r\nping")
			_ = conn.(*net.TCPConn).CloseWrite()
			answer := all(t, conn)
			if status(answer) != c.status || !strings.HasSuffix(answer, c.tail) {
				t.Errorf("%.300q, want %s and %q", answer, c.status, c.tail)
			}
		})
	}
}

// socks is a SOCKS5 proxy (RFC 1928) that wants one user (RFC 1929); it returns its URL.
func socks(t *testing.T, user, password string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer func() { _ = conn.Close() }(); serveSOCKS(conn, user, password) }()
		}
	}()
	return "socks5://" + url.UserPassword(user, password).String() + "@" + l.Addr().String()
}

func serveSOCKS(conn net.Conn, user, password string) {
	next := func(n byte) []byte { b := make([]byte, n); _, _ = io.ReadFull(conn, b); return b }
	next(next(2)[1])                  // the methods that the client knows
	_, _ = conn.Write([]byte{5, 2})   // we want a name and a password
	name := string(next(next(2)[1]))  // version, length, name
	given := string(next(next(1)[0])) // length, password
	if sha256.Sum256([]byte(name+given)) != sha256.Sum256([]byte(user+password)) {
		_, _ = conn.Write([]byte{1, 1})
		return
	}
	_, _ = conn.Write([]byte{1, 0})
	var host string
	switch next(4)[3] {
	case 1:
		host = net.IP(next(4)).String()
	case 3:
		host = string(next(next(1)[0]))
	}
	port := strconv.Itoa(int(binary.BigEndian.Uint16(next(2))))
	far, err := net.Dial("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return
	}
	defer func() { _ = far.Close() }()
	_, _ = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	go func() { _, _ = io.Copy(far, conn); _ = far.Close() }()
	_, _ = io.Copy(conn, far)
}

// TestThroughSOCKS: the user's own proxy may be a SOCKS one.
func TestThroughSOCKS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, through(t, socks(t, "me", "pass word")))
	c := w.client(t)
	if got := get(t, c, w.other.URL); got != "HTTP/2.0 other" {
		t.Errorf("another name: %q", got)
	}
	if got, want := w.log(), []string{w.other.Listener.Addr().String() + " your proxy"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}
