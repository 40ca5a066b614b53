package lineca_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"testing"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/lineca"
)

// TestCertificates: the certificate that is shown under LINE's names holds no
// address, which BoringSSL would refuse under an authority with constraints; who connects
// by address or as localhost gets one for that. Both have the pin.
func TestCertificates(t *testing.T) {
	t.Parallel()
	names, err := lineca.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(names.CAPEM))
	for name, addresses := range map[string]int{"api.line.me": 0, "liffsdk.line-scdn.net": 0, "localhost": 2, "127.0.0.1": 2, "::1": 2} {
		near, far := net.Pipe()
		server := tls.Server(far, names.Config)
		go func() { _ = server.Handshake() }()
		client := tls.Client(near, &tls.Config{ServerName: name, RootCAs: roots})
		if err := client.HandshakeContext(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		leaf := client.ConnectionState().PeerCertificates[0]
		pin := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
		if len(leaf.IPAddresses) != addresses || base64.StdEncoding.EncodeToString(pin[:]) != names.SPKI {
			t.Errorf("%s: addresses %v and another pin, or none; want %d addresses", name, leaf.IPAddresses, addresses)
		}
		_, _ = near.Close(), far.Close()
	}
}
