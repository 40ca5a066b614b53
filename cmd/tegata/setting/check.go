package setting

import (
	"fmt"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
)

// Problem is a setting with which a real service does not start.
type Problem struct {
	Setting string
	Why     string
	Mend    string // what to do
	Safety  bool   // it could run, and would not be safe
}

// Error says what is wrong.
func (p *Problem) Error() string { return p.Setting + ": " + p.Why }

// Postgres says whether the store is a PostgreSQL server; else it is a SQLite file.
func (c *Config) Postgres() bool {
	return strings.HasPrefix(c.Store, "postgres://") || strings.HasPrefix(c.Store, "postgresql://")
}

// SQLitePath returns the path of the SQLite file.
func (c *Config) SQLitePath() string { return strings.TrimPrefix(c.Store, "sqlite:") }

// Secure says whether the platform ends TLS itself.
func (c *Config) Secure() bool { return c.TLS.Cert != "" || len(c.ACME.Domain) > 0 }

// TrustedProxies returns the networks of Proxy.Trusted.
func (c *Config) TrustedProxies() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, s := range c.Proxy.Trusted {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

// Check returns everything that is wrong with the settings by themselves: no file is
// opened, and no address.
func (s *Settings) Check() []*Problem {
	var c checker
	c.origins(&s.Config)
	c.listeners(&s.Config)
	c.certificates(&s.Config)
	c.records(s)
	c.rest(&s.Config)
	return c.found
}

type checker struct{ found []*Problem }

// bad notes what cannot work; unsafe what could, and must not.
func (c *checker) bad(setting, mend, why string, a ...any) {
	c.found = append(c.found, &Problem{Setting: setting, Why: fmt.Sprintf(why, a...), Mend: mend})
}

func (c *checker) unsafe(setting, mend, why string, a ...any) {
	c.found = append(c.found, &Problem{Setting: setting, Why: fmt.Sprintf(why, a...), Mend: mend, Safety: true})
}

// origins checks the base URLs and the issuer.
func (c *checker) origins(s *Config) {
	if s.BaseURL == "" {
		c.bad("baseUrl", "give --base-url https://HOST, under which people reach the platform", "it is missing, and every link and every token needs it")
	} else {
		c.origin("baseUrl", s.BaseURL)
	}
	for _, u := range s.PublicURL {
		c.origin("publicUrl", u)
	}
	switch {
	case s.Issuer == "own":
	case s.Issuer == "line" || strings.TrimSuffix(s.Issuer, "/") == wire.Issuer:
		c.unsafe("issuer", "leave issuer out: it is then the base URL; apps verify with that issuer and your keys",
			"it is LINE's own (%s), and ID tokens that call themselves LINE's are forgeries outside of development", wire.Issuer)
	default:
		u, err := url.Parse(s.Issuer)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			c.bad("issuer", "give own, or an https URL without query and fragment", "%q is no issuer (OpenID Connect Discovery section 3)", s.Issuer)
		} else if line(u.Hostname()) {
			c.unsafe("issuer", "leave issuer out: it is then the base URL", "%q is under a domain of LINE's", s.Issuer)
		}
	}
}

func (c *checker) origin(setting, raw string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		c.bad(setting, "write it like https://id.example.com: scheme, host and perhaps a port", "%q is no origin", raw)
	case u.Scheme == "http":
		c.unsafe(setting, "use https, with tls.cert and tls.key, with acme.domain, or behind a proxy that ends TLS; for trying out there is tegata dev",
			"%q is http, so that passwords and tokens could be read on the way", raw)
	case line(u.Hostname()):
		c.unsafe(setting, "use a host name of your own", "%q is a host name of LINE's", raw)
	}
}

// line says whether a host belongs to LINE.
func line(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "line.me" || strings.HasSuffix(host, ".line.me")
}

// listeners checks who can reach which side how.
func (c *checker) listeners(s *Config) {
	public, ok := c.address("listen", s.Listen)
	if ok && !public && !s.Secure() {
		c.unsafe("listen", "give tls.cert and tls.key, or acme.domain; or listen on 127.0.0.1 behind a proxy on this machine that ends TLS",
			"%s can be reached from other machines without TLS", s.Listen)
	}
	if private, ok := c.address("management.listen", s.Management.Listen); ok && !private && s.TLS.Cert == "" {
		c.unsafe("management.listen", "listen on 127.0.0.1, and reach it from elsewhere by ssh -L; or give tls.cert and tls.key, which it then uses too",
			"%s can be reached from other machines without TLS, and admin tokens with it", s.Management.Listen)
	}
	if s.Listen == s.Management.Listen && !strings.HasSuffix(s.Listen, ":0") {
		c.unsafe("management.listen", "give it another port", "it is the address of the public side, which must not have the admin API")
	}
	for _, host := range s.Management.Host {
		if strings.ContainsAny(host, "/@ ") || host == "" {
			c.bad("management.host", "write it like admin.example.com:4810", "%q is no host and port", host)
		}
	}
	if _, err := s.TrustedProxies(); err != nil {
		c.bad("proxy.trusted", "write it like 10.0.0.0/8 or 192.0.2.7", "%v", err)
	}
	all, _ := s.TrustedProxies()
	if slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Bits() == 0 }) {
		c.unsafe("proxy.trusted", "name the addresses of your proxies", "it trusts every address, so that everybody could choose the address for the limit of logins")
	}
}

// address says whether a listen address is on loopback.
func (c *checker) address(setting, addr string) (loopback, ok bool) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" {
		c.bad(setting, "write it like 127.0.0.1:4800", "%q is not HOST:PORT", addr)
		return false, false
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback(), true
}

// certificates checks that there is one way to a certificate, and a whole one.
func (c *checker) certificates(s *Config) {
	if (s.TLS.Cert == "") != (s.TLS.Key == "") {
		c.bad("tls", "give both tls.cert and tls.key", "one of the two files is missing")
	}
	if s.TLS.Cert != "" && len(s.ACME.Domain) > 0 {
		c.bad("acme.domain", "keep one of the two", "there is a certificate of your own as well")
	}
	for _, host := range s.ACME.Domain {
		if strings.ContainsAny(host, "*:/ ") || !strings.Contains(host, ".") {
			c.bad("acme.domain", "write it like id.example.com", "%q is no host name that an authority gives certificates for", host)
		}
	}
	if len(s.ACME.Domain) > 0 {
		c.address("acme.listen", s.ACME.Listen)
		if u, err := url.Parse(s.BaseURL); err == nil && u.Host != "" && !slices.Contains(s.ACME.Domain, u.Hostname()) {
			c.bad("acme.domain", "add "+u.Hostname(), "the host of baseUrl is not among them")
		}
		if s.ACME.Directory != "" && !strings.HasPrefix(s.ACME.Directory, "https://") {
			c.bad("acme.directory", "give the https URL that the authority names", "%q is not https", s.ACME.Directory)
		}
	}
}

// records checks the store and what its secrets are sealed with.
func (c *checker) records(s *Settings) {
	switch {
	case s.Store == "":
		c.bad("store", "give the path of a SQLite file, or postgres://…", "it is empty")
	case strings.HasPrefix(s.Store, "memory"):
		c.unsafe("store", "give the path of a SQLite file; for trying out there is tegata dev", "what is kept in memory is gone after a restart, revocations too")
	case !s.Postgres() && strings.Contains(s.Store, "://"):
		c.bad("store", "give the path of a SQLite file, or postgres://USER:PASSWORD@HOST:PORT/DATABASE", "there is no such kind of store")
	case s.Postgres() && s.MasterKey.File == "" && s.MasterKey.Value == "":
		c.unsafe("masterKey.file", "make one with tegata keys new-master, and give its file, or the key itself in "+EnvMasterKey+", to every node",
			"there is none, and nodes that share a store must share the key")
	case !s.Postgres():
		c.beside(s)
	}
	if s.MasterKey.Value != "" && s.origin["masterKey.value"].Kind == FromFile {
		c.unsafe("masterKey.value", "put the key into a file of mode 0600 and give masterKey.file, or give it in "+EnvMasterKey,
			"a key in the settings is copied and shown with them")
	}
	if s.MasterKey.Value != "" && s.MasterKey.File != "" {
		c.bad("masterKey", "keep one of the two", "it is given twice: by file and by value")
	}
	if s.Migrate != "auto" && s.Migrate != "manual" {
		c.bad("migrate", "give auto or manual", "%q is not known", s.Migrate)
	}
	if s.Cache < 0 || s.Cache > 100_000_000 {
		c.bad("cache", "give 0 to 100000000", "%d is out of bounds", s.Cache)
	}
}

// beside refuses a master key in the folder of the store, whether it was named or is found
// there.
func (c *checker) beside(s *Settings) {
	keys := map[string]string{} // paths, and the settings that name them
	for _, old := range s.MasterKey.Old {
		keys[old] = "masterKey.old"
	}
	switch {
	case s.MasterKey.File != "":
		keys[s.MasterKey.File] = "masterKey.file"
	case s.MasterKey.Value == "":
		keys[filepath.Join(s.Folder, "master.key")] = "masterKey.file"
	}
	data, err := filepath.Abs(filepath.Dir(s.SQLitePath()))
	for _, path := range slices.Sorted(maps.Keys(keys)) {
		folder, kerr := filepath.Abs(filepath.Dir(path))
		if err == nil && kerr == nil && folder == data {
			c.unsafe(keys[path], "give "+keys[path]+" in another folder, or move the store",
				"the key would lie in %s beside the store, and whoever copies the folder would have both", data)
		}
	}
}

func (c *checker) rest(s *Config) {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, s.Log.Level) {
		c.bad("log.level", "give debug, info, warn or error", "%q is not known", s.Log.Level)
	}
	if s.Log.Format != "json" && s.Log.Format != "text" {
		c.bad("log.format", "give json or text", "%q is not known", s.Log.Format)
	}
	if s.Shutdown <= 0 || s.Shutdown > 10*time.Minute {
		c.bad("shutdown", "give 1s to 10m", "%v is out of bounds", s.Shutdown)
	}
}
