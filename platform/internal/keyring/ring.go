package keyring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	// retiredLife is how long a retired key stays published: the life of an ID token
	// and as much again for clocks that differ.
	retiredLife = 2 * time.Hour
	// macLife is how long an old MAC key still checks: longer than the longest token,
	// a refresh token of 90 days.
	macLife = 91 * 24 * time.Hour
	// tries bounds how often a compare-and-set begins anew.
	tries = 8
)

// Config is what a Ring needs; Store, Sealer and Now are required.
type Config struct {
	Store  store.Keys
	Sealer Sealer
	Now    func() time.Time
	// Lead is how long the next signing key must have been published before Rotate lets it
	// sign, so that whoever keeps the JWK Set has it by then. Zero means no time.
	Lead time.Duration
	// Spread is how long other nodes may take to see a change of the ring (see Follow): a
	// new MAC key makes tokens only then. Zero is for a single node.
	Spread time.Duration
	// Derive, if not nil, is what new keys are derived from, at least 16 bytes: equal
	// bytes give equal keys and, over equal payloads, equal signatures. It is for
	// repeatable runs on a developer's machine: who knows it has the keys.
	Derive []byte
}

// Ring is the platform's keys. It may be used from many goroutines.
type Ring struct {
	cfg   Config
	state atomic.Pointer[state]
}

// ErrTooSoon means that the next signing key has not been published for Config.Lead yet.
var ErrTooSoon = errors.New("the next signing key has not been published for long enough")

// Open loads the ring, or makes it if there is none. Of several nodes that start at
// once, one makes it.
func Open(ctx context.Context, cfg Config) (*Ring, error) {
	if cfg.Store == nil || cfg.Sealer == nil || cfg.Now == nil {
		return nil, errors.New("keyring: Store, Sealer and Now are required")
	}
	if cfg.Derive != nil && len(cfg.Derive) < minDerive {
		return nil, fmt.Errorf("keyring: Derive has %d bytes, want at least %d", len(cfg.Derive), minDerive)
	}
	r := &Ring{cfg: cfg}
	err := r.change(ctx, func(keys []store.Key, m *maker) ([]store.Key, error) {
		if len(keys) > 0 {
			return keys, nil
		}
		return m.first()
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// first makes the keys of a new ring.
func (m *maker) first() ([]store.Key, error) {
	now := m.ring.cfg.Now().UTC()
	current, err := m.signing(store.SignIDToken, now)
	if err != nil {
		return nil, err
	}
	next, err := m.signing(store.SignIDToken, time.Time{})
	if err != nil {
		return nil, err
	}
	contextKey, err := m.signing(store.SignContext, now)
	if err != nil {
		return nil, err
	}
	macKey, err := m.mac('A', now)
	if err != nil {
		return nil, err
	}
	return []store.Key{current, next, contextKey, macKey}, nil
}

// Rotate makes the next ID-token key the current one, publishes a new next one, and
// retires the old one, which verifies until nothing it signed is good any more. Of several
// nodes that rotate at once each rotates, or gets ErrTooSoon.
func (r *Ring) Rotate(ctx context.Context) error {
	return r.change(ctx, func(keys []store.Key, m *maker) ([]store.Key, error) {
		now := r.cfg.Now().UTC()
		keys = alive(keys, now)
		for i := range keys {
			k := &keys[i]
			if k.Use != store.SignIDToken || !k.RetiredAt.IsZero() {
				continue
			}
			if k.ActiveAt.IsZero() {
				if ready := k.CreatedAt.Add(r.cfg.Lead); now.Before(ready) {
					return nil, fmt.Errorf("%w: wait until %s", ErrTooSoon, ready.Format(time.RFC3339))
				}
				k.ActiveAt = now
			} else {
				k.RetiredAt, k.ExpiresAt = now, now.Add(retiredLife)
			}
		}
		next, err := m.signing(store.SignIDToken, time.Time{})
		return append(keys, next), err
	})
}

// RotateMAC begins a new version of the MAC key, which makes tokens after Config.Spread.
// Tokens of the old one stay good for their lifetime.
func (r *Ring) RotateMAC(ctx context.Context) error {
	return r.change(ctx, func(keys []store.Key, m *maker) ([]store.Key, error) {
		now := r.cfg.Now().UTC()
		begins := now.Add(r.cfg.Spread)
		keys = alive(keys, now)
		used := map[string]bool{}
		for i := range keys {
			if k := &keys[i]; k.Use == store.MACToken {
				used[k.ID] = true
				if k.RetiredAt.IsZero() {
					k.RetiredAt, k.ExpiresAt = begins, begins.Add(macLife)
				}
			}
		}
		for v := byte('A'); v <= 'Z'; v++ {
			if !used[string(rune(v))] {
				next, err := m.mac(v, begins)
				return append(keys, next), err
			}
		}
		return nil, errors.New("26 MAC keys are in use: wait until the oldest has expired")
	})
}

// Reload reads the ring again, if another node has changed it.
func (r *Ring) Reload(ctx context.Context) error {
	ring, err := r.cfg.Store.KeyRing(ctx)
	if err != nil {
		return fmt.Errorf("read key ring: %w", err)
	}
	if s := r.state.Load(); s != nil && s.version == ring.Version {
		return nil
	}
	opened, err := r.openState(ring.Version, ring.Keys)
	if err != nil {
		return err
	}
	r.install(opened)
	return nil
}

// Follow reloads the ring every so often until ctx ends, so that this node has what others
// change within that time and a read's. failed is told of each failure; the keys that are
// there stay.
func (r *Ring) Follow(ctx context.Context, every time.Duration, failed func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if err := r.Reload(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
	}
}

// alive returns the keys that have not expired, in a new slice.
func alive(keys []store.Key, now time.Time) []store.Key {
	return slices.DeleteFunc(slices.Clone(keys), func(k store.Key) bool { return over(k, now) })
}

func over(k store.Key, now time.Time) bool { return !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) }

// change stores what edit makes of the ring, unless that is what it was, and opens it.
func (r *Ring) change(ctx context.Context, edit func([]store.Key, *maker) ([]store.Key, error)) error {
	for range tries {
		ring, err := r.cfg.Store.KeyRing(ctx)
		if err != nil {
			return fmt.Errorf("read key ring: %w", err)
		}
		keys, err := edit(ring.Keys, &maker{ring: r, version: ring.Version + 1})
		if err != nil {
			return fmt.Errorf("change key ring: %w", err)
		}
		if len(ring.Keys) == 0 || len(keys) != len(ring.Keys) || &keys[0] != &ring.Keys[0] {
			err = r.cfg.Store.ReplaceKeyRing(ctx, ring.Version, keys)
			if errors.Is(err, store.ErrConflict) {
				continue
			}
			if err != nil {
				return fmt.Errorf("store key ring: %w", err)
			}
			ring.Version++
		}
		opened, err := r.openState(ring.Version, keys)
		if err != nil {
			return err
		}
		r.install(opened)
		return nil
	}
	return fmt.Errorf("change key ring: %w", store.ErrConflict)
}
