package localca

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

const (
	fileName = "local-ca.pem"      // key and certificate in one, so that they never part
	maxFile  = 64 << 10            // bytes
	renews   = 30 * 24 * time.Hour // before its end
)

// ErrReadable means that others than the owner may read the file with the authority's key.
var ErrReadable = errors.New("other users of this machine may read it")

// Path returns the file of the authority in the user's folder for settings.
func Path(folder string) string { return filepath.Join(folder, fileName) }

// Open reads the authority, or makes one if there is none or its end is near: made says so,
// and then it has to be installed anew.
func Open(folder string, now time.Time) (a *Authority, made bool, err error) {
	a, err = Read(folder)
	switch {
	case err == nil && now.Before(a.cert.NotAfter.Add(-renews)):
		return a, false, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, false, err
	}
	if a, err = newAuthority(now); err != nil {
		return nil, false, err
	}
	return a, true, a.write(folder)
}

// Read reads the authority; fs.ErrNotExist if there is none, ErrReadable.
func Read(folder string) (*Authority, error) {
	path := Path(folder)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s (mode %04o): %w", path, info.Mode().Perm(), ErrReadable)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	a, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// parse reads what write writes. Another authority than ours is refused: one without the
// bounds must never be installed by us.
func parse(text []byte) (*Authority, error) {
	var a Authority
	for {
		block, rest := pem.Decode(text)
		if block == nil {
			break
		}
		text = rest
		var err error
		switch block.Type {
		case "EC PRIVATE KEY":
			a.key, err = x509.ParseECPrivateKey(block.Bytes)
		case "CERTIFICATE":
			a.cert, err = x509.ParseCertificate(block.Bytes)
		}
		if err != nil {
			return nil, fmt.Errorf("it is no local authority of tegata: %w", err)
		}
	}
	if a.key == nil || a.cert == nil {
		return nil, errors.New("it is no local authority of tegata: want a key and a certificate")
	}
	if pub, ok := a.cert.PublicKey.(*ecdsa.PublicKey); !ok || !a.key.PublicKey.Equal(pub) {
		return nil, errors.New("its key is not that of its certificate")
	}
	if !bounded(a.cert) {
		return nil, errors.New("its certificate is not bounded to localhost and private addresses, so tegata does not use it")
	}
	return &a, nil
}

// bounded says whether a certificate can vouch for no more than ours do.
func bounded(c *x509.Certificate) bool {
	if !c.IsCA || !c.MaxPathLenZero || !c.PermittedDNSDomainsCritical || len(c.PermittedDNSDomains) != 1 || c.PermittedDNSDomains[0] != "localhost" {
		return false
	}
	ours := map[string]bool{}
	for _, r := range ranges() {
		ours[r.String()] = true
	}
	for _, r := range c.PermittedIPRanges {
		if !ours[r.String()] {
			return false
		}
	}
	return len(c.PermittedIPRanges) > 0
}

// write puts the authority in place of what is there: wholly, or not at all.
func (a *Authority) write(folder string) error {
	der, err := x509.MarshalECPrivateKey(a.key)
	if err != nil {
		return fmt.Errorf("key of the local authority: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, fileName+".*") // of mode 0600
	if err != nil {
		return err
	}
	_, werr := f.Write(append(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), a.PEM()...))
	err = errors.Join(werr, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), Path(folder))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", Path(folder), err), os.Remove(f.Name()))
	}
	return nil
}

// Remove removes the authority with its key. What it has vouched for is worth nothing from
// then on to whoever still trusts it, since nobody can make more.
func Remove(folder string) error { return os.Remove(Path(folder)) }
