package issue

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// Client is the channel that calls, and the secret it gave.
type Client struct {
	Channel store.Channel
	secret  string
	given   bool
	service *Service
}

// Client finds the channel of a request by client_id in the form or by HTTP Basic
// (RFC 6749 §2.3.1), both of which clients in the wild use; when both are there they
// must agree. It does not check the secret: Authenticate does, when the caller knows
// whether one is needed.
func (s *Service) Client(r *http.Request, form oauth2.Params) (*Client, error) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	given := secret != ""
	if header := r.Header.Get("Authorization"); header != "" {
		user, password, err := basic(r)
		if err != nil {
			return nil, err
		}
		if id != "" && id != user || given && secret != password {
			return nil, badClient("invalid client_id", "client authentication by header and by form", "the same in both", "give it in one place only")
		}
		id, secret, given = user, password, password != ""
	}
	if id == "" {
		return nil, &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: "some parameters missed or invalid", Check: "client_id",
			Fix: "send the channel ID as client_id",
		}
	}
	c, err := s.cfg.Store.Channel(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, badClient("invalid client_id", "channel of client_id", "a channel of this platform", "check the channel ID (tegata env shows yours)")
	}
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return &Client{Channel: c, secret: secret, given: given, service: s}, nil
}

// basic reads HTTP Basic. RFC 6749 has both parts form-encoded; clients that do not
// encode send the same for our IDs and secrets.
func basic(r *http.Request) (user, password string, err error) {
	user, password, ok := r.BasicAuth()
	if !ok || len(r.Header.Values("Authorization")) > 1 {
		return "", "", badClient("invalid client_id", "Authorization header", "Basic, once", "authenticate by Basic or by client_id and client_secret in the form")
	}
	var err1, err2 error
	user, err1 = url.QueryUnescape(user)
	password, err2 = url.QueryUnescape(password)
	if errors.Join(err1, err2) != nil || !utf8.ValidString(user) || strings.IndexByte(user, 0) >= 0 {
		return "", "", badClient("invalid client_id", "encoding of the Basic credentials", "", "percent-encode user and password as UTF-8")
	}
	return user, password, nil
}

// Authenticate checks the secret. If none is required, as for a public client, what
// was sent is not looked at (LINE ignores it).
func (c *Client) Authenticate(required bool) error {
	if !required {
		return nil
	}
	ok, err := c.service.MatchSecret(c.Channel, c.secret)
	if err != nil {
		return err
	}
	switch {
	case !c.given:
		return badClient("invalid client_secret", "client_secret is missing", "the secret of channel "+c.Channel.ID, "send client_secret, from your server only")
	case !ok:
		return badClient("invalid client_secret", "client_secret", "the secret of channel "+c.Channel.ID, "check the secret (tegata env shows the one of tegata dev)")
	}
	return nil
}

// SecretGiven says whether a secret was sent.
func (c *Client) SecretGiven() bool { return c.given }

// badClient is 400, not 401: LINE's habit wherever it is documented.
func badClient(description, check, expected, fix string) error {
	return &oauth2.Error{Code: oauth2.InvalidClient, Description: description, Check: check, Expected: expected, Fix: fix}
}
