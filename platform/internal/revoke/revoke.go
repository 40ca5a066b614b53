package revoke

import (
	"context"
	"encoding/json"
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

// causeRevoke is the cause of a token that its app revoked.
const causeRevoke = "revoke"

// Endpoints ends tokens. Every field is required. It may be used from many goroutines.
type Endpoints struct {
	Store store.Store
	Issue *issue.Service
	Now   func() time.Time
}

// Mount mounts the routes. Our open client calls revoke from the app's origin.
func (e *Endpoints) Mount(mux router.Mux) {
	mux.Handle(router.Route{Pattern: "POST " + wire.PathRevoke, CORS: true, Handler: e.serveRevoke})
	mux.Handle(router.Route{Pattern: "POST " + wire.PathDeauthorize, Handler: e.serveDeauthorize})
}

// target is the token that a request names.
type target struct {
	what      string // for the event log
	channelID string
	liff      bool // issued by a LIFF app's code exchange
	revoke    func(now time.Time) error
}

// serveRevoke answers POST /oauth2/v2.1/revoke ("Revoke access token"). It takes
// access_token, refresh_token as the native SDKs do, and RFC 7009's token. It answers
// after the store has the revocation. A token that is not known, or not this
// channel's, is no error and stays as it is (RFC 7009 §2.2).
func (e *Endpoints) serveRevoke(w http.ResponseWriter, r *http.Request) error {
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	raw, refresh := tokenOf(form)
	if name := form.Repeated(); name != "" || raw == "" {
		return &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: "some parameters missed or invalid", Check: "parameters of revoke",
			Given: name, Expected: "one of access_token, refresh_token and token, once", Fix: "name the token to revoke",
		}
	}
	if issue.KindOf(raw) == 0 && !form.Has("token") {
		return &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: "The access token malformed", Check: "form of the token",
			Fix: "send the token as it was issued",
		}
	}
	t, err := e.find(r, raw, refresh)
	if err != nil {
		return err
	}
	client, err := e.Issue.Client(r, form)
	if err != nil {
		return err
	}
	// A LIFF app holds no secret. Our extension: it may revoke the access token that its
	// own code exchange issued, so that logout ends it.
	public := client.Channel.Mobile && issue.KindOf(raw) != issue.KindChannel ||
		t != nil && t.liff && t.channelID == client.Channel.ID
	if err := client.Authenticate(!public); err != nil {
		return err
	}
	if t != nil && t.channelID == client.Channel.ID {
		if err := t.revoke(e.Now().UTC()); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("revoke: %w", err)
		}
		router.From(r.Context()).Note(r.Context(), store.Event{Kind: "revoke", ChannelID: t.channelID, Check: t.what})
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return nil
}

// tokenOf returns the token of the request and whether it is a refresh token.
func tokenOf(form oauth2.Params) (raw string, refresh bool) {
	if raw := form.Get("access_token"); raw != "" {
		return raw, false
	}
	if raw := form.Get("refresh_token"); raw != "" {
		return raw, true
	}
	raw = form.Get("token") // the hint may be wrong (RFC 7009 §2.1): the token itself says
	return raw, issue.KindOf(raw) == issue.KindRefresh
}

// find returns the token, or nil if there is none to revoke.
func (e *Endpoints) find(r *http.Request, raw string, refresh bool) (*target, error) {
	t, err := e.live(r.Context(), raw, refresh)
	var refused *oauth2.Error
	if errors.As(err, &refused) {
		return nil, nil
	}
	return t, err
}

// live returns the token, or a *oauth2.Error if it is not live.
func (e *Endpoints) live(ctx context.Context, raw string, refresh bool) (*target, error) {
	if refresh {
		t, err := e.Issue.RefreshToken(ctx, raw)
		return &target{what: "refresh token and what was issued from it", channelID: t.ChannelID, revoke: func(now time.Time) error {
			return e.Store.RevokeRefreshToken(ctx, t.ID, now, causeRevoke)
		}}, err
	}
	if issue.KindOf(raw) == issue.KindChannel {
		t, err := e.Issue.ChannelToken(ctx, raw)
		return &target{what: t.Kind.String() + " token", channelID: t.ChannelID, revoke: func(now time.Time) error {
			return e.Store.RevokeChannelToken(ctx, t.ID, now)
		}}, err
	}
	t, err := e.Issue.AccessToken(ctx, raw)
	return &target{what: "access token", channelID: t.ChannelID, liff: t.Origin == store.LIFF, revoke: func(now time.Time) error {
		return e.Store.RevokeAccessToken(ctx, t.ID, now, causeRevoke)
	}}, err
}

// serveDeauthorize answers POST /user/v1/deauthorize ("Deauthorize"). It takes a
// channel access token of v2.1 or a stateless one, of the user token's channel.
func (e *Endpoints) serveDeauthorize(w http.ResponseWriter, r *http.Request) error {
	channel, err := e.Issue.ChannelBearer(r, store.ChannelTokenV21, store.ChannelTokenStateless)
	if err != nil {
		return err
	}
	body, err := oauth2.ReadBody(r)
	if err != nil {
		return err
	}
	var in wire.DeauthorizeRequest
	if err := json.Unmarshal(body, &in); err != nil || in.UserAccessToken == "" {
		return invalidToken("body of the request", `{"userAccessToken":"…"}`, "send the user's access token as JSON")
	}
	t, err := e.Issue.AccessToken(r.Context(), in.UserAccessToken)
	var refused *oauth2.Error
	if errors.As(err, &refused) {
		return invalidToken("userAccessToken: "+refused.Check, "a live access token of the user", refused.Fix)
	}
	if err != nil {
		return err
	}
	if t.ChannelID != channel.ChannelID {
		return invalidToken("channel of userAccessToken", "one issued to channel "+channel.ChannelID, "use the channel access token of the channel that the user logged in to")
	}
	err = e.Store.Deauthorize(r.Context(), t.PersonID, t.ChannelID, e.Now().UTC())
	if errors.Is(err, store.ErrNotFound) {
		return invalidToken("the user has not authorized the channel, or no longer", "", "nothing is left to do")
	}
	if err != nil {
		return fmt.Errorf("deauthorize: %w", err)
	}
	router.From(r.Context()).Note(r.Context(), store.Event{Kind: "deauthorize", ChannelID: t.ChannelID, PersonID: t.PersonID})
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func invalidToken(check, expected, fix string) error {
	return &oauth2.Error{Description: "invalid token", Check: check, Expected: expected, Fix: fix}
}
