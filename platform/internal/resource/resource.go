package resource

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Endpoints answers for tokens. Every field is required. It may be used from many
// goroutines.
type Endpoints struct {
	Store store.Store
	Issue *issue.Service
	Ring  *keyring.Ring
	Now   func() time.Time
	// Issuer returns the issuer identifier for requests that came through a base.
	Issuer func(router.Base) string
	// Picture returns the URL of a person's picture by the name that the store keeps.
	Picture func(base router.Base, name string) string
}

// Mount mounts the routes.
func (e *Endpoints) Mount(mux router.Mux) {
	for _, route := range []router.Route{
		{Pattern: "GET " + wire.PathVerify, Handler: e.serveVerifyAccess},
		{Pattern: "POST " + wire.PathVerify, Handler: e.serveVerifyID},
		{Pattern: "GET " + wire.PathUserinfo, Handler: e.serveUserinfo},
		{Pattern: "POST " + wire.PathUserinfo, Handler: e.serveUserinfo},
		{Pattern: "GET " + wire.PathProfile, Handler: e.serveProfile},
		{Pattern: "GET " + wire.PathFriendship, Handler: e.serveFriendship},
	} {
		route.CORS = true // the LIFF SDK calls them from the app's origin
		mux.Handle(route)
	}
}

// serveVerifyAccess answers GET /oauth2/v2.1/verify. It is the path that every LIFF
// call goes through, so it looks up one record and writes its answer by hand. LINE's
// also takes channel access tokens of v2.1; that ours takes the other kinds, and the
// empty scope of all, is our choice.
func (e *Endpoints) serveVerifyAccess(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	raw := q.Get("access_token")
	if raw == "" || q.Repeated() != "" {
		return missing("access_token", "put one access_token into the query, percent-encoded")
	}
	if issue.KindOf(raw) == issue.KindChannel {
		t, err := e.Issue.ChannelToken(r.Context(), raw)
		if err != nil {
			return err
		}
		e.writeVerified(w, nil, t.ChannelID, t.ExpiresAt)
		return nil
	}
	t, err := e.Issue.AccessToken(r.Context(), raw)
	if err != nil {
		return err
	}
	e.writeVerified(w, t.Scopes, t.ChannelID, t.ExpiresAt)
	return nil
}

// writeVerified writes a wire.VerifyResponse. Scope names and channel IDs hold nothing
// that JSON would escape: the platform made them.
func (e *Endpoints) writeVerified(w http.ResponseWriter, scopes []string, channelID string, expiresAt time.Time) {
	left := max(int64(expiresAt.Sub(e.Now())/time.Second), 0)
	b := make([]byte, 0, 160)
	b = append(b, `{"scope":"`...)
	b = append(b, oauth2.FormatScope(scopes)...)
	b = append(b, `","client_id":"`...)
	b = append(b, channelID...)
	b = append(b, `","expires_in":`...)
	b = strconv.AppendInt(b, left, 10)
	router.WriteRaw(w, append(b, '}'))
}

// serveUserinfo answers /oauth2/v2.1/userinfo (OpenID Connect Core §5.3). LINE's holds
// neither the e-mail address nor LINE Profile+.
func (e *Endpoints) serveUserinfo(w http.ResponseWriter, r *http.Request) error {
	t, p, err := e.owner(r, oauth2.ScopeOpenID)
	if err != nil {
		return err
	}
	out := wire.Userinfo{Subject: t.UserID}
	if slices.Contains(t.Scopes, oauth2.ScopeProfile) {
		out.Name, out.Picture = p.DisplayName, e.Picture(router.From(r.Context()).Base, p.Picture)
	}
	return router.WriteJSON(w, out)
}

// serveProfile answers GET /v2/profile ("Get user profile").
func (e *Endpoints) serveProfile(w http.ResponseWriter, r *http.Request) error {
	t, p, err := e.owner(r, oauth2.ScopeProfile)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, wire.Profile{
		UserID: t.UserID, DisplayName: p.DisplayName,
		PictureURL: e.Picture(router.From(r.Context()).Base, p.Picture), StatusMessage: p.StatusMessage,
	})
}

// owner returns the token that the request carries and the person it speaks for.
func (e *Endpoints) owner(r *http.Request, scope string) (store.AccessToken, store.Person, error) {
	t, err := e.Issue.Bearer(r, scope)
	if err != nil {
		return store.AccessToken{}, store.Person{}, err
	}
	p, err := e.Store.Person(r.Context(), t.PersonID)
	if errors.Is(err, store.ErrNotFound) {
		return store.AccessToken{}, store.Person{}, &oauth2.Error{
			Status: http.StatusUnauthorized, Description: "The access token revoked",
			Check: "the user of the token is gone", Fix: "log in again",
		}
	}
	if err != nil {
		return store.AccessToken{}, store.Person{}, fmt.Errorf("owner of the token: %w", err)
	}
	return t, p, nil
}

// serveFriendship answers GET /friendship/v1/status ("Get friendship status"). A LINE
// Login channel has one linked account, so officialAccountId can name that one alone;
// LINE's 403 about several accounts is of LINE MINI App channels.
func (e *Endpoints) serveFriendship(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	t, err := e.Issue.Bearer(r, oauth2.ScopeProfile)
	if err != nil {
		return err
	}
	c, err := e.Store.Channel(r.Context(), t.ChannelID)
	if err != nil {
		return fmt.Errorf("channel of the token: %w", err)
	}
	if c.Bot == nil {
		return &oauth2.Error{
			Description: "There is no login bot linked to this channel.", Check: "linked LINE Official Account of channel " + c.ID,
			Fix: "link one (bot in a seed)",
		}
	}
	if id := q.Get("officialAccountId"); id != "" && id != c.Bot.ID {
		return &oauth2.Error{
			Description: "Bot not found", Check: "officialAccountId", Given: oauth2.Clip(id), Expected: c.Bot.ID,
			Fix: "name the account that is linked to the channel, or leave the parameter out",
		}
	}
	f, err := e.Store.Friendship(r.Context(), t.PersonID, c.Bot.ID)
	if err != nil {
		return fmt.Errorf("friendship: %w", err)
	}
	return router.WriteJSON(w, wire.Friendship{FriendFlag: f == store.Friend})
}

func missing(name, fix string) error {
	return &oauth2.Error{
		Code: oauth2.InvalidRequest, Description: "some parameters missed or invalid", Check: "parameter " + name, Fix: fix,
	}
}
