package keyring

import (
	"context"
	"fmt"
	"time"

	"github.com/tegata-id/tegata/store"
)

// Inventory returns the ring as it is stored, with the keys sealed.
func (r *Ring) Inventory(ctx context.Context) (store.KeyRing, error) {
	ring, err := r.cfg.Store.KeyRing(ctx)
	if err != nil {
		return store.KeyRing{}, fmt.Errorf("read key ring: %w", err)
	}
	return ring, nil
}

// Lead returns how long the next signing key must have been published before it signs.
func (r *Ring) Lead() time.Duration { return r.cfg.Lead }

// Rewrap seals every key anew that is not sealed by the master key with this ID, which
// must be the one that the Sealer seals with, and returns how many there were. The keys
// themselves stay.
func (r *Ring) Rewrap(ctx context.Context, masterID string) (int, error) {
	n := 0
	err := r.change(ctx, func(keys []store.Key, _ *maker) ([]store.Key, error) {
		n = 0
		out := make([]store.Key, 0, len(keys))
		for _, k := range keys {
			if SealedBy(k.Sealed) != masterID {
				raw, err := r.open(k)
				if err != nil {
					return nil, err
				}
				again, err := r.sealed(k.ID, k.Use, raw, k.ActiveAt)
				if err != nil {
					return nil, err
				}
				k.Sealed = again.Sealed
				n++
			}
			out = append(out, k)
		}
		if n == 0 {
			return keys, nil
		}
		return out, nil
	})
	return n, err
}

// CheckSealed says whether a sealer opens every key of a ring; ErrSealed. It changes
// nothing, and no key leaves it.
func CheckSealed(sealer Sealer, ring store.KeyRing) error {
	r := Ring{cfg: Config{Sealer: sealer}}
	for _, k := range ring.Keys {
		if _, err := r.open(k); err != nil {
			return err
		}
	}
	return nil
}
