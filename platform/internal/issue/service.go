package issue

import (
	"errors"
	"time"

	"github.com/tegata-id/tegata/platform/internal/entropy"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Lifetimes of LINE Login. Whether the code's is exactly ten minutes for every flow
// is documented; the rest too, but for the refresh token of LIFF, which we leave out.
const (
	CodeLife        = 10 * time.Minute
	IDTokenLife     = time.Hour
	AccessLife      = 30 * 24 * time.Hour
	LIFFAccessLife  = 12 * time.Hour
	RefreshLife     = 90 * 24 * time.Hour
	StatelessLife   = 15 * time.Minute
	ShortLivedLife  = 30 * 24 * time.Hour
	MaxChannelToken = 30 // live ones of a kind per channel
)

// Config is what a Service needs; every field but Random is required.
type Config struct {
	Store  store.Store
	Ring   *keyring.Ring
	Sealer keyring.Sealer
	Now    func() time.Time
	// Issuer returns the issuer identifier for requests that came through a base.
	Issuer func(router.Base) string
	// Picture returns the URL of a person's picture by the name that the store keeps.
	Picture func(base router.Base, name string) string
	// Random is what tokens are drawn from; the zero Source is crypto/rand.
	Random entropy.Source
}

// Service issues and reads tokens. It may be used from many goroutines.
type Service struct {
	cfg    Config
	opaque opaque
}

// New returns a service.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Ring == nil || cfg.Sealer == nil || cfg.Now == nil || cfg.Issuer == nil || cfg.Picture == nil {
		return nil, errors.New("issue: every field of Config but Random is required")
	}
	return &Service{cfg: cfg, opaque: opaque{ring: cfg.Ring, now: cfg.Now, random: cfg.Random}}, nil
}

// now returns the wall time in UTC, to the second, as tokens carry it.
func (s *Service) now() time.Time { return s.cfg.Now().UTC() }
