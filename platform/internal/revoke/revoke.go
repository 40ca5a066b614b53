package revoke

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
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

// serveRevoke answers POST /oauth2/v2.1/revoke ("Revoke access token"). It takes
// access_token, refresh_token as the native SDKs do, and RFC 7009's token. It answers
// after the store has the revocation. A token that is not known, or not this
// channel's, is no error and stays as it is (RFC 7009 §2.2).
func (e *Endpoints) serveRevoke(w http.ResponseWriter, r *http.Request) error {
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	raws, err := tokensOf(form)
	if err != nil {
		return err
	}
	client, err := e.Issue.Client(r, form)
	if err != nil {
		return err
	}
	public := true
	var targets []target
	for _, raw := range raws {
		t, err := e.find(r.Context(), raw)
		if err != nil {
			return err
		}
		own := t.channelID == client.Channel.ID
		if own {
			targets = append(targets, t)
		}
		// LINE looks at the secret of a channel for web apps alone. A LIFF app holds none
		// either; our extension is that it may revoke the access token that its own code
		// exchange issued, so that logout ends it.
		mobile := client.Channel.Mobile && issue.KindOf(raw) != issue.KindChannel
		public = public && (mobile || own && t.liff)
	}
	if err := client.Authenticate(!public); err != nil {
		return err
	}
	for _, t := range targets {
		if err := t.revoke(e.Now().UTC()); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("revoke: %w", err)
		}
		router.From(r.Context()).Note(r.Context(), store.Event{Kind: "revoke", ChannelID: t.channelID, Check: t.what})
	}
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	return nil
}

// tokensOf returns the tokens that a request names, each once: a client may send
// LINE's parameter beside RFC 7009's. Which kind a token is it says itself, so neither
// the parameter nor token_type_hint is believed (RFC 7009 §2.1).
func tokensOf(form oauth2.Params) ([]string, error) {
	bad := func(description, check, given, fix string) ([]string, error) {
		return nil, &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: description, Check: check, Given: given,
			Expected: "access_token, refresh_token or token, once", Fix: fix,
		}
	}
	if name := form.Repeated(); name != "" {
		return bad("some parameters missed or invalid", "a parameter is given more than once", oauth2.Clip(name), "send every parameter once")
	}
	var out []string
	for _, name := range []string{"access_token", "refresh_token", "token"} {
		raw := form.Get(name)
		if raw == "" || slices.Contains(out, raw) {
			continue
		}
		switch issue.KindOf(raw) {
		case issue.KindAccess, issue.KindRefresh, issue.KindChannel:
		default:
			if name != "token" {
				return bad("The access token malformed", "form of "+name, "", "send the token as it was issued")
			}
		}
		out = append(out, raw)
	}
	if len(out) == 0 {
		return bad("some parameters missed or invalid", "the token to revoke", "", "name it by access_token")
	}
	return out, nil
}

// target is a token that is to be revoked; the zero value is none.
type target struct {
	what      string // for the event log
	channelID string
	liff      bool // an access token of a LIFF app's code exchange
	revoke    func(now time.Time) error
}

// find returns what a token stands for, or the zero target if there is nothing to
// revoke.
func (e *Endpoints) find(ctx context.Context, raw string) (target, error) {
	t, err := e.read(ctx, raw)
	var refused *oauth2.Error
	if errors.As(err, &refused) || errors.Is(err, store.ErrNotFound) {
		return target{}, nil
	}
	return t, err
}

// read returns what a token stands for. A token of a user that has expired or is revoked is
// found too: a LIFF app may log out twice, and whoever revokes again must not be answered
// before the first call has reached every node.
func (e *Endpoints) read(ctx context.Context, raw string) (target, error) {
	switch issue.KindOf(raw) {
	case issue.KindAccess:
		t, err := e.Issue.AccessRecord(ctx, raw)
		return target{what: "access token", channelID: t.ChannelID, liff: t.Origin == store.LIFF, revoke: func(now time.Time) error {
			return e.Store.RevokeAccessToken(ctx, t.ID, now, causeRevoke)
		}}, err
	case issue.KindRefresh:
		t, err := e.Issue.RefreshRecord(ctx, raw)
		return target{what: "refresh token and what was issued from it", channelID: t.ChannelID, revoke: func(now time.Time) error {
			return e.Store.RevokeRefreshToken(ctx, t.ID, now, causeRevoke)
		}}, err
	case issue.KindChannel:
		t, err := e.Issue.ChannelToken(ctx, raw)
		return target{what: t.Kind.String(), channelID: t.ChannelID, revoke: func(now time.Time) error {
			if t.Kind == store.ChannelTokenStateless {
				return &oauth2.Error{
					Code: oauth2.InvalidRequest, Check: "kind of the channel access token", Given: t.Kind.String(),
					Expected: "one that can be revoked", Fix: "let it expire: a stateless token lives 15 minutes",
				}
			}
			return e.Store.RevokeChannelToken(ctx, t.ID, now)
		}}, err
	}
	return target{}, store.ErrNotFound
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
	raw, err := userToken(body)
	if err != nil {
		return invalidToken("body of the request", `{"userAccessToken":"…"}`, "send the user's access token as JSON")
	}
	t, err := e.Issue.AccessToken(r.Context(), raw)
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

// userToken reads the body of a deauthorization, a wire.DeauthorizeRequest, strictly:
// no name twice or in another case, nothing after it.
func userToken(body []byte) (string, error) {
	raw := ""
	err := jose.ScanObject(body, func(name string, v jose.Value) (err error) {
		if name == "userAccessToken" {
			raw, err = v.String()
		}
		return err
	})
	if err == nil && raw == "" {
		err = errors.New("no userAccessToken")
	}
	return raw, err
}

func invalidToken(check, expected, fix string) error {
	return &oauth2.Error{Description: "invalid token", Check: check, Expected: expected, Fix: fix}
}
