package authorize

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// paramState carries the secret of a transaction, in URLs and as a hidden field. LINE
// uses the same name.
const paramState = "loginState"

// visit is a request that belongs to a live transaction of this browser.
type visit struct {
	ask
	secret string
	hash   store.Hash
	who    store.Authentication
	begun  time.Time
}

// visit returns the transaction that the parameters name, if this browser began it.
// Its error is a page.
func (s *Endpoints) visit(r *http.Request, p oauth2.Params) (visit, error) {
	secret := p.Get(paramState)
	hash, ok := login.HashSecret(secret)
	if !ok || len(p.All(paramState)) > 1 {
		return visit{}, pageFault("'loginState' is invalid.", "loginState is missing or malformed", "", "the loginState of a login page",
			"open the login through the app, not by a bookmark of the login page")
	}
	t, err := s.Store.Transaction(r.Context(), hash, s.Now().UTC())
	if err != nil {
		return visit{}, overFault(fmt.Errorf("login transaction: %w", err))
	}
	if !s.sameBrowser(r, t) {
		return visit{}, pageFault(textForeign, "cookie "+s.BrowserCookie+" against the browser that began the login", "",
			"the cookie that authorize gave to this browser", "begin and finish a login in one browser, with cookies allowed")
	}
	channel, err := s.Store.Channel(r.Context(), t.Request.ChannelID)
	if err != nil {
		return visit{}, fmt.Errorf("channel of login transaction: %w", err)
	}
	return visit{ask: ask{channel: channel, req: t.Request}, secret: secret, hash: hash, who: t.Who, begun: t.CreatedAt}, nil
}

// known says whether somebody has logged in into a visit and still is: whoever set a new
// password since, or an operator, has ended the sessions, and what began with them. Auto login
// begins no session.
func (s *Endpoints) known(r *http.Request, v visit) (bool, error) {
	if v.who.PersonID == "" || slices.Contains(v.who.AMR, login.Auto) {
		return v.who.PersonID != "", nil
	}
	session, err := s.Login.Session(r)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("session of login transaction: %w", err)
	}
	return session.PersonID == v.who.PersonID, nil
}

// sameBrowser says whether the browser holds the cookie of the one that began the
// transaction. Else a login begun by an attacker could be finished by a victim.
func (s *Endpoints) sameBrowser(r *http.Request, t store.Transaction) bool {
	cookie, err := r.Cookie(s.BrowserCookie)
	if err != nil {
		return false
	}
	bound, ok := login.HashSecret(cookie.Value)
	return ok && subtle.ConstantTimeCompare(bound[:], t.Browser[:]) == 1
}

// form reads a form of our own pages; one that another site posted is refused.
func (s *Endpoints) form(r *http.Request) (oauth2.Params, error) {
	if err := s.crossOrigin.Check(r); err != nil {
		return oauth2.Params{}, &oauth2.Error{
			Status: http.StatusForbidden, Code: oauth2.CodeInvalidRequest, Description: "Forbidden",
			Check: "the form comes from another site", Given: oauth2.Clip(r.Header.Get("Origin")), Expected: "this site",
			Fix: "send users to the authorization endpoint; login and consent are posted by their own pages only", Cause: err,
		}
	}
	return oauth2.Form(r)
}
