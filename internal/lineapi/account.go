package lineapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

// ChannelToken is a stateless channel access token.
type ChannelToken struct {
	AccessToken string
	ExpiresIn   int64 // seconds
}

// StatelessChannelToken issues a channel access token that need not be revoked (API
// reference: "Issue stateless channel access token").
func (c *Client) StatelessChannelToken(ctx context.Context, channelID, channelSecret string) (ChannelToken, error) {
	a, err := c.do(ctx, request{method: http.MethodPost, path: wire.PathStatelessV3, form: url.Values{
		"grant_type": {"client_credentials"}, "client_id": {channelID}, "client_secret": {channelSecret},
	}}, http.StatusOK)
	if err != nil {
		return ChannelToken{}, err
	}
	var t ChannelToken
	err = jose.ScanObject(a.body, func(name string, m jose.Value) (err error) {
		switch name {
		case "access_token":
			t.AccessToken, err = m.String()
		case "expires_in":
			t.ExpiresIn, err = m.Int64()
		}
		return err
	})
	if err == nil && (t.AccessToken == "" || t.ExpiresIn <= 0) {
		err = errors.New("no channel access token, or none with time left")
	}
	if err != nil {
		return ChannelToken{}, err
	}
	return t, nil
}

// Deauthorize withdraws what a user has granted to the channel (API reference:
// "Deauthorize your app to which the user has granted permissions"). A StatusError with 400
// says that the user's token is not live, 401 that the channel's is not.
func (c *Client) Deauthorize(ctx context.Context, channelToken, userToken string) error {
	body, err := json.Marshal(wire.DeauthorizeRequest{UserAccessToken: userToken})
	if err != nil {
		return fmt.Errorf("deauthorize: %w", err)
	}
	_, err = c.do(ctx, request{method: http.MethodPost, path: wire.PathDeauthorize, bearer: channelToken, json: body}, http.StatusNoContent)
	return err
}
