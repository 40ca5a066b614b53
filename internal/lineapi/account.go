package lineapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

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
	return readChannelToken(a.body)
}

func readChannelToken(body []byte) (ChannelToken, error) {
	var t ChannelToken
	var tokenType string
	err := jose.ScanObject(body, func(name string, m jose.Value) (err error) {
		switch name {
		case "access_token":
			t.AccessToken, err = m.String()
		case "expires_in":
			t.ExpiresIn, err = m.Int64()
		case "token_type":
			tokenType, err = m.String()
		}
		return err
	})
	switch {
	case err != nil:
		return ChannelToken{}, err
	case t.AccessToken == "" || t.ExpiresIn <= 0:
		return ChannelToken{}, errors.New("no channel access token, or none with time left")
	case strings.ContainsFunc(t.AccessToken, notVisible):
		return ChannelToken{}, errors.New("a channel access token with characters that no token has (RFC 6749 appendix A.12)")
	case tokenType != "Bearer":
		return ChannelToken{}, errors.New("token_type is not Bearer")
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
