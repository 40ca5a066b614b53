package main

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

// lineNames is the identity of the TLS port: a certificate for LINE's host names and
// localhost, by an authority that lives as long as the process. Its key is never
// written and it is never offered for installation: a machine that trusted it for
// good would trust whoever gets at it to be LINE. Clients trust it for one run, by
// the pin or the PEM that `tegata env` shows.
type lineNames struct {
	config *tls.Config
	spki   string // base64 of the SHA-256 of the certificate's SPKI
	caPEM  string
}

// lineNamesLife bounds the certificate for clocks that a test has moved.
const lineNamesLife = 30 * 24 * time.Hour

func newLINENames(now time.Time) (*lineNames, error) {
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
		NotBefore: now.Add(-lineNamesLife), NotAfter: now.Add(lineNamesLife),
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
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "tegata dev"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: append(wire.Hosts(), "localhost"), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("TLS certificate: %w", err)
	}
	pin := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	return &lineNames{
		config: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			Certificates: []tls.Certificate{{Certificate: [][]byte{der, caDER}, PrivateKey: key, Leaf: parsed}},
			NextProtos:   []string{"h2", "http/1.1"},
		},
		spki:  base64.StdEncoding.EncodeToString(pin[:]),
		caPEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})),
	}, nil
}
