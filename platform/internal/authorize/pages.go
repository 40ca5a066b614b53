package authorize

import (
	"net/http"

	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// seen is what a page needs to know of this request and of where its answer goes.
func seen(r *http.Request, a ask) page.Visit {
	return page.Visit{
		UILocales: a.req.UILocales, RequestID: router.From(r.Context()).RequestID, FormTarget: formTarget(a.req.RedirectURI),
	}
}

// showLogin shows the login page. The personas of development stand beside the form.
func (s *Endpoints) showLogin(w http.ResponseWriter, r *http.Request, v visit, data page.Login) error {
	app, err := s.app(r.Context(), v.channel)
	if err != nil {
		return err
	}
	data.App, data.Elsewhere = app, router.From(r.Context()).Base.Exposed
	if data.Continue == nil && !data.Elsewhere {
		people, err := s.Login.Personas(r.Context())
		if err != nil {
			return err
		}
		for _, p := range people {
			data.Personas = append(data.Personas, s.shownPerson(r, p))
		}
	}
	return s.Pages.Login(w, r, seen(r, v.ask), data)
}

func (s *Endpoints) showConsent(w http.ResponseWriter, r *http.Request, v visit, data page.Consent) error {
	app, err := s.app(r.Context(), v.channel)
	if err != nil {
		return err
	}
	data.App = app
	return s.Pages.Consent(w, r, seen(r, v.ask), data)
}

func (s *Endpoints) showFriend(w http.ResponseWriter, r *http.Request, v visit, data page.Friend) error {
	app, err := s.app(r.Context(), v.channel)
	if err != nil {
		return err
	}
	data.App = app
	return s.Pages.Friend(w, r, seen(r, v.ask), data)
}

// showFormPost shows the page that posts itself to the callback.
func (s *Endpoints) showFormPost(w http.ResponseWriter, r *http.Request, a ask, fields []page.Field) error {
	app, err := s.app(r.Context(), a.channel)
	if err != nil {
		return err
	}
	return s.Pages.FormPost(w, r, seen(r, a), page.FormPost{App: app, Action: a.req.RedirectURI, Fields: fields})
}
