package simulator

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/web"
)

// Path is where the page is, on the platform's own origin.
const Path = "/_tegata/simulator/"

// Config is how a Simulator is made.
type Config struct {
	// Platform calls the control API of the platform. Its BaseURL is the origin under which
	// browsers reach the platform and this page. Required.
	Platform *control.Client
	// Listen opens the port at which an app is served, by the origin of its endpoint URL;
	// nil takes a free port of 127.0.0.1.
	Listen func(upstream string) (net.Listener, error)
	// Door, if not nil, serves the apps to other machines too.
	Door *Door
	// Now is the wall clock by which log entries are dated; nil means time.Now.
	Now func() time.Time
	// Log takes what goes wrong; nil discards.
	Log *slog.Logger
}

// Simulator serves the page and the ports of the apps. It may be used from many
// goroutines.
type Simulator struct {
	cfg     Config
	pages   *template.Template
	inApp   []byte            // the script in front of apps, without its settings
	proxies map[string]*proxy // by upstream origin; fixed after New
	outer   map[string]*proxy // the same behind the door
	order   []string          // upstream origins as found
	skipped map[string]string // LIFF ID: why the app has no port
	journal *journal
	opened  *opened
	serving sync.WaitGroup
}

// Served is a LIFF app and the port at which it runs with the script in front.
type Served struct {
	LIFFID   string
	Upstream string // origin of the developer's own server
	Origin   string // origin at which the app is served
	Outer    string // the same behind the door; empty without one
}

// New asks the platform for its LIFF apps and serves each of them whose endpoint URL is
// on this machine at a port of its own, until Close. Apps that are elsewhere get no port:
// the page says why. The error says what to do.
func New(ctx context.Context, cfg Config) (*Simulator, error) {
	if cfg.Platform == nil {
		return nil, errors.New("simulator: Config.Platform is required")
	}
	if cfg.Listen == nil {
		cfg.Listen = func(string) (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") }
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	pages, err := template.ParseFS(web.Simulator, "simulator/page.tmpl", "simulator/away.tmpl")
	if err != nil {
		return nil, fmt.Errorf("simulator: pages: %w", err)
	}
	inApp, err := web.Simulator.ReadFile("simulator/dist/inapp.js")
	if err != nil {
		return nil, fmt.Errorf("simulator: script: %w", err)
	}
	s := &Simulator{
		cfg: cfg, pages: pages, inApp: inApp, proxies: map[string]*proxy{}, outer: map[string]*proxy{}, skipped: map[string]string{},
		journal: newJournal(cfg.Now), opened: newOpened(),
	}
	world, err := cfg.Platform.LIFF(ctx)
	if err != nil {
		return nil, fmt.Errorf("simulator: ask the platform for its LIFF apps: %w", err)
	}
	for _, app := range world.Apps {
		if err := s.serve(ctx, app); err != nil {
			return nil, errors.Join(fmt.Errorf("simulator: serve %s: %w", app.LIFFID, err), s.Close())
		}
	}
	return s, nil
}

// serve gives an app its port, and tells the platform of it.
func (s *Simulator) serve(ctx context.Context, app control.LIFFWorldApp) error {
	upstream, why := loopbackOrigin(app.EndpointURL)
	if why != "" {
		s.skipped[app.LIFFID] = why
		return nil
	}
	at := upstream.String()
	if s.proxies[at] == nil {
		if err := s.open(upstream); err != nil {
			return err
		}
		s.order = append(s.order, at)
	}
	p := s.proxies[at]
	p.apps = append(p.apps, app.LIFFID)
	origins := []string{p.origin}
	if outer := s.outer[at]; outer != nil {
		origins = append(origins, outer.origin)
	}
	return s.cfg.Platform.Serve(ctx, control.LIFFServedRequest{LIFFID: app.LIFFID, Origins: origins})
}

// loopbackOrigin returns the origin of an endpoint URL on this machine, or why it is none.
func loopbackOrigin(endpoint string) (*url.URL, string) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return nil, "its endpoint URL is no http URL"
	}
	if !loopbackName(u.Hostname()) {
		return nil, "its endpoint URL is not on this machine: give the URL of your dev server with --app"
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, ""
}

// Served lists the apps that have a port.
func (s *Simulator) Served() []Served {
	var out []Served
	for _, upstream := range s.order {
		p := s.proxies[upstream]
		for _, id := range p.apps {
			one := Served{LIFFID: id, Upstream: upstream, Origin: p.origin}
			if outer := s.outer[upstream]; outer != nil {
				one.Outer = outer.origin
			}
			out = append(out, one)
		}
	}
	return out
}

// served returns the port of an app; nil if it has none.
func (s *Simulator) served(liffID string) *proxy {
	for _, p := range s.proxies {
		for _, id := range p.apps {
			if id == liffID {
				return p
			}
		}
	}
	return nil
}

// Close ends the ports and waits for their servers.
func (s *Simulator) Close() error {
	s.journal.close()
	var errs []error
	for _, all := range []map[string]*proxy{s.proxies, s.outer} {
		for _, p := range all {
			errs = append(errs, p.server.Close())
		}
	}
	s.serving.Wait()
	return errors.Join(errs...)
}
