package tegata

import (
	"context"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
)

// Verifier verifies the tokens of one channel. Make one at the start and keep it: it
// remembers the platform's keys. It may be used by many goroutines.
type Verifier struct {
	cfg    Config
	api    *api
	keys   *keySource
	secret *jose.MACKey // nil unless HS256 is taken
}

// New returns a verifier. It sends no request. The error names the field of cfg to
// mend.
func New(cfg Config) (*Verifier, error) {
	if err := cfg.normal(); err != nil {
		return nil, fmt.Errorf("tegata: %w", err)
	}
	v := &Verifier{api: newAPI(&cfg)}
	v.keys = &keySource{fetch: v.api.keySet, now: time.Now}
	if cfg.KeyTypes&HS256 != 0 {
		key, err := jose.NewMACKey([]byte(cfg.ChannelSecret))
		if err != nil {
			return nil, fmt.Errorf("tegata: Config.ChannelSecret: %w", err)
		}
		v.secret = key
	}
	cfg.ChannelSecret = "" // the key is enough
	v.cfg = cfg
	return v, nil
}

// IDToken verifies an ID token: the signature by a key of a configured type, then
// issuer, expiry, channel, the checks, and that it was not issued in the future. It
// returns the first reason against it as an Err variable. The context bounds the
// fetching of the platform's keys, which is rarely needed.
func (v *Verifier) IDToken(ctx context.Context, raw string, checks ...Check) (*IDToken, error) {
	token, err := jose.Parse(raw)
	if err != nil {
		return nil, refused(err)
	}
	key, err := v.key(ctx, token.Header())
	if err != nil {
		return nil, err
	}
	payload, err := token.Verify(key)
	if err != nil {
		return nil, refused(err)
	}
	claims, err := idtoken.Parse(payload)
	if err != nil {
		return nil, refused(err)
	}
	rules, err := v.rules(checks)
	if err == nil {
		err = claims.Check(rules)
	}
	if err != nil {
		return nil, refused(err)
	}
	return newIDToken(claims), nil
}

// key returns the key for a token: of the types that the configuration takes, the one
// that the header can mean.
func (v *Verifier) key(ctx context.Context, h jose.Header) (jose.Key, error) {
	switch {
	case h.Algorithm == jose.ES256 && v.cfg.KeyTypes&ES256 != 0:
		return v.keys.key(ctx, h.KeyID)
	case h.Algorithm == jose.HS256 && v.cfg.KeyTypes&HS256 != 0:
		return v.secret, nil
	}
	return nil, because(ErrAlgorithm, "the token says %s", h.Algorithm)
}

// Both verifies an ID token and an access token, and that they are the same user's. The
// user has what either tells. Nothing is asked of the platform if the ID token is
// refused.
func (v *Verifier) Both(ctx context.Context, idToken, accessToken string, checks ...Check) (*User, error) {
	token, err := v.IDToken(ctx, idToken, checks...)
	if err != nil {
		return nil, err
	}
	user, err := v.AccessToken(ctx, accessToken)
	if err != nil {
		return nil, err
	}
	if user.UserID != token.UserID {
		return nil, because(ErrSubject, "the ID token and the access token are of different users")
	}
	user.Email, user.IDToken = token.Email, token
	if token.Expires.Before(user.Expires) {
		user.Expires = token.Expires
	}
	return user, nil
}
