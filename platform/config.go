package platform

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/lab"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Sealer encrypts secrets before they reach the store, bound to the kind, the ID and
// the field of their record, so that a stored value cannot be moved to another place.
type Sealer = keyring.Sealer

// NewSealer returns a Sealer of AES-256-GCM. keyID names the key in what it seals;
// key has 32 bytes.
func NewSealer(keyID string, key []byte) (Sealer, error) { return keyring.NewSealer(keyID, key) }

// ErrSealed means that a secret in the store was sealed by a master key that is not among
// those given, or has been moved or changed.
var ErrSealed = keyring.ErrSealed

// NewSealers returns a Sealer that seals with the first key and opens what any of them
// has sealed: so the first can take the place of the others. The keys have 32 bytes; each
// is named by its hash.
func NewSealers(keys ...[]byte) (Sealer, error) {
	var all []*keyring.AESSealer
	for _, key := range keys {
		one, err := keyring.NewSealer(MasterKeyID(key), key)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, errors.New("platform: no master key")
	}
	return keyring.NewSealers(all[0], all[1:]...)
}

// CheckKeyRing says whether the master keys of a Sealer open every key of a store's ring,
// such as that of a restored one; ErrSealed. It changes nothing.
func CheckKeyRing(s Sealer, ring store.KeyRing) error { return keyring.CheckSealed(s, ring) }

// MasterKeyID returns the name of a master key: the beginning of a hash, from which the
// key cannot be found.
func MasterKeyID(key []byte) string {
	sum := sha256.Sum256(append([]byte("tegata master key "), key...))
	return hex.EncodeToString(sum[:4])
}

// Issuer settings of a deployment, beside a URL.
const (
	IssuerLINE = "line" // https://access.line.me, which the official LIFF SDK demands
	IssuerOwn  = "own"  // the base URL
)

// Config is how a platform is made.
type Config struct {
	// Store remembers; the platform does not close it. Required.
	Store store.Store
	// Sealer encrypts secrets in the store. Required.
	Sealer Sealer
	// BaseURL is the origin under which the platform is reached, such as
	// http://localhost:4800. Required. PublicURLs are further ones.
	BaseURL    string
	PublicURLs []string
	// Issuer is "line", "own" or an absolute URL; empty means "own".
	Issuer string
	// Now is the wall clock that decides about expiry; nil means time.Now.
	Now func() time.Time
	// Log takes what happens at Info, what clients did wrong at Debug, and what we
	// did wrong at Error; nil discards.
	Log *slog.Logger
	// AdminTokens are the SHA-256 hashes of tokens that the admin API takes beside those
	// in the store.
	AdminTokens [][32]byte
	// ManagementHosts are the hosts (with port) under which Management may be asked,
	// beside loopback addresses and localhost.
	ManagementHosts []string
	// TrustedProxies are the addresses of proxies whose X-Forwarded-For and
	// X-Forwarded-Proto are believed; none means that nobody's are.
	TrustedProxies []netip.Prefix
	// Ping says whether the store can be used; nil means that a read is tried.
	Ping func(ctx context.Context) error
	// Version is that of the program, for the metrics.
	Version string
	// Lab turns on what exists for development and tests only; nil in production.
	Lab *Lab
}

// Lab is what a platform for development and tests has more.
type Lab struct {
	// Seed is the world to start from; nil means an empty one. A store that has a world
	// keeps it.
	Seed *Seed
	// Apps and Callbacks are what of the Seed belongs to this start: IDs of LIFF apps, and
	// callback URLs of its first channel. A store that has a world gets them too.
	Apps, Callbacks []string
	// DemoOrigin is where the demo app of the seed is served; empty leaves its LIFF
	// apps out.
	DemoOrigin string
	// TLSURL, TLSSPKI and TLSCAPEM describe the TLS port for `tegata env`.
	TLSURL, TLSSPKI, TLSCAPEM string
	// SimulatorURL is where the page with the phone is, for `tegata env`; empty: nowhere.
	SimulatorURL string
	// Exposed are base URLs under which other machines reach the platform, such as
	// https://192.168.1.5:4810. By them nobody logs in as a persona without a password, and
	// the control APIs do not answer.
	Exposed []string
	// Deterministic, if not empty, makes the run repeatable: equal texts, seeds and clocks
	// give equal keys, IDs and tokens, as long as requests come one after another. Whoever
	// knows the text has the keys, so such a platform must not be reached by others.
	Deterministic string
	// StartAt is the time from which the clock runs to begin with; zero: the real one.
	StartAt time.Time
	// FrozenAt is the time at which the clock stands still to begin with; zero: it runs.
	FrozenAt time.Time
}

// Seed is a world to start from.
type Seed = lab.Seed

// SeedLIFFApp is a LIFF app of a Seed.
type SeedLIFFApp = lab.LIFFApp

// ParseSeed reads a seed file in YAML. file is its name for errors, which say the
// line and, for an unknown key, the nearest one.
func ParseSeed(file string, data []byte) (*Seed, error) { return lab.ParseSeed(file, data) }

// DefaultSeed returns the demo world of `tegata dev`.
func DefaultSeed() (*Seed, error) { return lab.DefaultSeed() }

// CheckCallback says what is wrong with a callback URL for a Seed.
func CheckCallback(raw string) error { return lab.CheckCallback(raw) }

// CheckEndpoint says what is wrong with the endpoint URL of a LIFF app for a Seed.
func CheckEndpoint(raw string) error { return lab.CheckEndpoint(raw) }

// normal fills in what may be left out and refuses what cannot work.
func (c *Config) normal() error {
	if c.Store == nil || c.Sealer == nil {
		return fmt.Errorf("platform: Config.Store and Config.Sealer are required")
	}
	origin, err := router.Origin(c.BaseURL)
	if err != nil {
		return fmt.Errorf("platform: Config.BaseURL %q: %w", c.BaseURL, err)
	}
	c.BaseURL = origin
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Ping == nil {
		c.Ping = func(ctx context.Context) error {
			_, err := c.Store.KeyRing(ctx)
			return err
		}
	}
	switch c.Issuer {
	case IssuerLINE:
		c.Issuer = wire.Issuer
	case "", IssuerOwn:
		c.Issuer = origin
	default:
		u, err := url.Parse(c.Issuer)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("platform: Config.Issuer %q: want line, own, or a URL without query and fragment", c.Issuer)
		}
	}
	return nil
}
