package keyring_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// nodes returns rings of several nodes with one store, and their clock.
func nodes(t *testing.T, n int) ([]*keyring.Ring, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	sealer, err := keyring.NewSealer("k1", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	rings := make([]*keyring.Ring, n)
	for i := range rings {
		rings[i], err = keyring.Open(t.Context(), keyring.Config{Store: st, Sealer: sealer, Now: c.Now, Lead: 5 * time.Minute, Spread: 30 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
	}
	return rings, c
}

// TestLead: a key signs only when it has been published for long enough; of many rotations
// at once one is done.
func TestLead(t *testing.T) {
	t.Parallel()
	rings, c := nodes(t, 8)
	before := rings[0].SetJSON()
	c.now = c.now.Add(5*time.Minute - time.Second)
	if err := rings[0].Rotate(t.Context()); !errors.Is(err, keyring.ErrTooSoon) || !bytes.Equal(rings[0].SetJSON(), before) {
		t.Fatalf("a second too soon: %v, want ErrTooSoon and the same keys", err)
	}
	c.now = c.now.Add(time.Second)
	next := rings[0].Set().Keys()[1].KeyID()
	results := make(chan error, len(rings))
	var all sync.WaitGroup
	for _, r := range rings {
		all.Go(func() { results <- r.Rotate(t.Context()) })
	}
	all.Wait()
	close(results)
	done := 0
	for err := range results {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, keyring.ErrTooSoon):
			t.Errorf("rotation of many at once: %v, want ErrTooSoon", err)
		}
	}
	if done != 1 {
		t.Errorf("%d of %d rotations at once were done, want 1", done, len(rings))
	}
	for i, r := range rings {
		if err := r.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if signer, err := r.Signer(store.SignIDToken); err != nil || signer.Public().KeyID() != next {
			t.Errorf("node %d does not sign with what was the next key: %v", i, err)
		}
	}
}

// TestSpread: a new MAC key makes tokens when every node has had the time to read it.
func TestSpread(t *testing.T) {
	t.Parallel()
	rings, c := nodes(t, 2)
	old := rings[0].MAC().Version
	if err := rings[0].RotateMAC(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(30*time.Second - time.Nanosecond)
	if v := rings[0].MAC().Version; v != old {
		t.Error("a new MAC key is used before other nodes have it")
	}
	if err := rings[1].Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Nanosecond)
	for i, r := range rings {
		v := r.MAC().Version
		if v == old || rings[1].MACVersion(v) == nil || rings[1].MACVersion(old) == nil {
			t.Errorf("node %d makes tokens with version %c, which another cannot check", i, v)
		}
	}
}

// TestFollow: a node takes over what another changes, and goes on after a failure.
func TestFollow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		st := &flaky{Keys: memory.New(memory.Config{})}
		sealer, err := keyring.NewSealer("k1", bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		open := func() *keyring.Ring {
			r, err := keyring.Open(t.Context(), keyring.Config{Store: st, Sealer: sealer, Now: c.Now})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		a, b := open(), open()
		ctx, cancel := context.WithCancel(t.Context())
		failures := 0
		var work sync.WaitGroup
		work.Go(func() { b.Follow(ctx, 5*time.Second, func(error) { failures++ }) })
		if err := a.Rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		st.fail(true)
		time.Sleep(16 * time.Second)
		if bytes.Equal(a.SetJSON(), b.SetJSON()) {
			t.Error("the ring was read from a store that fails")
		}
		st.fail(false)
		time.Sleep(5 * time.Second)
		if !bytes.Equal(a.SetJSON(), b.SetJSON()) {
			t.Error("what the other node rotated was not taken over")
		}
		cancel()
		work.Wait()
		if failures != 3 {
			t.Errorf("told of %d failures, want 3", failures)
		}
	})
}

// flaky is a store of keys that can fail.
type flaky struct {
	store.Keys
	mu   sync.Mutex
	down bool
}

func (f *flaky) fail(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

func (f *flaky) KeyRing(ctx context.Context) (store.KeyRing, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return store.KeyRing{}, errors.New("no connection")
	}
	return f.Keys.KeyRing(ctx)
}
