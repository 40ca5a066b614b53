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

// maxUserID bounds a user ID in bytes (OpenID Connect Core section 2); LINE's have 33.
const maxUserID = 255

// Grant is what the platform says of a live access token. A member that is missing or
// of another type is zero, so that it is refused for what it should have said.
type Grant struct {
	ChannelID string
	ExpiresIn int64 // seconds
	Scopes    []string
}

// VerifyAccessToken asks about an access token (API reference: "Verify access token
// validity"). A StatusError with 400 or 401 says that it is not live.
func (c *Client) VerifyAccessToken(ctx context.Context, token string) (Grant, error) {
	a, err := c.do(ctx, request{
		method: http.MethodGet, path: wire.PathVerify, query: url.Values{"access_token": {token}},
	}, http.StatusOK)
	if err != nil {
		return Grant{}, err
	}
	return readGrant(a.body)
}

func readGrant(body []byte) (Grant, error) {
	var g Grant
	err := jose.ScanObject(body, func(name string, m jose.Value) error {
		switch name {
		case "client_id":
			g.ChannelID, _ = m.String()
		case "expires_in":
			g.ExpiresIn, _ = m.Int64()
		case "scope":
			g.Scopes = readScopes(m)
		}
		return nil
	})
	if err != nil {
		return Grant{}, err
	}
	return g, nil
}

// readScopes splits a scope member. LINE's own SDK decodes it: %20 has been seen between
// scopes.
func readScopes(m jose.Value) []string {
	text, _ := m.String()
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	return strings.Fields(text)
}

// Profile gets the profile of an access token's user (API reference: "Get user
// profile"). A StatusError with 401 says that the token is not live, 403 that it lacks
// the scope profile.
func (c *Client) Profile(ctx context.Context, token string) (wire.Profile, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: wire.PathProfile, bearer: token}, http.StatusOK)
	if err != nil {
		return wire.Profile{}, err
	}
	return readProfile(a.body)
}

func readProfile(body []byte) (wire.Profile, error) {
	var p wire.Profile
	err := jose.ScanObject(body, func(name string, m jose.Value) (err error) {
		switch name {
		case "userId":
			p.UserID, err = m.String()
		case "displayName":
			p.DisplayName, err = m.String()
		case "pictureUrl":
			p.PictureURL, err = optional(m)
		case "statusMessage":
			p.StatusMessage, err = optional(m)
		}
		return err
	})
	if err == nil && (p.UserID == "" || len(p.UserID) > maxUserID || strings.ContainsFunc(p.UserID, notVisible)) {
		err = errors.New("profile without a user ID")
	}
	if err != nil {
		return wire.Profile{}, err
	}
	return p, nil
}

// optional reads a string that may be null.
func optional(m jose.Value) (string, error) {
	if m.Kind() == jose.Null {
		return "", nil
	}
	return m.String()
}

// notVisible finds what no user ID holds: blanks and control characters, by which two
// IDs could look like one, and everything beyond ASCII.
func notVisible(r rune) bool { return r <= ' ' || r > '~' }
