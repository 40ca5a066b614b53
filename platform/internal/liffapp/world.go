package liffapp

import (
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// serveWorld tells a LIFF browser which apps there are, and who may be logged in.
func (e *Endpoints) serveWorld(w http.ResponseWriter, r *http.Request) error {
	out := control.LIFFWorld{Apps: []control.LIFFWorldApp{}, People: []control.LIFFWorldPerson{}}
	channels, err := e.Store.Channels(r.Context())
	if err != nil {
		return fmt.Errorf("channels: %w", err)
	}
	bots := map[string]bool{}
	for _, c := range channels {
		apps, err := e.Store.LIFFAppsOf(r.Context(), c.ID)
		if err != nil {
			return fmt.Errorf("LIFF apps of %s: %w", c.ID, err)
		}
		for _, a := range apps {
			one := control.LIFFWorldApp{
				LIFFID: a.ID, ChannelID: c.ID, ChannelName: c.Name, Description: a.Description, EndpointURL: a.EndpointURL,
				Origins: append([]string{}, a.ServedOrigins...), View: a.ViewType, ModuleMode: a.ModuleMode, QRCode: a.QRCode,
				Scopes: append([]string{}, a.Scopes...),
			}
			if c.Bot != nil {
				one.BotID, one.BotName, bots[c.Bot.ID] = c.Bot.ID, c.Bot.Name, true
			}
			out.Apps = append(out.Apps, one)
		}
	}
	people, err := e.Store.People(r.Context())
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	base := router.From(r.Context()).Base
	for _, p := range people {
		one := control.LIFFWorldPerson{
			Handle: p.Handle, Name: p.DisplayName, Email: p.Email, Note: p.Note, Language: p.Language,
			Picture: e.Lab.cfg.Picture(base, p.Picture), Friends: []string{},
		}
		for bot := range bots {
			f, err := e.Store.Friendship(r.Context(), p.ID, bot)
			if err != nil {
				return fmt.Errorf("friendship: %w", err)
			}
			if f == store.Friend {
				one.Friends = append(one.Friends, bot)
			}
		}
		out.People = append(out.People, one)
	}
	return router.WriteJSON(w, out)
}
