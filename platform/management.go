package platform

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/console"
	"github.com/tegata-id/tegata/platform/internal/forwarded"
	"github.com/tegata-id/tegata/platform/internal/journal"
	"github.com/tegata-id/tegata/platform/internal/metric"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

const (
	// pingTime is how long the store may take to say that it is there.
	pingTime = 2 * time.Second
	// sweepLate is how long the sweep may do nothing before the platform is not well.
	sweepLate = 4 * sweepEvery
	// strictTransport tells browsers to come by https from now on, for a year (RFC 6797).
	strictTransport = "max-age=31536000"
)

// observed begins the metrics of a production platform, measures its store, and writes
// the event log in batches. In development an event is in the log when its request has been
// answered, and memory costs nothing.
func (p *Platform) observed() (err error) {
	if p.cfg.Lab != nil {
		return nil
	}
	p.metric = metric.New(p.cfg.Version)
	p.journal, err = journal.New(journal.Config{
		Store: p.metric.Store(p.cfg.Store), Log: p.cfg.Log, Lost: p.metric.Lost, Now: time.Now,
	})
	p.cfg.Store = p.journal
	return err
}

// closeJournal ends the journal, if there is one.
func (p *Platform) closeJournal() error {
	if p.journal == nil {
		return nil
	}
	return p.journal.Close()
}

// observer is what routers tell what they do; nil in development.
func (p *Platform) observer() router.Observer {
	if p.metric == nil {
		return nil
	}
	return p.metric
}

// Public returns the handler of everything that browsers, apps and their servers
// call. With a Lab it also has the admin API; without one that is only in Management.
func (p *Platform) Public() http.Handler {
	if p.cfg.Lab != nil {
		return p.public
	}
	var h http.Handler = p.public
	if strings.HasPrefix(p.cfg.BaseURL, "https:") {
		h = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Strict-Transport-Security"] = []string{strictTransport}
			p.public.ServeHTTP(w, r)
		})
	}
	if len(p.cfg.TrustedProxies) > 0 {
		h = forwarded.Handler(h, p.cfg.TrustedProxies, p.cfg.BaseURL)
	}
	return h
}

// ToTLS returns a handler for a port of plain http: it sends browsers to the base URL and
// refuses what is not a mere look.
func (p *Platform) ToTLS() http.Handler { return forwarded.ToTLS(p.cfg.BaseURL) }

// Management returns the handler for operators and their machines, which must not be
// reachable from outside: the admin API, whether the platform lives and is ready, and
// metrics. It is nil with a Lab.
func (p *Platform) Management() http.Handler {
	if p.management == nil {
		return nil // not a nil pointer in an interface
	}
	return p.management
}

// FirstAdminToken makes the token for one use by which the first admin token is made. It
// returns the empty string if that is not needed: there are admin tokens, or a first one
// has been made before. With again it is made in any case, and takes the place of an
// older one.
func (p *Platform) FirstAdminToken(ctx context.Context, again bool) (token string, until time.Time, err error) {
	return console.FirstToken(ctx, p.cfg.Store, p.cfg.Now().UTC(), again)
}

// mountManagement makes the router of the management listener.
func (p *Platform) mountManagement() error {
	rt, err := router.New(router.Config{
		Base: p.cfg.BaseURL, Now: p.cfg.Now, Log: p.cfg.Log, Events: p.cfg.Store, Observer: p.observer(),
		ErrorPage: func(w http.ResponseWriter, _ *http.Request, e *oauth2.Error) error {
			oauth2.Write(w, e)
			return nil
		},
	})
	if err != nil {
		return err
	}
	metrics := p.metric.Handler()
	for pattern, h := range map[string]router.Handler{
		"GET " + control.PathLive:  p.serveLive,
		"GET " + control.PathReady: p.serveReady,
		"GET " + control.PathMetrics: func(w http.ResponseWriter, r *http.Request) error {
			metrics.ServeHTTP(w, r)
			return nil
		},
	} {
		rt.Handle(router.Route{Pattern: pattern, Handler: h})
	}
	api := p.adminAPI()
	api.Hosts = p.cfg.ManagementHosts
	api.Mount(rt)
	p.management = rt
	return nil
}

// serveLive answers as long as the process can answer at all.
func (p *Platform) serveLive(w http.ResponseWriter, _ *http.Request) error {
	return writeText(w, http.StatusOK, "ok\n")
}

// serveReady says whether requests should be sent here. With ?verbose it names each check.
func (p *Platform) serveReady(w http.ResponseWriter, r *http.Request) error {
	status, text := http.StatusOK, strings.Builder{}
	for _, c := range p.checks(r.Context()) {
		mark := "ok"
		if c.err != nil {
			status, mark = http.StatusServiceUnavailable, "FAILED: "+c.err.Error()
			p.cfg.Log.Error("not ready", "check", c.name, "error", c.err)
		}
		fmt.Fprintf(&text, "%-6s %s\n", c.name, mark)
	}
	if !r.URL.Query().Has("verbose") {
		text.Reset()
		text.WriteString(map[bool]string{true: "ok\n", false: "not ready; ?verbose says why\n"}[status == http.StatusOK])
	}
	return writeText(w, status, text.String())
}

// check is one thing that must hold for the platform to be ready.
type check struct {
	name string
	err  error
}

func (p *Platform) checks(ctx context.Context) []check {
	ctx, cancel := context.WithTimeout(ctx, pingTime)
	defer cancel()
	_, keyErr := p.ring.Signer(store.SignIDToken)
	checks := []check{{"store", p.cfg.Ping(ctx)}, {"keys", keyErr}}
	if !p.swept.alive.Load() {
		return append(checks, check{"sweep", fmt.Errorf("no sweep of expired records has come to its end for %v; the log says why", sweepLate)})
	}
	return append(checks, check{"sweep", nil})
}

func writeText(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // the client may be gone; nothing is left to do
	return nil
}

// pulse says whether something has been done lately.
type pulse struct {
	alive atomic.Bool
	late  *time.Timer // takes alive away
}

// beat says that it has been done.
func (b *pulse) beat() {
	if b.late == nil {
		b.late = time.AfterFunc(sweepLate, func() { b.alive.Store(false) })
	}
	b.late.Reset(sweepLate)
	b.alive.Store(true)
}

func (b *pulse) stop() {
	if b.late != nil {
		b.late.Stop()
	}
}
