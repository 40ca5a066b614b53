package platform

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/tegata-id/tegata/platform/internal/authorize"
	"github.com/tegata-id/tegata/platform/internal/console"
	"github.com/tegata-id/tegata/platform/internal/discovery"
	"github.com/tegata-id/tegata/platform/internal/grant"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/journal"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/platform/internal/liffapp"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/metric"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/platform/internal/passwordlink"
	"github.com/tegata-id/tegata/platform/internal/resource"
	"github.com/tegata-id/tegata/platform/internal/revoke"
	"github.com/tegata-id/tegata/platform/internal/router"
)

// followEvery is how often a node looks for keys that another has changed.
const followEvery = 5 * time.Second

// Platform is a running OpenID Provider. Its handlers may be called from many
// goroutines.
type Platform struct {
	cfg    Config
	public *router.Router
	ring   *keyring.Ring
	issue  *issue.Service
	logins *login.Service
	stop   context.CancelFunc
	work   sync.WaitGroup

	management *router.Router // nil with a Lab, as are metric and journal
	metric     *metric.Set
	journal    *journal.Journal
	swept      pulse

	development // empty without a Lab
}

// New makes a platform. It reads or makes the key ring in the store and, with a Lab,
// writes the seed. The error says which setting to mend.
func New(ctx context.Context, cfg Config) (*Platform, error) {
	if err := cfg.normal(); err != nil {
		return nil, err
	}
	p := &Platform{cfg: cfg}
	p.develop()
	if err := p.observed(); err != nil {
		return nil, fmt.Errorf("platform: %w", err)
	}
	if err := p.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("platform: %w", err), p.closeJournal())
	}
	return p, nil
}

// start makes everything and begins what runs in the background.
func (p *Platform) start(ctx context.Context) error {
	cfg := p.cfg
	keys := keyring.Config{Store: cfg.Store, Sealer: cfg.Sealer, Now: cfg.Now}
	keys.Derive = p.derive
	if cfg.Lab == nil {
		keys.Lead, keys.Spread = discovery.KeysAge, 6*followEvery
	}
	ring, err := keyring.Open(ctx, keys)
	if err != nil {
		return fmt.Errorf("key ring: %w", err)
	}
	p.ring = ring
	if p.issue, err = issue.New(issue.Config{
		Store: cfg.Store, Ring: ring, Sealer: cfg.Sealer, Now: cfg.Now, Issuer: p.issuer, Picture: picture,
		Random: p.random.Source("token"),
	}); err != nil {
		return err
	}
	if err := p.seed(ctx); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	if err := p.startLab(ctx); err != nil {
		return fmt.Errorf("lab: %w", err)
	}
	if cfg.Lab == nil {
		if err := p.refuseDevelopment(ctx); err != nil {
			return err
		}
	}
	if err := p.mount(); err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	p.stop = stop
	p.work.Go(func() { p.sweep(background) })
	if cfg.Lab == nil { // a lab has its store to itself, and may set it back
		p.work.Go(func() {
			p.ring.Follow(background, followEvery, func(err error) { cfg.Log.Error("follow the key ring", "error", err) })
		})
	}
	return nil
}

// Close stops what runs in the background, writes the events that wait, and waits for
// all that. It does not close the store.
func (p *Platform) Close() error {
	p.stop()
	p.work.Wait()
	return p.closeJournal()
}

// mount makes the router and tells every room its dependencies.
func (p *Platform) mount() error {
	cfg := &p.cfg
	pages, err := page.New(page.Config{Dev: cfg.Lab != nil})
	if err != nil {
		return fmt.Errorf("pages: %w", err)
	}
	rt, err := router.New(router.Config{
		Base: cfg.BaseURL, Others: cfg.PublicURLs, Exposed: cfg.exposed(), Now: cfg.Now, Log: cfg.Log, Events: cfg.Store,
		ErrorPage: errorPage(pages), Observer: p.observer(), Random: p.random.Source("request"), Around: p.around(),
	})
	if err != nil {
		return err
	}
	p.public = rt
	people := login.Config{
		Store: cfg.Store, Now: cfg.Now, CookieName: p.cookie("session"), Personas: cfg.Lab != nil, Random: p.random.Source("session"),
	}
	if cfg.Lab == nil { // the clock of a Lab may stand still, and the limit with it
		people.Failures = cfg.Store
	}
	logins, err := login.New(people)
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	p.logins = logins
	apps := &liffapp.Endpoints{Store: cfg.Store, Issue: p.issue, Pages: pages, Now: cfg.Now, Random: p.random.Source("liff")}
	if cfg.Lab != nil {
		if p.open, err = liffapp.NewLab(liffapp.LabConfig{Guard: p.adminAPI().Guard, Picture: picture}); err != nil {
			return err
		}
		apps.Lab = p.open
	}
	var auto *authorize.AutoLogin
	if cfg.Lab != nil {
		auto = &authorize.AutoLogin{Guard: p.adminAPI().Guard}
	}
	waiting, err := p.lobby()
	if err != nil {
		return err
	}
	for _, room := range []interface{ Mount(router.Mux) }{
		&authorize.Endpoints{
			Store: cfg.Store, Issue: p.issue, Login: logins, Pages: pages, Now: cfg.Now,
			Issuer: p.issuer, Picture: picture, BrowserCookie: p.cookie("browser"),
			Random: p.random.Source("login"), Spoil: p.spoil(), Lobby: waiting, AutoLogin: auto,
		},
		&grant.Endpoints{Store: cfg.Store, Issue: p.issue, Now: cfg.Now, Random: p.random.Source("key ID")},
		&resource.Endpoints{Store: cfg.Store, Issue: p.issue, Ring: p.ring, Now: cfg.Now, Issuer: p.issuer, Picture: picture},
		&revoke.Endpoints{Store: cfg.Store, Issue: p.issue, Now: cfg.Now},
		&discovery.Endpoints{Ring: p.ring, Issuer: p.issuer},
		&passwordlink.Endpoints{Store: cfg.Store, Login: logins, Pages: pages, Now: cfg.Now},
		apps,
	} {
		room.Mount(rt)
	}
	mountFiles(rt, pages)
	if cfg.Lab != nil {
		p.adminAPI().Mount(rt)
		(&lab.API{Lab: p.running, Guard: p.adminAPI().Guard}).Mount(rt)
		return nil
	}
	p.metric.Passwords(logins.Load)
	return p.mountManagement()
}

// issuer returns the issuer identifier: one setting per deployment, whatever the base.
func (p *Platform) issuer(router.Base) string { return p.cfg.Issuer }

// adminAPI returns the admin API.
func (p *Platform) adminAPI() *console.API {
	api := &console.API{
		Store: p.cfg.Store, Issue: p.issue, Ring: p.ring, Sealer: p.cfg.Sealer, Now: p.cfg.Now,
		PublicURL: p.cfg.BaseURL, Tokens: p.cfg.AdminTokens, Random: p.random.Source("console"),
	}
	for _, u := range append([]string{p.cfg.BaseURL}, p.cfg.PublicURLs...) {
		_, host, _ := strings.Cut(u, "://")
		api.Hosts = append(api.Hosts, host)
	}
	if p.cfg.Lab != nil {
		api.Env = p.env
	}
	return api
}

// cookie names a cookie. Cookies of localhost are shared by all its ports, so in
// development the port is in the name; else the __Host- prefix binds it to the host.
func (p *Platform) cookie(what string) string {
	if p.cfg.Lab == nil {
		return "__Host-tegata_" + what
	}
	_, port, ok := strings.Cut(strings.TrimPrefix(p.cfg.BaseURL, "http://"), ":")
	if !ok || strings.ContainsAny(port, "/:]") {
		port = "dev"
	}
	return "tegata_" + what + "_" + port
}
