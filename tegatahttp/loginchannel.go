package tegatahttp

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
	"github.com/tegata-id/tegata/internal/wire"
)

const (
	// minSecret is the length in bytes of LINE's channel secrets.
	minSecret = 32
	// devSecret begins the channel secrets of `tegata dev`, which everybody knows.
	devSecret = "dev0"
	// defaultTimeout is that of tegata.Config.
	defaultTimeout = 5 * time.Second
	// maxAccess is the longest access token in bytes.
	maxAccess = 4 << 10
	// maxLife is ten years in seconds: no token lives longer, and durations hold it.
	maxLife = 10 * 365 * 24 * 3600
)

// ErrClient says that the platform refuses this server, whoever the user is: the channel
// secret is not the one of the channel. Mend the configuration.
var ErrClient = errors.New("channel secret refused by the platform")

// checkSecret names the mistake but never the secret.
func checkSecret(secret tegata.Secret, baseURL string) error {
	switch {
	case secret == "":
		return errors.New("the channel secret is empty: copy it from the channel's settings")
	case strings.ContainsFunc(string(secret), notVisible):
		return errors.New("the channel secret has a blank, a line break or a character that is not ASCII: trim what you read it from")
	case len(secret) < minSecret:
		return fmt.Errorf("the channel secret has %d bytes, want %d: copy the whole of it from the channel's settings", len(secret), minSecret)
	case strings.HasPrefix(string(secret), devSecret) && !isLoopback(baseURL):
		return errors.New("the channel secret is one of tegata dev, which everybody knows: it goes with a BaseURL on this machine only")
	}
	return nil
}

// newAPI asks the platform of a channel that tegata.New has taken.
func newAPI(c *tegata.Config) *lineapi.Client {
	base, timeout := "https://"+wire.HostAPI, c.Timeout
	if c.BaseURL != "" {
		base = strings.TrimSuffix(c.BaseURL, "/")
	}
	if timeout == 0 {
		timeout = defaultTimeout
	}
	return lineapi.New(base, timeout, c.Transport)
}

// clockOf returns the clock that decides about expiry.
func clockOf(c *tegata.Config) func() time.Time {
	if c.Now == nil {
		return time.Now
	}
	return c.Now
}

// life is how long a token lives that expires in so many seconds.
func life(seconds int64) time.Duration {
	return time.Duration(min(seconds, maxLife)) * time.Second
}

// isClient says whether an answer refuses this server. LINE answers 400 where RFC 6749
// section 5.2 has 401.
func isClient(err error) bool {
	return lineapi.Code(err) == "invalid_client" || lineapi.Status(err) == http.StatusUnauthorized
}

// isAccess refuses what is no access token by its form, so that nothing else gets into the
// URL in which the platform is asked about one: it is logged there.
func isAccess(raw string) error {
	switch {
	case raw == "" || len(raw) > maxAccess || strings.ContainsFunc(raw, notVisible):
		return fmt.Errorf("%w: no access token has this form", tegata.ErrMalformed)
	case isIDToken(raw):
		return fmt.Errorf("%w: %w", tegata.ErrMalformed, errWantAccessToken)
	}
	return nil
}

// notVisible finds what no token and no secret holds (RFC 6749 appendix A).
func notVisible(r rune) bool { return r <= ' ' || r > '~' }

// isLoopback says whether a URL is one of this machine.
func isLoopback(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
