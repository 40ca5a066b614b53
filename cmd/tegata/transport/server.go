package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Group is servers that start and end together. Make it with NewGroup.
type Group struct {
	log     *slog.Logger
	servers []*http.Server
	serving sync.WaitGroup
	failed  chan error
}

// NewGroup returns a group without servers.
func NewGroup(log *slog.Logger) *Group { return &Group{log: log, failed: make(chan error, 8)} }

// Serve serves h at a listener, by TLS unless config is nil.
func (g *Group) Serve(l net.Listener, h http.Handler, config *tls.Config) {
	srv := &http.Server{
		Handler: h, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(g.log.Handler(), slog.LevelDebug), // clients that break off a handshake
	}
	g.servers = append(g.servers, srv)
	g.serving.Go(func() {
		err := error(nil)
		if config == nil {
			err = srv.Serve(l)
		} else {
			err = srv.ServeTLS(l, "", "")
		}
		if !errors.Is(err, http.ErrServerClosed) {
			g.failed <- fmt.Errorf("serve %s: %w", l.Addr(), err)
		}
	})
}

// Failed gives the error of a server that ended by itself.
func (g *Group) Failed() <-chan error { return g.failed }

// Shutdown takes no new connections, lets open requests end for as long as deadline, and
// then cuts what is left. It says how many servers had to be cut.
func (g *Group) Shutdown(deadline time.Duration) (cut int) {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	var ending sync.WaitGroup
	var mu sync.Mutex // guards cut
	for _, srv := range g.servers {
		ending.Go(func() {
			if srv.Shutdown(ctx) == nil {
				return
			}
			_ = srv.Close() // its listener is closed already; nothing is left to do
			mu.Lock()
			cut++
			mu.Unlock()
		})
	}
	ending.Wait()
	g.serving.Wait()
	return cut
}
