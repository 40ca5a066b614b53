package trust

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os/exec"

	"github.com/smallstep/truststore"
)

// store is a place where programs of this machine look for authorities.
type store struct {
	name string
	// ready says why nothing can be installed, if so.
	ready     func() error
	install   func(*x509.Certificate) error
	uninstall func(*x509.Certificate) error
	has       func(*x509.Certificate) bool
}

// system is the store of the operating system.
func system() store {
	return store{
		name:      "system",
		ready:     func() error { return nil },
		install:   func(c *x509.Certificate) error { return truststore.Install(c) },
		uninstall: func(c *x509.Certificate) error { return truststore.Uninstall(c) },
		has: func(c *x509.Certificate) bool {
			_, err := c.Verify(x509.VerifyOptions{}) // by the system's roots
			return err == nil
		},
	}
}

// errNoProfile means that no browser has kept anything yet.
var errNoProfile = errors.New("no profile of Firefox, and none of Chromium's on Linux, was found: start the browser once")

// browsers is the store of Firefox, and that of Chromium on Linux.
func browsers() store {
	nss, err := truststore.NewNSSTrust()
	ready := func() error {
		switch {
		case errors.Is(err, exec.ErrNotFound):
			return errors.New("certutil is missing, by which it is done: install libnss3-tools (Debian), nss-tools (Fedora) or nss (Homebrew)")
		case err != nil:
			return err
		case nss.PreCheck() != nil:
			return errNoProfile
		}
		return nil
	}
	with := func(do func(*x509.Certificate, ...truststore.Option) error) func(*x509.Certificate) error {
		return func(c *x509.Certificate) error {
			return do(c, truststore.WithTrust(nss), truststore.WithNoSystem())
		}
	}
	return store{
		name: "browsers", ready: ready,
		install: with(truststore.Install), uninstall: with(truststore.Uninstall),
		has: func(c *x509.Certificate) bool { return ready() == nil && nss.Exists(c) },
	}
}

// reason names what a store's program said.
func reason(err error) error {
	var failed *truststore.CmdError
	if errors.As(err, &failed) {
		if out := failed.Out(); len(out) > 0 {
			return fmt.Errorf("%w: %.300s", err, out)
		}
	}
	return err
}
