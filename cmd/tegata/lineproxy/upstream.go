package lineproxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"
	"golang.org/x/net/proxy"
)

// Upstream returns the Config.Upstream of an environment: HTTP_PROXY, HTTPS_PROXY and
// NO_PROXY in either case, the lower one first, and ALL_PROXY where the former are not set.
func Upstream(getenv func(string) string) func(*url.URL) (*url.URL, error) {
	first := func(names ...string) string {
		for _, n := range names {
			if v := getenv(n); v != "" {
				return v
			}
		}
		return ""
	}
	return (&httpproxy.Config{
		HTTPProxy:  first("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"),
		HTTPSProxy: first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
		NoProxy:    first("no_proxy", "NO_PROXY"),
	}).ProxyFunc()
}

// dialOther connects to a target that is not the platform's, through the user's own proxy
// if there is one for it.
func (p *Proxy) dialOther(ctx context.Context, t target) (net.Conn, error) {
	through, err := p.cfg.Upstream(&url.URL{Scheme: "https", Host: t.String()})
	if err != nil {
		return nil, fmt.Errorf("your own proxy setting: %w", err)
	}
	direct := &net.Dialer{}
	if through == nil {
		p.cfg.Log(t.String(), wayDirect)
		return direct.DialContext(ctx, "tcp", t.String())
	}
	p.cfg.Log(t.String(), wayUpstream)
	switch through.Scheme {
	case "http", "https":
		return dialThrough(ctx, through, t)
	case "socks5", "socks5h":
		d, err := proxy.FromURL(through, direct)
		if err != nil {
			return nil, fmt.Errorf("your own proxy: %w", err)
		}
		conn, err := d.(proxy.ContextDialer).DialContext(ctx, "tcp", t.String())
		if err != nil {
			return nil, fmt.Errorf("your own proxy: %w", err)
		}
		return conn, nil
	}
	return nil, fmt.Errorf("your own proxy has the scheme %q; http, https and socks5 are known", through.Scheme)
}

// dialThrough asks an HTTP proxy for a tunnel. Its answer is bounded in size, and by ctx in
// time.
func dialThrough(ctx context.Context, through *url.URL, t target) (net.Conn, error) {
	conn, err := dialProxy(ctx, through)
	if err != nil {
		return nil, fmt.Errorf("your own proxy: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	tunnel, err := askTunnel(conn, through, t)
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("your own proxy %s: %w", through.Host, err)
	}
	return tunnel, nil
}

// dialProxy connects to an HTTP proxy, by TLS if its URL says so.
func dialProxy(ctx context.Context, through *url.URL) (net.Conn, error) {
	port := through.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[through.Scheme]
	}
	address := net.JoinHostPort(through.Hostname(), port)
	if through.Scheme == "https" {
		return new(tls.Dialer).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// askTunnel sends CONNECT and reads the answer.
func askTunnel(conn net.Conn, through *url.URL, t target) (net.Conn, error) {
	request := "CONNECT " + t.String() + " HTTP/1.1\r\nHost: " + t.String() + "\r\n"
	if through.User != nil {
		password, _ := through.User.Password()
		plain := through.User.Username() + ":" + password
		request += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(plain)) + "\r\n"
	}
	if _, err := io.WriteString(conn, request+"\r\n"); err != nil {
		return nil, err
	}
	limited := &io.LimitedReader{R: conn, N: maxHeader}
	answer := bufio.NewReader(limited)
	resp, err := http.ReadResponse(answer, &http.Request{Method: http.MethodConnect})
	if err != nil {
		return nil, fmt.Errorf("answer to CONNECT: %w", err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, fmt.Errorf("answer to CONNECT: %s", resp.Status)
	}
	early := make([]byte, answer.Buffered())
	_, _ = io.ReadFull(answer, early) // they are in memory
	return &readAhead{conn, early}, nil
}
