package lineca

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
)

// Identity is what the TLS port shows: a certificate for LINE's host names and one for
// localhost, of one key. It is not changed once it is made.
type Identity struct {
	Config *tls.Config
	SPKI   string // base64 of the SHA-256 of the certificates' SPKI
	CAPEM  string // certificate of the authority
}

// life bounds the certificate for clocks that a test has moved.
const life = 30 * 24 * time.Hour

// New makes an authority and the certificates, good around now.
func New(now time.Time) (*Identity, error) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("TLS authority: %w", err)
	}
	loopback := []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "tegata dev, this run only"},
		NotBefore: now.Add(-life), NotAfter: now.Add(life),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true, KeyUsage: x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"line.me", "line-scdn.net", "localhost"}, PermittedIPRanges: loopback,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("TLS authority: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("TLS key: %w", err)
	}
	// Two certificates of one key, so of one pin: BoringSSL, which Bun uses, knows no
	// constraint of addresses and refuses a certificate that names one.
	local, err := issueLeaf(ca, caDER, caKey, key, &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	})
	if err != nil {
		return nil, err
	}
	line, err := issueLeaf(ca, caDER, caKey, key, &x509.Certificate{SerialNumber: big.NewInt(3), DNSNames: wire.Hosts()})
	if err != nil {
		return nil, err
	}
	pin := sha256.Sum256(line.Leaf.RawSubjectPublicKeyInfo)
	return &Identity{
		Config: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{local, line}, // the first is for who names no host
			NextProtos:   []string{"h2", "http/1.1"},
		},
		SPKI:  base64.StdEncoding.EncodeToString(pin[:]),
		CAPEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})),
	}, nil
}

// issueLeaf issues a server's certificate for the names that leaf has.
func issueLeaf(ca *x509.Certificate, caDER []byte, caKey, key *ecdsa.PrivateKey, leaf *x509.Certificate) (tls.Certificate, error) {
	leaf.Subject = pkix.Name{CommonName: "tegata dev"}
	leaf.NotBefore, leaf.NotAfter = ca.NotBefore, ca.NotAfter
	leaf.KeyUsage, leaf.ExtKeyUsage = x509.KeyUsageDigitalSignature, []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("TLS certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("TLS certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, caDER}, PrivateKey: key, Leaf: parsed}, nil
}
