package grant

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// serveAssertion answers grant_type=client_credentials of the v2.1 token endpoint:
// a channel access token for a client assertion.
func (e *Endpoints) serveAssertion(w http.ResponseWriter, r *http.Request, form oauth2.Params) error {
	if err := need(form, "client_assertion_type", "client_assertion"); err != nil {
		return err
	}
	a, err := e.assertionOf(r.Context(), form)
	if err != nil {
		return err
	}
	if a.tokenLife == 0 {
		return badAssertion("Invalid token_exp", "token_exp is missing", "seconds, at most 30 days", "put token_exp into the assertion")
	}
	if err := e.use(r.Context(), a); err != nil {
		return err
	}
	// LINE names each token by a key ID of its own; ours follows from nothing else.
	return e.answer(w, r, a.channelID, store.ChannelTokenV21, e.newKeyID(), a.tokenLife)
}

// serveStateless answers POST /oauth2/v3/token: a stateless channel access token, for
// an assertion or for channel ID and secret. LINE's own library sends an empty
// client_assertion beside the secret; it counts as absent.
func (e *Endpoints) serveStateless(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	if t := form.Get("grant_type"); t != "client_credentials" {
		return &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: "Invalid 'client_credentials'.", Check: "grant_type", Given: oauth2.Clip(t),
			Expected: "client_credentials", Fix: "send grant_type=client_credentials",
		}
	}
	if form.Get("client_assertion") != "" {
		a, err := e.assertionOf(r.Context(), form)
		if err != nil {
			return err
		}
		if err := e.use(r.Context(), a); err != nil {
			return err
		}
		return e.answer(w, r, a.channelID, store.ChannelTokenStateless, "", issue.StatelessLife)
	}
	client, err := e.Issue.Client(r, form)
	if err != nil {
		return err
	}
	if err := client.Authenticate(true); err != nil {
		return err
	}
	return e.answer(w, r, client.Channel.ID, store.ChannelTokenStateless, "", issue.StatelessLife)
}

// serveShortLived answers POST /v2/oauth/accessToken: a short-lived channel access
// token.
func (e *Endpoints) serveShortLived(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	if form.Get("grant_type") != "client_credentials" {
		return missing("grant_type=client_credentials")
	}
	if err := need(form, "client_id", "client_secret"); err != nil {
		return err
	}
	client, err := e.Issue.Client(r, form)
	if err != nil {
		return err
	}
	if err := client.Authenticate(true); err != nil {
		return err
	}
	return e.answer(w, r, client.Channel.ID, store.ChannelTokenShortLived, "", issue.ShortLivedLife)
}

func (e *Endpoints) answer(w http.ResponseWriter, r *http.Request, channelID string, kind store.ChannelTokenKind, keyID string, life time.Duration) error {
	raw, err := e.Issue.NewChannelToken(r.Context(), channelID, kind, keyID, life)
	if err != nil {
		return err
	}
	router.From(r.Context()).Note(r.Context(), store.Event{Kind: "channel token", ChannelID: channelID, Check: kind.String()})
	return router.WriteJSON(w, wire.ChannelTokenResponse{
		AccessToken: raw, ExpiresIn: int64(life / time.Second), TokenType: "Bearer", KeyID: keyID,
	})
}

// serveV2Verify answers POST /v2/oauth/verify for a channel access token.
func (e *Endpoints) serveV2Verify(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	if err := need(form, "access_token"); err != nil {
		return err
	}
	raw := form.Get("access_token")
	t, err := e.Issue.ChannelToken(r.Context(), raw)
	var refused *oauth2.Error
	if errors.As(err, &refused) {
		out := *refused
		out.Code, out.Description = oauth2.InvalidRequest, "access_token invalid"
		if issue.KindOf(raw) != issue.KindChannel {
			out.Description = "access_token in invalid format"
		}
		return &out
	}
	if err != nil {
		return err
	}
	return router.WriteJSON(w, struct {
		ClientID  string `json:"client_id"`
		ExpiresIn int64  `json:"expires_in"`
	}{t.ChannelID, int64(t.ExpiresAt.Sub(e.Now()) / time.Second)})
}

// serveV2Revoke answers POST /v2/oauth/revoke for a short-lived channel access token.
// A stateless one cannot be revoked. A token that is over is no error.
func (e *Endpoints) serveV2Revoke(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	raw := form.Get("access_token")
	if issue.KindOf(raw) != issue.KindChannel {
		return &oauth2.Error{
			Code: oauth2.InvalidRequest, Check: "access_token", Expected: "a channel access token", Fix: "send the channel access token to revoke",
		}
	}
	t, err := e.Issue.ChannelToken(r.Context(), raw)
	var refused *oauth2.Error
	switch {
	case errors.As(err, &refused):
	case err != nil:
		return err
	case t.Kind == store.ChannelTokenStateless:
		return &oauth2.Error{
			Code: oauth2.InvalidRequest, Check: "kind of the channel access token", Given: t.Kind.String(),
			Expected: "one that can be revoked", Fix: "let it expire: a stateless token lives 15 minutes",
		}
	default:
		if err := e.Store.RevokeChannelToken(r.Context(), t.ID, e.Now().UTC()); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("revoke channel access token: %w", err)
		}
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return nil
}
