package lineapi

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tegata-id/tegata/internal/wire"
)

// VerifyIDToken asks whether the platform stands by an ID token of the channel (API
// reference: "Verify ID token") and returns the token's claims as JSON. Nonce and userID
// are checked there if they are not empty. A StatusError with 400 says that it does not;
// its Text is the reason.
func (c *Client) VerifyIDToken(ctx context.Context, token, channelID, nonce, userID string) ([]byte, error) {
	form := url.Values{"id_token": {token}, "client_id": {channelID}}
	if nonce != "" {
		form.Set("nonce", nonce)
	}
	if userID != "" {
		form.Set("user_id", userID)
	}
	a, err := c.do(ctx, request{method: http.MethodPost, path: wire.PathVerify, form: form}, http.StatusOK)
	if err != nil {
		return nil, err
	}
	return a.body, nil
}
