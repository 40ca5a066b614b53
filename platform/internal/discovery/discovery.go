package discovery

import (
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// KeysAge is how long others may keep the JWK Set without asking again, as its answer says.
// A key that is to sign must have been published for as long, so minutes are enough (our
// choice; LINE's is not known).
const KeysAge = 300 * time.Second

// Endpoints answers for the metadata. Every field is required.
type Endpoints struct {
	Ring *keyring.Ring
	// Issuer returns the issuer identifier for requests that came through a base.
	Issuer func(router.Base) string
}

// Mount mounts the routes.
func (e *Endpoints) Mount(mux router.Mux) {
	mux.Handle(router.Route{Pattern: "GET " + wire.PathDiscovery, CORS: true, Handler: e.serveMetadata})
	mux.Handle(router.Route{Pattern: "GET " + wire.PathCerts, CORS: true, Handler: e.serveKeys})
}

// serveMetadata answers the document that LINE publishes, ES256 alone included, and
// three members more that standard clients look for.
func (e *Endpoints) serveMetadata(w http.ResponseWriter, r *http.Request) error {
	base := router.From(r.Context()).Base
	return router.WriteJSON(w, wire.Discovery{
		Issuer:                e.Issuer(base),
		AuthorizationEndpoint: base.Access + wire.PathAuthorize,
		TokenEndpoint:         base.API + wire.PathToken,
		RevocationEndpoint:    base.API + wire.PathRevoke,
		UserinfoEndpoint:      base.API + wire.PathUserinfo,
		ScopesSupported:       []string{"openid", "profile", "email"},
		JWKSURI:               base.API + wire.PathCerts,
		ResponseTypes:         []string{"code"},
		SubjectTypes:          []string{"pairwise"},
		IDTokenAlgs:           []string{"ES256"},
		CodeChallengeMethods:  []string{"S256"},
		ResponseModes:         []string{"query", "form_post", "jwt", "query.jwt", "form_post.jwt"},
		GrantTypes:            []string{"authorization_code", "refresh_token", "client_credentials"},
		TokenAuthMethods:      []string{"client_secret_post", "client_secret_basic"},
	})
}

func (e *Endpoints) serveKeys(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(KeysAge.Seconds())))
	router.WriteRaw(w, e.Ring.SetJSON())
	return nil
}
