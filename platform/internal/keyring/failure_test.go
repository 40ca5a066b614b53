package keyring_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// keys is a store of keys that fails as it is told to.
type keys struct {
	store.Keys
	read, write error
	lost        int // how many writes somebody else wins before
}

func (k *keys) KeyRing(ctx context.Context) (store.KeyRing, error) {
	if k.read != nil {
		return store.KeyRing{}, k.read
	}
	return k.Keys.KeyRing(ctx)
}

func (k *keys) ReplaceKeyRing(ctx context.Context, version int64, keys []store.Key) error {
	if k.lost > 0 {
		k.lost--
		return store.ErrConflict
	}
	if k.write != nil {
		return k.write
	}
	return k.Keys.ReplaceKeyRing(ctx, version, keys)
}

func TestStoreFailure(t *testing.T) {
	t.Parallel()
	disk := errors.New("disk on fire")
	sealer, err := keyring.NewSealer("k1", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	for _, tt := range []struct {
		name string
		keys keys
		want error
	}{
		{"not read", keys{read: disk}, disk},
		{"not written", keys{write: disk}, disk},
		{"lost once", keys{lost: 1}, nil},
		{"lost for ever", keys{lost: 1000}, store.ErrConflict},
	} {
		k := tt.keys
		k.Keys = memory.New(memory.Config{})
		r, err := keyring.Open(t.Context(), keyring.Config{Store: &k, Sealer: sealer, Now: c.Now})
		if !errors.Is(err, tt.want) || (r == nil) != (err != nil) {
			t.Errorf("%s: Open: %v, %v; want %v", tt.name, r, err, tt.want)
		}
	}
	k := keys{Keys: memory.New(memory.Config{})}
	r, err := keyring.Open(t.Context(), keyring.Config{Store: &k, Sealer: sealer, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	before := string(r.SetJSON())
	k.write = disk
	if err := r.Rotate(t.Context()); !errors.Is(err, disk) || string(r.SetJSON()) != before {
		t.Errorf("a rotation that was not stored: %v, and the keys have changed: %v", err, string(r.SetJSON()) != before)
	}
}

// TestManyMACs: versions are letters; when all are in use, a rotation waits until the
// oldest has expired.
func TestManyMACs(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	r := newRing(t, memory.New(memory.Config{}), c)
	for range 25 {
		if err := r.RotateMAC(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	last := r.MAC().Version
	if err := r.RotateMAC(t.Context()); err == nil || !strings.Contains(err.Error(), "wait") || r.MAC().Version != last {
		t.Fatalf("the 26th rotation: %v, version %c", err, r.MAC().Version)
	}
	c.now = c.now.Add(91 * 24 * time.Hour)
	if err := r.RotateMAC(t.Context()); err != nil || r.MAC().Version == last {
		t.Fatalf("after the oldest have expired: %v", err)
	}
}
