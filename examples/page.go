package examples

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/tegata-id/tegata/web"
)

//go:embed page.tmpl static
var embedded embed.FS

// mountPage adds the app's page and its settings.
func mountPage(mux *http.ServeMux, cfg Config, app App) error {
	base, err := originOf(cfg.BaseURL)
	if err != nil {
		return err
	}
	tmpl, err := template.ParseFS(embedded, "page.tmpl")
	if err != nil {
		return fmt.Errorf("parse the page: %w", err)
	}
	var page bytes.Buffer
	if err := tmpl.Execute(&page, app); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	// Public settings; the client needs them before anybody is logged in.
	settings, err := json.Marshal(struct {
		LIFFID  string `json:"liffId"`
		BaseURL string `json:"baseUrl,omitempty"`
		Issuer  string `json:"issuer,omitempty"`
	}{app.LIFFID, base, cfg.Issuer})
	if err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	policy := policy(base)
	html := newFile("page.html", page.Bytes())
	mux.Handle(app.Path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if path.Ext(r.URL.Path) != "" { // a file, and there is none; LIFF URLs lead to pages
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Referrer-Policy", "no-referrer") // a login comes back with a code in the URL
		html.ServeHTTP(w, r)
	}))
	mux.Handle(app.Path+"config.json", newFile("config.json", settings))
	return nil
}

// policy lets the page load only what it is made of, and talk to its own server and the
// platform. The platform may show it in a frame, as a LIFF browser does.
func policy(base string) string {
	platform := base
	if platform == "" {
		platform = "https://access.line.me https://api.line.me https://liff.line.me"
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		strings.TrimSpace("img-src 'self' https: " + base), // profile pictures
		"connect-src 'self' " + platform,
		"base-uri 'self'",
		"form-action 'none'",
		strings.TrimSpace("frame-ancestors 'self' " + base),
	}, "; ")
}

// file is one that is known when the server starts.
type file struct {
	name string // its extension tells the type
	data []byte
	tag  string
}

func newFile(name string, data []byte) *file {
	sum := sha256.Sum256(data)
	return &file{name: name, data: data, tag: fmt.Sprintf(`"%x"`, sum[:16])}
}

// ServeHTTP serves the file; a browser asks each time whether it has changed.
func (f *file) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "use GET", http.StatusMethodNotAllowed)
		return
	}
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.tag)
	h.Set("Content-Type", kindOf(f.name))
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.data))
}

// kindOf returns the media type of a file, the same on every machine.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// newFiles returns the handler of the files that all pages share.
func newFiles() (http.Handler, error) {
	mux := http.NewServeMux()
	entries, err := embedded.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("list the static files: %w", err)
	}
	for _, e := range entries {
		data, err := embedded.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("read a static file: %w", err)
		}
		mux.Handle(staticPath+e.Name(), newFile(e.Name(), data))
	}
	client, err := web.FS.ReadFile("liff/dist/liff.js")
	if err != nil {
		return nil, fmt.Errorf("read the LIFF client: %w", err)
	}
	mux.Handle(staticPath+"liff.js", newFile("liff.js", client))
	return mux, nil
}
