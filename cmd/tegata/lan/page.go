package lan

import (
	"bytes"
	"html/template"
	"net/http"

	"github.com/tegata-id/tegata/web"
)

// view is what the page shows: apps, the pairing form, or how to install the authority.
type view struct {
	Title, Style, Action string
	Apps                 []App
	Pair                 bool
	Alert, Code, Next    string
	CA, Base             string
	Fingerprint          string
}

// write writes the page. It has no script and goes into no frame.
func write(w http.ResponseWriter, status int, v view) {
	page, err := template.ParseFS(web.LAN, "lan/page.tmpl")
	var b bytes.Buffer
	if err == nil {
		err = page.Execute(&b, v)
	}
	if err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self' https:; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the phone may be gone; nothing is left to do
}

// styles are the files of which the page's style sheet is made.
var styles = []string{"pages/layout/tokens.css", "pages/layout/layout.css", "pages/login/login.css"}

func serveStyle(w http.ResponseWriter, _ *http.Request) {
	var all []byte
	for _, name := range styles {
		data, err := web.Pages.ReadFile(name)
		if err != nil {
			http.Error(w, "no such file", http.StatusInternalServerError)
			return
		}
		all = append(all, data...)
	}
	own, err := web.LAN.ReadFile("lan/lan.css")
	if err != nil {
		http.Error(w, "no such file", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(append(all, own...)) // the phone may be gone; nothing is left to do
}

// serveStart shows a paired phone its apps, and any other the form. The code of a QR is
// filled in, not taken: a phone looks at what it scans before a person does.
func (g *Gate) serveStart(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if g.paired(r) {
		write(w, http.StatusOK, view{Title: "LIFF apps", Style: Path + "/style.css", Apps: g.cfg.Apps()})
		return
	}
	g.form(w, http.StatusOK, "", q.Get("code"), q.Get("next"))
}

func (g *Gate) form(w http.ResponseWriter, status int, alert, code, next string) {
	if len(code) > len("1234-5678") {
		code = ""
	}
	write(w, status, view{Title: "Pair this phone", Style: Path + "/style.css", Action: Path, Pair: true, Alert: alert, Code: code, Next: g.nextOf(next)})
}

// servePair takes the form.
func (g *Gate) servePair(w http.ResponseWriter, r *http.Request) {
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		http.Error(w, "only the pairing page itself pairs", http.StatusForbidden)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form could not be read", http.StatusBadRequest)
		return
	}
	next := r.PostForm.Get("next")
	cookie, v := g.pair(r.PostForm.Get("code"), addressOf(r))
	switch v {
	case wrong:
		g.form(w, http.StatusForbidden, "That is not the code. Look at the last one in the terminal: each pairs one phone.", "", next)
		return
	case tooMany:
		w.Header().Set("Retry-After", "60")
		g.form(w, http.StatusTooManyRequests, "Too many wrong codes. Wait a minute.", "", next)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: cookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	to := g.nextOf(next)
	if to == "" {
		to = Path
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
