package lineproxy_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestAbsoluteForm: old clients send https URLs to the proxy and leave TLS to it.
func TestAbsoluteForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := all(t, w.dial(t, "POST https://API.line.me:443/verify?a=%zz;b HTTP/1.1\r\nHost: elsewhere\r\nContent-Length: 5\r\nX-Forwarded-For: 192.0.2.7\r\n"+
		"Proxy-Connection: keep-alive\r\nConnection: close\r\n"+w.credential(t)+"\r\nbody\n"))
	if status(answer) != "200" || !strings.HasSuffix(answer, "body\nplatform") {
		t.Fatalf("%q, want the platform's answer", answer)
	}
	if got, want := w.asked(), []string{"platform API.line.me:443/verify?a=%zz;b"}; !slices.Equal(got, want) {
		t.Errorf("asked %q, want %q", got, want)
	}
	if !strings.Contains(answer, "Seen-X-Forwarded-For: 192.0.2.7\r\n") {
		t.Errorf("%q: a header of the command's was lost", answer)
	}
	for _, header := range []string{"Proxy-Authorization", "Proxy-Connection", "User-Agent", "Accept-Encoding"} {
		if strings.Contains(answer, "Seen-"+header) {
			t.Errorf("%q: the platform saw %s, which is the proxy's or of no one", answer, header)
		}
	}
}

// TestAbsoluteFormVerifies: where the proxy does TLS for a client it believes nobody whom
// the client would not: the other server's certificate is of no root of this system, and
// the platform's authority counts under LINE's names alone.
func TestAbsoluteFormVerifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	port := w.other.URL[strings.LastIndex(w.other.URL, ":"):]
	answer := all(t, w.dial(t, "GET https://localhost"+port+"/ HTTP/1.1\r\nHost: localhost\r\n"+w.credential(t)+"\r\n"))
	if status(answer) != "502" || !strings.Contains(answer, "certificate") || len(w.asked()) > 0 {
		t.Errorf("%q, asked %q; want 502 for the certificate, and nothing sent", answer, w.asked())
	}
}

// TestPlainHTTP: http URLs of other names are forwarded, as HTTP_PROXY wants.
func TestPlainHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "" {
			t.Error("the proxy's credential went on")
		}
		http.Redirect(rw, r, "/next", http.StatusFound)
	}))
	t.Cleanup(plain.Close)
	answer := all(t, w.dial(t, "GET "+plain.URL+"/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+w.credential(t)+"\r\n"))
	if status(answer) != "302" || !strings.Contains(answer, "Location: /next\r\n") {
		t.Errorf("%q, want the redirect as it is", answer)
	}
}

// TestNoPlatform: an ended platform is named, with what to do.
func TestNoPlatform(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.platform.Close()
	for _, request := range []string{"CONNECT api.line.me:443", "GET https://api.line.me/"} {
		answer := all(t, w.dial(t, request+" HTTP/1.1\r\nHost: api.line.me\r\n"+w.credential(t)+"\r\n"))
		if status(answer) != "502" || !strings.Contains(answer, "start `tegata dev` and this command again") {
			t.Errorf("%s: %q", request, answer)
		}
	}
}
