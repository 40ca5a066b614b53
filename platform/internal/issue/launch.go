package issue

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// LaunchInput is who opens which LIFF app in a LIFF browser.
type LaunchInput struct {
	App     store.LIFFApp
	Channel store.Channel // of the app
	Base    router.Base
	Person  store.Person
	Scopes  []string // granted: some of the app's
}

// Launched is what a LIFF browser hands over to the app in the URL's fragment. IDToken
// is empty without the scope openid.
type Launched struct {
	AccessToken  string
	IDToken      string
	FeatureToken string
	Access       store.AccessToken
}

// Launch issues the tokens of a LIFF app that is opened in a LIFF browser. There the
// user is logged in already, so no code is exchanged; the person must have a consent at
// the channel. The ID token has neither nonce nor amr, and the access token lives twelve
// hours, as tokens of the LINE app have been seen to.
func (s *Service) Launch(ctx context.Context, in LaunchInput) (Launched, error) {
	userID, err := s.userID(ctx, in.Person.ID, in.Channel.ProviderID)
	if err != nil {
		return Launched{}, err
	}
	out, now := Launched{FeatureToken: s.NewFeatureToken()}, s.now()
	if hasScope(in.Scopes, oauth2.ScopeOpenID) {
		out.IDToken, err = s.IDToken(IDTokenInput{
			Channel: in.Channel, Base: in.Base, Person: in.Person, UserID: userID, Scopes: in.Scopes, ES256: true,
		})
		if err != nil {
			return Launched{}, err
		}
	}
	out.Access = store.AccessToken{
		ChannelID: in.Channel.ID, PersonID: in.Person.ID, UserID: userID, Scopes: in.Scopes,
		Origin: store.LIFF, LIFFID: in.App.ID, IssuedAt: now, ExpiresAt: now.Add(LIFFAccessLife),
	}
	out.AccessToken, out.Access.ID, out.Access.Hash = s.opaque.make(KindAccess)
	if err := s.cfg.Store.AddAccessToken(ctx, out.Access, now); err != nil {
		return Launched{}, fmt.Errorf("launch LIFF app: %w", err)
	}
	return out, nil
}

// userID returns the person's user ID under a provider, and makes one if there is none.
func (s *Service) userID(ctx context.Context, personID, providerID string) (string, error) {
	for {
		var raw [16]byte
		s.cfg.Random.Fill(raw[:])
		id, err := s.cfg.Store.UserID(ctx, personID, providerID, "U"+hex.EncodeToString(raw[:]))
		if errors.Is(err, store.ErrExists) {
			continue // one in 2^128
		}
		if err != nil {
			return "", fmt.Errorf("user ID: %w", err)
		}
		return id, nil
	}
}
