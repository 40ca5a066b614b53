package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var today = time.Now()

func open(t *testing.T) *Authority {
	t.Helper()
	a, made, err := Open(t.TempDir(), today)
	if err != nil || !made {
		t.Fatalf("Open = %v, %v; want a new authority", made, err)
	}
	return a
}

// stolen signs whatever its holder wants with the authority's key.
func stolen(t *testing.T, a *Authority, leaf *x509.Certificate) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	leaf.SerialNumber, leaf.NotBefore, leaf.NotAfter = big.NewInt(7), today.Add(-time.Hour), today.Add(time.Hour)
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestBounds: who has the authority's key can vouch for nothing but this machine and
// private addresses, to Go and to OpenSSL.
func TestBounds(t *testing.T) {
	t.Parallel()
	a := open(t)
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	for _, c := range []struct {
		name string
		leaf x509.Certificate
		as   string
		good bool
	}{
		{"localhost", x509.Certificate{DNSNames: []string{"localhost"}}, "localhost", true},
		{"below localhost", x509.Certificate{DNSNames: []string{"app.localhost"}}, "app.localhost", true},
		{"private address", x509.Certificate{IPAddresses: []net.IP{net.IPv4(192, 168, 1, 5).To4()}}, "192.168.1.5", true},
		{"unique local address", x509.Certificate{IPAddresses: []net.IP{net.ParseIP("fd00::2")}}, "fd00::2", true},
		{"LINE's login", x509.Certificate{DNSNames: []string{"access.line.me"}}, "access.line.me", false},
		{"LINE's API", x509.Certificate{DNSNames: []string{"api.line.me"}}, "api.line.me", false},
		{"every name of LINE", x509.Certificate{DNSNames: []string{"*.line.me"}}, "liff.line.me", false},
		{"LINE beside localhost", x509.Certificate{DNSNames: []string{"localhost", "access.line.me"}}, "localhost", false},
		{"another's name", x509.Certificate{DNSNames: []string{"example.com"}}, "example.com", false},
		{"like localhost", x509.Certificate{DNSNames: []string{"localhost.example.com"}}, "localhost.example.com", false},
		{"public address", x509.Certificate{IPAddresses: []net.IP{net.IPv4(203, 0, 113, 5).To4()}}, "203.0.113.5", false},
		{"public IPv6 address", x509.Certificate{IPAddresses: []net.IP{net.ParseIP("2001:db8::1")}}, "2001:db8::1", false},
		{"e-mail", x509.Certificate{DNSNames: []string{"localhost"}, EmailAddresses: []string{"hanako@example.com"}}, "localhost", false},
		{"URI", x509.Certificate{DNSNames: []string{"localhost"}, URIs: []*url.URL{{Scheme: "https", Host: "access.line.me"}}}, "localhost", false},
	} {
		leaf := stolen(t, a, &c.leaf)
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: c.as, CurrentTime: today})
		if (err == nil) != c.good {
			t.Errorf("%s: Go says %v; want good %v", c.name, err, c.good)
		}
		if said, good := openssl(t, a, leaf); good != c.good {
			t.Errorf("%s: OpenSSL says %s; want good %v", c.name, said, c.good)
		}
	}
}

// openssl asks OpenSSL whether the authority vouches for a certificate.
func openssl(t *testing.T, a *Authority, leaf *x509.Certificate) (said string, good bool) {
	t.Helper()
	folder := t.TempDir()
	ca, cert := filepath.Join(folder, "ca.pem"), filepath.Join(folder, "leaf.pem")
	for path, text := range map[string][]byte{ca: a.PEM(), cert: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw})} {
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("openssl", "verify", "-purpose", "sslserver", "-CAfile", ca, cert).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("openssl: %v", err)
	}
	return strings.TrimSpace(string(out)), err == nil
}

// TestNoSecondAuthority: the authority cannot make another one that would be free of its
// bounds.
func TestNoSecondAuthority(t *testing.T) {
	t.Parallel()
	a := open(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	between := &x509.Certificate{
		SerialNumber: big.NewInt(8), Subject: pkix.Name{CommonName: "between"}, NotBefore: today.Add(-time.Hour), NotAfter: today.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, between, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	second, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	leaf := stolen(t, &Authority{cert: second, key: key}, &x509.Certificate{DNSNames: []string{"localhost"}})
	roots, middle := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(a.cert)
	middle.AddCert(second)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: middle, DNSName: "localhost", CurrentTime: today}); err == nil {
		t.Error("a second authority below the first vouched for a name")
	}
}

// TestServer serves by TLS at an address for longer than a certificate lives.
func TestServer(t *testing.T) {
	t.Parallel()
	a := open(t)
	at := today
	config, err := a.Server(net.ParseIP("192.168.1.5"), func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	serials := map[string]bool{}
	for day := range 20 {
		at = today.Add(time.Duration(day) * 24 * time.Hour)
		c, err := config.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"192.168.1.5", "localhost"} {
			if _, err := c.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: at}); err != nil {
				t.Errorf("day %d, %s: %v", day, name, err)
			}
		}
		serials[c.Leaf.SerialNumber.String()] = true
	}
	if len(serials) != 4 {
		t.Errorf("%d certificates in 20 days; want 4: each is used for six", len(serials))
	}
	if _, err := a.Server(net.IPv4(203, 0, 113, 5), time.Now); err == nil {
		t.Error("a server at a public address")
	}
}

// TestFile keeps the authority until its end is near, and never uses what others may have
// read, or what is not ours.
func TestFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, err := Read(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("Read of nothing = %v", err)
	}
	first, made, err := Open(folder, today)
	if err != nil || !made {
		t.Fatalf("Open = %v, %v", made, err)
	}
	again, made, err := Open(folder, today.Add(authorityLife-renews-time.Hour))
	if err != nil || made || again.Fingerprint() != first.Fingerprint() {
		t.Fatalf("Open again = made %v, %v; want the first", made, err)
	}
	next, made, err := Open(folder, today.Add(authorityLife-renews+time.Hour))
	if err != nil || !made || next.Fingerprint() == first.Fingerprint() {
		t.Fatalf("Open near its end = made %v, %v; want another", made, err)
	}
	if info, err := os.Stat(Path(folder)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := os.Chmod(Path(folder), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(folder, today); !errors.Is(err, ErrReadable) {
		t.Errorf("readable by others: %v; want ErrReadable", err)
	}
	if err := Remove(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Read after Remove = %v", err)
	}
}

// TestOthersAuthority: an authority without the bounds, such as one of another program, is
// not used.
func TestOthersAuthority(t *testing.T) {
	t.Parallel()
	a := open(t)
	for name, change := range map[string]func(*x509.Certificate){
		"no bounds":        func(c *x509.Certificate) { c.PermittedDNSDomains, c.PermittedIPRanges = nil, nil },
		"LINE's names too": func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"localhost", "line.me"} },
		"every name":       func(c *x509.Certificate) { c.PermittedDNSDomains = []string{""} },
		"every address": func(c *x509.Certificate) {
			c.PermittedIPRanges = []*net.IPNet{{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}}
		},
		"no address is said": func(c *x509.Certificate) { c.PermittedIPRanges = nil },
		"bounds not binding": func(c *x509.Certificate) { c.PermittedDNSDomainsCritical = false },
		"others below it":    func(c *x509.Certificate) { c.MaxPathLenZero, c.MaxPathLen = false, -1 },
	} {
		other := *a.cert
		change(&other)
		der, err := x509.CreateCertificate(rand.Reader, &other, &other, a.key.Public(), a.key)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		if err := (&Authority{cert: cert, key: a.key}).write(folder); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Open(folder, today); err == nil {
			t.Errorf("%s: used", name)
		}
	}
	stranger := open(t)
	folder := t.TempDir()
	if err := (&Authority{cert: a.cert, key: stranger.key}).write(folder); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(folder); err == nil {
		t.Error("another's key: used")
	}
}

func FuzzParse(f *testing.F) {
	a, err := newAuthority(today)
	if err != nil {
		f.Fatal(err)
	}
	folder := f.TempDir()
	if err := a.write(folder); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(Path(folder))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(a.PEM())
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, err := parse(text); err == nil && (got.key == nil || !bounded(got.cert)) {
			t.Fatal("took an authority without a key or bounds")
		}
	})
}
