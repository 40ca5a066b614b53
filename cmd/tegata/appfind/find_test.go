package appfind_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/cmd/tegata/appfind"
)

// server starts a server at a loopback address and returns its port; 0 if this machine does
// not have the address.
func server(t *testing.T, address string, secure bool, h http.HandlerFunc) int {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Logf("%s: %v", address, err)
		return 0
	}
	s := &httptest.Server{Listener: l, Config: &http.Server{Handler: h}}
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return l.Addr().(*net.TCPAddr).Port
}

func page(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}

// TestFind: pages are found at both addresses and by TLS; what is no page, what is tegata's
// own, and ports where nobody is, are not.
func TestFind(t *testing.T) {
	t.Parallel()
	vite := server(t, "127.0.0.1", false, page(`<script type="module" src="/@vite/client"></script><title> Tea
		&amp; shop </title>`))
	six := server(t, "::1", false, page(`<title>six</title>`))
	secure := server(t, "127.0.0.1", true, page(`<app-root></app-root>`))
	moved := server(t, "127.0.0.1", false, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/en/", http.StatusFound) })
	api := server(t, "127.0.0.1", false, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) })
	express := server(t, "127.0.0.1", false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<pre>Cannot GET /</pre>")
	})
	broken := server(t, "127.0.0.1", false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `<script src="/_next/static/chunks/main.js"></script>`)
	})
	tegata := server(t, "127.0.0.1", false, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("x-line-request-id", "0123456789abcdef")
		page("<title>tegata</title>")(w, r)
	})
	own := server(t, "127.0.0.1", false, page("<title>ours</title>"))
	none := server(t, "127.0.0.1", false, page(""))
	at := func(scheme string, port int) string { return scheme + "://localhost:" + strconv.Itoa(port) }

	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := closed.Addr().(*net.TCPAddr).Port
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	want := appfind.Found{Servers: []appfind.Server{
		{URL: at("http", vite), Kind: "Vite", Title: "Tea & shop"},
		{URL: at("https", secure), Kind: "Angular"},
		{URL: at("http", moved)},
		{URL: at("http", none)},
		{URL: at("http", broken), Kind: "Next.js"},
	}, Other: []int{api, express, tegata}}
	ports := []int{vite, free, secure, moved, api, express, tegata, own, none, broken}
	if six != 0 {
		ports = append(ports, six)
		want.Servers = append(want.Servers, appfind.Server{URL: at("http", six), Title: "six"})
	}
	if diff := cmp.Diff(want, appfind.Find(t.Context(), ports, []int{own})); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

// TestFindSlow: a server that builds its page is one; a search that is broken off ends.
func TestFindSlow(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 8)
	slow := server(t, "127.0.0.1", false, func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		<-r.Context().Done()
	})
	found := appfind.Find(t.Context(), []int{slow}, nil)
	if len(found.Servers) != 1 || !found.Servers[0].Slow {
		t.Errorf("found %+v, want one that is slow", found)
	}
	ctx, cancel := context.WithCancel(t.Context())
	<-asked
	go func() { <-asked; cancel() }()
	if found := appfind.Find(ctx, []int{slow}, nil); len(found.Servers) != 0 {
		t.Errorf("found %+v in a search that was broken off", found)
	}
}

// TestFindEndless: a port whose answer does not come to its page is let go before it has sent
// much, and is no dev server.
func TestFindEndless(t *testing.T) {
	t.Parallel()
	const good = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
	for name, c := range map[string]struct {
		begin, goOn string
		page        bool // the header is whole
	}{
		"status":     {"HTTP/1.1 200 ", "x", false},
		"header":     {good + "X: ", "x", false},
		"headers":    {good, "X: y\r\n", false},
		"body":       {good + "\r\n", "x", true},
		"chunk size": {good + "Transfer-Encoding: chunked\r\n\r\n1;", "x", true},
		"trailer":    {good + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", "x", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = l.Close() })
			some := strings.Repeat(c.goOn, 1<<20/len(c.goOn))
			const enough = 64 // MB: more than any buffers between us
			sent := make(chan int, 8)
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					n := 0
					_, err = io.WriteString(conn, c.begin)
					for ; err == nil && n < enough; n++ {
						_, err = io.WriteString(conn, some)
					}
					_ = conn.Close()
					sent <- n
				}
			}()
			found := appfind.Find(t.Context(), []int{l.Addr().(*net.TCPAddr).Port}, nil)
			if n := <-sent; n == enough {
				t.Errorf("%d MB were taken", n)
			}
			if got := len(found.Servers) > 0; got != c.page {
				t.Errorf("found %+v, want a page: %t", found, c.page)
			}
		})
	}
}

// FuzzTitle: what is printed is one short line without control characters.
func FuzzTitle(f *testing.F) {
	for _, s := range []string{"<title>tea</title>", "<TITLE lang=ja>茶\n店</TITLE>", "<title>\x1b[31m&#27;[2J</title>", "<title>" + strings.Repeat("x", 100) + "</title>", "<title>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got := appfind.Title([]byte(body))
		if n := len([]rune(got)); n > 60 {
			t.Errorf("%d characters", n)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q of %q", got, body)
			}
		}
	})
}
