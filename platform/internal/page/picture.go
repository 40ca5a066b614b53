package page

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/tegata-id/tegata/web"
)

const picturePath = "/_tegata/picture/"

// svgPolicy lets a drawing have styles and nothing else, also when it is opened as a
// page of its own.
const svgPolicy = "default-src 'none'; style-src 'unsafe-inline'"

// Pictures serves the personas' portraits: GET /_tegata/picture/{name}, and with
// /large (200×200) or /small (51×51) behind it, as LINE's picture URLs take them ("Get
// user profile"). They are drawings in SVG, so the sizes differ in what an img without
// a size of its own shows. The handler may be used from many goroutines.
func Pictures() http.Handler { return http.HandlerFunc(servePicture) }

func servePicture(w http.ResponseWriter, r *http.Request) {
	rest, _ := strings.CutPrefix(r.URL.Path, picturePath)
	name, variant, sized := strings.Cut(rest, "/")
	side := map[string]int{"": 400, "large": 200, "small": 51}[variant]
	if side == 0 || sized && variant == "" || name == "" || strings.ContainsAny(name, `./\`) {
		http.NotFound(w, r)
		return
	}
	drawing, err := fs.ReadFile(web.Pages, "pictures/"+name+".svg")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	size := fmt.Sprintf(`width="%d" height="%d"`, side, side)
	drawing = bytes.Replace(drawing, []byte(`width="200" height="200"`), []byte(size), 1)
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", svgPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=3600")
	// Apps show their users' pictures in pages of their own.
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(drawing))
}
