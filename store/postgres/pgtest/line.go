package pgtest

import (
	"net"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Line carries a node's connections to its database, and can stop carrying: nothing arrives
// any more and nothing is closed, as when a switch between them loses its way.
type Line struct {
	// URL names the database, through the line.
	URL string

	mu     sync.Mutex // guards the rest
	free   *sync.Cond
	asks   bool // what is asked is held
	answer bool // what is answered is held
	ended  bool
	conns  []net.Conn
}

// NewLine opens a line to a database until the test ends. It may be used by many
// goroutines.
func NewLine(t testing.TB, database string) *Line {
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
	n := &Line{URL: u.String()}
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

func (l *Line) add(conns ...net.Conn) bool {
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
func (l *Line) carry(to, from net.Conn, held *bool) {
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

// Pause holds what the database answers, and with both also what it is asked.
func (l *Line) Pause(both bool) { l.hold(both, true) }

// Resume hands over what was held and carries on.
func (l *Line) Resume() { l.hold(false, false) }

func (l *Line) hold(asks, answer bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asks, l.answer = asks, answer
	l.free.Broadcast()
}

func (l *Line) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.free.Broadcast()
}
