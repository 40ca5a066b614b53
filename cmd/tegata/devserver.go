package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
)

// devServer is a running `tegata dev`: the platform on two ports and the demo app on
// a third.
type devServer struct {
	baseURL, demoOrigin string
	token, tokenPath    string
	platform            *platform.Platform
	servers             []*http.Server
	serving             sync.WaitGroup
	failed              chan error // a listener broke
}

// shutdownTime is how long open requests may take to end.
const shutdownTime = 5 * time.Second

// startDev opens the ports and starts serving.
func startDev(ctx context.Context, c devCmd, seed *platform.Seed, log *slog.Logger) (*devServer, error) {
	plain, err := listen("--listen", c.Listen)
	if err != nil {
		return nil, err
	}
	secure, err := listen("--tls-listen", c.TLSListen)
	if err != nil {
		return nil, errors.Join(err, plain.Close())
	}
	demo, err := listenDemo(c.DemoListen, plain, c.Listen)
	if err != nil {
		return nil, errors.Join(err, plain.Close(), secure.Close())
	}
	s := &devServer{baseURL: "http://" + localhost(plain), demoOrigin: "http://" + localhost(demo), failed: make(chan error, 3)}
	names, err := newLINENames(time.Now())
	if err == nil {
		err = s.newPlatform(ctx, c, seed, log, "https://"+localhost(secure), names)
	}
	if err == nil {
		s.tokenPath, err = target.WriteToken(s.baseURL, s.token)
	}
	if err != nil {
		return nil, errors.Join(err, plain.Close(), secure.Close(), demo.Close())
	}
	s.serve(s.platform.Public(), plain, log)
	s.serveTLS(s.platform.Public(), secure, names, log)
	if err := s.serveDemo(ctx, demo, log); err != nil {
		return nil, errors.Join(err, s.close(), demo.Close())
	}
	return s, nil
}

// serveDemo serves the demo app, if the seed has one.
func (s *devServer) serveDemo(ctx context.Context, l net.Listener, log *slog.Logger) error {
	env, err := s.env(ctx)
	if err != nil {
		return err
	}
	app, err := demoApp(env, s.demoOrigin)
	if err != nil {
		return fmt.Errorf("demo app: %w", err)
	}
	if app == nil {
		return l.Close()
	}
	s.serve(app, l, log)
	return nil
}

func (s *devServer) newPlatform(ctx context.Context, c devCmd, seed *platform.Seed, log *slog.Logger, tlsURL string, names *lineNames) error {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails (crypto/rand)
	sealer, err := platform.NewSealer("dev", key[:])
	if err != nil {
		return err
	}
	token, hash := target.NewToken()
	s.token = token
	s.platform, err = platform.New(ctx, platform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: s.baseURL,
		PublicURLs: append([]string{tlsURL}, c.PublicURL...), Issuer: c.Issuer, Now: time.Now, Log: log,
		AdminTokens: [][32]byte{hash},
		Lab:         &platform.Lab{Seed: seed, DemoOrigin: s.demoOrigin, TLSURL: tlsURL, TLSSPKI: names.spki, TLSCAPEM: names.caPEM},
	})
	if err != nil {
		return &failure{exitConfig, err, "tegata dev --help shows the settings"}
	}
	return nil
}

// env asks the running platform, as `tegata env` does.
func (s *devServer) env(ctx context.Context) (*control.Env, error) {
	return control.NewClient(s.baseURL, s.token).Env(ctx)
}

func (s *devServer) server(h http.Handler, log *slog.Logger) *http.Server {
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug), // clients that break off a handshake
	}
	s.servers = append(s.servers, srv)
	return srv
}

func (s *devServer) serve(h http.Handler, l net.Listener, log *slog.Logger) {
	srv := s.server(h, log)
	s.run(func() error { return srv.Serve(l) })
}

func (s *devServer) serveTLS(h http.Handler, l net.Listener, names *lineNames, log *slog.Logger) {
	srv := s.server(h, log)
	srv.TLSConfig = names.config
	s.run(func() error { return srv.ServeTLS(l, "", "") })
}

func (s *devServer) run(serve func() error) {
	s.serving.Go(func() {
		if err := serve(); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("serve: %w", err)
		}
	})
}

// close lets open requests end, then stops everything.
func (s *devServer) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	var errs []error
	for _, srv := range s.servers {
		if err := srv.Shutdown(ctx); err != nil {
			errs = append(errs, srv.Close())
		}
	}
	s.serving.Wait()
	errs = append(errs, s.platform.Close())
	if err := os.Remove(s.tokenPath); err != nil && !errors.Is(err, os.ErrNotExist) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func listen(flag, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, &failure{exitConfig, fmt.Errorf("%s %s is in use, perhaps by another tegata dev", flag, addr), "stop that one, or take a free port with " + flag + " 127.0.0.1:0"}
	case err != nil:
		return nil, &failure{exitConfig, fmt.Errorf("%s %s: %w", flag, addr, err), "give an address of this machine, such as 127.0.0.1:4800"}
	}
	return l, nil
}

// listenDemo opens the demo app's port: the one asked for, else the one after the
// platform's, so that it is the same at every start, else a free one.
func listenDemo(addr string, plain net.Listener, asked string) (net.Listener, error) {
	if addr != "" {
		return listen("--demo-listen", addr)
	}
	if _, port, err := net.SplitHostPort(asked); err == nil && port != "0" {
		if l, err := net.Listen("tcp", nextPort(plain.Addr())); err == nil {
			return l, nil
		}
	}
	host, _, err := net.SplitHostPort(plain.Addr().String())
	if err != nil {
		host = "127.0.0.1"
	}
	return listen("--demo-listen", net.JoinHostPort(host, "0"))
}

// localhost returns the host and port of a listener as browsers should write it: one
// site for cookies and storage, and a secure context.
func localhost(l net.Listener) string {
	tcp, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		return l.Addr().String()
	}
	host := "localhost"
	if !tcp.IP.IsLoopback() && !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return net.JoinHostPort(host, strconv.Itoa(tcp.Port))
}
