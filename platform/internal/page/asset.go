package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

const (
	assetsPath = "/_tegata/assets/"
	styleName  = "page.css"
	iconName   = "icon.svg"
)

// assets are what pages load, by the name in their URL.
type assets struct {
	files map[string][]byte
	names map[string]string // plain name to the name with the hash
}

// newAssets reads styles, scripts and the icon. All styles are one file: pages follow
// one another in a login, and the second needs nothing more.
func newAssets(files fs.FS) (*assets, error) {
	a := &assets{files: map[string][]byte{}, names: map[string]string{}}
	style, err := styles(files)
	if err != nil {
		return nil, err
	}
	a.add(styleName, style)
	icon, err := fs.ReadFile(files, "pages/layout/icon.svg")
	if err != nil {
		return nil, fmt.Errorf("icon of the pages: %w", err)
	}
	a.add(iconName, icon)
	for _, name := range pageNames() {
		script, err := fs.ReadFile(files, "pages/"+name+"/"+name+".js")
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fmt.Errorf("script of page %s: %w", name, err)
		default:
			a.add(name+".js", script)
		}
	}
	return a, nil
}

// styles joins the style sheets: the layout's before the pages'.
func styles(files fs.FS) ([]byte, error) {
	names, err := fs.Glob(files, "pages/*/*.css")
	if err != nil {
		return nil, fmt.Errorf("styles of the pages: %w", err)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return strings.Compare(strings.TrimPrefix(a, "pages/layout/"), strings.TrimPrefix(b, "pages/layout/"))
	})
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	var all bytes.Buffer
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("styles of the pages: %w", err)
		}
		all.Write(text)
	}
	return all.Bytes(), nil
}

func rank(name string) int {
	if strings.HasPrefix(name, "pages/layout/") {
		return 0
	}
	return 1
}

func (a *assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.files[hashed], a.names[name] = content, hashed
}

// url returns the path of an asset by its plain name; empty if there is none.
func (a *assets) url(name string) string {
	if a.names[name] == "" {
		return ""
	}
	return assetsPath + a.names[name]
}

// ServeHTTP answers GET and HEAD. The content of a name never changes, so browsers
// need not ask again.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, assetsPath)
	content := a.files[name]
	if !ok || content == nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentTypes(path.Ext(name)))
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	if path.Ext(name) == ".svg" {
		h.Set("Content-Security-Policy", svgPolicy)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

func contentTypes(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	}
	return "image/svg+xml"
}
