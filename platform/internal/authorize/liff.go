package authorize

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// serveLIFF answers liff.login() of an external browser. Channel, scopes and the
// add-friend option are those of the LIFF app; the request adds state and PKCE, and by
// our extension a nonce.
func (s *Endpoints) serveLIFF(w http.ResponseWriter, r *http.Request) error {
	p, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	a, refusal, err := s.liffRequest(r.Context(), p, r.Referer())
	if err != nil {
		return err
	}
	return s.start(w, r, a, refusal)
}

func (s *Endpoints) liffRequest(ctx context.Context, p oauth2.Params, referer string) (ask, *oauth2.Error, error) {
	app, channel, err := s.liffApp(ctx, p)
	if err != nil {
		return ask{}, nil, err
	}
	uri := withoutAnswer(p.Get("redirect_uri"))
	if uri == "" {
		uri = servedEndpoint(app, referer)
	} else if !matchEndpoint(app, uri) || len(p.All("redirect_uri")) > 1 {
		allowed := strings.Join(append([]string{app.EndpointURL}, app.ServedOrigins...), "\n")
		return ask{}, nil, pageFault("redirect_uri is not at or below the endpoint URL of the LIFF app.",
			"redirect_uri of liff.login() against the endpoint URL of LIFF app "+app.ID, safeGiven(uri), allowed,
			"pass a redirectUri at the endpoint URL or below it, leave it out, or change the endpoint URL")
	}
	a := ask{channel: channel, req: store.Request{
		ChannelID: channel.ID, LIFFID: app.ID, RedirectURI: uri, ResponseMode: modeQuery, Scopes: slices.Clone(app.Scopes),
	}}
	if app.BotPrompt != "none" {
		a.req.BotPrompt = app.BotPrompt
	}
	return a, a.readLIFF(p), nil
}

func (s *Endpoints) liffApp(ctx context.Context, p oauth2.Params) (store.LIFFApp, store.Channel, error) {
	id := p.Get("app_id")
	unknown := pageFault("Invalid app_id value.", "no LIFF app has this app_id", id, "the ID of a LIFF app, given once",
		"pass the LIFF ID of the app to liff.init(); tegata env prints those of development")
	if id == "" || len(p.All("app_id")) > 1 {
		return store.LIFFApp{}, store.Channel{}, unknown
	}
	app, err := s.Store.LIFFApp(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return app, store.Channel{}, unknown
	}
	if err != nil {
		return app, store.Channel{}, fmt.Errorf("LIFF app of authorization request: %w", err)
	}
	channel, err := s.Store.Channel(ctx, app.ChannelID)
	if err != nil {
		return app, channel, fmt.Errorf("channel of LIFF app %s: %w", app.ID, err)
	}
	return app, channel, nil
}

// readLIFF reads what a LIFF request says itself.
func (a *ask) readLIFF(p oauth2.Params) *oauth2.Error {
	a.keepState(p)
	for _, step := range []func(oauth2.Params) *oauth2.Error{a.readState, readType, a.readNonce, a.readPKCE} {
		if e := step(p); e != nil {
			return e
		}
	}
	switch v := p.Get("disable_auto_login"); strings.ToLower(v) {
	case "", "false":
	case "true":
		a.req.DisableAutoLogin = true
	default:
		return invalid("disable_auto_login", v, "true or false", "send true or false")
	}
	return allowedScopes(a.channel, a.req.Scopes)
}
