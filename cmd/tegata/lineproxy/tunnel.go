package lineproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
)

// Ways that Config.Log is told of.
const (
	wayPlatform = "the platform"
	wayDirect   = "directly"
	wayUpstream = "your proxy"
)

// connect answers CONNECT. Any port is allowed, because the command could reach it without
// us too; only LINE's names are answered at 443 alone, as nothing that is meant for the
// platform may leave this machine.
func (p *Proxy) connect(w http.ResponseWriter, r *http.Request) {
	t, err := connectTarget(r)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error()+": write it as CONNECT api.line.me:443")
		return
	}
	if p.ours(t.host) && t.port != "443" {
		refuse(w, http.StatusForbidden, portWanted)
		return
	}
	if p.itself(t) {
		refuse(w, http.StatusForbidden, "that is this proxy itself")
		return
	}
	select {
	case p.tunnels <- struct{}{}:
	default:
		refuse(w, http.StatusServiceUnavailable, "too many connections of this command are open")
		return
	}
	defer func() { <-p.tunnels }()
	// Not the request's context: that ends when the command has said all it has to say.
	far, err := p.dial(p.ctx, t)
	if err != nil {
		refuse(w, http.StatusBadGateway, p.unreachable(t.host, err))
		return
	}
	defer func() { _ = far.Close() }()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return // the command has hung up
	}
	defer func() { _ = near.Close() }()
	early := make([]byte, buffered.Reader.Buffered())
	_, _ = io.ReadFull(buffered, early) // they are in memory
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	p.relay(&readAhead{near, early}, far)
}

// portWanted tells what of LINE's names is answered.
const portWanted = "under LINE's names only https at port 443 is answered"

// dial connects to where a target ends.
func (p *Proxy) dial(ctx context.Context, t target) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	if p.ours(t.host) {
		p.cfg.Log(t.String(), wayPlatform)
		return new(net.Dialer).DialContext(ctx, "tcp", p.cfg.Platform)
	}
	return p.dialOther(ctx, t)
}

// itself says whether a target is the proxy's own port.
func (p *Proxy) itself(t target) bool {
	_, port, _ := net.SplitHostPort(p.address)
	ip := net.ParseIP(t.host)
	return t.port == port && (t.host == "localhost" || ip != nil && ip.IsLoopback())
}

// unreachable tells why there is no answer, and what to do if it is the platform's.
func (p *Proxy) unreachable(host string, err error) string {
	if p.ours(host) {
		return "the platform does not answer: " + err.Error() + "; start `tegata dev` and this command again"
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Addr == nil {
		return host + ": " + op.Err.Error() // without the address of the name server
	}
	return err.Error()
}

// relay copies both ways until both sides have ended or the proxy does. Each side's end is
// handed on by itself.
func (p *Proxy) relay(near, far net.Conn) {
	defer context.AfterFunc(p.ctx, func() { _ = near.Close(); _ = far.Close() })()
	done := make(chan struct{})
	go func() {
		defer close(done)
		pass(far, near)
	}()
	pass(near, far)
	<-done
}

// pass copies one direction and hands on its end. If the copy broke off, or the end cannot
// be handed on, both connections end: half of a broken tunnel would wait for ever.
func pass(to, from net.Conn) {
	_, err := io.Copy(to, from)
	half, ok := to.(interface{ CloseWrite() error })
	if err != nil || !ok || half.CloseWrite() != nil {
		_ = to.Close()
		_ = from.Close()
	}
}

// readAhead is a connection some of whose bytes have been read already.
type readAhead struct {
	net.Conn
	early []byte
}

// Read gives the early bytes first.
func (c *readAhead) Read(b []byte) (int, error) {
	if len(c.early) > 0 {
		n := copy(b, c.early)
		c.early = c.early[n:]
		return n, nil
	}
	return c.Conn.Read(b)
}

// CloseWrite hands on the end of one direction.
func (c *readAhead) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Conn.Close()
}
