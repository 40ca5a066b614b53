package page

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"

	"github.com/tegata-id/tegata/web"
)

// Config is how pages look. The zero value is production.
type Config struct {
	// Dev shows what is for development only: a bar on every page, and on error
	// pages which check failed and the fix.
	Dev bool
}

// Renderer writes pages. It may be used from many goroutines; every method writes
// nothing at all if it returns an error.
type Renderer struct {
	dev       bool
	templates *template.Template
	messages  *catalogues
	assets    *assets
}

// New parses the templates and the messages. It fails if a message is missing in any
// language.
func New(cfg Config) (*Renderer, error) {
	messages, err := readCatalogues(web.Pages)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return newRenderer(cfg, web.Pages, messages)
}

func newRenderer(cfg Config, files fs.FS, messages *catalogues) (*Renderer, error) {
	assets, err := readAssets(files)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	templates, err := template.New("").Funcs(template.FuncMap{
		"initial": initial, "picture": picturePath, "link": link,
	}).ParseFS(files, "pages/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return &Renderer{dev: cfg.Dev, templates: templates, messages: messages, assets: assets}, nil
}

// Login writes the login page, with d.Status or 200.
func (p *Renderer) Login(w http.ResponseWriter, r *http.Request, v Visit, d Login) error {
	view := p.view(r, v, "login", d)
	view.Script = p.assets.url("login.js")
	view.title("login.title", "app", d.App.Name)
	if r.Method == http.MethodPost {
		// The menus' links must lead back to this login, which the form's body named.
		view.menus("loginState=" + template.URLQueryEscaper(d.Token))
	}
	status := d.Status
	if status == 0 {
		status = http.StatusOK
	}
	return p.write(w, r, view, policy{form: v.FormTarget}, status)
}

// Consent writes the consent page.
func (p *Renderer) Consent(w http.ResponseWriter, r *http.Request, v Visit, d Consent) error {
	view := p.view(r, v, "consent", d)
	view.title("consent.title", "app", d.App.Name)
	return p.write(w, r, view, policy{form: v.FormTarget}, http.StatusOK)
}

// Friend writes the page that offers to add the official account as a friend.
func (p *Renderer) Friend(w http.ResponseWriter, r *http.Request, v Visit, d Friend) error {
	view := p.view(r, v, "friend", d)
	if d.Friend.Blocked {
		view.title("friend.unblock_title")
	} else {
		view.title("friend.add_title")
	}
	return p.write(w, r, view, policy{form: v.FormTarget}, http.StatusOK)
}

// Error writes the page for a fault that must not be sent to the callback URL. A
// status outside 400 to 599 becomes 500.
func (p *Renderer) Error(w http.ResponseWriter, r *http.Request, v Visit, d Error) error {
	if d.Status < 400 || d.Status > 599 {
		d.Status = http.StatusInternalServerError
	}
	kind := errorKind(d.Status)
	view := p.view(r, v, "error", nil)
	view.title("error.title." + kind)
	advice, err := view.T("error.text." + kind)
	if err != nil {
		return err
	}
	shown := shownError{Status: strconv.Itoa(d.Status), Message: d.Message, Advice: advice}
	if p.dev {
		shown.explain(d)
	}
	view.Page = shown
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		view.Languages, view.Themes = nil, nil // following a link would repeat nothing
	}
	return p.write(w, r, view, policy{}, d.Status)
}

// errorKind is the part of the keys of an error page's messages.
func errorKind(status int) string {
	switch {
	case status == http.StatusForbidden || status == http.StatusUnauthorized:
		return "denied"
	case status == http.StatusNotFound:
		return "missing"
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return "busy"
	case status >= http.StatusInternalServerError:
		return "server"
	}
	return "request"
}

// FormPost writes the page that posts itself to the callback (OAuth 2.0 Form Post
// Response Mode). It fails if the action is not a URL that a form may post to.
func (p *Renderer) FormPost(w http.ResponseWriter, r *http.Request, v Visit, d FormPost) error {
	target, err := targetOf(d.Action)
	if err != nil {
		return err
	}
	view := p.view(r, v, "formpost", shownPost{FormPost: d, Action: template.URL(d.Action)}) //nolint:gosec // targetOf has checked the scheme
	view.Script = p.assets.url("formpost.js")
	view.title("post.title", "app", d.App.Name)
	view.Languages, view.Themes = nil, nil
	return p.write(w, r, view, policy{form: target, script: true}, http.StatusOK)
}

// LIFFOpen writes the page of a LIFF URL. It fails if the endpoint is not a web page.
func (p *Renderer) LIFFOpen(w http.ResponseWriter, r *http.Request, v Visit, d LIFFOpen) error {
	if link(d.Endpoint) == "" || link(d.Fallback) == "" {
		return errors.New("page: the endpoint URL of a LIFF app must begin with https:// or http://")
	}
	view := p.view(r, v, "liffopen", shownOpen{LIFFOpen: d, Refresh: refresh(d.Fallback)})
	view.Script = p.assets.url("liffopen.js")
	view.title("open.title")
	view.Languages, view.Themes = nil, nil
	return p.write(w, r, view, policy{script: true}, http.StatusOK)
}

// write renders to a buffer, so that a fault in a template never leaves half a page.
func (p *Renderer) write(w http.ResponseWriter, r *http.Request, v *view, pol policy, status int) error {
	if v.err != nil {
		return fmt.Errorf("page: %s: %w", v.Name, v.err)
	}
	csp, err := pol.header()
	if err != nil {
		return fmt.Errorf("page: %s: %w", v.Name, err)
	}
	var body bytes.Buffer
	if err := p.templates.ExecuteTemplate(&body, v.Name, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	h := w.Header()
	setHeaders(h, csp, v.Lang)
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	v.remember(w, r)
	w.WriteHeader(status)
	if _, err := w.Write(body.Bytes()); err != nil {
		return nil //nolint:nilerr // the browser has gone; there is nobody to tell
	}
	return nil
}
