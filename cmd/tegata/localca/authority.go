package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/user"
	"strings"
	"time"
)

const (
	// authorityLife is how long the authority can be used: a phone has to be told of the
	// next one by hand.
	authorityLife = 3 * 365 * 24 * time.Hour
	// clockSkew is how far the clock of a phone may be behind.
	clockSkew = time.Hour
)

// Authority is a local certificate authority. It may be used from many goroutines.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// newAuthority makes an authority with a new key.
func newAuthority(now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("key of the local authority: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "tegata local CA of " + owner(), Organization: []string{"tegata, for development"}},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost"}, PermittedIPRanges: ranges(),
		// A kind of name of which nothing is permitted by name is free (RFC 5280, 4.2.1.10).
		PermittedEmailAddresses: []string{"localhost"}, PermittedURIDomains: []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("certificate of the local authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("certificate of the local authority: %w", err)
	}
	return &Authority{cert: cert, key: key}, nil
}

// ranges are the addresses for which the authority may vouch: loopback, private (RFC 1918,
// RFC 4193) and link-local ones.
func ranges() []*net.IPNet {
	var out []*net.IPNet
	for _, text := range []string{
		"127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
	} {
		_, block, err := net.ParseCIDR(text)
		if err != nil {
			panic("localca: " + err.Error()) // a mistake in the list above
		}
		out = append(out, block)
	}
	return out
}

// Covers says whether the authority may vouch for an address.
func Covers(ip net.IP) bool {
	for _, r := range ranges() {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}

// owner names whose authority it is, for the lists in which a person finds it again.
func owner() string {
	name, host := "somebody", "this machine"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	if h, err := os.Hostname(); err == nil && h != "" {
		host = h
	}
	text := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '/' || r == '\\' { // it becomes the name of a file too
			return '-'
		}
		return r
	}, name+"@"+host)
	return text[:min(len(text), 40)]
}

func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("serial number: %w", err)
	}
	return serial.Add(serial, big.NewInt(1)), nil
}

// Certificate returns the authority's certificate; it must not be changed.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

// PEM returns the authority's certificate as a PEM file has it.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// Fingerprint returns the SHA-256 of the certificate in hexadecimal, in pairs: what phones
// and browsers show, to be compared by eye.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.Raw)
	pairs := make([]string, len(sum))
	for i, b := range sum {
		pairs[i] = fmt.Sprintf("%02X", b)
	}
	return strings.Join(pairs, ":")
}
