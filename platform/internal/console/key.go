package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
)

func (a *API) showKeys(r *http.Request, _ operator) (any, error) { return a.keys(r.Context()) }

func (a *API) keys(ctx context.Context) (control.Keys, error) {
	ring, err := a.Ring.Inventory(ctx)
	if err != nil {
		return control.Keys{}, err
	}
	now := a.now()
	out := control.Keys{Version: ring.Version, Keys: []control.Key{}}
	for _, k := range ring.Keys {
		if !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) {
			continue
		}
		state := stateOf(k, now)
		if k.Use == store.SignIDToken && state == "next" {
			out.RotatableAt = k.CreatedAt.Add(a.Ring.Lead())
		}
		out.Keys = append(out.Keys, control.Key{
			KeyID: k.ID, Use: string(k.Use), State: state, CreatedAt: k.CreatedAt,
			ActiveAt: moment(k.ActiveAt), RetiredAt: moment(k.RetiredAt), ExpiresAt: moment(k.ExpiresAt),
		})
	}
	return out, nil
}

func stateOf(k store.Key, now time.Time) string {
	switch {
	case k.ActiveAt.IsZero() || now.Before(k.ActiveAt):
		return "next"
	case k.RetiredAt.IsZero() || now.Before(k.RetiredAt):
		return "current"
	}
	return "retired"
}

func (a *API) rotateKeys(r *http.Request, by operator) (any, error) {
	err := a.Ring.Rotate(r.Context())
	if errors.Is(err, keyring.ErrTooSoon) {
		k, err := a.keys(r.Context())
		if err != nil {
			return nil, err
		}
		return nil, fault(http.StatusConflict, "too_soon", keyring.ErrTooSoon.Error(),
			"wait until "+k.RotatableAt.Format(time.RFC3339)+": until then servers may have a key set without it")
	}
	if err != nil {
		return nil, err
	}
	a.done(r, by, "signing keys rotated", "")
	return a.keys(r.Context())
}

func (a *API) rotateMAC(r *http.Request, by operator) (any, error) {
	if err := a.Ring.RotateMAC(r.Context()); err != nil {
		return nil, err
	}
	a.done(r, by, "MAC key rotated", "")
	return a.keys(r.Context())
}

// rewrap seals everything anew that is not sealed by the first master key. It may be
// broken off and begun again: what is done stays done.
func (a *API) rewrap(r *http.Request, by operator) (any, error) {
	ctx := r.Context()
	probe, err := a.Sealer.Seal("probe", "", "", nil)
	if err != nil {
		return nil, err
	}
	out := control.Rewrapped{MasterKey: keyring.SealedBy(probe)}
	ring, err := a.Ring.Inventory(ctx)
	if err != nil {
		return nil, err
	}
	if out.Keys, err = a.Ring.Rewrap(ctx, out.MasterKey); err != nil {
		return nil, err
	}
	out.Current = max(0, len(ring.Keys)-out.Keys)
	channels, err := a.Store.Channels(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range channels {
		changed, err := a.rewrapChannel(ctx, c.ID, out.MasterKey)
		if err != nil {
			return nil, err
		}
		if changed {
			out.Channels++
		} else {
			out.Current++
		}
	}
	a.done(r, by, "secrets sealed under the master key "+out.MasterKey, "")
	return out, nil
}

// rewrapChannel seals a channel's secrets anew, unless they are sealed by the master key
// with this ID.
func (a *API) rewrapChannel(ctx context.Context, id, masterID string) (bool, error) {
	for range tries {
		c, err := a.Store.Channel(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		changed := false
		for i, s := range c.Secrets {
			if keyring.SealedBy(s.Sealed) == masterID {
				continue
			}
			if c.Secrets[i].Sealed, err = a.Issue.Reseal(c.ID, s.Sealed); err != nil {
				return false, err
			}
			changed = true
		}
		if !changed {
			return false, nil
		}
		if err = a.Store.UpdateChannel(ctx, c); !errors.Is(err, store.ErrConflict) {
			return err == nil, err
		}
	}
	return false, fmt.Errorf("rewrap the secrets of channel %s: %w", id, store.ErrConflict)
}
