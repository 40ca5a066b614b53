package lineproxy

import (
	"context"
	"net"
	"net/http"
	"slices"
	"sync"
)

// lobby holds the connections that have not shown the credential. When it is full the
// oldest is closed, so that whoever opens many and says nothing keeps nobody out: the
// command shows its credential with the first bytes. The zero value is empty.
type lobby struct {
	mu      sync.Mutex
	waiting []net.Conn // guarded by mu; oldest first
}

// follow is the server's ConnState.
func (l *lobby) follow(c net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.enter(c)
	case http.StateClosed, http.StateHijacked:
		l.leave(c)
	}
}

// enter takes a connection in.
func (l *lobby) enter(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == maxStranger {
		_ = l.waiting[0].Close()
		l.waiting = slices.Delete(l.waiting, 0, 1)
	}
	l.waiting = append(l.waiting, c)
}

// leave forgets a connection.
func (l *lobby) leave(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.waiting, c); i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
	}
}

// connKey is the key of a request's connection in its context.
type connKey struct{}

// withConn is the server's ConnContext.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// connOf returns the connection of a request.
func connOf(r *http.Request) net.Conn {
	c, _ := r.Context().Value(connKey{}).(net.Conn)
	return c
}
