package console

import (
	"context"
	"errors"
	"net/http"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// maxApps is how many LIFF apps a channel may have (LINE's limit).
const maxApps = 30

// liffAlphabet is of the eight characters behind the dash of a LIFF ID.
const liffAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

func (a *API) newLIFFID(channelID string) string {
	out := channelID + "-"
	var raw [1]byte
	for n := 0; n < 8; {
		a.Random.Fill(raw[:])
		// 248 is the largest multiple of 62 in a byte: every letter is as likely.
		if raw[0] < 248 {
			out += string(liffAlphabet[int(raw[0])%len(liffAlphabet)])
			n++
		}
	}
	return out
}

func (a *API) liffApp(r *http.Request) (store.LIFFApp, error) {
	id := r.PathValue("id")
	app, err := a.Store.LIFFApp(r.Context(), id)
	return app, missing(err, "LIFF app", id)
}

func (a *API) shownLIFFApp(app store.LIFFApp) control.LIFFApp {
	return control.LIFFApp{
		LIFFID: app.ID, ChannelID: app.ChannelID, URL: a.PublicURL + "/" + app.ID, EndpointURL: app.EndpointURL,
		Description: app.Description, View: app.ViewType, Scopes: listed(app.Scopes), BotPrompt: app.BotPrompt,
		ModuleMode: app.ModuleMode, QRCode: app.QRCode, CreatedAt: app.CreatedAt,
	}
}

func (a *API) listLIFFApps(r *http.Request, _ operator) (any, error) {
	ids := []string{r.URL.Query().Get("channel")}
	if ids[0] == "" {
		all, err := a.Store.Channels(r.Context())
		if err != nil {
			return nil, err
		}
		ids = ids[:0]
		for _, c := range all {
			ids = append(ids, c.ID)
		}
	} else if _, err := a.Store.Channel(r.Context(), ids[0]); err != nil {
		return nil, missing(err, "channel", ids[0])
	}
	out := control.LIFFApps{LIFFApps: []control.LIFFApp{}}
	for _, id := range ids {
		apps, err := a.Store.LIFFAppsOf(r.Context(), id)
		if err != nil {
			return nil, err
		}
		for _, app := range apps {
			out.LIFFApps = append(out.LIFFApps, a.shownLIFFApp(app))
		}
	}
	return out, nil
}

func (a *API) showLIFFApp(r *http.Request, _ operator) (any, error) {
	app, err := a.liffApp(r)
	if err != nil {
		return nil, err
	}
	return a.shownLIFFApp(app), nil
}

func (a *API) createLIFFApp(r *http.Request, by operator) (any, error) {
	change, err := read[control.LIFFAppChange](r)
	if err != nil {
		return nil, err
	}
	switch {
	case change.ChannelID == nil:
		return nil, bad("a LIFF app needs a channel", "give --channel ID; tegata channel list shows them")
	case change.EndpointURL == nil:
		return nil, bad("a LIFF app needs an endpoint URL", "give --endpoint-url: where the app is served")
	}
	app := store.LIFFApp{
		ChannelID: *change.ChannelID, ViewType: "full", BotPrompt: "none", PermanentLinkPattern: "concat", CreatedAt: a.now(),
		Scopes: []string{oauth2.ScopeProfile, oauth2.ScopeChatMessageWrite}, // LINE's default
	}
	if err := a.applyLIFFApp(&app, change); err != nil {
		return nil, err
	}
	err = a.putLIFFApp(r.Context(), &app)
	if err != nil {
		return nil, err
	}
	a.done(r, by, "LIFF app made", app.ID)
	return a.shownLIFFApp(app), nil
}

func (a *API) putLIFFApp(ctx context.Context, app *store.LIFFApp) error {
	err := withID(nil, "LIFF app", func() string { return a.newLIFFID(app.ChannelID) }, func(id string) error {
		app.ID = id
		return a.Store.CreateLIFFApp(ctx, *app, maxApps)
	})
	if errors.Is(err, store.ErrLimit) {
		return fault(http.StatusConflict, "limit", "the channel has 30 LIFF apps, as many as LINE lets it have", "delete one, or use another channel")
	}
	return missing(err, "channel", app.ChannelID)
}

func (a *API) updateLIFFApp(r *http.Request, by operator) (any, error) {
	change, err := read[control.LIFFAppChange](r)
	if err != nil {
		return nil, err
	}
	app, err := a.liffApp(r)
	if err != nil {
		return nil, err
	}
	if change.ChannelID != nil && *change.ChannelID != app.ChannelID {
		return nil, bad("the channel of a LIFF app does not change: it is in the LIFF ID", "make a new LIFF app")
	}
	if err := a.applyLIFFApp(&app, change); err != nil {
		return nil, err
	}
	if err := a.Store.UpdateLIFFApp(r.Context(), app); err != nil {
		return nil, missing(err, "LIFF app", app.ID)
	}
	a.done(r, by, "LIFF app changed", app.ID)
	return a.shownLIFFApp(app), nil
}

func (a *API) applyLIFFApp(app *store.LIFFApp, change control.LIFFAppChange) error {
	if u := change.EndpointURL; u != nil {
		if err := CheckEndpoint(*u, a.Env != nil); err != nil {
			return err
		}
		app.EndpointURL, app.ServedOrigins = *u, nil
	}
	for _, err := range []error{
		text("description", change.Description, maxName, &app.Description),
		oneOf("view", change.View, &app.ViewType, "compact", "tall", "full"),
		oneOf("bot prompt", change.BotPrompt, &app.BotPrompt, "none", "normal", "aggressive"),
		someOf("scope", change.Scopes, &app.Scopes, oauth2.ScopeOpenID, oauth2.ScopeProfile, oauth2.ScopeEmail, oauth2.ScopeChatMessageWrite),
	} {
		if err != nil {
			return err
		}
	}
	if change.ModuleMode != nil {
		app.ModuleMode = *change.ModuleMode
	}
	if change.QRCode != nil {
		app.QRCode = *change.QRCode
	}
	return nil
}

func (a *API) deleteLIFFApp(r *http.Request, by operator) (any, error) {
	app, err := a.liffApp(r)
	if err != nil {
		return nil, err
	}
	if err := a.Store.DeleteLIFFApp(r.Context(), app.ChannelID, app.ID); err != nil {
		return nil, missing(err, "LIFF app", app.ID)
	}
	a.done(r, by, "LIFF app removed", app.ID)
	return control.Deleted{Done: true}, nil
}
