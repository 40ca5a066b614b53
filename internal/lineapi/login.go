package lineapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

// Tokens is what the token endpoint issues; nothing of it is verified yet.
type Tokens struct {
	AccessToken, RefreshToken, IDToken string // the last two may be empty
	ExpiresIn                          int64  // seconds, of the access token
	Scopes                             []string
}

// RedeemCode exchanges an authorization code (API reference: "Issue access token"). form
// has all fields but grant_type. It is sent once: a code is good for one use. A StatusError
// with 400 says that code, redirect URI, secret or code verifier were refused; its Code is
// invalid_client if it was the secret.
func (c *Client) RedeemCode(ctx context.Context, form url.Values) (Tokens, error) {
	return c.tokens(ctx, "authorization_code", form)
}

// Refresh gets a new access token (API reference: "Refresh access token"). form has all
// fields but grant_type.
func (c *Client) Refresh(ctx context.Context, form url.Values) (Tokens, error) {
	return c.tokens(ctx, "refresh_token", form)
}

func (c *Client) tokens(ctx context.Context, grantType string, form url.Values) (Tokens, error) {
	form.Set("grant_type", grantType)
	a, err := c.do(ctx, request{method: http.MethodPost, path: wire.PathToken, form: form}, http.StatusOK)
	if err != nil {
		return Tokens{}, err
	}
	return readTokens(a.body)
}

// readTokens reads an answer of the token endpoint (RFC 6749 section 5.1).
func readTokens(body []byte) (Tokens, error) {
	var t Tokens
	var tokenType string
	err := jose.ScanObject(body, func(name string, m jose.Value) (err error) {
		switch name {
		case "access_token":
			t.AccessToken, err = m.String()
		case "refresh_token":
			t.RefreshToken, err = optional(m)
		case "id_token":
			t.IDToken, err = optional(m)
		case "expires_in":
			t.ExpiresIn, err = m.Int64()
		case "token_type":
			tokenType, err = m.String()
		case "scope":
			t.Scopes = readScopes(m)
		}
		return err
	})
	switch {
	case err != nil:
		return Tokens{}, err
	case t.AccessToken == "" || t.ExpiresIn <= 0:
		return Tokens{}, errors.New("no access token, or none with time left")
	case strings.ContainsFunc(t.AccessToken+t.RefreshToken+t.IDToken, notVisible):
		return Tokens{}, errors.New("a token with characters that no token has (RFC 6749 appendix A.12)")
	case tokenType != "Bearer":
		return Tokens{}, errors.New("token_type is not Bearer")
	}
	return t, nil
}

// Revoke ends an access token (API reference: "Revoke access token"). form has all fields.
// The answer does not tell whether there was one to end.
func (c *Client) Revoke(ctx context.Context, form url.Values) error {
	_, err := c.do(ctx, request{method: http.MethodPost, path: wire.PathRevoke, form: form}, http.StatusOK)
	return err
}
