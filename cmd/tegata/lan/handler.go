package lan

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
)

// open are the beginnings of paths that answer without pairing: what the LIFF SDK fetches
// from another port, without cookies. They give nothing without a code or a token, as at
// any OpenID Provider.
var open = []string{
	wire.PathToken, wire.PathVerify, wire.PathRevoke, wire.PathUserinfo, wire.PathCerts, wire.PathDiscovery,
	wire.PathProfile, wire.PathFriendship, wire.PathLIFFRuntime, wire.PathSubWindow, wire.PathUnauthorizedPermissions,
	wire.PathAddFriendRateLimit, wire.PathShareMessages, wire.PathSharePickerResult, wire.PathValidateFriendship, wire.PathShortcut,
	"/liff/edge/", "/xlt/", "/_tegata/assets/", "/_tegata/liff/", "/_tegata/picture/",
}

// ours is where everything lies that is not LINE's: control APIs, simulator, pages.
const ours = "/_tegata/"

// Platform lets paired phones through to the platform: to what LINE has too, not to the
// control APIs or the simulator, whatever a request carries.
func (g *Gate) Platform(next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, g.serveStart)
	mux.HandleFunc("POST "+Path, g.servePair)
	mux.HandleFunc("GET "+Path+"/style.css", serveStyle)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case begins(path, open):
		case strings.HasPrefix(path, ours) && !strings.HasPrefix(path, control.PathPassword):
			http.Error(w, "this part of tegata answers on its own machine only", http.StatusNotFound)
			return
		case !g.paired(r):
			g.turnAway(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
	return g.onlyAs(g.cfg.Base, mux)
}

// App lets paired phones through to an app that is served at an origin of its own.
func (g *Gate) App(origin string, next http.Handler) http.Handler {
	return g.onlyAs(origin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.paired(r) {
			g.turnAway(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// onlyAs answers under one origin alone: under another host name this is somebody's attempt
// to be us in a browser (DNS rebinding). It also keeps phones from being sent to plain HTTP.
func (g *Gate) onlyAs(origin string, next http.Handler) http.Handler {
	host := strings.TrimPrefix(origin, "https://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != host {
			http.Error(w, "this machine answers here as "+host+" only", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// turnAway leads a person to the pairing page, and refuses everything else.
func (g *Gate) turnAway(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Error(w, "this phone is not paired: open "+g.cfg.Base+Path, http.StatusForbidden)
		return
	}
	back := url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	http.Redirect(w, r, g.cfg.Base+Path+"?"+url.Values{"next": {back.String()}}.Encode(), http.StatusSeeOther)
}

// begins says whether a path is below one of the given ones.
func begins(path string, all []string) bool {
	for _, one := range all {
		if path == one || strings.HasPrefix(path, strings.TrimSuffix(one, "/")+"/") {
			return true
		}
	}
	return false
}

// next returns where a phone goes after pairing: only to what is served here.
func (g *Gate) nextOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" {
		return ""
	}
	origin := u.Scheme + "://" + u.Host
	if origin == g.cfg.Base {
		return u.String()
	}
	for _, a := range g.cfg.Apps() {
		if origin == a.Origin {
			return u.String()
		}
	}
	return ""
}
