package appfind

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
)

// patience is how long a port that took the connection may think about its answer: dev
// servers build a page when they are first asked for it.
const patience = 3 * time.Second

// maxPage is how much of a page is looked at, in bytes, and maxHeader how much there may be
// before it. Whoever has a port on this machine is asked.
const (
	maxPage   = 64 << 10
	maxHeader = 256 << 10
)

// Ports returns where the usual tools put their dev servers.
func Ports() []int {
	return []int{
		5173, 5174, // Vite, and a second one
		3000, 3001, // Next.js, Nuxt, Create React App, and a second one
		4200,       // Angular
		8080, 8081, // Vue CLI, webpack, and a second one
		4321, // Astro
		1234, // Parcel
		8000, // Gatsby, Python
		5500, // Live Server
		4173, // vite preview
	}
}

// Server is a dev server that was found.
type Server struct {
	URL   string // under localhost
	Kind  string // the tool, such as Vite; empty: not known
	Title string // of its page; may be empty
	Slow  bool   // it took the connection and did not answer in time, as while it builds
}

// String tells people of it in one line.
func (s Server) String() string {
	text := s.URL
	if s.Kind != "" {
		text = s.Kind + " at " + text
	}
	switch {
	case s.Slow:
		text += "   (no answer yet)"
	case s.Title != "":
		text += "   " + s.Title
	}
	return text
}

// Found is what was found.
type Found struct {
	Servers []Server // in the order of the ports
	Other   []int    // ports that answer, but with no page
}

// Find asks ports of both loopback addresses for a page. What tegata itself serves is left
// out, and so are the ports of own.
func Find(ctx context.Context, ports, own []int) Found {
	answers := make([]answer, len(ports))
	var asking sync.WaitGroup
	for i, port := range ports {
		if slices.Contains(own, port) {
			continue
		}
		asking.Go(func() { answers[i] = askPort(ctx, port) })
	}
	asking.Wait()
	var found Found
	for i, a := range answers {
		switch {
		case a.page:
			found.Servers = append(found.Servers, a.server)
		case a.open:
			found.Other = append(found.Other, ports[i])
		}
	}
	return found
}

// answer is what a port says.
type answer struct {
	open, page bool
	server     Server
}

// askPort asks a port of localhost, at the addresses in the order in which browsers try
// them.
func askPort(ctx context.Context, port int) (first answer) {
	for _, host := range []string{"::1", "127.0.0.1"} {
		a := ask(ctx, "http", host, port)
		if a.open && !a.page {
			if secure := ask(ctx, "https", host, port); secure.page {
				a = secure
			}
		}
		if a.page {
			return a
		}
		first.open = first.open || a.open
	}
	return first
}

func ask(ctx context.Context, scheme, host string, port int) answer {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	a := answer{server: Server{URL: scheme + "://localhost:" + strconv.Itoa(port)}}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return a
	}
	a.open = true
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // over
	defer stop()
	if scheme == "https" {
		// Nothing is told to the server, and nothing of its answer is believed; certificates
		// of dev servers are signed by nobody.
		conn = tls.Client(conn, &tls.Config{ServerName: "localhost", InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
	}
	defer conn.Close()
	resp, body, err := get(conn, a.server.URL)
	if err != nil {
		// A handshake that hangs is no page on its way.
		a.server.Slow = scheme == "http" && errors.Is(ctx.Err(), context.DeadlineExceeded)
		a.page = a.server.Slow
		return a
	}
	a.server.Kind, a.server.Title = kind(resp.Header, body), title(body)
	a.page = isPage(resp, a.server.Kind) && resp.Header.Get(wire.HeaderRequestID) == "" // which only tegata sends
	return a
}

// get asks for the front page, as a browser does.
func get(conn net.Conn, url string) (*http.Response, []byte, error) {
	r, err := http.NewRequest(http.MethodGet, url+"/", nil)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("User-Agent", "tegata dev --app auto")
	r.Close = true
	if err := r.Write(conn); err != nil {
		return nil, nil, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, maxHeader+maxPage)), r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	// The beginning is enough, also of a page that does not end.
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	return resp, body, nil
}
