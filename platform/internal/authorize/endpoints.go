package authorize

import (
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/lobby"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

const (
	// TransactionLife is how long somebody may take to log in and consent. LINE does
	// not say; this is our choice.
	TransactionLife = 10 * time.Minute
	// emailConsentLife is LINE's "certain period" in which consent to the e-mail
	// address is not asked again; its length is not known, this is our choice.
	emailConsentLife = 90 * 24 * time.Hour
	// responseLife is how long a signed response (JARM) is good.
	responseLife = 10 * time.Minute
)

// Endpoints answers the authorization endpoints. Every field is required but
// EmailConsent, Random, Lobby, Spoil and AutoLogin. It may be used from many goroutines once mounted.
type Endpoints struct {
	Store store.Store
	Issue *issue.Service
	Login *login.Service
	Pages *page.Renderer
	Now   func() time.Time
	// Issuer returns the issuer identifier for requests that came through a base.
	Issuer func(router.Base) string
	// Picture returns the URL of a person's picture by the name that the store keeps.
	Picture func(base router.Base, name string) string
	// BrowserCookie names the cookie that binds a login to the browser that began it.
	BrowserCookie string
	// EmailConsent is for how long consent to the e-mail address is not asked again:
	// zero means 90 days, a negative value asks every time.
	EmailConsent time.Duration
	// Random is what secrets and user IDs are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
	// Lobby bounds the logins that are begun and not finished; nil bounds nothing, which is
	// for development only.
	Lobby *lobby.Lobby
	// Spoil, if not nil, returns the code and the state that go to the callback in place
	// of the right ones. It is for development, where a login may go wrong at will.
	Spoil func(r *http.Request, req store.Request, personID, code string) (spoilt, state string)
	// AutoLogin is the auto login of a simulated LINE app; nil in production.
	AutoLogin *AutoLogin

	crossOrigin http.CrossOriginProtection // its zero value trusts no other origin
}

// Mount mounts the routes.
func (s *Endpoints) Mount(mux router.Mux) {
	for _, route := range []router.Route{
		{Pattern: "GET " + wire.PathAuthorize, Page: true, Handler: s.serveAuthorize},
		{Pattern: "POST " + wire.PathAuthorize, Page: true, Handler: s.serveAuthorizePost},
		{Pattern: "GET " + wire.PathLIFFAuthorize, Page: true, Handler: s.serveLIFF},
		{Pattern: "GET " + wire.PathLogin, Page: true, Handler: s.serveLogin},
		{Pattern: "POST " + wire.PathLogin, Page: true, Handler: s.serveLoginPost},
		{Pattern: "GET " + wire.PathConsent, Page: true, Handler: s.serveConsent},
		{Pattern: "POST " + wire.PathConsent, Page: true, Handler: s.serveConsentPost},
	} {
		mux.Handle(route)
	}
	if s.AutoLogin != nil {
		mux.Handle(router.Route{Pattern: "POST " + control.PathAutoLogin, Handler: s.AutoLogin.Guard(s.serveAutoLogin)})
	}
}
