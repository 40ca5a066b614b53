package issue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// Texts of LINE for access tokens. GET verify says the first of an expired token; for
// the other cases its text is not known, and we choose these.
const (
	descriptionExpired   = "access token expired"
	descriptionMalformed = "The access token malformed"
	messageExpired       = "The access token expired"
	messageRevoked       = "The access token revoked"
	messageScope         = "user doesn't grant required permissions yet"
)

// standing is how a token that is presented stands.
type standing uint8

const (
	live standing = iota
	malformed
	unknown
	expired
	revoked
)

// access looks a user's access token up.
func (s *Service) access(ctx context.Context, raw string) (store.AccessToken, standing, error) {
	id, hash, err := s.opaque.parse(KindAccess, raw)
	if err != nil {
		return store.AccessToken{}, malformed, nil
	}
	token, err := s.cfg.Store.AccessToken(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !same(token.Hash, hash):
		return store.AccessToken{}, unknown, nil
	case err != nil:
		return store.AccessToken{}, unknown, fmt.Errorf("access token: %w", err)
	case !token.RevokedAt.IsZero():
		return token, revoked, nil
	case !s.now().Before(token.ExpiresAt):
		return token, expired, nil
	}
	return token, live, nil
}

// AccessToken returns the live access token of a user behind raw. The error is in the
// dialect of GET verify: 400 invalid_request.
func (s *Service) AccessToken(ctx context.Context, raw string) (store.AccessToken, error) {
	token, how, err := s.access(ctx, raw)
	if err != nil {
		return store.AccessToken{}, err
	}
	if how == live {
		return token, nil
	}
	e := &oauth2.Error{Code: oauth2.InvalidRequest, Description: descriptionExpired}
	if how == malformed {
		e.Description = descriptionMalformed
	}
	e.Check, e.Fix = explain(how, token.Cause)
	return store.AccessToken{}, e
}

// AccessRecord returns the access token of a user behind raw, also a revoked or expired
// one, as long as the store has it; store.ErrNotFound.
func (s *Service) AccessRecord(ctx context.Context, raw string) (store.AccessToken, error) {
	token, how, err := s.access(ctx, raw)
	if err == nil && (how == malformed || how == unknown) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.AccessToken{}, err
	}
	return token, nil
}

// Bearer returns the live access token of a user in the request's Authorization
// header. It answers 401 for a bad token and 403 if scope, unless empty, was not
// granted; both in the dialect of the resource endpoints.
func (s *Service) Bearer(r *http.Request, scope string) (store.AccessToken, error) {
	raw, err := bearer(r)
	if err != nil {
		return store.AccessToken{}, err
	}
	token, how, err := s.access(r.Context(), raw)
	if err != nil {
		return store.AccessToken{}, err
	}
	if how != live {
		return store.AccessToken{}, unauthorized(how, token.Cause)
	}
	if scope != "" && !hasScope(token.Scopes, scope) {
		return store.AccessToken{}, &oauth2.Error{
			Status: http.StatusForbidden, Description: messageScope, Check: "scope of the access token",
			Given: strings.Join(token.Scopes, " "), Expected: scope, Fix: "ask for the scope " + scope + " at login",
		}
	}
	return token, nil
}

// bearer returns the token of the Authorization header (RFC 6750 §2.1).
func bearer(r *http.Request) (string, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 1 {
		scheme, token, ok := strings.Cut(values[0], " ")
		if ok && strings.EqualFold(scheme, "Bearer") && token != "" {
			return token, nil
		}
	}
	return "", &oauth2.Error{
		Status: http.StatusUnauthorized, Description: "Authentication failed: no access token",
		Check: "Authorization header", Expected: "Authorization: Bearer, one space and the token, once",
		Fix: "send the access token in the Authorization header",
	}
}

func unauthorized(how standing, cause string) error {
	e := &oauth2.Error{Status: http.StatusUnauthorized, Description: messageExpired}
	switch how {
	case malformed:
		e.Description = descriptionMalformed
	case revoked:
		e.Description = messageRevoked
	}
	e.Check, e.Fix = explain(how, cause)
	return e
}

// explain says for `tegata why` how a token stands.
func explain(how standing, cause string) (check, fix string) {
	switch how {
	case malformed:
		return "form of the token: it is none of this platform, of another kind, or from before a restart",
			"send the token as it was issued; a query value must be percent-encoded"
	case revoked:
		return "the token was revoked: " + cause, "log in again"
	case expired:
		return "the token has expired", "log in again, or use the refresh token"
	}
	return "the token is not known; it may have expired long ago", "log in again"
}
