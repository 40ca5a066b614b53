package tegata

import (
	"context"
	"errors"
	"fmt"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// maxSet bounds the channels of a Set: LINE lets one company have a hundred per provider.
const maxSet = 100

// Set takes the tokens of several channels of one platform at the same place, such as
// those of a LINE MINI App's developing, review and published channels. Only channels
// that were configured count: a token of another one is refused, and one of these is held
// to the key types and the secret of its own channel. Where the place says which channel
// is meant, such as a path for each app, use that channel's Verifier: it is stricter. It
// may be used by many goroutines.
type Set struct {
	platform *platform
	channels map[string]*Verifier
	secrets  []*Verifier // those with HS256, in the order given
	es256    bool        // whether any takes it
}

// NewSet returns the set of the verifiers, which must be made from one another by
// Verifier.Channel, so that they share the platform, and verify offline, since the
// platform must be told one channel to ask about.
func NewSet(verifiers ...*Verifier) (*Set, error) {
	if len(verifiers) == 0 || len(verifiers) > maxSet {
		return nil, fmt.Errorf("tegata: a Set of %d verifiers: want 1 to %d", len(verifiers), maxSet)
	}
	s := &Set{channels: make(map[string]*Verifier, len(verifiers))}
	for i, v := range verifiers {
		if v == nil {
			return nil, fmt.Errorf("tegata: verifier %d of the Set is nil: look at the error of New", i)
		}
		if err := s.add(v); err != nil {
			return nil, fmt.Errorf("tegata: channel %s in a Set: %w", v.cfg.ChannelID, err)
		}
	}
	return s, nil
}

func (s *Set) add(v *Verifier) error {
	switch {
	case s.platform != nil && s.platform != v.platform:
		return errors.New("it does not share the platform of the first: make it by Verifier.Channel")
	case v.cfg.Way != Offline:
		return errors.New("Config.Way must be Offline")
	case s.channels[v.cfg.ChannelID] != nil:
		return errors.New("it is there twice")
	}
	s.platform = v.platform
	s.channels[v.cfg.ChannelID] = v
	if v.takes(jose.HS256) {
		s.secrets = append(s.secrets, v)
	}
	s.es256 = s.es256 || v.takes(jose.ES256)
	return nil
}

// Verifier returns the verifier of a channel; nil if it is not one of the set's.
func (s *Set) Verifier(channelID string) *Verifier { return s.channels[channelID] }

// IDToken is Verifier.IDToken for a token of any of the channels. IDToken.ChannelID says
// of which.
func (s *Set) IDToken(ctx context.Context, raw string, checks ...Check) (*IDToken, error) {
	claims, v, err := s.claims(ctx, raw)
	if err != nil {
		return nil, err
	}
	d, err := v.demands(checks)
	if err == nil {
		err = d.ofIDToken()
	}
	if err == nil {
		err = claims.Check(d.Rules)
	}
	if err != nil {
		return nil, refused(err)
	}
	return newIDToken(claims), nil
}

// claims returns what was signed, and the verifier of the channel that must be meant: with
// ES256 the one that aud names, now that it is known to be the platform's word, with HS256
// the one whose secret it is.
func (s *Set) claims(ctx context.Context, raw string) (*idtoken.Claims, *Verifier, error) {
	d, err := digestOf(raw)
	if err != nil {
		return nil, nil, err
	}
	claims, ok := s.platform.recall(ctx, d)
	if !ok {
		token, err := s.platform.parse(raw)
		if err != nil {
			return nil, nil, err
		}
		alg := token.Header().Algorithm
		switch {
		case alg == jose.HS256 && len(s.secrets) > 0:
			return s.hs256(token)
		case alg != jose.ES256 || !s.es256:
			return nil, nil, because(ErrAlgorithm, "the token says %s", alg)
		}
		if claims, err = s.platform.verify(ctx, d, token, len(raw)); err != nil {
			return nil, nil, err
		}
	}
	v := s.channels[claims.Audience]
	switch {
	case v == nil:
		return nil, nil, because(ErrAudience, "it is of none of the %d channels of the Set", len(s.channels))
	case !v.takes(jose.ES256):
		return nil, nil, because(ErrAlgorithm, "channel %s takes no ES256", v.cfg.ChannelID)
	}
	return claims, v, nil
}

// hs256 tries the secrets: a try costs about as much as a look at the payload, which is
// not read before it is known to be genuine.
func (s *Set) hs256(token jose.Token) (*idtoken.Claims, *Verifier, error) {
	for _, v := range s.secrets {
		claims, err := v.hs256(token, new(idtoken.Claims))
		if errors.Is(err, ErrSignature) {
			continue
		}
		return claims, v, err
	}
	return nil, nil, because(ErrSignature, "it is of none of the secrets of the Set")
}

// AccessToken is Verifier.AccessToken for a token of any of the channels.
func (s *Set) AccessToken(ctx context.Context, raw string, checks ...Check) (*User, error) {
	g, err := s.platform.granted(ctx, raw, s.owns)
	if err != nil {
		return nil, err
	}
	d, err := s.channels[g.grant.ChannelID].demands(checks)
	if err == nil {
		err = d.ofAccessToken()
	}
	if err != nil {
		return nil, refused(err)
	}
	return g.userFor(&d)
}

// owns says whether a live access token is one of a channel of the set.
func (s *Set) owns(g lineapi.Grant) error {
	v := s.channels[g.ChannelID]
	if v == nil {
		return because(ErrOtherChannel, "it is of none of the %d channels of the Set", len(s.channels))
	}
	return v.owns(g)
}

// Both is Verifier.Both for tokens of any one of the channels: both tokens must be of the
// same.
func (s *Set) Both(ctx context.Context, idToken, accessToken string, checks ...Check) (*User, error) {
	_, v, err := s.claims(ctx, idToken)
	if err != nil {
		return nil, err
	}
	return v.Both(ctx, idToken, accessToken, checks...)
}
