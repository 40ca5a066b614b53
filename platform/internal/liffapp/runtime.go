package liffapp

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// runtimeRoutes are what the SDK of a running app calls, beside its context and its
// feature token. The last ones answer whatever else it may call, so that the SDK shows
// our words in place of a network error.
func (e *Endpoints) runtimeRoutes() []router.Route {
	routes := []router.Route{
		{Pattern: "POST " + wire.PathShareMessages, Handler: e.serveMessages},
		{Pattern: "POST " + wire.PathValidateFriendship, Handler: e.serveValidateFriendship},
		{Pattern: "POST " + wire.PathAddFriendRateLimit, Handler: e.serveRateLimit},
		{Pattern: "GET " + wire.PathUnauthorizedPermissions, Handler: e.serveUnauthorized},
		{Pattern: "GET " + wire.PathShortcut, Handler: e.serveShortcut},
		{Pattern: "GET " + wire.PathSubWindow + "{liffID}/origin", Handler: e.serveOrigin},
	}
	for _, path := range []string{"/liff/v2/{rest...}", "/message/{rest...}", "/iap/{rest...}"} {
		routes = append(routes,
			router.Route{Pattern: "GET " + path, Handler: serveNotHere},
			router.Route{Pattern: "POST " + path, Handler: serveNotHere})
	}
	for i := range routes {
		routes[i].CORS = true
	}
	return routes
}

// serveNotHere answers a request of the SDK for something that is not here.
func serveNotHere(_ http.ResponseWriter, r *http.Request) error {
	return &oauth2.Error{
		Status: http.StatusNotFound, Description: "tegata does not answer " + r.Method + " " + oauth2.Clip(r.URL.Path),
		Check: "path of the request", Given: oauth2.Clip(r.URL.Path), Fix: "see what the platform answers in docs/compatibility.md",
	}
}

// serveValidateFriendship answers POST /oauth2/v2.1/liff/friendship/validate
// (liff.requestFriendship()): may this app ask for this friendship? A channel has one
// linked account and there are no templates, so anything else is refused by the codes
// that the SDK knows (the texts are our choice).
func (e *Endpoints) serveValidateFriendship(w http.ResponseWriter, r *http.Request) error {
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	token, err := e.Issue.AccessToken(r.Context(), form.Get("accessToken"))
	if err != nil {
		return err
	}
	channel, err := e.Store.Channel(r.Context(), token.ChannelID)
	if err != nil {
		return fmt.Errorf("channel of the token: %w", err)
	}
	bad := func(code, message string) error {
		return router.WriteJSON(w, wire.FriendshipValidity{Error: &wire.FriendshipFault{Code: code, Message: message}})
	}
	switch id := form.Get("officialAccountId"); {
	case form.Get("templateId") != "":
		return bad("INVALID_TEMPLATE_ID", "there are no templates here: leave templateId out")
	case channel.Bot == nil:
		return bad("BOT_NOT_RESOLVED", "no LINE Official Account is linked to channel "+channel.ID)
	case id != "" && id != channel.Bot.ID && form.Get("officialAccountFallback") != "true":
		return bad("BOT_NOT_RESOLVED", "the account that is linked to channel "+channel.ID+" is "+channel.Bot.ID)
	}
	return router.WriteJSON(w, wire.FriendshipValidity{Valid: true})
}

// runtimeApp returns the LIFF app that a query names, and the user's access token, which
// must be of the app's channel.
func (e *Endpoints) runtimeApp(r *http.Request) (store.LIFFApp, store.AccessToken, error) {
	q, err := oauth2.Query(r)
	if err != nil {
		return store.LIFFApp{}, store.AccessToken{}, err
	}
	id := q.Get("liffId")
	app, err := e.Store.LIFFApp(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return app, store.AccessToken{}, notFound(id, "send the LIFF ID of the app as liffId")
	}
	if err != nil {
		return app, store.AccessToken{}, fmt.Errorf("LIFF app: %w", err)
	}
	token, err := e.userOf(r, app)
	return app, token, err
}

// serveRateLimit answers POST /liff/v2/oaadd/rateLimit. There is no limit (our choice;
// LINE's is not known).
func (e *Endpoints) serveRateLimit(w http.ResponseWriter, r *http.Request) error {
	if _, _, err := e.runtimeApp(r); err != nil {
		return err
	}
	return router.WriteJSON(w, struct{}{})
}

// serveUnauthorized answers GET /liff/v2/incrementalAgreement/unauthorizedPermissions:
// the scopes of the app that the user has not granted.
func (e *Endpoints) serveUnauthorized(w http.ResponseWriter, r *http.Request) error {
	app, token, err := e.runtimeApp(r)
	if err != nil {
		return err
	}
	missing := []string{}
	for _, s := range app.Scopes {
		if !slices.Contains(token.Scopes, s) {
			missing = append(missing, s)
		}
	}
	return router.WriteJSON(w, missing)
}

// serveShortcut answers GET /api/shortcut (liff.createShortcutOnHomeScreen()). LINE's
// page tells how to add the shortcut; ours is the LIFF URL itself (our choice).
func (e *Endpoints) serveShortcut(w http.ResponseWriter, r *http.Request) error {
	app, _, err := e.runtimeApp(r)
	if err != nil {
		return err
	}
	link := router.From(r.Context()).Base.LIFF + "/" + app.ID
	target := r.URL.Query().Get("url")
	for _, prefix := range []string{endpointFor(app, r), "https://" + wire.HostLIFF + "/" + app.ID, link} {
		if rest, ok := strings.CutPrefix(target, prefix); ok {
			return router.WriteJSON(w, wire.ShortcutResponse{PageURL: link + restBehind(rest)})
		}
	}
	return invalid("url", oauth2.Clip(target), "a permanent link of the app, or a URL below its endpoint URL")
}

// restBehind writes what follows a LIFF ID with the slash that parts them.
func restBehind(rest string) string {
	if rest == "" || strings.ContainsAny(rest[:1], "/?#") {
		return rest
	}
	return "/" + rest
}
