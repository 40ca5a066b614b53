package keyring

import (
	"context"
	"fmt"

	"github.com/tegata-id/tegata/store"
)

// What stands in this file is for development, where the state of a platform is put into
// a file and taken back. No production platform calls it.

// Plain returns the bytes that a key's Sealed holds.
func (r *Ring) Plain(k store.Key) ([]byte, error) { return r.open(k) }

// Seal returns the key with plain sealed in it.
func (r *Ring) Seal(k store.Key, plain []byte) (store.Key, error) {
	sealed, err := r.cfg.Sealer.Seal(sealKind, string(k.Use)+"/"+k.ID, sealField, plain)
	if err != nil {
		return store.Key{}, fmt.Errorf("seal %s key %s: %w", k.Use, k.ID, err)
	}
	k.Sealed = sealed
	return k, nil
}

// Reset takes over the ring of the store, also one that is older than what is known:
// the store may have been set back. Nobody else may change or reload the ring meanwhile.
func (r *Ring) Reset(ctx context.Context) error {
	ring, err := r.cfg.Store.KeyRing(ctx)
	if err != nil {
		return fmt.Errorf("read key ring: %w", err)
	}
	opened, err := r.openState(ring.Version, ring.Keys)
	if err != nil {
		return err
	}
	r.state.Store(opened)
	return nil
}
