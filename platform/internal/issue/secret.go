package issue

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/store"
)

// SealSecret seals a channel secret for the store.
func (s *Service) SealSecret(channelID, secret string) ([]byte, error) {
	sealed, err := s.cfg.Sealer.Seal("channel", channelID, "secret", []byte(secret))
	if err != nil {
		return nil, fmt.Errorf("seal secret of channel %s: %w", channelID, err)
	}
	return sealed, nil
}

// Reseal seals a channel secret anew, so that it comes to lie under the present master
// key.
func (s *Service) Reseal(channelID string, sealed []byte) ([]byte, error) {
	plain, err := s.cfg.Sealer.Open("channel", channelID, "secret", sealed)
	if err != nil {
		return nil, fmt.Errorf("secret of channel %s: %w", channelID, err)
	}
	return s.SealSecret(channelID, string(plain))
}

// Secrets returns the live secrets of a channel, the newest first. An older one is
// live until its grace period ends.
func (s *Service) Secrets(c store.Channel) ([][]byte, error) {
	now := s.now()
	var out [][]byte
	for _, secret := range c.Secrets {
		if !secret.ExpiresAt.IsZero() && !now.Before(secret.ExpiresAt) {
			continue
		}
		plain, err := s.cfg.Sealer.Open("channel", c.ID, "secret", secret.Sealed)
		if err != nil {
			return nil, fmt.Errorf("secret of channel %s: %w", c.ID, err)
		}
		out = append(out, plain)
	}
	return out, nil
}

// MatchSecret says whether secret is a live secret of the channel. Its time depends
// on neither; hashes make it independent of the length too.
func (s *Service) MatchSecret(c store.Channel, secret string) (bool, error) {
	live, err := s.Secrets(c)
	if err != nil {
		return false, err
	}
	given := sha256.Sum256([]byte(secret))
	found := 0
	for _, one := range live {
		want := sha256.Sum256(one)
		found |= subtle.ConstantTimeCompare(want[:], given[:])
	}
	return found == 1, nil
}

// secretKey returns the HS256 key of a channel: its newest secret.
func (s *Service) secretKey(c store.Channel) (*jose.MACKey, error) {
	live, err := s.Secrets(c)
	if err != nil {
		return nil, err
	}
	if len(live) == 0 {
		return nil, fmt.Errorf("channel %s has no live secret", c.ID)
	}
	key, err := jose.NewMACKey(live[0])
	if err != nil {
		return nil, fmt.Errorf("secret of channel %s: %w", c.ID, err)
	}
	return key, nil
}

// SecretKeys returns the HS256 keys of a channel, one for each live secret.
func (s *Service) SecretKeys(c store.Channel) ([]*jose.MACKey, error) {
	live, err := s.Secrets(c)
	if err != nil {
		return nil, err
	}
	keys := make([]*jose.MACKey, 0, len(live))
	for _, one := range live {
		key, err := jose.NewMACKey(one)
		if err != nil {
			return nil, fmt.Errorf("secret of channel %s: %w", c.ID, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// SignResponse signs the parameters of an authorization response (JARM §4.1) with the
// channel's newest secret, as LINE's example is; with the platform's key if the
// channel asks for ES256.
func (s *Service) SignResponse(c store.Channel, claims []byte) (string, error) {
	return s.sign(c, c.IDTokenAlg == "ES256", claims)
}

// SignContext signs the payload of a LIFF context token. Its key is not in the JWK
// Set, so the token passes nowhere as an ID token.
func (s *Service) SignContext(payload []byte) (string, error) {
	key, err := s.cfg.Ring.Signer(store.SignContext)
	if err != nil {
		return "", err
	}
	return key.Sign("JWT", payload)
}

// sign signs for a channel, by ES256 or by its secret.
func (s *Service) sign(c store.Channel, es256 bool, payload []byte) (string, error) {
	if es256 {
		key, err := s.cfg.Ring.Signer(store.SignIDToken)
		if err != nil {
			return "", err
		}
		return key.Sign("JWT", payload)
	}
	key, err := s.secretKey(c)
	if err != nil {
		return "", err
	}
	return key.Sign("JWT", payload)
}
