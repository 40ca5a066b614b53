package page

import (
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/tegata-id/tegata/web"
)

// Config is what a Renderer needs. The zero value is for production.
type Config struct {
	// Dev is for development: error pages show what was checked, what was given and
	// what to do, the login page has the personas, and every page says that this is no
	// production server.
	Dev bool
}

// Renderer writes pages. It is immutable and may be used from many goroutines.
//
// Each of its methods writes a whole page or nothing: if it returns an error, w has
// not been touched.
type Renderer struct {
	dev       bool
	pages     map[string]*template.Template
	languages *languages
	assets    *assets
}

// pageNames are the folders of web/pages that are pages.
func pageNames() []string {
	return []string{"login", "consent", "friend", "error", "formpost", "liffopen", "password"}
}

// New parses templates, messages, styles and scripts. It fails if a language lacks a
// message or a placeholder that another one or a template has.
func New(cfg Config) (*Renderer, error) {
	catalogues, err := readCatalogues(web.Pages)
	if err != nil {
		return nil, err
	}
	return newRenderer(cfg, web.Pages, catalogues)
}

func newRenderer(cfg Config, files fs.FS, catalogues map[string]catalogue) (*Renderer, error) {
	l, err := newLanguages(catalogues)
	if err != nil {
		return nil, err
	}
	a, err := newAssets(files)
	if err != nil {
		return nil, err
	}
	p := &Renderer{dev: cfg.Dev, pages: map[string]*template.Template{}, languages: l, assets: a}
	for _, name := range pageNames() {
		text := []string{"pages/layout/layout.tmpl", "pages/" + name + "/" + name + ".tmpl"}
		t, err := template.New(name).Funcs(functions()).ParseFS(files, text...)
		if err != nil {
			return nil, fmt.Errorf("template of page %s: %w", name, err)
		}
		if err := checkTemplates(files, text, catalogues[english]); err != nil {
			return nil, fmt.Errorf("template of page %s: %w", name, err)
		}
		p.pages[name] = t
	}
	return p, nil
}

// Login writes the login page. Its status is d.Status, or 200.
func (p *Renderer) Login(w http.ResponseWriter, r *http.Request, v Visit, d Login) error {
	s := p.visit("login", r, v)
	if r.Method == http.MethodPost {
		s.menusOfForm(d.Action, d.Token)
	}
	status := d.Status
	if status == 0 {
		status = http.StatusOK
	}
	personas := d.Personas
	d.Personas = nil
	for _, person := range personas {
		d.Personas = append(d.Personas, s.person(person))
	}
	if d.Continue != nil {
		shown := s.person(*d.Continue)
		d.Continue = &shown
	}
	view := loginView{shell: s, D: d, Invalid: d.Error == LoginFailed || d.Error == LoginMissing, Other: link(d.OtherURL), Cancel: link(d.CancelURL)}
	view.Title = s.say("login.title", "app", d.App.Name)
	return p.write(w, status, s, view)
}

// Consent writes the consent page.
func (p *Renderer) Consent(w http.ResponseWriter, r *http.Request, v Visit, d Consent) error {
	s := p.visit("consent", r, v)
	d.Person = s.person(d.Person)
	view := consentView{shell: s, D: d}
	for _, item := range d.Items {
		if profilePlus(item.Scope) {
			view.Plus = append(view.Plus, s.scope(item))
		} else {
			view.Plain = append(view.Plain, s.scope(item))
		}
	}
	view.Title = s.say("consent.title", "app", d.App.Name)
	return p.write(w, http.StatusOK, s, view)
}

// Friend writes the page that offers to add the official account.
func (p *Renderer) Friend(w http.ResponseWriter, r *http.Request, v Visit, d Friend) error {
	s := p.visit("friend", r, v)
	s.Title = s.say("friend.title", "app", d.App.Name)
	return p.write(w, http.StatusOK, s, friendView{shell: s, D: d})
}

// Password writes the page on which somebody sets a password. Its address is a secret, so
// it is told to nobody.
func (p *Renderer) Password(w http.ResponseWriter, r *http.Request, v Visit, d Password) error {
	v.FormTarget = "" // the form stays here
	s := p.visit("password", r, v)
	if r.Method == http.MethodPost {
		s.menus(d.Action, "")
	}
	s.referrer = "same-origin" // with no-referrer older browsers post with Origin: null
	d.Name, d.Account = clean(d.Name), clean(d.Account)
	title := "password.title"
	switch {
	case d.Done:
		title = "password.done.title"
	case d.Over:
		title = "password.over.title"
	}
	if d.Done || d.Over {
		s.Languages, s.Themes = nil, nil // there is no coming back
	}
	s.Title = s.say(title)
	status := d.Status
	if status == 0 {
		status = http.StatusOK
	}
	return p.write(w, status, s, passwordView{shell: s, D: d, Invalid: d.Error != "" && d.Error != PasswordBusy})
}

// Error writes the page for a fault. A status outside 400 to 599 is written as 500.
func (p *Renderer) Error(w http.ResponseWriter, r *http.Request, v Visit, d Error) error {
	if d.Status < 400 || d.Status > 599 {
		d.Status = http.StatusInternalServerError
	}
	d.Message, d.Check, d.Fix = clean(d.Message), clean(d.Check), clean(d.Fix)
	v.FormTarget = "" // an error page has no form
	s := p.visit("error", r, v)
	kind := errorKind(d.Status)
	s.Title = s.say("error.title." + kind)
	view := errorView{shell: s, D: d, Advice: s.say("error.advice." + kind)}
	if p.dev {
		view.comparison = compare(d.Given, d.Registered)
		view.Details = d.Check != "" || d.Fix != "" || len(view.Given)+len(view.Registered) > 0
	}
	return p.write(w, d.Status, s, view)
}

// FormPost writes the page whose form carries the answer to the redirect URI, which
// must be an http or https URL.
func (p *Renderer) FormPost(w http.ResponseWriter, r *http.Request, v Visit, d FormPost) error {
	origin, err := webOrigin(d.Action)
	if err != nil {
		return fmt.Errorf("redirect URI of form_post: %w", err)
	}
	v.FormTarget = origin
	s := p.visit("formpost", r, v)
	s.Languages, s.Themes = nil, nil // the code in it is good once: there is no coming back
	s.Title = s.say("formpost.title", "app", d.App.Name)
	return p.write(w, http.StatusOK, s, formPostView{shell: s, D: d, Action: attribute("action", d.Action)})
}

// LIFFOpen writes the page of a LIFF URL. Endpoint and Fallback must be http or https
// URLs without a fragment.
func (p *Renderer) LIFFOpen(w http.ResponseWriter, r *http.Request, v Visit, d LIFFOpen) error {
	for _, u := range []string{d.Endpoint, d.Fallback} {
		if _, err := webOrigin(u); err != nil {
			return fmt.Errorf("endpoint URL of a LIFF app: %w", err)
		}
		if strings.Contains(u, "#") {
			return fmt.Errorf("endpoint URL of a LIFF app: it has a fragment, which would swallow liff.state")
		}
	}
	v.FormTarget = ""
	s := p.visit("liffopen", r, v)
	s.Languages, s.Themes = nil, nil
	s.Title = s.say("liffopen.heading")
	return p.write(w, http.StatusOK, s, liffOpenView{
		shell: s, D: d, Link: attribute("href", d.Fallback), Refresh: attribute("content", "0; url="+d.Fallback),
	})
}

// Assets serves styles and scripts under /_tegata/assets/, by names that change with
// their content.
func (p *Renderer) Assets() http.Handler { return p.assets }
