package lineproxy_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/lineproxy"
)

// status is the code of an answer's first line.
func status(answer string) string {
	_, rest, _ := strings.Cut(answer, " ")
	code, _, _ := strings.Cut(rest, " ")
	return code
}

// TestStrangers: another user of this machine, or a page in a browser, has no credential.
// Whatever it sends is answered 407, to no origin, and goes nowhere.
func TestStrangers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good := w.credential(t)
	const connect = "CONNECT api.line.me:443 HTTP/1.1\r\nHost: api.line.me:443\r\n"
	for name, request := range map[string]string{
		"nothing":                connect,
		"another credential":     connect + "Proxy-Authorization: Basic dGVnYXRhOng=\r\n",
		"an empty one":           connect + "Proxy-Authorization: Basic \r\n",
		"another scheme":         connect + strings.Replace(good, "Basic", "Bearer", 1),
		"two credentials":        connect + good + good,
		"a good one and another": connect + good + "Proxy-Authorization: Basic dGVnYXRhOng=\r\n",
		"in the wrong header":    connect + strings.Replace(good, "Proxy-Authorization", "Authorization", 1),
		"half of it":             connect + good[:len(good)-4] + "\r\n",
		"more than it":           connect + strings.TrimSuffix(good, "\r\n") + "x\r\n",
		"absolute form":          "GET https://api.line.me/ HTTP/1.1\r\nHost: api.line.me\r\n",
		"a page's fetch":         "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\n",
		"a page's preflight":     "OPTIONS / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: PUT\r\n",
		"options of the server":  "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n",
		"a body that never ends": "POST https://api.line.me/ HTTP/1.1\r\nHost: api.line.me\r\nContent-Length: 99999999\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := all(t, w.dial(t, request+"\r\n"))
			if status(answer) != "407" || !strings.Contains(answer, "Proxy-Authenticate: Basic") {
				t.Errorf("%q, want 407", answer)
			}
			if strings.Contains(answer, "Access-Control") {
				t.Errorf("%q allows an origin", answer)
			}
			if got := w.log(); len(got) > 0 {
				t.Errorf("it went to %q", got)
			}
		})
	}
}

// TestRefused: with the credential too, nothing that could be read in two ways is taken,
// and LINE's names go to the platform or nowhere. Each refusal ends the connection, so
// that the request behind it is not answered.
func TestRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	own := strings.TrimPrefix(w.proxy.URL()[strings.LastIndex(w.proxy.URL(), "@"):], "@")
	_, ownPort, _ := net.SplitHostPort(own)
	const behind = "GET https://api.line.me/behind HTTP/1.1\r\nHost: api.line.me\r\n"
	for request, want := range map[string]string{
		"CONNECT api.line.me:80":          "403",
		"CONNECT API.line.me.:8443":       "403",
		"CONNECT " + own:                  "403",
		"CONNECT localhost:" + ownPort:    "403",
		"CONNECT api.line.me":             "400",
		"CONNECT /api.line.me:443":        "400",
		"CONNECT https://api.line.me:443": "400",
		"CONNECT user@api.line.me:443":    "400",
		"CONNECT api.line.me:443/x":       "400",
		"CONNECT api.line.me:443?x":       "400",
		"CONNECT api.line.me:0443":        "400",
		"CONNECT api.line.me:+443":        "400",
		"CONNECT api.line.me:0":           "400",
		"CONNECT api.line.me:65536":       "400",
		"CONNECT api.line.me:https":       "400",
		"CONNECT api..line.me:443":        "400",
		"CONNECT :443":                    "400",
		"CONNECT [api.line.me]:443":       "400",
		"CONNECT [fe80::1%25lo]:443":      "400",
		"CONNECT %61pi.line.me:443":       "400",
		"CONNECT a@b:443":                 "400",
		"GET http://api.line.me/":         "403",
		"GET https://api.line.me:8443/":   "403",
		"GET http://API.LINE.ME.:443/":    "403",
		"GET http://" + own + "/":         "403",
		"GET ftp://api.line.me/":          "400",
		"GET https:///x":                  "400",
		"GET /v2/profile":                 "400",
		"OPTIONS *":                       "400",

		"CONNECT api.line.me:443 HTTP/1.1\r\nX: \x00":                                          "400",
		"CONNECT api.line.me:443 HTTP/1.1\r\nX : y":                                            "400",
		"CONNECT api.line.me:443 HTTP/1.1\r\nContent-Length: 3":                                "400",
		"CONNECT api.line.me:443 HTTP/1.1\r\nTransfer-Encoding: chunked":                       "400",
		"CONNECT api.line.me:443 HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked":  "400",
		"CONNECT api.line.me:443 HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4":           "400",
		"CONNECT api.line.me:443 HTTP/1.1\r\nTransfer-Encoding: identity\r\nContent-Length: 1": "501",
		"CONNECT api.line.me:443 HTTP/1.1\r\nHost: a\r\nHost: b":                               "400",
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			line, more, _ := strings.Cut(request, " HTTP/1.1\r\n")
			if more != "" {
				more += "\r\n"
			}
			if !strings.Contains(more, "Host:") {
				more = "Host: api.line.me\r\n" + more
			}
			answer := all(t, w.dial(t, line+" HTTP/1.1\r\n"+more+w.credential(t)+"\r\n"+behind+w.credential(t)+"\r\n"))
			if status(answer) != want {
				t.Errorf("%q, want %s", answer, want)
			}
			if strings.Count(answer, "HTTP/1.1 ") != 1 {
				t.Errorf("%q, want one answer", answer)
			}
			if got := w.log(); len(got) > 0 {
				t.Errorf("it went to %q", got)
			}
		})
	}
}

// TestHugeHeader: a header ends the connection when it is larger than the bound, whether
// its sender has the credential or not.
func TestHugeHeader(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, credential := range []string{"", w.credential(t)} {
		conn := w.dial(t, "CONNECT api.line.me:443 HTTP/1.1\r\nHost: x\r\n"+credential)
		go func() {
			line := "X: " + strings.Repeat("x", 1000) + "\r\n"
			for range 1000 {
				if _, err := io.WriteString(conn, line); err != nil {
					return
				}
			}
		}()
		// The rest that is never read may reset the connection before the answer is seen.
		if answer := all(t, conn); answer != "" && status(answer) != "431" {
			t.Errorf("%q, want 431", answer)
		}
	}
	if got := w.log(); len(got) > 0 {
		t.Errorf("it went to %q", got)
	}
}

// TestSlowloris: who opens many connections and says little keeps the command from nothing,
// and the first of them are closed.
func TestSlowloris(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.dial(t, "CONNECT api.line.me:443 HTTP/1.1\r\n")
	for range 3 * lineproxy.MaxStranger {
		w.dial(t, "CONNECT api.line.me:443 HTTP/1.1\r\nX")
	}
	if got := get(t, w.client(t), "https://api.line.me/"); got != "HTTP/2.0 platform" {
		t.Errorf("the command gets %q", got)
	}
	if n := w.proxy.Waiting(); n > lineproxy.MaxStranger {
		t.Errorf("%d connections of strangers are open, want at most %d", n, lineproxy.MaxStranger)
	}
	if got := all(t, first); got != "" {
		t.Errorf("the first of them got %q, want the end", got)
	}
}

// TestKnownConnectionsStay: a connection of the command's is no stranger's, however many of
// those come after it.
func TestKnownConnectionsStay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	request := "GET https://api.line.me/ HTTP/1.1\r\nHost: api.line.me\r\n" + w.credential(t) + "\r\n"
	conn := w.dial(t, request)
	answers := bufio.NewReader(conn)
	for i := range 2 {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("request %d: %v", i, err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			break
		}
		for range 2 * lineproxy.MaxStranger {
			w.dial(t, "G")
		}
		get(t, w.client(t), "https://api.line.me/") // the server has taken those in
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTooManyTunnels: the command's own connections have a bound too.
func TestTooManyTunnels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	free := w.proxy.TakeTunnels()
	request := "CONNECT api.line.me:443 HTTP/1.1\r\nHost: x\r\n" + w.credential(t) + "\r\n"
	if answer := all(t, w.dial(t, request)); status(answer) != "503" {
		t.Errorf("%q, want 503", answer)
	}
	free()
	if got := get(t, w.client(t), "https://api.line.me/"); got != "HTTP/2.0 platform" {
		t.Errorf("afterwards: %q", got)
	}
}
