package passwordlink

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Store is what Endpoints need of the store.
type Store interface {
	store.PasswordLinks
	Person(ctx context.Context, id string) (store.Person, error)
}

// Endpoints answers for links. Every field is required. It may be used from many
// goroutines once mounted.
type Endpoints struct {
	Store Store
	Login *login.Service
	Pages *page.Renderer
	Now   func() time.Time

	crossOrigin http.CrossOriginProtection // its zero value trusts no other origin
}

// Mount mounts the routes.
func (e *Endpoints) Mount(mux router.Mux) {
	mux.Handle(router.Route{Pattern: "GET " + control.PathPassword + "{secret}", Page: true, Handler: e.serveForm})
	mux.Handle(router.Route{Pattern: "POST " + control.PathPassword + "{secret}", Page: true, Handler: e.serveSet})
}

// visit is somebody with a good link.
type visit struct {
	hash   store.Hash
	person store.Person
}

// visit looks the link up. A link that is good no more, or never was, is store.ErrNotFound.
// Looking does not burn it: mail programs and messengers open links by themselves.
func (e *Endpoints) visit(r *http.Request) (visit, error) {
	hash, ok := login.HashSecret(r.PathValue("secret"))
	if !ok {
		return visit{}, store.ErrNotFound
	}
	l, err := e.Store.PasswordLink(r.Context(), hash, e.Now().UTC())
	if err != nil {
		return visit{}, err
	}
	p, err := e.Store.Person(r.Context(), l.PersonID)
	return visit{hash, p}, err
}

func (e *Endpoints) serveForm(w http.ResponseWriter, r *http.Request) error {
	v, err := e.visit(r)
	if errors.Is(err, store.ErrNotFound) {
		return e.over(w, r)
	}
	if err != nil {
		return fmt.Errorf("password link: %w", err)
	}
	return e.show(w, r, e.form(r, v))
}

// serveSet takes the form: the link is burned and the password set in one step, so that
// of two who send it one wins.
func (e *Endpoints) serveSet(w http.ResponseWriter, r *http.Request) error {
	if err := e.crossOrigin.Check(r); err != nil {
		return &oauth2.Error{
			Status: http.StatusForbidden, Description: "Forbidden", Check: "origin of the form",
			Fix: "open the link and use the form of its page", Cause: err,
		}
	}
	fields, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	v, err := e.visit(r)
	if errors.Is(err, store.ErrNotFound) {
		return e.over(w, r)
	}
	if err != nil {
		return fmt.Errorf("password link: %w", err)
	}
	data := e.form(r, v)
	password := fields.Get("password")
	if data.Error = judge(password, fields.Get("repeat"), v.person); data.Error != "" {
		return e.refuse(w, r, data, http.StatusBadRequest)
	}
	hash, err := e.Login.Hash(r.Context(), password)
	if errors.Is(err, login.ErrBusy) {
		data.Error = page.PasswordBusy
		return e.refuse(w, r, data, http.StatusTooManyRequests)
	}
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	_, err = e.Store.UsePasswordLink(context.WithoutCancel(r.Context()), v.hash, e.Now().UTC(), hash)
	if errors.Is(err, store.ErrNotFound) {
		return e.over(w, r)
	}
	if err != nil {
		return fmt.Errorf("set password: %w", err)
	}
	router.From(r.Context()).Note(r.Context(), store.Event{Kind: "password", Status: http.StatusOK, PersonID: v.person.ID, Check: "somebody set a password by a link"})
	data.Done = true
	return e.show(w, r, data)
}

// form is the page of a good link.
func (e *Endpoints) form(r *http.Request, v visit) page.Password {
	d := page.Password{Name: v.person.DisplayName, Account: v.person.Email, Action: r.URL.EscapedPath()}
	if d.Account == "" {
		d.Account = v.person.Handle
	}
	return d
}

// refuse shows the form again and records why, without what was typed.
func (e *Endpoints) refuse(w http.ResponseWriter, r *http.Request, d page.Password, status int) error {
	d.Status = status
	router.From(r.Context()).Refuse(r.Context(), &oauth2.Error{Status: status, Check: "new password: " + string(d.Error), Fix: "choose another one"})
	return e.show(w, r, d)
}

// over says that the link is good no more; not whether it ever was.
func (e *Endpoints) over(w http.ResponseWriter, r *http.Request) error {
	router.From(r.Context()).Refuse(r.Context(), &oauth2.Error{
		Status: http.StatusNotFound, Check: "link to set a password: used, over, replaced, or never made", Fix: "tegata user reset-password USER prints a new one",
	})
	return e.show(w, r, page.Password{Over: true, Status: http.StatusNotFound})
}

func (e *Endpoints) show(w http.ResponseWriter, r *http.Request, d page.Password) error {
	return e.Pages.Password(w, r, page.Visit{UILocales: r.URL.Query().Get("ui_locales"), RequestID: router.From(r.Context()).RequestID}, d)
}
