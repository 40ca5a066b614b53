package issue

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// NewChannelToken issues a channel access token. A channel has at most 30 live ones of
// v2.1 (then it is refused) and 30 short-lived ones (then the oldest is revoked);
// stateless ones are not limited ("Channel access token").
func (s *Service) NewChannelToken(ctx context.Context, channelID string, kind store.ChannelTokenKind, keyID string, life time.Duration) (string, error) {
	raw, id, hash := s.opaque.make(KindChannel)
	now := s.now()
	limit := MaxChannelToken
	if kind == store.ChannelTokenStateless {
		limit = 0
	}
	err := s.cfg.Store.AddChannelToken(ctx, store.ChannelToken{
		ID: id, Hash: hash, ChannelID: channelID, Kind: kind, KeyID: keyID, IssuedAt: now, ExpiresAt: now.Add(life),
	}, limit, kind == store.ChannelTokenShortLived)
	if errors.Is(err, store.ErrLimit) {
		return "", &oauth2.Error{
			Description: "The maximum number of access tokens has already been issued",
			Check:       "live channel access tokens v2.1 of the channel", Expected: fmt.Sprintf("fewer than %d", MaxChannelToken),
			Fix: "revoke one that is no longer used, or use stateless tokens",
		}
	}
	if err != nil {
		return "", fmt.Errorf("channel access token: %w", err)
	}
	return raw, nil
}

// channelToken looks a channel access token up.
func (s *Service) channelToken(ctx context.Context, raw string) (store.ChannelToken, standing, error) {
	id, hash, err := s.opaque.parse(KindChannel, raw)
	if err != nil {
		return store.ChannelToken{}, malformed, nil
	}
	token, err := s.cfg.Store.ChannelToken(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !same(token.Hash, hash):
		return store.ChannelToken{}, unknown, nil
	case err != nil:
		return store.ChannelToken{}, unknown, fmt.Errorf("channel access token: %w", err)
	case !token.RevokedAt.IsZero():
		return token, revoked, nil
	case !s.now().Before(token.ExpiresAt):
		return token, expired, nil
	}
	return token, live, nil
}

// ChannelToken returns the live channel access token behind raw. The error is 400
// invalid_request with LINE's texts for channel access tokens of v2.1.
func (s *Service) ChannelToken(ctx context.Context, raw string) (store.ChannelToken, error) {
	token, how, err := s.channelToken(ctx, raw)
	if err != nil {
		return store.ChannelToken{}, err
	}
	if how == live {
		return token, nil
	}
	e := &oauth2.Error{Code: oauth2.InvalidRequest, Description: messageExpired}
	if how == malformed {
		e.Description = "The access token not JWS"
	}
	e.Check, e.Fix = explain(how, "revoke")
	return store.ChannelToken{}, e
}

// ChannelBearer returns the live channel access token in the request's Authorization
// header, if it is of one of the kinds; else a 401.
func (s *Service) ChannelBearer(r *http.Request, kinds ...store.ChannelTokenKind) (store.ChannelToken, error) {
	raw, err := bearer(r)
	if err != nil {
		return store.ChannelToken{}, err
	}
	token, how, err := s.channelToken(r.Context(), raw)
	if err != nil {
		return store.ChannelToken{}, err
	}
	if how != live {
		return store.ChannelToken{}, unauthorized(how, "revoke")
	}
	if !slices.Contains(kinds, token.Kind) {
		return store.ChannelToken{}, &oauth2.Error{
			Status: http.StatusUnauthorized, Description: "Authentication failed: this kind of channel access token is not accepted",
			Check: "kind of the channel access token", Given: token.Kind.String(), Expected: kindNames(kinds),
			Fix: "issue a token of that kind",
		}
	}
	return token, nil
}

func kindNames(kinds []store.ChannelTokenKind) string {
	out := ""
	for i, k := range kinds {
		if i > 0 {
			out += " or "
		}
		out += k.String()
	}
	return out
}

// NewFeatureToken returns a feature token, by which the LIFF SDK knows that it runs in
// a LIFF browser. It is opaque and opens nothing, so nothing of it is kept.
func (s *Service) NewFeatureToken() string {
	raw, _, _ := s.opaque.make(KindFeature)
	return raw
}
