package page

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// assetPath is where style and scripts are served.
const assetPath = "/_tegata/assets/"

// assets are the files that pages refer to, by names that change with their content.
type assets struct {
	urls   map[string]string // by plain name
	served map[string]asset  // by hashed name
}

type asset struct {
	contentType string
	data        []byte
}

func readAssets(files fs.FS) (*assets, error) {
	a := &assets{urls: map[string]string{}, served: map[string]asset{}}
	entries, err := fs.ReadDir(files, "pages")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	for _, e := range entries {
		name, ext := e.Name(), path.Ext(e.Name())
		if ext != ".css" && ext != ".js" && ext != ".svg" {
			continue
		}
		data, err := fs.ReadFile(files, "pages/"+name)
		if err != nil {
			return nil, fmt.Errorf("read assets: %w", err)
		}
		sum := sha256.Sum256(data)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.urls[name] = assetPath + hashed
		a.served[hashed] = asset{contentType: contentType(ext), data: data}
	}
	return a, nil
}

// contentType does not ask the machine's own tables, which differ.
func contentType(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "image/svg+xml"
}

// url returns the URL of a file; nothing if there is none, which a test would see.
func (a *assets) url(name string) string { return a.urls[name] }

// Assets serves style and scripts under /_tegata/assets/. Their names change with
// their content, so that browsers keep them for good. It may be used from many
// goroutines.
func (p *Renderer) Assets() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok := p.assets.served[strings.TrimPrefix(r.URL.Path, assetPath)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		serveFile(w, found)
	})
}

func serveFile(w http.ResponseWriter, f asset) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(f.data) // the browser may have gone
}
