package mint

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// idToken makes an ID token.
func (m *Minter) idToken(o order) (string, error) {
	claims, alg := m.Issue.Claims(o.input(m), o.at, o.life)
	spoil(o.Wrong, &claims)
	if o.Wrong == control.WrongRetired || o.Wrong == control.WrongForeign {
		return m.signWrong(o, alg, &claims)
	}
	token, err := m.Issue.SignIDToken(o.home, alg, &claims)
	if err == nil && o.Wrong == control.WrongSignature {
		token = alter(token)
	}
	return token, err
}

// accessToken makes an access token, to which the user has consented.
func (m *Minter) accessToken(ctx context.Context, o order) (string, error) {
	if err := m.consent(ctx, o); err != nil {
		return "", err
	}
	rec := store.AccessToken{
		ChannelID: o.channel.ID, PersonID: o.person.ID, UserID: o.userID, Scopes: o.Scopes,
		LIFFID: o.LIFFID, IssuedAt: o.at.UTC(), ExpiresAt: o.at.Add(o.life).UTC(),
	}
	if o.LIFFID != "" {
		rec.Origin = store.LIFF
	}
	token, _, err := m.Issue.AddAccessToken(ctx, rec)
	return m.finish(ctx, o, token, err)
}

// refreshToken makes a refresh token, to which the user has consented.
func (m *Minter) refreshToken(ctx context.Context, o order) (string, error) {
	if err := m.consent(ctx, o); err != nil {
		return "", err
	}
	token, _, err := m.Issue.AddRefreshToken(ctx, store.RefreshToken{
		ChannelID: o.channel.ID, PersonID: o.person.ID, UserID: o.userID, Scopes: o.Scopes,
		IssuedAt: o.at.UTC(), ExpiresAt: o.at.Add(o.life).UTC(),
	})
	return m.finish(ctx, o, token, err)
}

// finish does to an opaque token what is to be wrong with it.
func (m *Minter) finish(ctx context.Context, o order, token string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	switch o.Wrong {
	case control.WrongRevoked:
		if err := m.Issue.Revoke(ctx, token, "revoke"); err != nil {
			return "", fmt.Errorf("revoke: %w", err)
		}
	case control.WrongSignature:
		token = alter(token)
	}
	return token, nil
}

// consent records that the user has consented to the scopes, if that is not so already.
func (m *Minter) consent(ctx context.Context, o order) error {
	grant, err := m.Store.Grant(ctx, o.person.ID, o.channel.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("consent of %s: %w", o.person.Handle, err)
	}
	lacks := func(scope string) bool { return !slices.Contains(grant.Scopes, scope) }
	if err == nil && !slices.ContainsFunc(o.Scopes, lacks) {
		return nil
	}
	now := m.Now().UTC()
	given := store.Grant{PersonID: o.person.ID, ChannelID: o.channel.ID, Scopes: o.Scopes, ConsentedAt: now}
	if slices.Contains(o.Scopes, oauth2.ScopeEmail) && lacks(oauth2.ScopeEmail) && !o.person.EmailUnshared {
		given.EmailConsentedAt, given.Email = now, o.person.Email
	}
	if err := m.Store.PutGrant(ctx, given); err != nil {
		return fmt.Errorf("consent of %s: %w", o.person.Handle, err)
	}
	return nil
}
