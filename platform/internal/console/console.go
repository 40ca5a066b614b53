package console

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// API is the admin API. Every field is required but those of which it says otherwise. It
// may be used from many goroutines.
type API struct {
	Store  store.Store
	Issue  *issue.Service // seals and opens channel secrets
	Ring   *keyring.Ring
	Sealer keyring.Sealer
	Now    func() time.Time
	// PublicURL is the origin at which people reach the platform: links and LIFF URLs
	// begin with it.
	PublicURL string
	// Hosts are the hosts (with port) under which the API may be asked, beside
	// loopback addresses and localhost. May be empty.
	Hosts []string
	// Tokens are the SHA-256 hashes of admin tokens beside those in the store. May be
	// empty.
	Tokens [][32]byte
	// Env says what `tegata env` shows; nil outside of development: the route is then
	// not mounted, and LIFF apps need https.
	Env func(ctx context.Context, base router.Base) (*control.Env, error)

	// Random is what IDs and channel secrets are drawn from; the zero Source is crypto/rand.
	// Admin tokens are always drawn from that.
	Random entropy.Source

	waiting atomic.Int32 // questions for events that are open
}

// Mount mounts the routes.
func (a *API) Mount(mux router.Mux) {
	for _, route := range []struct {
		pattern string
		handler handler
	}{
		{"GET " + control.PathEvents, a.serveEvents},

		{"GET " + control.PathProviders, a.listProviders},
		{"POST " + control.PathProviders, a.createProvider},
		{"GET " + control.PathProviders + "/{id}", a.showProvider},
		{"PATCH " + control.PathProviders + "/{id}", a.updateProvider},
		{"DELETE " + control.PathProviders + "/{id}", a.deleteProvider},

		{"GET " + control.PathChannels, a.listChannels},
		{"POST " + control.PathChannels, a.createChannel},
		{"GET " + control.PathChannels + "/{id}", a.showChannel},
		{"PATCH " + control.PathChannels + "/{id}", a.updateChannel},
		{"DELETE " + control.PathChannels + "/{id}", a.deleteChannel},
		{"POST " + control.PathChannels + "/{id}" + control.SegmentSecrets, a.rotateSecret},

		{"GET " + control.PathLIFFApps, a.listLIFFApps},
		{"POST " + control.PathLIFFApps, a.createLIFFApp},
		{"GET " + control.PathLIFFApps + "/{id}", a.showLIFFApp},
		{"PATCH " + control.PathLIFFApps + "/{id}", a.updateLIFFApp},
		{"DELETE " + control.PathLIFFApps + "/{id}", a.deleteLIFFApp},

		{"GET " + control.PathUsers, a.listUsers},
		{"POST " + control.PathUsers, a.createUser},
		{"GET " + control.PathUsers + "/{id}", a.showUser},
		{"PATCH " + control.PathUsers + "/{id}", a.updateUser},
		{"DELETE " + control.PathUsers + "/{id}", a.deleteUser},
		{"POST " + control.PathUsers + "/{id}" + control.SegmentLinks, a.createLink},
		{"DELETE " + control.PathUsers + "/{id}" + control.SegmentSessions, a.endSessions},

		{"GET " + control.PathTokens, a.listTokens},
		{"DELETE " + control.PathTokens + "/{id}", a.deleteToken},

		{"GET " + control.PathKeys, a.showKeys},
		{"POST " + control.PathKeysRotate, a.rotateKeys},
		{"POST " + control.PathKeysRotateMAC, a.rotateMAC},
		{"POST " + control.PathKeysRewrap, a.rewrap},
	} {
		mux.Handle(router.Route{Pattern: route.pattern, Handler: a.guard(route.handler)})
	}
	// The one route that a token for one use opens.
	mux.Handle(router.Route{Pattern: "POST " + control.PathTokens, Handler: a.guardOnce(a.createToken)})
	if a.Env != nil {
		mux.Handle(router.Route{Pattern: "GET " + control.PathEnv, Handler: a.guard(a.serveEnv)})
	}
}

// handler answers a request of an operator with a value, which is written as JSON, or
// says why not.
type handler func(r *http.Request, by operator) (any, error)

// operator is who asks.
type operator struct {
	id, name string // of the admin token
	once     bool   // the token is good for making another one
}

func (a *API) serveEnv(r *http.Request, _ operator) (any, error) {
	return a.Env(r.Context(), router.From(r.Context()).Base)
}

func (a *API) now() time.Time { return a.Now().UTC() }

// done records what an operator did.
func (a *API) done(r *http.Request, by operator, what, whom string) {
	router.From(r.Context()).Note(r.Context(), store.Event{
		Kind: "admin", Status: http.StatusOK, Check: what + ", by the admin token " + by.name, Given: whom,
	})
}
