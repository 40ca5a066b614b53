package clienttest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// relyingParty is a login by x/oauth2 and go-oidc.
type relyingParty struct {
	*platform
	issuer string
	user   string
	agent  *agent
	config oauth2.Config
	more   []oauth2.AuthCodeOption // to the token request
	algs   []string                // what the verifier takes
}

// newParty discovers the issuer. client may be nil.
func newParty(t *testing.T, p *platform, issuer, channel string, client *http.Client) (context.Context, *oidc.Provider, *relyingParty) {
	t.Helper()
	ctx, transport := t.Context(), http.RoundTripper(nil)
	if client != nil {
		ctx, transport = oidc.ClientContext(ctx, client), client.Transport
	}
	provider, err := oidc.NewProvider(ctx, issuer)
	if err != nil {
		t.Fatalf("discovery at %s: %v", issuer, err)
	}
	return ctx, provider, &relyingParty{
		platform: p, issuer: issuer, user: "hanako", agent: newAgent(t, transport),
		config: oauth2.Config{
			ClientID: channel, ClientSecret: p.secret(t, channel), RedirectURL: callback,
			Endpoint: provider.Endpoint(), Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
		},
		more: []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("id_token_key_type", "JWK")}, algs: []string{oidc.ES256},
	}
}

// logIn runs the flow and returns the tokens and the verified ID token.
func (r *relyingParty) logIn(ctx context.Context, t *testing.T, provider *oidc.Provider) (*oauth2.Token, *oidc.IDToken) {
	t.Helper()
	verifier, state, nonce := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	at := r.agent.logIn(t, r.config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce)), callback, r.platform.user(t, r.user))
	if at.Query().Get("state") != state {
		t.Fatalf("came back with state %q, want %q", at.Query().Get("state"), state)
	}
	token, err := r.config.Exchange(ctx, at.Query().Get("code"), append(r.more, oauth2.VerifierOption(verifier))...)
	if err != nil {
		t.Fatalf("token request: %v", err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: r.config.ClientID, SupportedSigningAlgs: r.algs}).Verify(ctx, raw)
	if err != nil {
		t.Fatalf("ID token: %v", err)
	}
	if id.Nonce != nonce {
		t.Errorf("nonce %q, want %q", id.Nonce, nonce)
	}
	return token, id
}

// TestGoOIDC logs in with x/oauth2 and verifies with go-oidc by the JWK Set.
func TestGoOIDC(t *testing.T) {
	t.Parallel()
	p := startClients(t)
	u := p.user(t, "hanako")
	for name, style := range map[string]oauth2.AuthStyle{"form": oauth2.AuthStyleInParams, "basic": oauth2.AuthStyleInHeader, "found out": oauth2.AuthStyleAutoDetect} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, provider, party := newParty(t, p, p.BaseURL, channelLINE, nil)
			party.config.Endpoint.AuthStyle = style
			token, id := party.logIn(ctx, t, provider)
			var claims struct{ Name, Picture, Email string }
			if err := id.Claims(&claims); err != nil || id.Subject != u.UserID || claims.Name != "鈴木 花子" || claims.Email != u.Email {
				t.Errorf("ID token of %s with %+v (%v), want hanako's", id.Subject, claims, err)
			}
			info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
			if err != nil || info.Subject != u.UserID {
				t.Errorf("userinfo %+v: %v, want %s", info, err, u.UserID)
			}
			stale := *token
			stale.Expiry = time.Unix(1, 0)
			fresh, err := party.config.TokenSource(ctx, &stale).Token()
			if err != nil || fresh.AccessToken == token.AccessToken || fresh.RefreshToken != token.RefreshToken {
				t.Errorf("refresh: %v; want a new access token and the same refresh token", err)
			}
		})
	}
}

// TestGoOIDCRefusals wants the library's own errors where the platform must refuse.
func TestGoOIDCRefusals(t *testing.T) {
	t.Parallel()
	p := startClients(t)
	ctx, _, party := newParty(t, p, p.BaseURL, channelLINE, nil)
	verifier := oauth2.GenerateVerifier()
	at := party.agent.logIn(t, party.config.AuthCodeURL("a", oauth2.S256ChallengeOption(verifier)), callback, p.user(t, "hanako"))
	code := at.Query().Get("code")
	wrongSecret := party.config
	wrongSecret.ClientSecret = p.secret(t, channelES256)
	for _, c := range []struct {
		name     string
		config   oauth2.Config
		verifier string
		want     string
	}{
		// A refused client authentication leaves the code alive.
		{"wrong secret", wrongSecret, verifier, "invalid_client"},
		{"no verifier", party.config, "", "invalid_grant"},
	} {
		options := []oauth2.AuthCodeOption{}
		if c.verifier != "" {
			options = append(options, oauth2.VerifierOption(c.verifier))
		}
		_, err := c.config.Exchange(ctx, code, options...)
		var refused *oauth2.RetrieveError
		if !errors.As(err, &refused) || refused.ErrorCode != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// TestGoOIDCAsLINE does the same under LINE's host names by TLS, with the issuer that
// the official SDK wants, and trusts the authority that `tegata env` prints.
func TestGoOIDCAsLINE(t *testing.T) {
	t.Parallel()
	p := startPlatform(t, "--issuer", "line", "--seed", "testdata/clients.yaml")
	secure, err := url.Parse(p.TLSURL)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(p.TLSCAPEM)) {
		t.Fatalf("tegata env: tlsCaPem is no certificate: %q", p.TLSCAPEM)
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, net.JoinHostPort("127.0.0.1", secure.Port()))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	ctx, provider, party := newParty(t, p, "https://access.line.me", channelES256, &http.Client{Transport: transport, Timeout: patience})
	if e := provider.Endpoint(); e.AuthURL != "https://access.line.me/oauth2/v2.1/authorize" || e.TokenURL != "https://api.line.me/oauth2/v2.1/token" {
		t.Errorf("discovery under LINE's name: %+v, want LINE's URLs", e)
	}
	token, id := party.logIn(ctx, t, provider)
	if id.Issuer != "https://access.line.me" || id.Subject != p.user(t, "hanako").UserID {
		t.Errorf("ID token of %s by %s", id.Subject, id.Issuer)
	}
	if info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token)); err != nil || info.Subject != id.Subject {
		t.Errorf("userinfo: %v", err)
	}
}
