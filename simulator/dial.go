package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"
)

// maxHeader bounds the header of a developer's server, in bytes: what browsers take at most.
const maxHeader = 256 << 10

// transport reaches developers' servers. They are on this machine and their certificates
// are signed by nobody, so the certificates say nothing and are not looked at.
func transport() *http.Transport {
	return &http.Transport{
		Proxy: nil, DialContext: dial, TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
		MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute, ResponseHeaderTimeout: 2 * time.Minute,
		MaxResponseHeaderBytes: maxHeader, // notes keep what is amended of it
	}
}

// dialTime is how long a connection to a developer's server may take to open.
const dialTime = 10 * time.Second

// dial connects to a developer's server. Under localhost it tries both loopback addresses,
// in the order in which browsers do: many dev servers listen at one of them only, and the
// name does not resolve to both on every machine.
func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d := &net.Dialer{Timeout: dialTime}
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host != "localhost" && !strings.HasSuffix(host, ".localhost") {
		return d.DialContext(ctx, network, addr)
	}
	six, err := d.DialContext(ctx, network, net.JoinHostPort("::1", port))
	if err == nil {
		return six, nil
	}
	four, err4 := d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	if err4 == nil {
		return four, nil
	}
	return nil, errors.Join(err4, err)
}
