package lineproxy

// MaxStranger is the bound of connections without the credential.
const MaxStranger = maxStranger

// TakeTunnels takes every tunnel that there may be, until they are given back.
func (p *Proxy) TakeTunnels() (free func()) {
	for range maxTunnels {
		p.tunnels <- struct{}{}
	}
	return func() {
		for range maxTunnels {
			<-p.tunnels
		}
	}
}

// ParseTarget reads HOST:PORT.
func ParseTarget(authority string) (host, port string, err error) {
	t, err := parseTarget(authority)
	return t.host, t.port, err
}

// Waiting counts the connections that have not shown the credential.
func (p *Proxy) Waiting() int {
	p.strangers.mu.Lock()
	defer p.strangers.mu.Unlock()
	return len(p.strangers.waiting)
}
