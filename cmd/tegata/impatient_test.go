package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// line carries a node's connections to its database, and can stop carrying: nothing arrives
// any more and nothing is closed, as when a switch between them loses its way.
type line struct {
	url string // of the database, through the line

	mu     sync.Mutex // guards the rest
	free   *sync.Cond
	asks   bool // what is asked is held
	answer bool // what is answered is held
	ended  bool
	conns  []net.Conn
}

// startLine opens a line to a database.
func startLine(t *testing.T, database string) *line {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = l.Addr().String()
	q := u.Query()
	q.Del("host")
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	u.User = url.UserPassword(config.User, config.Password)
	n := &line{url: u.String()}
	n.free = sync.NewCond(&n.mu)
	var work sync.WaitGroup
	work.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial(network, address)
			if err != nil {
				_ = near.Close()
				continue
			}
			if !n.add(near, far) {
				return
			}
			work.Go(func() { n.carry(far, near, &n.asks) })
			work.Go(func() { n.carry(near, far, &n.answer) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		n.end()
		work.Wait()
	})
	return n
}

func (l *line) add(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns = append(l.conns, conns...)
	if l.ended {
		for _, c := range conns {
			_ = c.Close()
		}
	}
	return !l.ended
}

// carry copies until either end is closed, and waits before each piece while it is held.
func (l *line) carry(to, from net.Conn, held *bool) {
	defer func() { _, _ = to.Close(), from.Close() }()
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		l.mu.Lock()
		for *held && !l.ended {
			l.free.Wait()
		}
		l.mu.Unlock()
		if _, werr := to.Write(piece[:n]); err != nil || werr != nil {
			return
		}
	}
}

// pause holds what the database answers, and with both also what it is asked.
func (l *line) pause(both bool) { l.hold(both, true) }

// resume hands over what was held and carries on.
func (l *line) resume() { l.hold(false, false) }

func (l *line) hold(asks, answer bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asks, l.answer = asks, answer
	l.free.Broadcast()
}

func (l *line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.free.Broadcast()
}

// patience is how long a client waits for a node that may never answer.
const patience = 2 * time.Second

// verifiesSoon is verifies for a client without much patience: 0 if there is no answer.
func (n *serveNode) verifiesSoon(token string) int {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, nodesBase+"/oauth2/v2.1/verify?access_token="+url.QueryEscape(token), nil)
	if err != nil {
		n.t.Fatal(err)
	}
	res, err := n.client.Do(r)
	if errors.Is(err, context.DeadlineExceeded) {
		return 0
	}
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

// manages asks the node's management side.
func (n *serveNode) manages(path string) (status int, header http.Header, body string) {
	n.t.Helper()
	r, err := http.NewRequestWithContext(n.t.Context(), http.MethodGet, n.started.Management+path, strings.NewReader(""))
	if err != nil {
		n.t.Fatal(err)
	}
	res, err := n.transport.RoundTrip(r)
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		n.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(data)
}
