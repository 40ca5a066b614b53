package liffapp

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// MaxApps is how many LIFF apps a channel may have (LINE's limit).
const MaxApps = 30

// idForm is the form of a LIFF ID: channel ID, dash, eight alphanumerics.
var idForm = regexp.MustCompile(`^[0-9]{1,20}-[0-9A-Za-z]{8}$`)

// Endpoints answers for LIFF apps. Every field is required but Random and
// Lab. It may be used from many goroutines.
type Endpoints struct {
	Store store.Store
	Issue *issue.Service
	Pages *page.Renderer
	Now   func() time.Time
	// Random is what LIFF IDs are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
	// Lab is what development has more; nil in production.
	Lab *Lab
}

// Mount mounts the routes.
func (e *Endpoints) Mount(mux router.Mux) {
	routes := append(e.runtimeRoutes(), []router.Route{
		{Pattern: "POST " + wire.PathLIFFApps, Handler: e.serveCreate},
		{Pattern: "GET " + wire.PathLIFFApps, Handler: e.serveList},
		{Pattern: "PUT " + wire.PathLIFFApps + "/{liffID}", Handler: e.serveUpdate},
		{Pattern: "DELETE " + wire.PathLIFFApps + "/{liffID}", Handler: e.serveDelete},
		{Pattern: "GET " + wire.PathLIFFRuntime + "{liffID}/" + wire.SegmentContextToken, CORS: true, Handler: e.serveContext},
		{Pattern: "GET " + wire.PathLIFFRuntime + "{liffID}/" + wire.SegmentFeatureToken, CORS: true, Handler: e.serveFeature},
		{Pattern: "GET /{liffID}", Page: true, Match: hasID, Handler: e.serveOpen},
		{Pattern: "GET /{liffID}/{rest...}", Page: true, Match: hasID, Handler: e.serveOpen},
	}...)
	if e.Lab != nil {
		routes = slices.Concat(routes, e.browserRoutes(), e.labRoutes())
	}
	for _, route := range routes {
		mux.Handle(route)
	}
}

// hasID says whether the path begins with a LIFF ID; if not, it is no LIFF URL.
func hasID(r *http.Request) bool { return idForm.MatchString(r.PathValue("liffID")) }

// app returns the LIFF app of the path, or a 404 in words.
func (e *Endpoints) app(r *http.Request) (store.LIFFApp, error) {
	id := r.PathValue("liffID")
	if !idForm.MatchString(id) {
		return store.LIFFApp{}, notFound(id, "check the LIFF ID: CHANNEL-ID, a dash and eight letters or digits")
	}
	a, err := e.Store.LIFFApp(r.Context(), id)
	if errors.Is(err, store.ErrNotFound) {
		return store.LIFFApp{}, notFound(id, "check the LIFF ID (tegata env shows those of tegata dev)")
	}
	if err != nil {
		return store.LIFFApp{}, fmt.Errorf("LIFF app: %w", err)
	}
	return a, nil
}

func notFound(id, fix string) error {
	return &oauth2.Error{Status: http.StatusNotFound, Description: "Not found", Check: "LIFF ID", Given: oauth2.Clip(id), Fix: fix}
}
