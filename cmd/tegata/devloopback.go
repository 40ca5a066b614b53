package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
)

// errOtherHalf means that somebody has the port at the other loopback address.
var errOtherHalf = errors.New("somebody else has this port at the other loopback address, which the name localhost means too")

// freePorts is how many free ports are tried for one that is free at both addresses.
const freePorts = 20

// listenHere opens an address of this machine, for development. At a loopback address it
// opens the other one too: every URL of tegata dev says localhost, which browsers and our own
// commands look for at [::1] first, so whoever listened there would get admin tokens,
// cookies and logins that are meant for us. Another user of the machine may.
func listenHere(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	for range freePorts {
		first, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, err
		}
		other := otherLoopback(first.Addr())
		if other == "" {
			return first, nil
		}
		second, err := net.Listen("tcp", other)
		switch {
		case err == nil:
			return join(first, second), nil
		case !hasAddress(other):
			return first, nil // and nobody else can listen there
		}
		if err := first.Close(); err != nil {
			return nil, err
		}
		if port != "0" {
			return nil, fmt.Errorf("listen at %s beside %s: %w", other, net.JoinHostPort(host, port), errOtherHalf)
		}
	}
	return nil, fmt.Errorf("listen at %s: no port is free at both loopback addresses", addr)
}

// otherLoopback returns the other address that localhost means, with the same port; empty if
// a is not found under that name, or is all addresses already.
func otherLoopback(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	switch {
	case !ok:
		return ""
	case tcp.IP.Equal(net.IPv4(127, 0, 0, 1)), tcp.IP.Equal(net.IPv4zero):
		return net.JoinHostPort("::1", strconv.Itoa(tcp.Port))
	case tcp.IP.Equal(net.IPv6loopback):
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return ""
}

// hasAddress says whether this machine has the IP address of a HOST:PORT, as far as it can be
// told: many have no IPv6. Why a port cannot be opened is told in other words by each system.
func hasAddress(at string) bool {
	host, _, err := net.SplitHostPort(at)
	if err != nil {
		return false
	}
	own, err := net.InterfaceAddrs()
	return err != nil || slices.ContainsFunc(own, func(a net.Addr) bool {
		block, ok := a.(*net.IPNet)
		return ok && block.IP.Equal(net.ParseIP(host))
	})
}

// joined is two listeners as one, whose address is that of the first.
type joined struct {
	net.Listener
	second   net.Listener
	accepted chan accepted
	closed   chan struct{}
	end      sync.Once
	running  sync.WaitGroup
}

// accepted is what Accept returns.
type accepted struct {
	conn net.Conn
	err  error
}

// join makes one listener of two, which it closes.
func join(first, second net.Listener) net.Listener {
	j := &joined{Listener: first, second: second, accepted: make(chan accepted), closed: make(chan struct{})}
	for _, l := range []net.Listener{first, second} {
		j.running.Go(func() { j.take(l) })
	}
	return j
}

// take hands on what a listener accepts, until it is closed.
func (j *joined) take(l net.Listener) {
	for {
		conn, err := l.Accept()
		select {
		case j.accepted <- accepted{conn, err}:
		case <-j.closed:
			if err == nil {
				_ = conn.Close() // nobody has heard of it
			}
			return
		}
	}
}

// Accept returns the next connection of either.
func (j *joined) Accept() (net.Conn, error) {
	select {
	case a := <-j.accepted:
		return a.conn, a.err
	case <-j.closed:
		return nil, net.ErrClosed
	}
}

// Close closes both.
func (j *joined) Close() error {
	err := net.ErrClosed
	j.end.Do(func() {
		close(j.closed)
		err = errors.Join(j.Listener.Close(), j.second.Close())
		j.running.Wait()
	})
	return err
}
