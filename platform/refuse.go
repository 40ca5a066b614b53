package platform

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tegata-id/tegata/platform/internal/console"
)

// ErrDevelopment means that the store holds what must be in development only: secrets
// that everybody knows, or URLs to which codes must not go. The error says which, and what
// to do.
var ErrDevelopment = errors.New("this store is of tegata dev")

// devSecret is how the channel secrets of development begin.
const devSecret = "dev0"

// refuseDevelopment looks through the channels and LIFF apps of a production platform.
func (p *Platform) refuseDevelopment(ctx context.Context) error {
	channels, err := p.cfg.Store.Channels(ctx)
	if err != nil {
		return err
	}
	for _, c := range channels {
		secrets, err := p.issue.Secrets(c)
		if err != nil {
			return err
		}
		for _, s := range secrets {
			if strings.HasPrefix(string(s), devSecret) {
				return fmt.Errorf("%w: channel %s has a secret of tegata dev (%s…), which everybody can read in the seed: begin with an empty store, and make the channel there by tegata channel create", ErrDevelopment, c.ID, devSecret)
			}
		}
		for _, u := range c.Callbacks {
			if err := console.CheckCallback(u); err != nil {
				return fmt.Errorf("%w: channel %s: %w", ErrDevelopment, c.ID, err)
			}
		}
		apps, err := p.cfg.Store.LIFFAppsOf(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, a := range apps {
			if err := console.CheckEndpoint(a.EndpointURL, false); err != nil {
				return fmt.Errorf("%w: LIFF app %s: %w", ErrDevelopment, a.ID, err)
			}
			if len(a.ServedOrigins) > 0 {
				return fmt.Errorf("%w: LIFF app %s may be served from %s as well: make it anew by tegata liff create", ErrDevelopment, a.ID, a.ServedOrigins[0])
			}
		}
	}
	return nil
}
