package lab

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tegata-id/tegata/store"
)

// Start is what of a seed belongs to one start, and not to the world that is kept.
type Start struct {
	Apps      []string // IDs of LIFF apps
	Callbacks []string // callback URLs of the first channel
}

// ErrOtherWorld means that a store holds another world than the seed's.
var ErrOtherWorld = errors.New("the store holds another world than the seed's")

// Renew brings what belongs to this start into a store that has a world already: the LIFF
// apps and callback URLs of the start, and the origin of the demo app. Everything else stays
// as it is in the store. ErrOtherWorld if the seed's channel is not there.
func (s *Seed) Renew(ctx context.Context, t Target, start Start) error {
	for _, a := range s.LIFFApps {
		wanted := slices.Contains(start.Apps, a.ID)
		if !wanted && (a.Demo == "" || t.DemoOrigin == "") {
			continue
		}
		err := a.renew(ctx, t)
		if errors.Is(err, store.ErrNotFound) && !wanted {
			continue // a demo app that was deleted
		}
		if errors.Is(err, store.ErrNotFound) {
			err = a.apply(ctx, t)
		}
		if errors.Is(err, store.ErrNotFound) {
			err = ErrOtherWorld
		}
		if err != nil {
			return fmt.Errorf("LIFF app %s: %w", a.ID, err)
		}
	}
	if len(start.Callbacks) == 0 {
		return nil
	}
	first := s.Channels[0].ID
	if err := addCallbacks(ctx, t.Store, first, start.Callbacks); err != nil {
		return fmt.Errorf("channel %s: %w", first, err)
	}
	return nil
}

// renew gives a LIFF app of the store the endpoint URL of this start; store.ErrNotFound.
func (a *LIFFApp) renew(ctx context.Context, t Target) error {
	for {
		app, err := t.Store.LIFFApp(ctx, a.ID)
		if err != nil {
			return err
		}
		app.EndpointURL, app.ServedOrigins = a.endpoint(t), nil
		if a.Demo == "" {
			app.Description = a.Description // it names the URL
		}
		if err := t.Store.UpdateLIFFApp(ctx, app); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

func addCallbacks(ctx context.Context, s store.Store, channelID string, callbacks []string) error {
	for {
		c, err := s.Channel(ctx, channelID)
		if errors.Is(err, store.ErrNotFound) {
			return ErrOtherWorld
		}
		if err != nil {
			return err
		}
		for _, u := range callbacks {
			if !slices.Contains(c.Callbacks, u) {
				c.Callbacks = append(c.Callbacks, u)
			}
		}
		if err := s.UpdateChannel(ctx, c); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}
