package transport_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/transport"
)

// write makes a certificate with a number and writes it to two files.
func write(t *testing.T, dir string, number int64) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(number), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"id.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: der}, keyFile: {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

// serial asks a server's configuration for its certificate, as a handshake does.
func serial(t *testing.T, f *transport.Files) int64 {
	t.Helper()
	c, err := f.Config().GetCertificate(&tls.ClientHelloInfo{})
	if err != nil {
		t.Fatal(err)
	}
	return c.Leaf.SerialNumber.Int64()
}

// TestReload: a hangup reads the certificate again; one that cannot be used leaves the one
// that is there.
func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := write(t, dir, 1)
	said := make(chan string, 10)
	f, err := transport.OpenFiles(cert, key, slog.New(slog.NewTextHandler(writer(func(p []byte) { said <- string(p) }), nil)))
	if err != nil {
		t.Fatal(err)
	}
	if n := serial(t, f); n != 1 {
		t.Fatalf("certificate %d, want 1", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	hangup := make(chan os.Signal)
	var work sync.WaitGroup
	work.Go(func() { f.Follow(ctx, hangup) })
	write(t, dir, 2)
	hangup <- syscall.SIGHUP
	if line := <-said; !strings.Contains(line, "certificate read") || serial(t, f) != 2 {
		t.Errorf("after a new one: certificate %d, log %q", serial(t, f), line)
	}
	if err := os.WriteFile(key, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	hangup <- syscall.SIGHUP
	if line := <-said; !strings.Contains(line, "stays what it was") || serial(t, f) != 2 {
		t.Errorf("after a broken one: certificate %d, log %q", serial(t, f), line)
	}
	cancel()
	work.Wait()
	if _, err := transport.OpenFiles(cert, key, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a certificate with a broken key is opened")
	}
}

// writer is a function that takes what is written.
type writer func([]byte)

// Write gives p to the function.
func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}

// TestShutdown: an open request ends in peace, new connections are refused, and what takes
// longer than the deadline is cut.
func TestShutdown(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		deadline time.Duration
		cut      int
	}{"in peace": {time.Minute, 0}, "cut": {time.Millisecond, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			began, finish := make(chan struct{}), make(chan struct{})
			g := transport.NewGroup(slog.New(slog.DiscardHandler))
			g.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				close(began)
				select {
				case <-finish:
				case <-r.Context().Done():
				}
				_, _ = io.WriteString(w, "done")
			}), nil)
			answer := make(chan error, 1)
			go func() {
				resp, err := http.Get("http://" + l.Addr().String())
				if err == nil {
					var body bytes.Buffer
					if _, err = body.ReadFrom(resp.Body); err == nil && body.String() != "done" {
						err = errors.New(body.String())
					}
					_ = resp.Body.Close()
				}
				answer <- err
			}()
			<-began
			ended := make(chan int, 1)
			go func() { ended <- g.Shutdown(tt.deadline) }()
			if tt.cut == 0 {
				for { // until the listener is closed
					c, err := net.Dial("tcp", l.Addr().String())
					if err != nil {
						break
					}
					_ = c.Close()
				}
				close(finish)
			}
			if cut := <-ended; cut != tt.cut {
				t.Errorf("%d servers cut, want %d", cut, tt.cut)
			}
			if err := <-answer; (err != nil) != (tt.cut > 0) {
				t.Errorf("the open request: %v", err)
			}
		})
	}
}

// TestACME: only the names that were given are asked for, and the port of plain http sends
// everybody but the authority on.
func TestACME(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 10)
	directory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		http.Error(w, "no", http.StatusServiceUnavailable)
	}))
	t.Cleanup(directory.Close)
	m := transport.ACME{Domains: []string{"id.example.com"}, Folder: t.TempDir(), Directory: directory.URL}.Manager()
	c := transport.Config(m)
	if _, err := c.GetCertificate(&tls.ClientHelloInfo{ServerName: "evil.example.com"}); err == nil || len(asked) != 0 {
		t.Errorf("a name that was not given: %v, the authority was asked %d times", err, len(asked))
	}
	if c.MinVersion != tls.VersionTLS12 {
		t.Error("TLS below 1.2 is taken")
	}
	w := httptest.NewRecorder()
	transport.Plain(m, http.RedirectHandler("https://id.example.com/", http.StatusPermanentRedirect)).ServeHTTP(w, httptest.NewRequest("GET", "http://id.example.com/x", nil))
	if w.Code != http.StatusPermanentRedirect {
		t.Errorf("plain http: %d, want a redirect", w.Code)
	}
}
