package tegatahttp

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// Refresh gets a new access token for a refresh token, and the user anew. The platform
// issues no ID token here, so the access token is verified, for which it needs the scope
// profile; tegata.WithSubject with the user of the website's session belongs to the checks.
//
// tegata.ErrInactive says that the refresh token is no longer good, such as after 90 days
// or when the user has withdrawn the consent: the user must log in again. After any other
// error the refresh token can be used again: LINE's stay the same and live no longer for it.
func (l *Login) Refresh(ctx context.Context, refreshToken tegata.Secret, checks ...tegata.Check) (*LoggedIn, error) {
	in, err := l.refresh(ctx, string(refreshToken), checks)
	if err != nil {
		return nil, fmt.Errorf("tegatahttp: refresh: %w", err)
	}
	return in, nil
}

func (l *Login) refresh(ctx context.Context, refreshToken string, checks []tegata.Check) (*LoggedIn, error) {
	for _, c := range checks {
		if err := c.ForAccessToken(); err != nil {
			return nil, err
		}
	}
	if refreshToken == "" {
		return nil, fmt.Errorf("%w: the refresh token is empty", tegata.ErrInactive)
	}
	form := l.credentials()
	form.Set("refresh_token", refreshToken)
	before := l.now()
	tokens, err := l.api.Refresh(ctx, form)
	if err != nil {
		return nil, refused("get a new access token", err, tegata.ErrInactive)
	}
	if tokens.RefreshToken == "" { // then it stays as it was (RFC 6749 section 6)
		tokens.RefreshToken = refreshToken
	}
	in := newLoggedIn(tokens, before)
	in.User, err = l.verifier.AccessToken(ctx, tokens.AccessToken, checks...)
	return verified(in, err)
}

// Revoke ends an access token, such as when the user logs out of the website. One that has
// ended already is no error. LINE does not say whether the refresh token ends with it: forget
// it, too. An ID token stays good for its hour.
func (l *Login) Revoke(ctx context.Context, accessToken tegata.Secret) error {
	if accessToken == "" {
		return errors.New("tegatahttp: revoke: the access token is empty")
	}
	form := l.credentials()
	form.Set("access_token", string(accessToken))
	if err := l.api.Revoke(ctx, form); err != nil {
		return fmt.Errorf("tegatahttp: revoke: %w", refused("end the access token", err, tegata.ErrMalformed))
	}
	return nil
}

// credentials are what this server proves itself with. LINE documents them in the body
// (client_secret_post).
func (l *Login) credentials() url.Values {
	return url.Values{"client_id": {l.cfg.Channel.ChannelID}, "client_secret": {string(l.cfg.ChannelSecret)}}
}

// newLoggedIn has everything but the user.
func newLoggedIn(t lineapi.Tokens, before time.Time) *LoggedIn {
	return &LoggedIn{
		AccessToken: tegata.Secret(t.AccessToken), RefreshToken: tegata.Secret(t.RefreshToken), Scopes: t.Scopes,
		Expires: before.Add(life(t.ExpiresIn)).UTC(), Next: "/",
	}
}

// verified returns in if it has a user.
func verified(in *LoggedIn, err error) (*LoggedIn, error) {
	if err != nil {
		return nil, err
	}
	return in, nil
}
