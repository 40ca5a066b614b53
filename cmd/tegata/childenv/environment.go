package childenv

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Config says what the environment is made from.
type Config struct {
	// Environ is the user's own environment, as os.Environ returns it.
	Environ []string
	// Folder is an empty folder that lives as long as the command. Required.
	Folder string
	// ProxyURL is the proxy, with its credential. Required.
	ProxyURL string
	// Names are LINE's host names, lower case.
	Names []string
	// Platform is HOST:PORT of the platform's TLS port, HOST an IP address. Required.
	Platform string
	// CAPEM is the certificate authority of the platform under LINE's names. Required.
	CAPEM []byte
	// RootFiles are where the system's roots may be, the first that exists wins; nil means
	// the usual places.
	RootFiles []string
}

// ErrNoRoots means that no roots of the system were found, so that programs would trust
// nobody but the platform.
var ErrNoRoots = errors.New("no certificates of the system were found")

// environment is one in the making.
type environment struct {
	Config
	own map[string]string // the user's, by name
	set map[string]string
}

// New writes the files into the folder and returns the environment of the command.
func New(cfg Config) ([]string, error) {
	e := environment{Config: cfg, own: map[string]string{}, set: map[string]string{}}
	for _, v := range cfg.Environ {
		if name, value, ok := strings.Cut(v, "="); ok {
			e.own[key(name)] = value
		}
	}
	e.proxies()
	if err := errors.Join(e.bundles(), e.php(), e.node()); err != nil {
		return nil, err
	}
	out := slices.DeleteFunc(slices.Clone(cfg.Environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		_, replaced := e.set[key(name)]
		return replaced
	})
	for name, value := range e.set {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out, nil
}

// key is a variable's name as its system compares it.
func key(name string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(name)
	}
	return name
}

// both sets a variable in upper and lower case: programs differ in which they read.
func (e *environment) both(name, value string) {
	e.set[name] = value
	e.set[key(strings.ToLower(name))] = value
}

// proxies sets where the proxy is. HTTP_PROXY is set too, because Ruby reads it for https;
// the user's own proxy is behind ours. What the user excepts stays excepted, unless that
// would let LINE's names past us.
func (e *environment) proxies() {
	e.both("HTTPS_PROXY", e.ProxyURL)
	e.both("HTTP_PROXY", e.ProxyURL)
	except := []string{"localhost", "127.0.0.1", "::1"}
	list := e.own["no_proxy"]
	if list == "" {
		list = e.own["NO_PROXY"]
	}
	for _, entry := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if !slices.Contains(except, entry) && !e.reachesLINE(entry) {
			except = append(except, entry)
		}
	}
	e.both("NO_PROXY", strings.Join(except, ","))
}

// reachesLINE says whether some program could take an entry of NO_PROXY for one of LINE's
// names. Some compare whole labels, some any ending, and some know * inside.
func (e *environment) reachesLINE(entry string) bool {
	name := strings.ToLower(strings.TrimLeft(entry, "*."))
	if before, _, ok := strings.Cut(name, ":"); ok {
		name = before
	}
	name = strings.TrimSuffix(name, ".")
	if strings.Contains(name, "*") {
		return true
	}
	return slices.ContainsFunc(e.Names, func(line string) bool { return strings.HasSuffix(line, name) })
}

// write makes a file of the folder, which nobody else can read, and returns its path.
func (e *environment) write(name string, data []byte) (string, error) {
	path := filepath.Join(e.Folder, name)
	return path, os.WriteFile(path, data, 0o600)
}
