package lineproxy_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/lineproxy"
)

// names are the ones that end in the platform here.
var names = []string{"api.line.me", "access.line.me"}

// world is a platform, another server, and a proxy between them and a client.
type world struct {
	proxy    *lineproxy.Proxy
	roots    *x509.CertPool // of both servers
	platform *httptest.Server
	other    *httptest.Server

	mu   sync.Mutex
	seen []string // guarded by mu; what the proxy's log was told
	asks []string // guarded by mu; what the servers were asked
}

// newWorld starts one. The change may set more of the proxy.
func newWorld(t *testing.T, change ...func(*lineproxy.Config)) *world {
	t.Helper()
	w := &world{roots: x509.NewCertPool()}
	w.platform = w.server(t, "platform", names...)
	w.other = w.server(t, "other", "localhost")
	cfg := lineproxy.Config{
		Names: names, Platform: w.platform.Listener.Addr().String(), PlatformCA: w.roots,
		Log: func(target, way string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.seen = append(w.seen, target+" "+way)
		},
	}
	for _, c := range change {
		c(&cfg)
	}
	var err error
	if w.proxy, err = lineproxy.Start(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.proxy.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// server starts a TLS server that says who it is, with a certificate for the names.
func (w *world) server(t *testing.T, who string, names ...string) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asks = append(w.asks, who+" "+r.Host+r.URL.RequestURI())
		w.mu.Unlock()
		for _, h := range []string{"Proxy-Authorization", "Proxy-Connection", "X-Forwarded-For", "User-Agent", "Accept-Encoding"} {
			rw.Header()["Seen-"+h] = r.Header[h]
		}
		_, _ = io.Copy(rw, r.Body)
		_, _ = io.WriteString(rw, who)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = true
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: who}, DNSNames: names,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	w.roots.AddCert(parsed)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// client uses the proxy for everything, as a program with HTTPS_PROXY does.
func (w *world) client(t *testing.T) *http.Client {
	t.Helper()
	through, err := url.Parse(w.proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(through), TLSClientConfig: &tls.Config{RootCAs: w.roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// get returns the answer's body, which says who answered.
func get(t *testing.T, c *http.Client, u string) string {
	t.Helper()
	resp, err := c.Get(u)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return resp.Proto + " " + string(body)
}

// log is what the proxy has told.
func (w *world) log() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.seen)
}

// asked is what the servers were asked.
func (w *world) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asks)
}

// TestTunnels: LINE's names end in the platform, others where they would have.
func TestTunnels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.client(t)
	if got := get(t, c, "https://api.line.me/v2/profile"); got != "HTTP/2.0 platform" {
		t.Errorf("api.line.me: %q, want the platform, by HTTP/2", got)
	}
	if got := get(t, c, w.other.URL+"/x"); got != "HTTP/2.0 other" {
		t.Errorf("another name: %q", got)
	}
	want := []string{"api.line.me:443 the platform", w.other.Listener.Addr().String() + " directly"}
	if got := w.log(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if got := w.asked()[0]; got != "platform api.line.me/v2/profile" {
		t.Errorf("the platform was asked %q", got)
	}
}

// dial opens a connection to the proxy and writes text.
func (w *world) dial(t *testing.T, text string) net.Conn {
	t.Helper()
	u, err := url.Parse(w.proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// credential is the header line of who may use the proxy.
func (w *world) credential(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(w.proxy.URL())
	if err != nil {
		t.Fatal(err)
	}
	r := http.Request{Header: http.Header{}}
	password, _ := u.User.Password()
	r.SetBasicAuth(u.User.Username(), password)
	return "Proxy-Authorization: " + r.Header.Get("Authorization") + "\r\n"
}

// all reads what the proxy says until it hangs up.
func all(t *testing.T, conn net.Conn) string {
	t.Helper()
	data, err := io.ReadAll(conn)
	var op *net.OpError
	if err != nil && !errors.As(err, &op) {
		t.Fatal(err)
	}
	if op != nil && op.Timeout() {
		t.Fatalf("the proxy left the connection open after %q", data)
	}
	return string(data)
}

// TestBytesAsTheyAre: what is sent with CONNECT in one go arrives, and each side's end
// arrives at the other while the other direction goes on.
func TestBytesAsTheyAre(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		data, _ := io.ReadAll(conn) // until the client's end
		_, _ = conn.Write(append([]byte("heard "), data...))
		_ = conn.Close()
	}()
	w := newWorld(t)
	conn := w.dial(t, "CONNECT "+l.Addr().String()+" HTTP/1.1\r\nHost: x\r\n"+w.credential(t)+"\r\nearly\x00\r\n")
	_, _ = io.WriteString(conn, "late")
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(all(t, conn), "\r\n\r\n")
	if head != "HTTP/1.1 200 Connection established" || body != "heard early\x00\r\nlate" {
		t.Errorf("%q and %q", head, body)
	}
}

// TestClose: the end of the proxy ends tunnels, and nothing is let in afterwards.
func TestClose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	conn := w.dial(t, "CONNECT "+w.other.Listener.Addr().String()+" HTTP/1.1\r\n"+w.credential(t)+"\r\n")
	answer := make([]byte, len("HTTP/1.1 200"))
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "HTTP/1.1 200" {
		t.Fatalf("%q, %v", answer, err)
	}
	if err := w.proxy.Close(); err != nil {
		t.Fatal(err)
	}
	all(t, conn)
	if _, err := w.client(t).Get("https://api.line.me/"); err == nil {
		t.Error("a closed proxy answers")
	}
}

func TestStartWantsItsSettings(t *testing.T) {
	t.Parallel()
	if p, err := lineproxy.Start(lineproxy.Config{}); err == nil || p != nil {
		t.Errorf("%v, %v; want an error", p, err)
	}
}
