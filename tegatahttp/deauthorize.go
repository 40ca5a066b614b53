package tegatahttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// Deauthorizer withdraws what users have granted to a channel. LINE demands it when an
// account is deleted. It may be used by many goroutines.
type Deauthorizer struct {
	channelID string
	secret    tegata.Secret
	api       *lineapi.Client
	now       func() time.Time // elapsed time

	mu    sync.Mutex // guards the rest; never held over the network
	token string     // channel access token
	until time.Time
}

// NewDeauthorizer returns a Deauthorizer of a channel of a LIFF app or a website. Of channel,
// ChannelID, BaseURL, Timeout and Transport count. It sends no request.
func NewDeauthorizer(channel tegata.Config, secret tegata.Secret) (*Deauthorizer, error) {
	plain := tegata.Config{ChannelID: channel.ChannelID, BaseURL: channel.BaseURL, Timeout: channel.Timeout, Transport: channel.Transport}
	if _, err := tegata.New(plain); err != nil { // it knows what a channel and a base URL are
		return nil, fmt.Errorf("tegatahttp: %w", err)
	}
	switch {
	case len(secret) < 32:
		return nil, fmt.Errorf("tegatahttp: the channel secret has %d bytes: copy the whole secret from the channel's settings", len(secret))
	case strings.HasPrefix(string(secret), "dev0") && !isLoopback(channel.BaseURL):
		return nil, errors.New("tegatahttp: the channel secret is one of tegata dev, which everybody knows: it goes with a BaseURL on this machine only")
	}
	api, err := newAPI(&plain)
	if err != nil {
		return nil, err
	}
	return &Deauthorizer{channelID: channel.ChannelID, secret: secret, api: api, now: time.Now}, nil
}

// Deauthorize withdraws the grants of the user whose access token this is; with it all the
// user's tokens of the channel end. tegata.ErrInactive says that the token is not live: the
// user must log in again first. tegata.ErrOtherChannel that it is of another channel.
// tegata.ErrUnavailable that it is not known whether it was done: do it again.
func (d *Deauthorizer) Deauthorize(ctx context.Context, userAccessToken tegata.Secret) error {
	grant, err := d.api.VerifyAccessToken(ctx, string(userAccessToken))
	switch status := lineapi.Status(err); {
	case status == http.StatusBadRequest || status == http.StatusUnauthorized:
		return fmt.Errorf("deauthorize: %w: %w", tegata.ErrInactive, err)
	case err != nil:
		return fmt.Errorf("deauthorize: %w: %w", tegata.ErrUnavailable, err)
	case grant.ChannelID != d.channelID:
		return fmt.Errorf("deauthorize: %w", tegata.ErrOtherChannel)
	}
	token, fresh, err := d.channelToken(ctx)
	if err != nil {
		return err
	}
	err = d.api.Deauthorize(ctx, token, string(userAccessToken))
	if lineapi.Status(err) == http.StatusUnauthorized && !fresh {
		d.forget(token) // ended before its time, such as by a new channel secret
		if token, _, err = d.channelToken(ctx); err != nil {
			return err
		}
		err = d.api.Deauthorize(ctx, token, string(userAccessToken))
	}
	switch {
	case err == nil:
		return nil
	case lineapi.Status(err) == http.StatusBadRequest:
		return fmt.Errorf("deauthorize: %w: %w", tegata.ErrInactive, err)
	}
	return fmt.Errorf("deauthorize: %w: %w", tegata.ErrUnavailable, err)
}

// channelToken returns the channel's token, and whether it was issued just now.
func (d *Deauthorizer) channelToken(ctx context.Context) (token string, fresh bool, err error) {
	d.mu.Lock()
	token, until := d.token, d.until
	d.mu.Unlock()
	if token != "" && d.now().Before(until) {
		return token, false, nil
	}
	before := d.now()
	issued, err := d.api.StatelessChannelToken(ctx, d.channelID, string(d.secret))
	switch status := lineapi.Status(err); {
	case status == http.StatusBadRequest || status == http.StatusUnauthorized:
		return "", false, fmt.Errorf("deauthorize: %w: the channel access token is refused, look at the channel secret: %w", ErrLogin, err)
	case err != nil:
		return "", false, fmt.Errorf("deauthorize: %w: channel access token: %w", tegata.ErrUnavailable, err)
	}
	const early = time.Minute // so that it does not end on the way
	d.mu.Lock()
	defer d.mu.Unlock()
	d.token = issued.AccessToken
	d.until = before.Add(time.Duration(min(issued.ExpiresIn, 900))*time.Second - early)
	return d.token, true, nil
}

// forget drops a token unless another has taken its place.
func (d *Deauthorizer) forget(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.token == token {
		d.token = ""
	}
}
