package authorize

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Parameters in the links of the login page.
const (
	paramOther  = "other"  // asks for the form although somebody is logged in
	paramCancel = "cancel" // goes back to the app
)

// serveLogin shows the login page of a transaction, or takes the request of a native
// SDK, which comes to the same path.
func (s *Endpoints) serveLogin(w http.ResponseWriter, r *http.Request) error {
	p, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	if !p.Has(paramState) && p.Has("returnUri") {
		return s.serveNative(w, r, p)
	}
	v, err := s.visit(r, p)
	if err != nil {
		return err
	}
	if p.Get(paramCancel) != "" {
		// By a link, so that Enter in the form can only log in. All that it does is end
		// this login, and only somebody who knows its secret can ask for that.
		return s.deny(w, r, v, "login")
	}
	data := s.loginForm(v)
	session, reason, err := s.usable(r, v)
	if err != nil {
		return err
	}
	data.Reason = reason
	if session != nil && p.Get(paramOther) == "" {
		person, err := s.Login.Person(r.Context(), session.PersonID)
		if err != nil {
			return fmt.Errorf("person of session: %w", err)
		}
		shown := s.shownPerson(r, person)
		data.Continue, data.OtherURL = &shown, stepURL(wire.PathLogin, v.secret)+"&"+paramOther+"=1"
	}
	return s.showLogin(w, r, v, data)
}

func (s *Endpoints) loginForm(v visit) page.Login {
	return page.Login{
		Action: wire.PathLogin, Token: v.secret, CancelURL: stepURL(wire.PathLogin, v.secret) + "&" + paramCancel + "=1",
	}
}

// usable returns the SSO session if somebody may go on with it. Without one, reason
// says why somebody who has a session is asked again.
func (s *Endpoints) usable(r *http.Request, v visit) (*store.Session, page.LoginReason, error) {
	session, err := s.Login.Session(r)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, "", nil
	case err != nil:
		return nil, "", fmt.Errorf("session of login page: %w", err)
	case v.req.Prompt == promptLogin:
		return nil, page.ReasonPrompt, nil
	case !s.recent(v.req, session):
		return nil, page.ReasonMaxAge, nil
	}
	return &session, "", nil
}

// serveLoginPost takes the login form.
func (s *Endpoints) serveLoginPost(w http.ResponseWriter, r *http.Request) error {
	p, err := s.form(r)
	if err != nil {
		return err
	}
	if name := p.Repeated(); name != "" {
		return pageFault("'"+oauth2.Clip(name)+"' is invalid.", "a field is repeated", "more than one", "one", "use the login page's own form")
	}
	v, err := s.visit(r, p)
	if err != nil {
		return err
	}
	if handle := p.Get("persona"); handle != "" {
		if router.From(r.Context()).Base.Exposed {
			return pageFault("'persona' is invalid.", "persona of the login form", oauth2.Clip(handle), "a login on this machine", "log in by e-mail address and password")
		}
		who, err := s.Login.Persona(r.Context(), handle)
		return s.loggedIn(w, r, v, p, who, err)
	}
	switch decision := p.Get("decision"); decision {
	case "cancel":
		return s.deny(w, r, v, "login")
	case "continue":
		return s.goOn(w, r, v)
	case "login", "":
		who, err := s.Login.Password(r, p.Get("email"), p.Get("password"))
		return s.loggedIn(w, r, v, p, who, err)
	default:
		return pageFault("'decision' is invalid.", "decision of the login form", decision, "login, continue or cancel", "use the login page's own form")
	}
}

// goOn takes "continue as": the session is looked at again, since it may have ended
// while the page stood open.
func (s *Endpoints) goOn(w http.ResponseWriter, r *http.Request, v visit) error {
	session, _, err := s.usable(r, v)
	if err != nil {
		return err
	}
	if session == nil {
		seeOther(w, stepURL(wire.PathLogin, v.secret))
		return nil
	}
	return s.proceed(w, r, v, bySession(*session))
}

// loggedIn takes the result of a login: on with the flow, or the form again.
func (s *Endpoints) loggedIn(w http.ResponseWriter, r *http.Request, v visit, p oauth2.Params, who login.Known, err error) error {
	if err == nil {
		err = s.Login.Begin(w, r, who)
	}
	if err == nil {
		return s.proceed(w, r, v, who.Authentication)
	}
	data := s.loginForm(v)
	data.Email = p.Get("email")
	e := oauth2.Error{Status: http.StatusBadRequest, Check: err.Error()}
	switch {
	case errors.Is(err, login.ErrMissing):
		data.Error, e.Fix = page.LoginMissing, "fill in both fields"
	case errors.Is(err, login.ErrFailed):
		data.Error, e.Fix = page.LoginFailed, "try again, or use another account"
	case errors.Is(err, login.ErrBusy):
		data.Error, e.Status, e.Fix = page.LoginBusy, http.StatusTooManyRequests, "wait a minute, then try again"
	default:
		return err
	}
	data.Status = e.Status
	router.From(r.Context()).Refuse(r.Context(), &e)
	return s.showLogin(w, r, v, data)
}

// proceed goes on with somebody who is known: to consent, or to the end.
func (s *Endpoints) proceed(w http.ResponseWriter, r *http.Request, v visit, who store.Authentication) error {
	ctx := r.Context()
	router.From(ctx).Note(ctx, store.Event{
		Kind: "login", Status: http.StatusSeeOther, ChannelID: v.channel.ID, PersonID: who.PersonID,
		Check: "somebody logged in", Given: who.AMR[0],
	})
	if err := mayUse(v.ask, who.PersonID); err != nil {
		return err
	}
	if s.Lobby != nil {
		s.Lobby.Leave(v.hash)
	}
	needed, err := s.consentNeeded(ctx, v.req, who.PersonID)
	if err != nil {
		return err
	}
	if !needed {
		return s.finish(w, r, v, outcome{who: who, scopes: v.req.Scopes})
	}
	if err := s.Store.AuthenticateTransaction(ctx, v.hash, s.Now().UTC(), who); err != nil {
		return overFault(fmt.Errorf("authenticate login transaction: %w", err))
	}
	seeOther(w, stepURL(wire.PathConsent, v.secret))
	return nil
}

// app returns the channel as pages show it.
func (s *Endpoints) app(ctx context.Context, c store.Channel) (page.App, error) {
	providers, err := s.Store.Providers(ctx)
	if err != nil {
		return page.App{}, fmt.Errorf("provider of channel: %w", err)
	}
	shown := page.App{
		Name: c.Name, PrivacyURL: c.PrivacyURL, TermsURL: c.TermsURL, Developing: c.Status == store.Developing,
	}
	for _, p := range providers {
		if p.ID == c.ProviderID {
			shown.Provider = p.Name
		}
	}
	return shown, nil
}

func (s *Endpoints) shownPerson(r *http.Request, p store.Person) page.Person {
	shown := page.Person{Handle: p.Handle, Name: p.DisplayName, Note: p.Note}
	if p.Picture != "" {
		shown.Picture = s.Picture(router.From(r.Context()).Base, p.Picture)
	}
	return shown
}
