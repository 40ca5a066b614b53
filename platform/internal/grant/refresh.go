package grant

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// serveRefresh answers grant_type=refresh_token ("Refresh access token"). The same
// refresh token comes back and its expiry does not move. The secret is asked of a
// channel for web apps alone; LINE ignores it if the channel has a native app.
func (e *Endpoints) serveRefresh(w http.ResponseWriter, r *http.Request, form oauth2.Params) error {
	if err := need(form, "refresh_token"); err != nil {
		return err
	}
	client, err := e.Issue.Client(r, form)
	if err != nil {
		return err
	}
	if err := client.Authenticate(!client.Channel.Mobile); err != nil {
		return err
	}
	raw := form.Get("refresh_token")
	token, err := e.Issue.RefreshToken(r.Context(), raw)
	if err != nil {
		return err
	}
	refuse := func(check, given, expected, fix string) error {
		return badGrant("invalid refresh token", check, given, expected, fix)
	}
	if token.ChannelID != client.Channel.ID {
		return refuse("channel of the refresh token", client.Channel.ID, "the channel that it was issued to", "refresh with the channel that the login was for")
	}
	if !client.Channel.Admits(token.PersonID) {
		return refuse("role of the user at a channel under development", "", "admin or tester", "give the user a role, or publish the channel")
	}
	if _, err := e.Store.Person(r.Context(), token.PersonID); errors.Is(err, store.ErrNotFound) {
		return refuse("the user is gone", "", "", "end the user's session")
	} else if err != nil {
		return fmt.Errorf("person of the refresh token: %w", err)
	}
	out, err := e.Issue.Refresh(r.Context(), token)
	if err != nil {
		return err
	}
	out.RefreshToken = raw
	router.From(r.Context()).Note(r.Context(), store.Event{
		Kind: "token", ChannelID: token.ChannelID, PersonID: token.PersonID, Check: "refresh_token",
	})
	return router.WriteJSON(w, out)
}
