package issue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// tokenType is the one spelling that LINE's Android SDK takes.
const tokenType = "Bearer"

// Redemption is a code whose client, redirect URI and verifier have been checked.
type Redemption struct {
	Code    store.Code
	Channel store.Channel
	Base    router.Base
	// ES256 is what the request asks for (id_token_key_type=JWK). LIFF and native logins
	// get it anyway; the channel's own setting goes before both.
	ES256 bool
}

// Redeem burns the code and issues its tokens in one step of the store: of two calls
// one wins, the other gets invalid_grant.
func (s *Service) Redeem(ctx context.Context, r Redemption) (wire.TokenResponse, error) {
	var none wire.TokenResponse
	req, now := r.Code.Request, s.now()
	person, err := s.cfg.Store.Person(ctx, r.Code.Who.PersonID)
	if errors.Is(err, store.ErrNotFound) {
		return none, badCode("the user is gone", "ask for a new login")
	}
	if err != nil {
		return none, fmt.Errorf("person of the code: %w", err)
	}
	out := wire.TokenResponse{Scope: oauth2.FormatScope(r.Code.Scopes), TokenType: tokenType}
	if hasScope(r.Code.Scopes, oauth2.ScopeOpenID) {
		out.IDToken, err = s.IDToken(IDTokenInput{
			Channel: r.Channel, Base: r.Base, Person: person, UserID: r.Code.UserID, Scopes: r.Code.Scopes, Who: r.Code.Who,
			Nonce: req.Nonce, AuthTime: req.HasMaxAge, ES256: r.ES256 || req.Native || req.LIFFID != "",
		})
		if err != nil {
			return none, err
		}
	}
	access := store.AccessToken{
		ChannelID: r.Channel.ID, PersonID: person.ID, UserID: r.Code.UserID, Scopes: r.Code.Scopes,
		LIFFID: req.LIFFID, IssuedAt: now,
	}
	life := AccessLife
	switch {
	case req.LIFFID != "":
		access.Origin, life = store.LIFF, LIFFAccessLife
	case req.Native:
		access.Origin = store.Native
	}
	access.ExpiresAt = now.Add(life)
	out.ExpiresIn = seconds(life)
	out.AccessToken, access.ID, access.Hash = s.opaque.make(KindAccess)
	// A LIFF app is a public client in a browser: no refresh token there (our choice;
	// the LIFF SDK does not look for one).
	var refresh *store.RefreshToken
	if req.LIFFID == "" {
		refresh = &store.RefreshToken{
			ChannelID: access.ChannelID, PersonID: access.PersonID, UserID: access.UserID, Scopes: access.Scopes,
			Origin: access.Origin, IssuedAt: now, ExpiresAt: now.Add(RefreshLife),
		}
		out.RefreshToken, refresh.ID, refresh.Hash = s.opaque.make(KindRefresh)
		access.RefreshID = refresh.ID
	}
	if err := s.cfg.Store.RedeemCode(ctx, r.Code.ID, now, access, refresh); err != nil {
		return none, codeError(err)
	}
	return out, nil
}

// Refresh issues a new access token from a live refresh token. The refresh token does
// not change and its expiry does not move (LINE's rule); the caller puts it into the
// answer as it was sent. There is no ID token.
func (s *Service) Refresh(ctx context.Context, r store.RefreshToken) (wire.TokenResponse, error) {
	now := s.now()
	access := store.AccessToken{
		ChannelID: r.ChannelID, PersonID: r.PersonID, UserID: r.UserID, Scopes: r.Scopes, Origin: r.Origin,
		RefreshID: r.ID, IssuedAt: now, ExpiresAt: now.Add(AccessLife),
	}
	out := wire.TokenResponse{Scope: oauth2.FormatScope(r.Scopes), TokenType: tokenType, ExpiresIn: seconds(AccessLife)}
	out.AccessToken, access.ID, access.Hash = s.opaque.make(KindAccess)
	switch err := s.cfg.Store.AddAccessToken(ctx, access, now); {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrRevoked):
		return wire.TokenResponse{}, badRefresh("the refresh token has expired or is revoked", "ask for a new login")
	case err != nil:
		return wire.TokenResponse{}, fmt.Errorf("refresh: %w", err)
	}
	return out, nil
}

// RefreshToken returns the live refresh token behind raw, or invalid_grant.
func (s *Service) RefreshToken(ctx context.Context, raw string) (store.RefreshToken, error) {
	token, how, err := s.refresh(ctx, raw)
	switch {
	case err != nil:
		return store.RefreshToken{}, err
	case how == malformed:
		return store.RefreshToken{}, badRefresh("form of the refresh token", "send the refresh_token of a token response")
	case how == unknown:
		return store.RefreshToken{}, badRefresh("the refresh token is not known", "ask for a new login")
	case how == revoked:
		return store.RefreshToken{}, badRefresh("the refresh token is revoked: "+token.Cause, "ask for a new login")
	case how == expired:
		return store.RefreshToken{}, badRefresh("the refresh token has expired", "ask for a new login; it lives 90 days and does not rotate")
	}
	return token, nil
}

// RefreshRecord returns the refresh token behind raw, also a revoked or expired one, as
// long as the store has it; store.ErrNotFound.
func (s *Service) RefreshRecord(ctx context.Context, raw string) (store.RefreshToken, error) {
	token, how, err := s.refresh(ctx, raw)
	if err == nil && (how == malformed || how == unknown) {
		err = store.ErrNotFound
	}
	return token, err
}

// refresh looks a refresh token up.
func (s *Service) refresh(ctx context.Context, raw string) (store.RefreshToken, standing, error) {
	id, hash, err := s.opaque.parse(KindRefresh, raw)
	if err != nil {
		return store.RefreshToken{}, malformed, nil
	}
	token, err := s.cfg.Store.RefreshToken(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !same(token.Hash, hash):
		return store.RefreshToken{}, unknown, nil
	case err != nil:
		return store.RefreshToken{}, unknown, fmt.Errorf("refresh token: %w", err)
	case !token.RevokedAt.IsZero():
		return token, revoked, nil
	case !s.now().Before(token.ExpiresAt):
		return token, expired, nil
	}
	return token, live, nil
}

func badRefresh(check, fix string) error {
	return &oauth2.Error{Code: oauth2.InvalidGrant, Description: "invalid refresh token", Check: check, Fix: fix}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
