package platform

import (
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// picturePath is where personas' pictures are served.
const picturePath = "/_tegata/picture/"

// picture returns the URL of a person's picture: a name is one of ours, anything
// else is the URL itself.
func picture(base router.Base, name string) string {
	if name == "" || strings.Contains(name, "/") {
		return name
	}
	return base.API + picturePath + name
}

// errorPage writes the page for a fault that must not be sent to the callback URL.
func errorPage(pages *page.Renderer) func(http.ResponseWriter, *http.Request, *oauth2.Error) error {
	return func(w http.ResponseWriter, r *http.Request, e *oauth2.Error) error {
		d := page.Error{
			Status: e.HTTPStatus(), Message: e.Description, Check: e.Check, Given: e.Given, Fix: e.Fix,
		}
		if e.Expected != "" {
			d.Registered = strings.Split(e.Expected, "\n")
		}
		visit := page.Visit{
			UILocales: r.URL.Query().Get("ui_locales"), RequestID: router.From(r.Context()).RequestID,
		}
		return pages.Error(w, r, visit, d)
	}
}

// mountFiles mounts what pages refer to.
func mountFiles(mux router.Mux, pages *page.Renderer) {
	plain := func(h http.Handler) router.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			h.ServeHTTP(w, r)
			return nil
		}
	}
	mux.Handle(router.Route{Pattern: "GET /_tegata/assets/", Handler: plain(pages.Assets())})
	mux.Handle(router.Route{Pattern: "GET " + picturePath, Handler: plain(page.Pictures())})
}
