package tegatatest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
)

// trusting returns a transport that trusts one certificate.
func trusting(cert *x509.Certificate) *http.Transport {
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}}
}
