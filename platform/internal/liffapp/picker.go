package liffapp

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// pickerView is what the page shows.
type pickerView struct {
	Action, OTT, LIFFID, Origins string
	Styles, Script               string
	People                       []pickerPerson
}

type pickerPerson struct{ Name, Picture string }

// servePicker answers the window that liff.shareTargetPicker() opens in an ordinary
// browser. Its script gets the messages from the app's window, by the SDK's protocol. It
// exists in development only, so it is in English only.
func (e *Endpoints) servePicker(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	ott, liffID := q.Get("ott"), q.Get("liffId")
	e.Lab.mu.Lock()
	_, err = e.share(ott, liffID)
	e.Lab.mu.Unlock()
	if err != nil {
		return err
	}
	app, err := e.Store.LIFFApp(r.Context(), liffID)
	if err != nil {
		return fmt.Errorf("LIFF app of the share target picker: %w", err)
	}
	people, err := e.Store.People(r.Context())
	if err != nil {
		return fmt.Errorf("people: %w", err)
	}
	view := pickerView{
		Action: wire.PathSharePicker, OTT: ott, LIFFID: liffID, Origins: strings.Join(originsOf(app), " "),
		Styles: assets + "picker.css", Script: assets + "picker.js",
	}
	base := router.From(r.Context()).Base
	for _, p := range people {
		view.People = append(view.People, pickerPerson{p.DisplayName, e.Lab.cfg.Picture(base, p.Picture)})
	}
	var page bytes.Buffer
	if err := e.Lab.picker.Execute(&page, view); err != nil {
		return fmt.Errorf("page of the share target picker: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' https: data: "+base.API+"; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(page.Bytes()) // the client may be gone; nothing is left to do
	return nil
}

// servePicked takes the user's choice from the page.
func (e *Endpoints) servePicked(w http.ResponseWriter, r *http.Request) error {
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	result := shareSuccess
	if len(form.All("chat")) == 0 {
		result = shareCancel
	}
	if err := e.endShare(form.Get("ott"), form.Get("liffId"), result); err != nil {
		return err
	}
	return router.WriteJSON(w, wire.ShareResult{Result: result})
}

// originsOf returns the origins at which an app runs.
func originsOf(app store.LIFFApp) []string {
	out := append([]string{}, app.ServedOrigins...)
	if u, err := url.Parse(app.EndpointURL); err == nil {
		out = append(out, u.Scheme+"://"+u.Host)
	}
	return out
}
