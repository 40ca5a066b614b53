package lineapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

// KeySet is the platform's JWK Set.
type KeySet struct {
	jose.Set
	// Age is for how long the answer's Cache-Control lets it be used; negative if it
	// does not tell.
	Age time.Duration
}

// KeySet fetches the JWK Set (RFC 7517 section 5). A key that is not fit for ES256 is
// left out, the others are kept.
func (c *Client) KeySet(ctx context.Context) (KeySet, error) {
	a, err := c.do(ctx, request{method: http.MethodGet, path: wire.PathCerts, limit: jose.MaxSet}, http.StatusOK)
	if err != nil {
		return KeySet{}, err
	}
	set, err := jose.ParseSet(a.body)
	if err != nil {
		return KeySet{}, err
	}
	return KeySet{Set: set, Age: cacheAge(a.header)}, nil
}

// cacheAge reads Cache-Control (RFC 9111 section 5.2.2) less Age; negative if max-age
// is not there or cannot be read.
func cacheAge(h http.Header) time.Duration {
	const maxSeconds = 365 * 24 * 3600
	age := time.Duration(-1)
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch strings.ToLower(name) {
			case "no-store", "no-cache":
				return 0
			case "max-age":
				n, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 63)
				if err == nil && age < 0 {
					age = time.Duration(min(n, maxSeconds)) * time.Second
				}
			}
		}
	}
	if spent, err := strconv.ParseUint(h.Get("Age"), 10, 63); err == nil && age > 0 {
		age = max(0, age-time.Duration(min(spent, maxSeconds))*time.Second)
	}
	return age
}
