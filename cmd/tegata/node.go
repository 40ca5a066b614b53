package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/tegata-id/tegata/cmd/tegata/setting"
	"github.com/tegata-id/tegata/cmd/tegata/transport"
	"github.com/tegata-id/tegata/platform"
)

// node is a running `tegata serve`.
type node struct {
	settings *setting.Settings
	log      *slog.Logger
	started  started
	records  *records
	platform *platform.Platform
	servers  *transport.Group
	files    *transport.Files // nil without a certificate of the operator's own
	work     sync.WaitGroup
	stop     context.CancelFunc
	hangup   chan os.Signal
}

// startNode opens the store and the addresses and starts serving.
func startNode(ctx context.Context, s *setting.Settings, firstToken bool, log *slog.Logger) (*node, error) {
	n := &node{settings: s, log: log, servers: transport.NewGroup(log), hangup: make(chan os.Signal, 1)}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	n.stop = stop
	err := n.open(ctx, firstToken)
	if err == nil {
		err = n.serve()
	}
	if err != nil {
		return nil, errors.Join(err, n.close())
	}
	// Also where there is nothing to read again: a hangup would end the process.
	signal.Notify(n.hangup, syscall.SIGHUP)
	if n.files != nil {
		n.work.Go(func() { n.files.Follow(background, n.hangup) })
	}
	return n, nil
}

// open opens the store and makes the platform.
func (n *node) open(ctx context.Context, firstToken bool) error {
	s := n.settings
	var err error
	if n.records, err = openRecords(ctx, s); err != nil {
		return err
	}
	keys, err := openKeys(ctx, s, n.records.store)
	if err != nil {
		return err
	}
	proxies, err := s.TrustedProxies()
	if err != nil {
		return &failure{exitConfig, err, "mend proxy.trusted"}
	}
	n.platform, err = platform.New(ctx, platform.Config{
		Store: n.records.store, Sealer: keys.sealer, BaseURL: s.BaseURL, PublicURLs: s.PublicURL, Issuer: s.Issuer, Log: n.log,
		TrustedProxies: proxies, ManagementHosts: s.Management.Host, Ping: n.records.ping, Version: buildVersion(),
	})
	switch {
	case errors.Is(err, platform.ErrSealed):
		return &failure{exitConfig, fmt.Errorf("the store was sealed by another master key: %w", err), "give the key that belongs to this store as masterKey.file; after a rotation, the one before as masterKey.old"}
	case errors.Is(err, platform.ErrDevelopment):
		return &failure{exitRefused, err, "give --store another file, or a database of its own, and begin anew there"}
	case err != nil:
		return &failure{exitConfig, err, "tegata config check names what is wrong with the settings"}
	}
	token, until, err := n.platform.FirstAdminToken(ctx, firstToken)
	if err != nil {
		return err
	}
	n.started = started{BaseURL: s.BaseURL, Store: shownStore(s), MasterKey: keys.id, KeyMade: keys.made, FirstToken: token}
	if token != "" {
		n.started.FirstUntil = stamp(until)
	}
	return nil
}

// serve opens the addresses and serves.
func (n *node) serve() error {
	s := n.settings
	var public, manage *tls.Config
	switch {
	case s.TLS.Cert != "":
		files, err := transport.OpenFiles(s.TLS.Cert, s.TLS.Key, n.log)
		if err != nil {
			return &failure{exitConfig, err, mendCertificate}
		}
		n.files = files
		public = files.Config()
	case len(s.ACME.Domain) > 0:
		m := transport.ACME{Domains: s.ACME.Domain, Email: s.ACME.Email, Folder: s.ACME.Cache, Directory: s.ACME.Directory}.Manager()
		public = transport.Config(m)
		l, err := listen("--acme-listen", s.ACME.Listen)
		if err != nil {
			return err
		}
		n.servers.Serve(l, transport.Plain(m, n.platform.ToTLS()), nil)
		n.started.HTTPListen = l.Addr().String()
	}
	l, err := listen("--listen", s.Listen)
	if err != nil {
		return err
	}
	n.servers.Serve(l, n.platform.Public(), public)
	n.started.Listen = l.Addr().String()
	if l, err = listen("--management-listen", s.Management.Listen); err != nil {
		return err
	}
	scheme := "http://"
	if n.files != nil && !onLoopback(l.Addr()) {
		scheme, manage = "https://", n.files.Config()
	}
	n.servers.Serve(l, n.platform.Management(), manage)
	n.started.Management = scheme + l.Addr().String()
	return nil
}

const mendCertificate = "give tls.cert and tls.key as PEM files that this user can read and that belong together"

func onLoopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// close lets open requests end, then stops everything.
func (n *node) close() error {
	if cut := n.servers.Shutdown(n.settings.Shutdown); cut > 0 {
		n.log.Warn("requests were cut off at the deadline", "servers", cut, "deadline", n.settings.Shutdown)
	}
	signal.Stop(n.hangup)
	n.stop()
	n.work.Wait()
	var errs []error
	if n.platform != nil {
		errs = append(errs, n.platform.Close())
	}
	if n.records != nil {
		errs = append(errs, n.records.store.Close())
	}
	return errors.Join(errs...)
}
