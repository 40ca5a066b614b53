package tegatahttp

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// Deauthorizer withdraws what users have granted to a channel, for an account that is
// deleted: LINE's development guidelines demand it, of LIFF apps and websites alike. It may
// be used by many goroutines.
type Deauthorizer struct {
	channelID string
	api       *lineapi.Client
	tokens    channelTokens
}

// NewDeauthorizer returns a Deauthorizer of a channel. It sends no request. Of channel, the
// fields ChannelID, BaseURL, Timeout, Transport and Now count; secret is the channel secret,
// with which this server gets the channel access tokens that the platform wants to see.
func NewDeauthorizer(channel tegata.Config, secret tegata.Secret) (*Deauthorizer, error) {
	plain := tegata.Config{ChannelID: channel.ChannelID, BaseURL: channel.BaseURL, Timeout: channel.Timeout, Transport: channel.Transport}
	_, err := tegata.New(plain) // it knows what a channel and a base URL are
	if err == nil {
		err = checkSecret(secret, channel.BaseURL)
	}
	if err != nil {
		return nil, fmt.Errorf("tegatahttp: NewDeauthorizer: %w", err)
	}
	d := &Deauthorizer{channelID: channel.ChannelID, api: newAPI(&plain)}
	d.tokens = channelTokens{now: clockOf(&channel), issue: func(ctx context.Context) (lineapi.ChannelToken, error) {
		return d.api.StatelessChannelToken(ctx, channel.ChannelID, string(secret))
	}}
	return d, nil
}

// Deauthorize withdraws the grant of the user whose access token this is. When it returns
// nil, all tokens that the user has from this channel have ended, refresh tokens too, and
// the next login asks for consent again. ID tokens stay good for their hour where they are
// verified offline. The user ID stays the same.
//
// tegata.ErrInactive says that the token is not live, such as after a first Deauthorize:
// the user must log in once more. tegata.ErrMalformed says that it is none,
// tegata.ErrOtherChannel that it is of another channel, ErrClient that the channel secret is wrong, tegata.ErrUnavailable that it is not
// known whether it was done: do it again later.
func (d *Deauthorizer) Deauthorize(ctx context.Context, userAccessToken tegata.Secret) error {
	err := d.owns(ctx, string(userAccessToken))
	if err == nil {
		err = d.withdraw(ctx, string(userAccessToken))
	}
	if err != nil {
		return fmt.Errorf("tegatahttp: deauthorize: %w", err)
	}
	return nil
}

// owns says whether a token is a live one of this channel. Else a stranger's token could
// end a grant that the user made to somebody else's app.
func (d *Deauthorizer) owns(ctx context.Context, userToken string) error {
	if err := isAccess(userToken); err != nil {
		return err
	}
	grant, err := d.api.VerifyAccessToken(ctx, userToken)
	switch status := lineapi.Status(err); {
	case status == http.StatusBadRequest || status == http.StatusUnauthorized:
		return fmt.Errorf("%w: %w", tegata.ErrInactive, err)
	case err != nil:
		return fmt.Errorf("%w: %w", tegata.ErrUnavailable, err)
	case grant.ChannelID != d.channelID:
		return fmt.Errorf("%w: want one of channel %s", tegata.ErrOtherChannel, d.channelID)
	case grant.ExpiresIn <= 0:
		return fmt.Errorf("%w: no time left", tegata.ErrInactive)
	}
	return nil
}

// withdraw asks with a channel access token, and once more if one that was remembered has
// ended before its time, such as by a new channel secret.
func (d *Deauthorizer) withdraw(ctx context.Context, userToken string) error {
	token, fresh, err := d.tokens.get(ctx)
	if err != nil {
		return err
	}
	err = d.api.Deauthorize(ctx, token, userToken)
	if lineapi.Status(err) == http.StatusUnauthorized && !fresh {
		d.tokens.drop(token)
		if token, _, err = d.tokens.get(ctx); err != nil {
			return err
		}
		err = d.api.Deauthorize(ctx, token, userToken)
	}
	switch {
	case err == nil:
		return nil
	case lineapi.Status(err) == http.StatusBadRequest:
		return fmt.Errorf("%w: %w", tegata.ErrInactive, err) // "invalid token": it has ended since
	}
	return fmt.Errorf("%w: %w", tegata.ErrUnavailable, err)
}
