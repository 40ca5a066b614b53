package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/appfind"
	"github.com/tegata-id/tegata/cmd/tegata/hostguard"
	"github.com/tegata-id/tegata/cmd/tegata/labcmd"
	"github.com/tegata-id/tegata/cmd/tegata/lineca"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/cmd/tegata/transport"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/simulator"
	"github.com/tegata-id/tegata/store"
)

// devServer is a running `tegata dev`: the platform on two ports, the demo app on a
// third, and each LIFF app with the simulator's script in front on one more.
type devServer struct {
	cmd              devCmd
	log              *slog.Logger
	ports            *devPorts
	seed             *platform.Seed
	names            *lineca.Identity
	token, tokenPath string
	tokenHash        [32]byte
	sealer           platform.Sealer
	store            store.Store // nil until it is open
	platform         *platform.Platform
	simulator        *simulator.Simulator // nil: nobody could open its page
	lan              *devLAN              // nil: no phones
	plain, secure    entrance
	ready            atomic.Bool // everything answers
	servers          *transport.Group
}

// shutdownTime is how long open requests may take to end.
const shutdownTime = 5 * time.Second

// entrance is a handler that is exchanged while it serves: the simulator asks the platform
// before it stands in front of it.
type entrance struct{ handler atomic.Pointer[http.Handler] }

func (e *entrance) lead(h http.Handler) { e.handler.Store(&h) }

// ServeHTTP answers as the handler of the moment does.
func (e *entrance) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	(*e.handler.Load()).ServeHTTP(w, r)
}

// startDev opens the ports and starts serving.
func startDev(ctx context.Context, c devCmd, io streams) (*devServer, error) {
	ports, err := openPorts(c)
	if err != nil {
		return nil, err
	}
	log := newLog(io, c.LogLevel, c.LogFormat)
	s := &devServer{cmd: c, log: log, ports: ports, servers: transport.NewGroup(log)}
	if err := s.start(ctx, io); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *devServer) start(ctx context.Context, io streams) error {
	var err error
	if s.lan, err = openLAN(s.cmd, io); err != nil {
		return err
	}
	if s.cmd.App, err = s.cmd.findApps(ctx, s.ports.own(), appfind.Ports(), io); err != nil {
		return err
	}
	if err := s.ports.refuseOwn(s.cmd.App); err != nil {
		return err
	}
	if s.seed, err = s.cmd.world(); err != nil {
		return err
	}
	if s.names, err = lineca.New(time.Now()); err != nil {
		return err
	}
	if err := s.newPlatform(ctx); err != nil {
		return err
	}
	if s.cmd.AdminToken == "" { // whoever gave the token has it
		if s.tokenPath, err = target.WriteToken(s.ports.baseURL(), s.token); err != nil {
			return err
		}
	}
	s.plain.lead(s.front(s.platform.Public()))
	s.secure.lead(s.platform.Public())
	s.servers.Serve(s.ports.give(&s.ports.plain), s.guard(&s.plain), nil)
	s.servers.Serve(s.ports.give(&s.ports.secure), s.guard(&s.secure, ".line.me", ".line-scdn.net"), s.names.Config)
	env, err := s.env(ctx)
	if err != nil {
		return err
	}
	if err := s.cmd.writeEnv(env, io); err != nil {
		return err
	}
	if err := s.serveDemo(env); err != nil {
		return err
	}
	if err := s.simulate(ctx, env); err != nil {
		return err
	}
	s.ready.Store(true)
	return nil
}

// front leads to the platform, and says at a path of its own whether everything answers: who
// waits for that, such as a health check, leaves no refusal in the event log.
func (s *devServer) front(h http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("/", h)
	mux.HandleFunc("GET "+control.PathReady, func(w http.ResponseWriter, _ *http.Request) {
		if !s.ready.Load() {
			http.Error(w, "tegata dev begins", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		_, _ = io.WriteString(w, labcmd.DevReady+"\n") // the client may be gone
	})
	return mux
}

func (s *devServer) newPlatform(ctx context.Context) (err error) {
	if s.token, s.tokenHash, err = s.cmd.adminToken(); err != nil {
		return err
	}
	if err := s.openRecords(ctx); err != nil {
		return err
	}
	if s.platform, err = platform.New(ctx, s.config(s.store)); err != nil {
		return worldFailure(err)
	}
	return nil
}

// config is that of the platform on a store.
func (s *devServer) config(st store.Store) platform.Config {
	c := platform.Config{
		Store: st, Sealer: s.sealer, BaseURL: s.ports.baseURL(),
		PublicURLs: append([]string{s.ports.tlsURL()}, s.cmd.PublicURL...), Issuer: s.cmd.Issuer, Now: time.Now, Log: s.log,
		AdminTokens: [][32]byte{s.tokenHash},
		Lab: &platform.Lab{
			Seed: s.seed, DemoOrigin: s.ports.demoOrigin(), TLSURL: s.ports.tlsURL(), TLSSPKI: s.names.SPKI, TLSCAPEM: s.names.CAPEM,
			SimulatorURL: s.ports.simulatorURL(), Exposed: s.lan.bases(),
			Callbacks: s.cmd.Callback, Deterministic: s.cmd.Deterministic,
		},
	}
	for _, a := range s.seed.LIFFApps[:len(s.cmd.App)] { // where world has put them
		c.Lab.Apps = append(c.Lab.Apps, a.ID)
	}
	switch {
	case s.cmd.Freeze && s.cmd.Clock.IsZero():
		c.Lab.FrozenAt = time.Now()
	case s.cmd.Freeze:
		c.Lab.FrozenAt = s.cmd.Clock.Time
	default:
		c.Lab.StartAt = s.cmd.Clock.Time
	}
	return c
}

// serveDemo serves the demo app, if the world has one.
func (s *devServer) serveDemo(env *control.Env) error {
	app, err := demoApp(env, s.ports.demoOrigin())
	if err != nil {
		return fmt.Errorf("demo app: %w", err)
	}
	l := s.ports.give(&s.ports.demo)
	if app == nil {
		return l.Close()
	}
	s.servers.Serve(l, s.guard(app), nil)
	return nil
}

// guard lets h answer under the names of this machine, of --public-url and of also.
func (s *devServer) guard(h http.Handler, also ...string) http.Handler {
	for _, u := range s.cmd.PublicURL {
		also = append(also, hostguard.NameOf(u))
	}
	return hostguard.Guard{
		Names: also, Fix: "Open " + s.ports.baseURL() + ", or start with --public-url and the URL by which it is to be reached.",
	}.Wrap(h)
}

// simulate serves the apps with the simulator's script in front, and its page in front of
// the platform. What the world is then is what a reset goes back to.
func (s *devServer) simulate(ctx context.Context, env *control.Env) error {
	if env.SimulatorURL == "" {
		return nil
	}
	sim, err := simulator.New(ctx, simulator.Config{
		Platform: s.client(), Listen: s.ports.forApps(s.cmd.App, env).listen, Door: s.lan.door(), Log: s.log,
	})
	if err != nil {
		return err
	}
	s.simulator = sim
	watched := sim.Watch(s.platform.Public())
	front := s.front(watched)
	// It holds a token of the control API, and by --allow-remote others may ask here.
	front.Handle(simulator.Path, hostguard.ThisMachine(sim.Handler()))
	s.plain.lead(front)
	s.secure.lead(watched)
	if s.lan != nil {
		s.serveLAN(watched, env)
	}
	return s.platform.Laboratory().Begin(ctx)
}

func (s *devServer) client() *control.Client {
	return control.NewClient(s.ports.baseURL(), s.token)
}

// env asks the running platform, as `tegata env` does.
func (s *devServer) env(ctx context.Context) (*control.Env, error) { return s.client().Env(ctx) }

// close lets open requests end, then stops everything.
func (s *devServer) close() error {
	var errs []error
	if s.simulator != nil {
		errs = append(errs, s.simulator.Close()) // its page holds a request open
	}
	_ = s.servers.Shutdown(shutdownTime) // a browser that does not let go is no fault
	errs = append(errs, s.ports.close(), s.lan.close())
	if s.platform != nil {
		errs = append(errs, s.platform.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	if err := os.Remove(s.tokenPath); s.tokenPath != "" && err != nil && !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
