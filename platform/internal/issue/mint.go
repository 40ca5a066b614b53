package issue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/store"
)

// What stands in this file makes tokens at the word of the lab, for times and with
// properties that no login would bring. No endpoint of LINE's API calls it.

// Claims returns what IDToken would have signed at a time, for a token of some life. The
// algorithm is what IDToken would have taken.
func (s *Service) Claims(in IDTokenInput, at time.Time, life time.Duration) (idtoken.Claims, jose.Algorithm) {
	alg := jose.HS256
	if in.es256() {
		alg = jose.ES256
	}
	return s.claims(in, at, life), alg
}

// SignIDToken signs the claims of an ID token by an algorithm, for a channel.
func (s *Service) SignIDToken(c store.Channel, alg jose.Algorithm, claims *idtoken.Claims) (string, error) {
	return s.sign(c, alg == jose.ES256, claims.Marshal())
}

// AddAccessToken adds an access token as it is given, but for ID and Hash, which it gets
// here, and returns what its bearer presents. The person must have a consent at the
// channel.
func (s *Service) AddAccessToken(ctx context.Context, t store.AccessToken) (raw string, rec store.AccessToken, err error) {
	raw, t.ID, t.Hash = s.opaque.make(KindAccess)
	if err := s.cfg.Store.AddAccessToken(ctx, t, s.now()); err != nil {
		return "", store.AccessToken{}, fmt.Errorf("add access token: %w", err)
	}
	return raw, t, nil
}

// AddRefreshToken is AddAccessToken for a refresh token. The store takes it with a code
// that is redeemed for it, as any other.
func (s *Service) AddRefreshToken(ctx context.Context, t store.RefreshToken) (raw string, rec store.RefreshToken, err error) {
	_, code, err := s.NewCode(store.Request{ChannelID: t.ChannelID}, store.Authentication{PersonID: t.PersonID, Time: t.IssuedAt}, t.UserID, t.Scopes)
	if err == nil {
		err = s.cfg.Store.CreateCode(ctx, code)
	}
	if err != nil {
		return "", store.RefreshToken{}, fmt.Errorf("code of refresh token: %w", err)
	}
	raw, t.ID, t.Hash = s.opaque.make(KindRefresh)
	access := store.AccessToken{
		ChannelID: t.ChannelID, PersonID: t.PersonID, UserID: t.UserID, Scopes: t.Scopes, Origin: t.Origin,
		RefreshID: t.ID, IssuedAt: t.IssuedAt, ExpiresAt: t.IssuedAt.Add(AccessLife),
	}
	_, access.ID, access.Hash = s.opaque.make(KindAccess)
	if err := s.cfg.Store.RedeemCode(ctx, code.ID, s.now(), access, &t); err != nil {
		return "", store.RefreshToken{}, fmt.Errorf("add refresh token: %w", err)
	}
	return raw, t, nil
}

// Revoke ends an access token or a refresh token, with what was issued from it, for a
// cause. store.ErrNotFound if raw is neither, or none that the store knows.
func (s *Service) Revoke(ctx context.Context, raw, cause string) error {
	id, hash, err := s.opaque.parse(KindAccess, raw)
	if err == nil {
		t, err := s.cfg.Store.AccessToken(ctx, id)
		if err != nil || !same(t.Hash, hash) {
			return errors.Join(store.ErrNotFound, err)
		}
		return s.cfg.Store.RevokeAccessToken(ctx, id, s.now(), cause)
	}
	if id, hash, err = s.opaque.parse(KindRefresh, raw); err != nil {
		return store.ErrNotFound
	}
	t, err := s.cfg.Store.RefreshToken(ctx, id)
	if err != nil || !same(t.Hash, hash) {
		return errors.Join(store.ErrNotFound, err)
	}
	return s.cfg.Store.RevokeRefreshToken(ctx, id, s.now(), cause)
}
