package simulator

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Door is a second address at which the apps are served: to phones of the same network. The
// simulator's page is not served there.
type Door struct {
	// Platform is the https origin under which browsers behind the door reach the platform.
	// Required.
	Platform string
	// Listen opens the port of an app, by TLS; as Config.Listen. Required.
	Listen func(upstream string) (net.Listener, error)
	// Front stands before each app, which is served at origin. Required.
	Front func(origin string, app http.Handler) http.Handler
}

// entrance is where an app is served: at a port of this machine alone, or behind a door.
type entrance struct {
	scheme   string
	platform string // origin of the platform for browsers there
	listen   func(upstream string) (net.Listener, error)
	front    func(origin string, app http.Handler) http.Handler
}

// entrances lists them: that of this machine first.
func (s *Simulator) entrances() []entrance {
	own := entrance{"http", s.cfg.Platform.BaseURL, s.cfg.Listen, ownMachine}
	if d := s.cfg.Door; d != nil {
		return []entrance{own, {"https", d.Platform, d.Listen, d.Front}}
	}
	return []entrance{own}
}

// open serves an upstream at each entrance.
func (s *Simulator) open(upstream *url.URL) error {
	for i, e := range s.entrances() {
		l, err := e.listen(upstream.String())
		if err != nil {
			return fmt.Errorf("open a port: %w", err)
		}
		p := s.newProxy(upstream, e, l.Addr())
		into := s.proxies
		if i > 0 {
			into = s.outer
		}
		into[upstream.String()] = p
		s.serving.Go(func() {
			if err := p.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				s.cfg.Log.Error("serve a LIFF app", "upstream", upstream.String(), "error", err)
			}
		})
	}
	return nil
}

// ownMachine lets an app answer under loopback names alone. The developer's server sees its
// own host name whatever the browser asked for, so it cannot tell a page of another site
// whose name was made to resolve to this machine (DNS rebinding).
func ownMachine(origin string, app http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if u, err := url.Parse("//" + r.Host); err != nil || u.Host != r.Host || !loopbackName(u.Hostname()) {
			http.Error(w, "the app is served under localhost only: open "+origin, http.StatusForbidden)
			return
		}
		app.ServeHTTP(w, r)
	})
}

func loopbackName(host string) bool {
	host = strings.ToLower(host)
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
