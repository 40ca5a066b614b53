package page

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/web"
)

// picturesPath is where personas' pictures are served.
const picturesPath = "/_tegata/picture/"

// Pictures serves the personas' pictures at /_tegata/picture/{name}, and with /large
// (200×200) and /small (51×51) after the name, the suffixes that LINE's picture URLs
// take ("Get user profile"). They are drawings in SVG. The handler may be used from
// many goroutines.
func Pictures() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, size, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, picturesPath), "/")
		data, ok := drawing(name)
		if ok && size == "small" {
			data = bytes.Replace(data, []byte(`width="200" height="200"`), []byte(`width="51" height="51"`), 1)
		}
		if !ok || size != "" && size != "small" && size != "large" {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=86400")
		// Apps show the pictures of their users.
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		serveFile(w, asset{contentType: contentType(".svg"), data: data})
	})
}

func drawing(name string) ([]byte, bool) {
	if name == "" || strings.ContainsAny(name, `./\`) {
		return nil, false
	}
	data, err := web.Pages.ReadFile("pictures/" + name + ".svg")
	return data, err == nil
}

// picturePath returns the path of a picture that we serve ourselves, else nothing:
// pages ask no other host for anything, so that none learns who logs in where.
func picturePath(picture string) string {
	u, err := url.Parse(picture)
	if err != nil {
		return ""
	}
	name, ok := strings.CutPrefix(u.Path, picturesPath)
	if !ok {
		return ""
	}
	name, _, _ = strings.Cut(name, "/")
	if _, ok := drawing(name); !ok {
		return ""
	}
	return picturesPath + name
}
