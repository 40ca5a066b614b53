package transport

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// lookEvery is how often the files are looked at.
const lookEvery = 30 * time.Second

// Files is a certificate in two files. It may be used from many goroutines.
type Files struct {
	certFile, keyFile string
	log               *slog.Logger
	current           atomic.Pointer[tls.Certificate]
	seen              stamp // by Follow's goroutine alone
}

// stamp says whether a pair of files has changed.
type stamp struct{ cert, key fileStamp }

type fileStamp struct {
	size int64
	time time.Time
}

// OpenFiles reads a certificate with its chain, and its key, both PEM.
func OpenFiles(certFile, keyFile string, log *slog.Logger) (*Files, error) {
	f := &Files{certFile: certFile, keyFile: keyFile, log: log}
	f.seen = f.stamp()
	return f, f.Reload()
}

// Reload reads the files again. If they cannot be used, the certificate stays what it was.
func (f *Files) Reload() error {
	pair, err := tls.LoadX509KeyPair(f.certFile, f.keyFile)
	if err != nil {
		return fmt.Errorf("certificate %s with key %s: %w", f.certFile, f.keyFile, err)
	}
	f.current.Store(&pair)
	return nil
}

// NotAfter returns when the certificate ends.
func (f *Files) NotAfter() time.Time { return f.current.Load().Leaf.NotAfter }

// Config returns what a TLS server needs.
func (f *Files) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.current.Load(), nil },
	}
}

// Follow reads the files again whenever they change, or when something comes by again,
// until ctx ends. Files that cannot be used are logged, and the certificate stays.
func (f *Files) Follow(ctx context.Context, again <-chan os.Signal) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-tick.C:
			if f.stamp() == f.seen {
				continue
			}
		}
		f.seen = f.stamp()
		if err := f.Reload(); err != nil {
			f.log.Error("the certificate stays what it was", "error", err)
			continue
		}
		f.log.Info("certificate read", "file", f.certFile, "notAfter", f.NotAfter())
	}
}

func (f *Files) stamp() stamp {
	of := func(path string) (s fileStamp) {
		if info, err := os.Stat(path); err == nil {
			s = fileStamp{info.Size(), info.ModTime()}
		}
		return s
	}
	return stamp{of(f.certFile), of(f.keyFile)}
}
