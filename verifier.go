package tegata

import (
	"context"
	"errors"
	"fmt"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
)

// Verifier verifies the tokens of one channel. Make one at the start and keep it: it
// remembers the platform's keys. It may be used by many goroutines.
type Verifier struct {
	cfg      Config
	platform *platform
	secret   *jose.MACKey // nil unless HS256 is taken
}

// New returns a verifier. It sends no request. The error names the field of cfg to
// mend.
func New(cfg Config) (*Verifier, error) {
	v, err := newVerifier(cfg, nil)
	if err != nil {
		return nil, fmt.Errorf("tegata: %w", err)
	}
	return v, nil
}

// Channel returns a verifier of another channel of the same platform. It shares the keys
// and what is remembered of ID tokens; everything but channel, key types and secret is as
// it is in v. A Set takes the tokens of both.
func (v *Verifier) Channel(channelID string, types KeyTypes, secret Secret) (*Verifier, error) {
	cfg := v.cfg
	cfg.ChannelID, cfg.KeyTypes, cfg.ChannelSecret = channelID, types, secret
	other, err := newVerifier(cfg, v.platform)
	if err != nil {
		return nil, fmt.Errorf("tegata: %w", err)
	}
	return other, nil
}

// newVerifier makes a verifier of a platform; nil means one of its own.
func newVerifier(cfg Config, p *platform) (*Verifier, error) {
	if p != nil {
		cfg.Leeway, cfg.Remember = given(cfg.Leeway), given(cfg.Remember)
	}
	if err := cfg.normal(); err != nil {
		return nil, err
	}
	v := &Verifier{platform: p}
	if p == nil {
		var err error
		if v.platform, err = newPlatform(&cfg); err != nil {
			return nil, err
		}
	}
	if len(cfg.ChannelSecret) > 0 {
		key, err := jose.NewMACKey([]byte(cfg.ChannelSecret))
		if err != nil {
			return nil, fmt.Errorf("Config.ChannelSecret: %w", err)
		}
		v.secret = key
	}
	cfg.ChannelSecret = "" // the key is enough
	v.cfg = cfg
	return v, nil
}

// given undoes what Config.normal made of a value, so that zero is not taken for the
// default once more.
func given[T ~int | ~int64](n T) T {
	if n == 0 {
		return -1
	}
	return n
}

// IDToken verifies an ID token: the signature by a key of a configured type, then
// issuer, expiry, channel, the checks, and that it was not issued in the future. It
// returns the first reason against it as an Err variable. The context bounds the
// fetching of the platform's keys, which is rarely needed, and the request of Way Online.
func (v *Verifier) IDToken(ctx context.Context, raw string, checks ...Check) (*IDToken, error) {
	d, err := v.demands(checks)
	if err == nil {
		err = d.ofIDToken()
	}
	if err != nil {
		return nil, refused(err)
	}
	return v.idToken(ctx, raw, &d)
}

func (v *Verifier) idToken(ctx context.Context, raw string, d *demands) (*IDToken, error) {
	var room idtoken.Claims // on the stack; those of HS256 are not kept
	claims, err := v.claims(ctx, raw, d, &room)
	if err != nil {
		return nil, err
	}
	if err := claims.Check(d.Rules); err != nil {
		return nil, refused(err)
	}
	return newIDToken(claims), nil
}

// claims returns what a key of a configured type has signed, or what the platform
// stands by.
func (v *Verifier) claims(ctx context.Context, raw string, d *demands, room *idtoken.Claims) (*idtoken.Claims, error) {
	if v.cfg.Way == Online {
		return v.ask(ctx, raw, d)
	}
	claims, err := v.offline(ctx, raw, room)
	if v.cfg.Way == OfflineElseOnline && errors.Is(err, ErrUnavailable) {
		return v.ask(ctx, raw, d)
	}
	return claims, err
}

func (v *Verifier) offline(ctx context.Context, raw string, room *idtoken.Claims) (*idtoken.Claims, error) {
	if !v.takes(jose.ES256) {
		token, err := v.platform.parse(raw)
		if err != nil {
			return nil, err
		}
		return v.hs256(token, room)
	}
	d, err := digestOf(raw)
	if err != nil {
		return nil, err
	}
	if claims, ok := v.platform.recall(ctx, d); ok {
		return claims, nil
	}
	token, err := v.platform.parse(raw)
	if err != nil {
		return nil, err
	}
	if token.Header().Algorithm == jose.ES256 {
		return v.platform.verify(ctx, d, token, len(raw))
	}
	return v.hs256(token, room)
}

// hs256 checks a signature by the channel secret.
func (v *Verifier) hs256(token jose.Token, room *idtoken.Claims) (*idtoken.Claims, error) {
	alg := token.Header().Algorithm
	if alg != jose.HS256 || !v.takes(jose.HS256) {
		return nil, because(ErrAlgorithm, "the token says %s", alg)
	}
	return v.platform.signed(&token, v.secret, room)
}

// takes says whether the configuration has a key type.
func (v *Verifier) takes(alg jose.Algorithm) bool {
	switch alg {
	case jose.ES256:
		return v.cfg.KeyTypes&ES256 != 0
	case jose.HS256:
		return v.cfg.KeyTypes&HS256 != 0
	}
	return false
}

// Both verifies an ID token and an access token, and that they are the same user's. The
// user has what either tells. Nothing is asked of the platform if the ID token is
// refused.
func (v *Verifier) Both(ctx context.Context, idToken, accessToken string, checks ...Check) (*User, error) {
	d, err := v.demands(checks)
	if err != nil {
		return nil, refused(err)
	}
	token, err := v.idToken(ctx, idToken, &d)
	if err != nil {
		return nil, err
	}
	g, err := v.platform.granted(ctx, accessToken, v.owns)
	if err != nil {
		return nil, err
	}
	d.Subject = "" // compared below, with the ID token's
	user, err := g.userFor(&d)
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
