package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"syscall"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/simulator"
)

// devPorts are the ports of `tegata dev`. A listener is nil once a server has it.
type devPorts struct {
	plain, secure, demo net.Listener
	at                  struct{ plain, secure, demo net.Addr }
	fixed               bool // --listen names a port, so the others follow it
}

// openPorts opens those that do not depend on the apps.
func openPorts(c devCmd) (*devPorts, error) {
	p := &devPorts{}
	var err error
	if p.plain, err = listenDev("--listen", c.Listen); err != nil {
		return nil, err
	}
	p.at.plain = p.plain.Addr()
	_, port, err := net.SplitHostPort(c.Listen)
	p.fixed = err == nil && port != "0"
	if p.secure, err = listenDev("--tls-listen", c.TLSListen); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.at.secure = p.secure.Addr()
	if p.demo, err = p.listenDemo(c.DemoListen); err != nil {
		return nil, errors.Join(err, p.close())
	}
	p.at.demo = p.demo.Addr()
	return p, nil
}

func (p *devPorts) baseURL() string    { return "http://" + localhost(p.at.plain) }
func (p *devPorts) tlsURL() string     { return "https://" + localhost(p.at.secure) }
func (p *devPorts) demoOrigin() string { return "http://" + localhost(p.at.demo) }

// simulatorURL returns where the simulator's page is. It answers under loopback names
// only, so there is none if the platform listens at another address.
func (p *devPorts) simulatorURL() string {
	if u, err := url.Parse(p.baseURL()); err != nil || u.Hostname() != "localhost" {
		return ""
	}
	return p.baseURL() + simulator.Path
}

// give hands over a listener; its server closes it from then on.
func (p *devPorts) give(l *net.Listener) net.Listener {
	given := *l
	*l = nil
	return given
}

// close closes what no server has.
func (p *devPorts) close() error {
	var errs []error
	for _, l := range []net.Listener{p.plain, p.secure, p.demo} {
		if l != nil {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}

// own are the numbers of the ports.
func (p *devPorts) own() []int {
	return []int{portOf(p.at.plain), portOf(p.at.secure), portOf(p.at.demo)}
}

// refuseOwn refuses apps that would be tegata itself.
func (p *devPorts) refuseOwn(apps []string) error {
	for _, app := range apps {
		u, err := url.Parse(app)
		if err != nil {
			continue // refused before
		}
		for what, a := range map[string]net.Addr{"the platform": p.at.plain, "the platform by TLS": p.at.secure, "the demo app, which is a LIFF app already": p.at.demo} {
			if u.Port() == strconv.Itoa(portOf(a)) {
				return &failure{
					exitUsage, fmt.Errorf("--app %s: at that port is %s", app, what),
					"give the URL of your own dev server; if that is its port, move tegata with --listen or --demo-listen",
				}
			}
		}
	}
	return nil
}

// appPorts opens the port of each app: the second after the platform's for the demo app,
// the next ones for those of --app in their order, then for others as they come; free ones
// where those are taken. So they stay the same from start to start, and a browser keeps
// what an app has stored.
type appPorts struct {
	first    int      // the demo app's; zero: take free ones
	order    []string // origins, by their port
	reserved []int    // where the developer's own servers are, or will be
}

func (p *devPorts) forApps(apps []string, env *control.Env) *appPorts {
	a := &appPorts{order: []string{p.demoOrigin()}}
	if p.fixed {
		a.first = portOf(p.at.plain) + 2
	}
	for _, app := range apps {
		if u, err := url.Parse(app); err == nil {
			a.order = append(a.order, u.Scheme+"://"+u.Host)
		}
	}
	for _, app := range env.LIFFApps {
		if u, err := url.Parse(app.EndpointURL); err == nil {
			port, _ := strconv.Atoi(u.Port()) // none: zero, which is nobody's
			a.reserved = append(a.reserved, port)
		}
	}
	return a
}

func (a *appPorts) listen(upstream string) (net.Listener, error) {
	n := slices.Index(a.order, upstream)
	if n < 0 {
		n = len(a.order)
		a.order = append(a.order, upstream)
	}
	if port := a.first + n; a.first != 0 && port < 1<<16 && !slices.Contains(a.reserved, port) {
		if l, err := listenHere(loopback(port)); err == nil {
			return l, nil
		}
	}
	for {
		l, err := listenHere(loopback(0))
		if err != nil || !slices.Contains(a.reserved, portOf(l.Addr())) {
			return l, err
		}
		defer l.Close() // held meanwhile, so that another is given
	}
}

// loopback is the address of a port of this machine alone.
func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// listen opens the address that a flag names.
func listen(flag, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	return l, listenFailure(flag, addr, err)
}

// listenDev is listen, and at loopback nobody else gets the port under the name localhost.
func listenDev(flag, addr string) (net.Listener, error) {
	l, err := listenHere(addr)
	return l, listenFailure(flag, addr, err)
}

// listenFailure is the failure for an address that cannot be opened; nil if it can.
func listenFailure(flag, addr string, err error) error {
	switch {
	case errors.Is(err, errOtherHalf):
		return &failure{exitConfig, fmt.Errorf("%s: %w", flag, err), "stop that program, or take another port with " + flag}
	case errors.Is(err, syscall.EADDRINUSE):
		return &failure{exitConfig, fmt.Errorf("%s %s is in use, perhaps by another tegata", flag, addr), "stop that one, or take another port with " + flag + "; port 0 takes a free one"}
	case err != nil:
		return &failure{exitConfig, fmt.Errorf("%s %s: %w", flag, addr, err), "give an address of this machine, such as 127.0.0.1:4800"}
	}
	return nil
}

// listenDemo opens the demo app's port: the one asked for, else the one after the
// platform's, so that it is the same at every start, else a free one.
func (p *devPorts) listenDemo(addr string) (net.Listener, error) {
	if addr != "" {
		return listenDev("--demo-listen", addr)
	}
	host, _, err := net.SplitHostPort(p.at.plain.String())
	if err != nil {
		host = "127.0.0.1"
	}
	if p.fixed {
		if l, err := listenHere(net.JoinHostPort(host, strconv.Itoa(portOf(p.at.plain)+1))); err == nil {
			return l, nil
		}
	}
	return listenDev("--demo-listen", net.JoinHostPort(host, "0"))
}

func portOf(a net.Addr) int {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.Port
	}
	return 0
}

// localhost returns the host and port of an address as browsers should write it: one
// site for cookies and storage, and a secure context.
func localhost(a net.Addr) string {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return a.String()
	}
	host := "localhost"
	if !tcp.IP.IsLoopback() && !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}
