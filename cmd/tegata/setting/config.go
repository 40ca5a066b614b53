package setting

import (
	"path/filepath"
	"time"
)

// Config is the settings of `tegata serve`. The tags are for the file (yaml) and for the
// flags (the others).
type Config struct {
	Listen    string   `yaml:"listen" name:"listen" help:"Address of the public side." placeholder:"HOST:PORT"`
	BaseURL   string   `yaml:"baseUrl" name:"base-url" help:"Origin at which people reach the platform, such as https://id.example.com." placeholder:"URL"`
	PublicURL []string `yaml:"publicUrl" name:"public-url" help:"Further origin at which it is reached (repeatable)." placeholder:"URL"`
	Issuer    string   `yaml:"issuer" name:"issuer" help:"Issuer of ID tokens: own (the base URL) or a URL." placeholder:"own|URL"`

	Store   string `yaml:"store" name:"store" help:"Where records are kept: the path of a SQLite file, or postgres://…" placeholder:"FILE|URL" secret:"url"`
	Migrate string `yaml:"migrate" name:"migrate" help:"Steps of the schema that the store lacks: auto applies them at start, manual leaves them to tegata migrate apply." placeholder:"auto|manual"`
	Cache   int    `yaml:"cache" name:"cache" help:"PostgreSQL: access tokens that a node keeps in memory, under a lease; 0 asks the store each time." placeholder:"N"`

	MasterKey  MasterKey  `yaml:"masterKey" embed:"" prefix:"master-key-"`
	TLS        TLS        `yaml:"tls" embed:"" prefix:"tls-"`
	ACME       ACME       `yaml:"acme" embed:"" prefix:"acme-"`
	Proxy      Proxy      `yaml:"proxy" embed:"" prefix:"proxy-"`
	Management Management `yaml:"management" embed:"" prefix:"management-"`
	Log        Log        `yaml:"log" embed:"" prefix:"log-"`

	Shutdown time.Duration `yaml:"shutdown" name:"shutdown" help:"How long open requests may take to end after SIGTERM." placeholder:"DURATION"`
}

// MasterKey is what secrets in the store are sealed with.
type MasterKey struct {
	// Value has no flag, since every user of the machine can read a process's flags.
	Value string   `yaml:"value" kong:"-" secret:"all"`
	File  string   `yaml:"file" name:"file" help:"File with the master key." placeholder:"FILE"`
	Old   []string `yaml:"old" name:"old" help:"File with an older master key, until tegata keys rewrap has run (repeatable)." placeholder:"FILE"`
}

// TLS is a certificate of the operator's own.
type TLS struct {
	Cert string `yaml:"cert" name:"cert" help:"File with the certificate and its chain, PEM. Read again when it changes, and on SIGHUP." placeholder:"FILE"`
	Key  string `yaml:"key" name:"key" help:"File with the certificate's key, PEM." placeholder:"FILE"`
}

// ACME gets certificates from an authority such as Let's Encrypt.
type ACME struct {
	Domain    []string `yaml:"domain" name:"domain" help:"Get a certificate for this host name by ACME (repeatable)." placeholder:"HOST"`
	Email     string   `yaml:"email" name:"email" help:"Where the authority may write to." placeholder:"ADDRESS"`
	Cache     string   `yaml:"cache" name:"cache" help:"Folder for the account and the certificates." placeholder:"FOLDER"`
	Directory string   `yaml:"directory" name:"directory" help:"Directory URL of the authority; Let's Encrypt if not given." placeholder:"URL"`
	Listen    string   `yaml:"listen" name:"listen" help:"Address of plain http, for the authority's challenge; everybody else is sent to https." placeholder:"HOST:PORT"`
}

// Proxy is about proxies that end TLS before the platform.
type Proxy struct {
	Trusted []string `yaml:"trusted" name:"trusted" help:"Address or network of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed (repeatable)." placeholder:"CIDR"`
}

// Management is the listener for operators.
type Management struct {
	Listen string   `yaml:"listen" name:"listen" help:"Address of the admin API, /livez, /readyz and /metrics." placeholder:"HOST:PORT"`
	Host   []string `yaml:"host" name:"host" help:"Host and port under which the admin API may be asked beside loopback (repeatable)." placeholder:"HOST:PORT"`
}

// Log is about the log on standard error.
type Log struct {
	Level  string `yaml:"level" name:"level" help:"debug (also what clients did wrong), info, warn or error." placeholder:"LEVEL"`
	Format string `yaml:"format" name:"format" help:"json or text." placeholder:"FORMAT"`
}

// Defaults returns the settings that nothing has set. folders are where the user keeps
// data.
func Defaults(folders Folders) Config {
	return Config{
		Listen: "127.0.0.1:4800", Issuer: "own", Store: filepath.Join(folders.Data, "tegata.db"), Migrate: "auto", Cache: 100_000,
		ACME: ACME{Cache: filepath.Join(folders.Data, "acme"), Listen: ":80"}, Management: Management{Listen: "127.0.0.1:4810"},
		Log: Log{Level: "info", Format: "json"}, Shutdown: 20 * time.Second,
	}
}

// Folders are where settings and data of the user lie if nothing else is said.
type Folders struct{ Config, Data string }
