package liffapp

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// channel returns the channel of the request's access token: short-lived or stateless,
// the kinds that LINE names for the LIFF server API.
func (e *Endpoints) channel(r *http.Request) (string, error) {
	t, err := e.Issue.ChannelBearer(r, store.ChannelTokenShortLived, store.ChannelTokenStateless)
	return t.ChannelID, err
}

// serveCreate answers POST /liff/v1/apps ("Adding the LIFF app to a channel").
func (e *Endpoints) serveCreate(w http.ResponseWriter, r *http.Request) error {
	channelID, err := e.channel(r)
	if err != nil {
		return err
	}
	change, err := readChange(r)
	if err != nil {
		return err
	}
	if change.View == nil || change.View.Type == nil || change.View.URL == nil {
		return invalid("view", "", "view.type and view.url")
	}
	app := store.LIFFApp{
		ChannelID: channelID, Scopes: []string{oauth2.ScopeProfile, oauth2.ScopeChatMessageWrite}, BotPrompt: "none",
		PermanentLinkPattern: "concat", CreatedAt: e.Now().UTC(),
	}
	if err := applyChange(&app, change); err != nil {
		return err
	}
	for {
		app.ID = channelID + "-" + e.newSuffix()
		err := e.Store.CreateLIFFApp(r.Context(), app, MaxApps)
		switch {
		case errors.Is(err, store.ErrExists):
			continue // one in 62^8
		case errors.Is(err, store.ErrLimit):
			return &oauth2.Error{
				Description: "the maximum number of LIFF apps has been reached", Check: "LIFF apps of the channel",
				Expected: fmt.Sprintf("fewer than %d", MaxApps), Fix: "delete one that is no longer used",
			}
		case err != nil:
			return fmt.Errorf("create LIFF app: %w", err)
		}
		return router.WriteJSON(w, wire.LIFFCreated{LIFFID: app.ID})
	}
}

// serveList answers GET /liff/v1/apps ("Get all LIFF apps"): 404 if there is none.
func (e *Endpoints) serveList(w http.ResponseWriter, r *http.Request) error {
	channelID, err := e.channel(r)
	if err != nil {
		return err
	}
	apps, err := e.Store.LIFFAppsOf(r.Context(), channelID)
	if err != nil {
		return fmt.Errorf("list LIFF apps: %w", err)
	}
	if len(apps) == 0 {
		return &oauth2.Error{Status: http.StatusNotFound, Description: "Not found", Check: "LIFF apps of the channel", Fix: "add one with POST " + wire.PathLIFFApps}
	}
	out := wire.LIFFApps{}
	for _, a := range apps {
		if a.Scopes == nil {
			a.Scopes = []string{} // an empty list, not null
		}
		out.Apps = append(out.Apps, wire.LIFFApp{
			LIFFID: a.ID, View: wire.LIFFView{Type: a.ViewType, URL: a.EndpointURL, ModuleMode: a.ModuleMode},
			Description: a.Description, Features: wire.LIFFFeatures{QRCode: a.QRCode},
			PermanentLinkPattern: a.PermanentLinkPattern, Scope: a.Scopes, BotPrompt: a.BotPrompt,
		})
	}
	return router.WriteJSON(w, out)
}

// serveUpdate answers PUT /liff/v1/apps/{liffId} ("Update LIFF app settings"): only
// what is given changes; the answer is empty. If somebody changes the app meanwhile,
// both changes hold.
func (e *Endpoints) serveUpdate(w http.ResponseWriter, r *http.Request) error {
	channelID, err := e.channel(r)
	if err != nil {
		return err
	}
	change, err := readChange(r)
	if err != nil {
		return err
	}
	for {
		app, err := e.app(r)
		if err != nil {
			return err
		}
		if app.ChannelID != channelID {
			return notFound(app.ID, "the LIFF app belongs to another channel: use that channel's access token")
		}
		if err := applyChange(&app, change); err != nil {
			return err
		}
		switch err := e.Store.UpdateLIFFApp(r.Context(), app); {
		case errors.Is(err, store.ErrConflict):
			continue
		case errors.Is(err, store.ErrNotFound):
			return notFound(app.ID, "it has just been deleted")
		case err != nil:
			return fmt.Errorf("update LIFF app: %w", err)
		}
		w.WriteHeader(http.StatusOK)
		return nil
	}
}

// serveDelete answers DELETE /liff/v1/apps/{liffId} ("Delete LIFF app from a channel").
func (e *Endpoints) serveDelete(w http.ResponseWriter, r *http.Request) error {
	channelID, err := e.channel(r)
	if err != nil {
		return err
	}
	id := r.PathValue("liffID")
	switch err := e.Store.DeleteLIFFApp(r.Context(), channelID, id); {
	case errors.Is(err, store.ErrNotFound):
		return notFound(id, "check the LIFF ID, and that the access token is of its channel")
	case err != nil:
		return fmt.Errorf("delete LIFF app: %w", err)
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

func readChange(r *http.Request) (wire.LIFFChange, error) {
	body, err := oauth2.ReadBody(r)
	if err != nil {
		return wire.LIFFChange{}, err
	}
	return parseChange(body)
}

// newSuffix returns eight random alphanumerics.
func (e *Endpoints) newSuffix() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	out := make([]byte, 0, 8)
	var raw [16]byte
	for len(out) < 8 {
		e.Random.Fill(raw[:])
		for _, b := range raw {
			if b < 248 && len(out) < 8 { // 4 × 62: each letter is as likely as another
				out = append(out, letters[b%62])
			}
		}
	}
	return string(out)
}
