package simulator

import (
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// redirected changes where a redirect of the developer's server leads: its own origin is
// the app's port, and LINE's hosts are the platform. In the phone a login page does not
// render, so a redirect to one becomes a page that makes the same jump where the script
// can catch it; then the result is true, and the answer needs nothing more.
func (p *proxy) redirected(r *http.Response) bool {
	to := r.Header.Get("Location")
	if rest, ok := behindOrigin(to, p.upstream.String()); ok {
		r.Header.Set("Location", p.origin+rest)
		return false
	}
	u, err := url.Parse(to)
	if to == "" || err != nil {
		return false
	}
	line := u.Scheme == "https" && slices.Contains(wire.Hosts(), u.Host)
	if origin := u.Scheme + "://" + u.Host; !line && origin != p.platform && origin != p.sim.cfg.Platform.BaseURL {
		return false
	}
	jump := p.platform + u.RequestURI()
	if u.Fragment != "" {
		jump += "#" + u.EscapedFragment()
	}
	r.Header.Set("Location", jump)
	if r.Request.Header.Get("Sec-Fetch-Dest") != "iframe" {
		return false
	}
	if !line {
		u.Scheme, u.Host = "https", wire.HostAccess
	}
	page := `<!doctype html><html lang="en"><meta charset="utf-8"><title>Going on …</title>` + string(scriptTag("")) +
		`<meta http-equiv="refresh" content="0;url=` + template.HTMLEscapeString(u.String()) + `"></html>`
	r.StatusCode, r.Status = http.StatusOK, ""
	for _, name := range []string{"Location", "Content-Encoding", "Content-Security-Policy", "X-Frame-Options", "Etag"} {
		r.Header.Del(name)
	}
	r.Header.Set("Content-Type", "text/html; charset=utf-8")
	r.Header.Set("Cache-Control", "no-store")
	r.Header.Set("Content-Length", strconv.Itoa(len(page)))
	_ = r.Body.Close() // of the redirect: nobody reads it
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(page)), int64(len(page))
	return true
}
