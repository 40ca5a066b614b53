package transport

import (
	"crypto/tls"
	"net/http"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// ACME says which certificates to get from which authority.
type ACME struct {
	Domains   []string
	Email     string
	Folder    string // where account and certificates are kept
	Directory string // of the authority; empty: Let's Encrypt
}

// Manager gets certificates when they are first asked for, and renews them. Only the
// names in Domains are asked for, so that nobody uses up the authority's limits by names
// of their own.
func (a ACME) Manager() *autocert.Manager {
	m := &autocert.Manager{
		Prompt: autocert.AcceptTOS, Cache: autocert.DirCache(a.Folder), HostPolicy: autocert.HostWhitelist(a.Domains...), Email: a.Email,
	}
	if a.Directory != "" {
		m.Client = &acme.Client{DirectoryURL: a.Directory}
	}
	return m
}

// Config returns what a TLS server needs. It answers the authority's tls-alpn-01 challenge
// too.
func Config(m *autocert.Manager) *tls.Config {
	c := m.TLSConfig()
	c.MinVersion = tls.VersionTLS12
	return c
}

// Plain returns the handler of the port of plain http: the authority's http-01 challenge,
// and rest for everybody else.
func Plain(m *autocert.Manager, rest http.Handler) http.Handler { return m.HTTPHandler(rest) }
