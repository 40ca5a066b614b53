package liffapp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// serveOpen answers a LIFF URL ("Opening a LIFF app"): the primary redirect, to the
// endpoint URL with what followed the LIFF ID in liff.state. The fragment never
// reaches a server, so a page carries the browser on.
func (e *Endpoints) serveOpen(w http.ResponseWriter, r *http.Request) error {
	app, err := e.app(r)
	if err != nil {
		return err
	}
	endpoint := e.openAt(app, r)
	if ref := liffReferrer(r); ref != "" {
		endpoint = appendQuery(endpoint, wire.ParamLIFFReferrer, ref)
	}
	rest := restOf(r, app.EndpointURL)
	fallback := endpoint
	if rest != "" {
		fallback = appendQuery(endpoint, wire.ParamLIFFState, rest)
	}
	visit := page.Visit{RequestID: router.From(r.Context()).RequestID}
	return e.Pages.LIFFOpen(w, r, visit, page.LIFFOpen{Endpoint: endpoint, Rest: rest, Fallback: fallback})
}

// openAt returns where a LIFF URL leads. In development an app may be served at another
// origin, where the LIFF SDK finds the platform in place of LINE; a browser that comes by
// one of LINE's names finds it anywhere. A browser of another machine finds it at the host
// by which it came.
func (e *Endpoints) openAt(app store.LIFFApp, r *http.Request) string {
	at := endpointFor(app, r)
	base := router.From(r.Context()).Base
	if e.Lab == nil || at != app.EndpointURL || len(app.ServedOrigins) == 0 || base.LINE {
		return at
	}
	if served, err := servedEndpoint(app, servedFor(app.ServedOrigins, base.Access)); err == nil {
		return served
	}
	return at
}

// servedFor chooses of the origins of an app the one at the same host as the platform's,
// else the first.
func servedFor(origins []string, platform string) string {
	host := func(origin string) string {
		if u, err := url.Parse(origin); err == nil {
			return u.Hostname()
		}
		return ""
	}
	for _, o := range origins {
		if host(o) == host(platform) {
			return o
		}
	}
	return origins[0]
}

// restOf returns what followed the LIFF ID, path and query as they were sent. The
// slash is left out where the endpoint's path ends in one, as in LINE's examples.
func restOf(r *http.Request, endpoint string) string {
	// Whatever the LIFF ID was written like: it ends at the second slash.
	_, path, found := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	if found && path != "" {
		path = "/" + path
	}
	if base, _, _ := strings.Cut(endpoint, "?"); strings.HasSuffix(base, "/") {
		path = strings.TrimPrefix(path, "/")
	}
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return path
}

// liffReferrer returns the Referer of a move from one LIFF URL to another; a LIFF URL
// opened from elsewhere has none.
func liffReferrer(r *http.Request) string {
	ref := r.Referer()
	u, err := url.Parse(ref)
	if err != nil || u.Host == "" {
		return ""
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if idForm.MatchString(first) && strings.EqualFold(u.Host, r.Host) {
		return ref
	}
	return ""
}

// appendQuery appends a parameter to a URL that may have a query, encoded as the SDK
// decodes it (encodeURIComponent).
func appendQuery(raw, name, value string) string {
	sep := "?"
	if strings.Contains(raw, "?") {
		sep = "&"
	}
	return raw + sep + name + "=" + strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}

// serveFeature answers GET /liff/v2/apps/{liffId}/featureToken for a logged-in user.
func (e *Endpoints) serveFeature(w http.ResponseWriter, r *http.Request) error {
	app, err := e.app(r)
	if err != nil {
		return err
	}
	if _, err := e.userOf(r, app); err != nil {
		return err
	}
	return router.WriteJSON(w, wire.FeatureTokenResponse{FeatureToken: e.Issue.NewFeatureToken()})
}

func foreignToken(given, expected string) error {
	return &oauth2.Error{
		Status: http.StatusUnauthorized, Description: "The access token is of another channel", Check: "channel of the access token",
		Given: given, Expected: expected, Fix: "log in to this LIFF app",
	}
}
