package liffapp

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/web"
)

// The chats from which an app is opened, as the context names them.
const (
	chatNone     = "none"
	chatOneToOne = "utou"
	chatGroup    = "group"
	chatRoom     = "room"
)

// browserRoutes are what the SDK calls for features that need a LIFF browser, or pages
// of LINE's. They exist in development only.
func (e *Endpoints) browserRoutes() []router.Route {
	sub := wire.PathSubWindow
	routes := []router.Route{
		{Pattern: "GET " + wire.PathLIFFRuntime + "{liffID}/" + wire.SegmentOTT, CORS: true, Handler: e.serveOTT},
		{Pattern: "GET " + wire.PathSharePickerResult, CORS: true, Handler: e.serveShareResult},
		{Pattern: "POST " + wire.PathSharePickerResult, CORS: true, Handler: e.serveShareCancel},
		{Pattern: "GET " + wire.PathSharePicker, Page: true, Handler: e.servePicker},
		{Pattern: "POST " + wire.PathSharePicker, Handler: e.servePicked},
		{Pattern: "POST " + sub + "msit", CORS: true, Handler: e.serveOpenSub},
		{Pattern: "POST " + sub + "waitResult", CORS: true, Handler: e.serveWaitSub},
		{Pattern: "POST " + sub + "mst", CORS: true, Handler: e.serveEnterSub},
		{Pattern: "POST " + sub + "appData", CORS: true, Handler: e.serveSubData},
		{Pattern: "POST " + sub + "result", CORS: true, Handler: e.serveSubResult},
		{Pattern: "POST " + wire.PathSubWindowMessages, Page: true, Handler: e.serveMessageBus},
		{Pattern: "GET /liff/edge/{rest...}", CORS: true, Handler: serveExtension},
		{Pattern: "GET /xlt/{rest...}", CORS: true, Handler: serveTexts},
	}
	for name := range files {
		routes = append(routes, router.Route{Pattern: "GET " + assets + name, Handler: serveFile(name)})
	}
	return routes
}

// assets is where the pages of this file find their styles and scripts.
const assets = "/_tegata/liff/"

// files are those, by name: where they lie in web, and their media types.
var files = map[string]struct{ path, media string }{
	"picker.css": {"simulator/picker.css", "text/css; charset=utf-8"},
	"picker.js":  {"simulator/dist/picker.js", "text/javascript; charset=utf-8"},
	"bus.js":     {"simulator/dist/bus.js", "text/javascript; charset=utf-8"},
}

func serveFile(name string) router.Handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		data, err := web.Simulator.ReadFile(files[name].path)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", files[name].media)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(data) // the client may be gone; nothing is left to do
		return nil
	}
}

// serveExtension answers for the script of native features that the SDK's default export
// loads at every start: one that adds nothing. LINE's own is not ours to serve.
func serveExtension(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write([]byte("window.liffClientExtension = { install() {} };\n"))
	return nil
}

// serveTexts answers for the texts of the SDK's few dialogs: there are none, and it then
// shows their keys.
func serveTexts(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("rest") == "manifest.json" {
		return router.WriteJSON(w, map[string]any{"languages": map[string]string{"en": "en.json"}})
	}
	return router.WriteJSON(w, struct{}{})
}

// identifierForm is the form of a sub window's identifier.
var identifierForm = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)

// serveMessageBus answers POST /liff/v2/sub/messageHandler with the hidden page that
// carries messages between a main window and its sub window. Apps of any origin frame
// it; what passes through is encrypted by a key that it does not know.
func (e *Endpoints) serveMessageBus(w http.ResponseWriter, r *http.Request) error {
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	id := form.Get("identifier")
	if !identifierForm.MatchString(id) {
		return invalid("identifier", oauth2.Clip(id), "letters and digits, at most 64")
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(`<!doctype html><html lang="en"><meta charset="utf-8"><title>messages of a sub window</title>` +
		`<body data-identifier="` + id + `"><script src="` + assets + `bus.js"></script></body></html>` + "\n"))
	return nil
}

// browserContext is the context that a LIFF browser hands over.
func (e *Endpoints) browserContext(in issue.LaunchInput, out issue.Launched, req control.LIFFLaunchRequest, endpoint string) liffContext {
	c := liffContext{
		Type: req.Chat, ViewType: req.View, UserID: out.Access.UserID, LIFFID: in.App.ID, EndpointURL: endpoint,
		AccessTokenHash: tokenHash(out.AccessToken), Availability: e.availabilityOf(), Scope: in.App.Scopes,
		PermanentLinkPattern: in.App.PermanentLinkPattern, UTSTracking: utsTracking{Mode: "none"},
	}
	if c.Type == "" {
		c.Type = chatNone
	}
	if c.ViewType == "" {
		c.ViewType = in.App.ViewType
	}
	c.Availability["scanCodeV2"] = availability{in.App.QRCode, "11.7.0"}
	c.Availability["addToHomeV2"] = availability{true, "13.20.0"}
	c.Availability["skipChannelVerificationScreen"] = availability{req.ConsentWindow, "11.14.0"}
	switch id := req.ChatID; c.Type {
	case chatOneToOne:
		c.UToUID = chatID(id, "UU", in.Person, 64)
	case chatGroup:
		c.GroupID = chatID(id, "C", in.Person, 32)
	case chatRoom:
		c.RoomID = chatID(id, "R", in.Person, 32)
	}
	return c
}

// chatID returns the ID of a chat: the given one, or one that is the same at every launch
// of a person.
func chatID(given, prefix string, p store.Person, length int) string {
	if given != "" {
		return oauth2.Clip(given)
	}
	sum := sha256.Sum256([]byte("chat " + prefix + " " + p.ID))
	return prefix + hex.EncodeToString(sum[:])[:length]
}

// servedEndpoint returns the endpoint URL at one of the origins at which the app is
// served; the empty origin is the endpoint URL's own.
func servedEndpoint(app store.LIFFApp, origin string) (string, error) {
	u, err := url.Parse(app.EndpointURL)
	if err != nil {
		return "", err
	}
	if u.Path == "" {
		u.Path = "/"
	}
	own := u.Scheme + "://" + u.Host
	if origin == "" || origin == own {
		return u.String(), nil
	}
	if !slices.Contains(app.ServedOrigins, origin) {
		return "", invalid("origin", oauth2.Clip(origin), "one at which the app is served")
	}
	return origin + u.RequestURI(), nil
}
