package tegata

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

const (
	// maxAccessToken is the longest access token in bytes that the platform is asked
	// about: it travels in a URL.
	maxAccessToken = 4 << 10
	maxUserID      = 255
	scopeProfile   = "profile"
)

// AccessToken asks the platform about an access token and returns whose it is. In this
// order it demands that the token is live, that it was issued to this channel, that it
// has time left, that it has the scope profile, and then it gets the profile ("Using
// user data in LIFF apps and servers"). Two requests, no cache: a revoked token is
// refused at once.
func (v *Verifier) AccessToken(ctx context.Context, raw string) (*User, error) {
	if !credential(raw) {
		return nil, because(ErrMalformed, "not an access token")
	}
	before := v.cfg.Now()
	grant, err := v.verifyAccess(ctx, raw)
	if err != nil {
		return nil, err
	}
	user, err := v.profile(ctx, raw)
	if err != nil {
		return nil, err
	}
	user.Scopes = grant.scopes
	user.Expires = before.Add(time.Duration(grant.expiresIn) * time.Second).UTC()
	return user, nil
}

// credential says whether raw has the form of a bearer token (RFC 6750 section 2.1),
// so that nothing else is sent to the platform.
func credential(raw string) bool {
	if raw == "" || len(raw) > maxAccessToken {
		return false
	}
	body := strings.TrimRight(raw, "=")
	for i := range len(body) {
		c := body[i]
		isAlnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !isAlnum && strings.IndexByte("-._~+/", c) < 0 {
			return false
		}
	}
	return body != ""
}

// grant is what GET verify says of an access token.
type grant struct {
	channelID string
	expiresIn int64
	scopes    []string
}

// maxExpiresIn is ten years in seconds: no token lives longer, and durations hold it.
const maxExpiresIn = 10 * 365 * 24 * 3600

// verifyAccess is the first of the two requests ("Verify access token validity").
func (v *Verifier) verifyAccess(ctx context.Context, raw string) (grant, error) {
	status, body, err := v.api.get(ctx, wire.PathVerify+"?access_token="+url.QueryEscape(raw), "", maxAnswer)
	switch {
	case err != nil:
		return grant{}, because(ErrUnavailable, "verify access token: %w", err)
	case status == http.StatusBadRequest || status == http.StatusUnauthorized:
		return grant{}, because(ErrInactive, "verify answers %d", status)
	case status != http.StatusOK:
		return grant{}, because(ErrUnavailable, "verify answers %d", status)
	}
	g, err := readGrant(body)
	switch {
	case err != nil:
		return grant{}, because(ErrUnavailable, "answer of verify: %w", err)
	case g.channelID != v.cfg.ChannelID:
		return grant{}, because(ErrOtherChannel, "want one of channel %s", v.cfg.ChannelID)
	case g.expiresIn <= 0 || g.expiresIn > maxExpiresIn:
		return grant{}, because(ErrExpired, "no time left")
	case !slices.Contains(g.scopes, scopeProfile):
		return grant{}, because(ErrScope, "ask for it at login")
	}
	return g, nil
}

// readGrant reads the answer of verify. A member of another type is as one that is not
// there, so that it is refused for what it should have said.
func readGrant(body []byte) (grant, error) {
	var g grant
	err := jose.ScanObject(body, func(name string, m jose.Value) error {
		switch name {
		case "client_id":
			g.channelID, _ = m.String()
		case "expires_in":
			g.expiresIn, _ = m.Int64()
		case "scope":
			text, _ := m.String()
			// LINE's own SDK decodes it: %20 has been seen between scopes.
			if plain, err := url.PathUnescape(text); err == nil {
				text = plain
			}
			g.scopes = strings.Fields(text)
		}
		return nil
	})
	if err != nil {
		return grant{}, err
	}
	return g, nil
}

// profile is the second request ("Get user profile").
func (v *Verifier) profile(ctx context.Context, raw string) (*User, error) {
	status, body, err := v.api.get(ctx, wire.PathProfile, raw, maxAnswer)
	switch {
	case err != nil:
		return nil, because(ErrUnavailable, "get profile: %w", err)
	case status == http.StatusUnauthorized:
		return nil, because(ErrInactive, "profile answers %d", status)
	case status == http.StatusForbidden:
		return nil, because(ErrScope, "profile answers %d", status)
	case status != http.StatusOK:
		return nil, because(ErrUnavailable, "profile answers %d", status)
	}
	user := new(User)
	err = jose.ScanObject(body, func(name string, m jose.Value) (err error) {
		switch name {
		case "userId":
			user.UserID, err = m.String()
		case "displayName":
			user.Name, err = m.String()
		case "pictureUrl":
			user.Picture, err = optional(m)
		case "statusMessage":
			user.StatusMessage, err = optional(m)
		}
		return err
	})
	if err != nil {
		return nil, because(ErrUnavailable, "answer of profile: %w", err)
	}
	if user.UserID == "" || len(user.UserID) > maxUserID || strings.ContainsFunc(user.UserID, notVisible) {
		return nil, because(ErrUnavailable, "answer of profile has no user ID")
	}
	return user, nil
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
