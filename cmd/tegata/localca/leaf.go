package localca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	leafLife   = 7 * 24 * time.Hour
	leafRenews = 24 * time.Hour // before its end
)

// Server returns the TLS settings of a server at an address: a certificate for it and for
// localhost, and a new one in good time for as long as the server runs. now is the clock of
// the machine. The error names an address for which the authority may not vouch.
func (a *Authority) Server(ip net.IP, now func() time.Time) (*tls.Config, error) {
	if !Covers(ip) {
		return nil, fmt.Errorf("the local authority may not vouch for %s: it is not a private address", ip)
	}
	var (
		mu   sync.Mutex
		have *tls.Certificate
	)
	current := func() (*tls.Certificate, error) {
		mu.Lock()
		defer mu.Unlock()
		if t := now(); have == nil || t.After(have.Leaf.NotAfter.Add(-leafRenews)) {
			made, err := a.issue(ip, t)
			if err != nil {
				return nil, err
			}
			have = made
		}
		return have, nil
	}
	if _, err := current(); err != nil {
		return nil, err
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current() },
	}, nil
}

// issue makes a certificate with a new key.
func (a *Authority) issue(ip net.IP, now time.Time) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("TLS key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "tegata dev --lan"},
		NotBefore: now.Add(-clockSkew), NotAfter: now.Add(leafLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{ip},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: parsed}, nil
}
