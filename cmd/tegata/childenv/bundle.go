package childenv

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// rootFiles is where systems keep their roots as one file.
var rootFiles = []string{
	"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Alpine, Arch
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // Fedora, RHEL
	"/etc/pki/tls/certs/ca-bundle.crt",                  // older ones
	"/etc/ssl/ca-bundle.pem",                            // openSUSE
	"/etc/ssl/cert.pem",                                 // macOS, BSD
	"/usr/local/etc/ssl/cert.pem",                       // FreeBSD
}

// maxBundle bounds a file of certificates, in bytes; a system's has less than one million.
const maxBundle = 16 << 20

// trust is a variable that names a file of certificates.
type trust struct {
	name string
	// besides are the variables that its programs read if it is not set.
	besides []string
	// adds: the file adds to what the program trusts, it does not stand in its place.
	adds bool
}

// trusts are the variables that we set. Those that only concern other names (PIP_CERT,
// GIT_SSL_CAINFO, SSL_CERT_DIR) stay as they are: such connections are not touched.
var trusts = []trust{
	{name: "SSL_CERT_FILE"}, // OpenSSL, Go on Linux, Python's ssl, Ruby
	{name: "CURL_CA_BUNDLE", besides: []string{"SSL_CERT_FILE"}},
	{name: "REQUESTS_CA_BUNDLE", besides: []string{"CURL_CA_BUNDLE"}},
	{name: "NODE_EXTRA_CA_CERTS", adds: true},
	{name: "DENO_CERT", adds: true},
}

// bundles writes what programs trust: for each variable what its programs trust now, and
// the platform's authority.
func (e *environment) bundles() error {
	for _, t := range trusts {
		base, err := e.trusted(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		path, err := e.write(t.name+".pem", join(base, e.CAPEM))
		if err != nil {
			return err
		}
		e.set[t.name] = path
	}
	return nil
}

// trusted returns the certificates that the programs of a variable trust now. For one that
// adds, that is what it adds.
func (e *environment) trusted(t trust) ([]byte, error) {
	for _, name := range append([]string{t.name}, t.besides...) {
		if path := e.own[name]; path != "" {
			return read(path)
		}
	}
	if t.adds {
		return nil, nil
	}
	files := e.RootFiles
	if files == nil {
		files = rootFiles
	}
	for _, path := range files {
		if data, err := read(path); !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
	}
	return nil, ErrNoRoots
}

// read returns the certificates of a file, or of all files of a folder.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		if info.Size() > maxBundle {
			return nil, fmt.Errorf("%s is larger than %d bytes", path, maxBundle)
		}
		return os.ReadFile(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, entry := range entries {
		file := filepath.Join(path, entry.Name())
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			continue // a link that leads nowhere is no certificate
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if len(all)+len(data) > maxBundle {
			return nil, fmt.Errorf("%s holds more than %d bytes", path, maxBundle)
		}
		if bytes.Contains(data, []byte("-----BEGIN ")) {
			all = join(all, data)
		}
	}
	return all, nil
}

// join puts texts of PEM after one another, each on lines of its own.
func join(a, b []byte) []byte {
	if len(a) > 0 && a[len(a)-1] != '\n' {
		a = append(a[:len(a):len(a)], '\n')
	}
	return append(a[:len(a):len(a)], b...)
}
