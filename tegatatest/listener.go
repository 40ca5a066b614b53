package tegatatest

import (
	"context"
	"net"
	"slices"
	"sync"

	"github.com/tegata-id/tegata/internal/wire"
)

// listener hands over connections inside the process.
type listener struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once // closes done
}

func newListener() *listener {
	return &listener{conns: make(chan net.Conn), done: make(chan struct{})}
}

// connect returns the client's end of a new connection.
func (l *listener) connect(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

// Network implements net.Addr.
func (memoryAddr) Network() string { return "memory" }

// String implements net.Addr.
func (memoryAddr) String() string { return "tegatatest" }

func lineHost(host string) bool { return slices.Contains(wire.Hosts(), host) }

// issuerOf returns the issuer that a setting stands for.
func issuerOf(setting, url string) string {
	switch setting {
	case "line":
		return wire.Issuer
	case "own", "":
		return url
	}
	return setting
}
