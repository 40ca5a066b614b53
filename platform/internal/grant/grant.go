package grant

import (
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Endpoints issues tokens. Every field is required but Random. It may be used from
// many goroutines.
type Endpoints struct {
	Store store.Store
	Issue *issue.Service
	Now   func() time.Time
	// Random is what key IDs are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
}

// Mount mounts the routes.
func (e *Endpoints) Mount(mux router.Mux) {
	for _, route := range []router.Route{
		{Pattern: "POST " + wire.PathToken, CORS: true, Handler: e.serveToken}, // the LIFF SDK calls it from the app's origin
		{Pattern: "POST " + wire.PathStatelessV3, Handler: e.serveStateless},
		{Pattern: "GET " + wire.PathTokenKeyIDs, Handler: e.serveKeyIDs},
		{Pattern: "POST " + wire.PathV2AccessToken, Handler: e.serveShortLived},
		{Pattern: "POST " + wire.PathV2Verify, Handler: e.serveV2Verify},
		{Pattern: "POST " + wire.PathV2Revoke, Handler: e.serveV2Revoke},
	} {
		mux.Handle(route)
	}
}

// serveToken answers POST /oauth2/v2.1/token. What every grant needs is checked here.
func (e *Endpoints) serveToken(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(r)
	if err != nil {
		return err
	}
	switch grantType := form.Get("grant_type"); grantType {
	case "authorization_code":
		return e.serveCode(w, r, form)
	case "refresh_token":
		return e.serveRefresh(w, r, form)
	case "client_credentials":
		return e.serveAssertion(w, r, form)
	case "":
		return missing("grant_type")
	default:
		return &oauth2.Error{
			Code: oauth2.UnsupportedGrantType, Description: "unsupported grant_type", Check: "grant_type", Given: oauth2.Clip(grantType),
			Expected: "authorization_code, refresh_token or client_credentials", Fix: "send one of these",
		}
	}
}

// readForm reads a form in which no parameter is repeated (RFC 6749 §3.2).
func readForm(r *http.Request) (oauth2.Params, error) {
	form, err := oauth2.Form(r)
	if err != nil {
		return form, err
	}
	return form, once(form)
}

// once refuses a repeated parameter.
func once(p oauth2.Params) error {
	if name := p.Repeated(); name != "" {
		return &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: "some parameters missed or invalid",
			Check: "a parameter is given more than once", Given: oauth2.Clip(name), Fix: "send every parameter once",
		}
	}
	return nil
}

// need says which of the named parameters is missing.
func need(form oauth2.Params, names ...string) error {
	for _, name := range names {
		if form.Get(name) == "" {
			return missing(name)
		}
	}
	return nil
}

func missing(name string) error {
	return &oauth2.Error{
		Code: oauth2.InvalidRequest, Description: "some parameters missed or invalid",
		Check: "parameter " + name + " is missing", Fix: "send " + name,
	}
}

func badGrant(description, check, given, expected, fix string) error {
	return &oauth2.Error{
		Code: oauth2.InvalidGrant, Description: description, Check: check, Given: oauth2.Clip(given), Expected: expected, Fix: fix,
	}
}
