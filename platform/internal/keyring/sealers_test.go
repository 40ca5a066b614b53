package keyring_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store/memory"
)

func sealer(t *testing.T, id string, b byte) *keyring.AESSealer {
	t.Helper()
	s, err := keyring.NewSealer(id, bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealers(t *testing.T) {
	t.Parallel()
	older, newer := sealer(t, "old", 1), sealer(t, "new", 2)
	both, err := keyring.NewSealers(newer, older)
	if err != nil {
		t.Fatal(err)
	}
	before, err := older.Seal("kind", "1", "field", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	after, err := both.Seal("kind", "1", "field", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	if keyring.SealedBy(before) != "old" || keyring.SealedBy(after) != "new" {
		t.Errorf("sealed by %q and %q, want old and new", keyring.SealedBy(before), keyring.SealedBy(after))
	}
	for _, sealed := range [][]byte{before, after} {
		if got, err := both.Open("kind", "1", "field", sealed); err != nil || string(got) != "plain" {
			t.Errorf("Open: %q, %v", got, err)
		}
		if _, err := both.Open("kind", "2", "field", sealed); !errors.Is(err, keyring.ErrSealed) {
			t.Errorf("Open elsewhere: %v, want ErrSealed", err)
		}
	}
	alone, err := keyring.NewSealers(newer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alone.Open("kind", "1", "field", before); !errors.Is(err, keyring.ErrSealed) || !strings.Contains(err.Error(), `"old"`) {
		t.Errorf("Open without the old key: %v, want ErrSealed that names it", err)
	}
	for _, bad := range [][]byte{nil, {1}, {1, 9}, {9, 1, 'k'}} {
		if id := keyring.SealedBy(bad); id != "" {
			t.Errorf("SealedBy(%v) = %q, want nothing", bad, id)
		}
	}
	if _, err := keyring.NewSealers(newer, sealer(t, "new", 3)); err == nil {
		t.Error("two keys of one ID are taken")
	}
	if _, err := keyring.NewSealers(nil); err == nil {
		t.Error("no key is taken")
	}
}

// TestRewrap: a new master key takes the place of the old one; the keys stay.
func TestRewrap(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	open := func(s keyring.Sealer) (*keyring.Ring, error) {
		return keyring.Open(t.Context(), keyring.Config{Store: st, Sealer: s, Now: c.Now})
	}
	older, newer := sealer(t, "old", 1), sealer(t, "new", 2)
	first, err := open(older)
	if err != nil {
		t.Fatal(err)
	}
	both, err := keyring.NewSealers(newer, older)
	if err != nil {
		t.Fatal(err)
	}
	r, err := open(both)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{4, 0} {
		if n, err := r.Rewrap(t.Context(), "new"); err != nil || n != want {
			t.Fatalf("Rewrap: %d, %v; want %d", n, err, want)
		}
	}
	if _, err := open(older); !errors.Is(err, keyring.ErrSealed) {
		t.Errorf("open with the old key alone: %v, want ErrSealed", err)
	}
	last, err := open(newer)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(last.SetJSON(), first.SetJSON()) || last.MAC().Version != first.MAC().Version {
		t.Error("rewrapping changed the keys")
	}
}

// TestCheckSealed: every key of the ring must open, each in its own place.
func TestCheckSealed(t *testing.T) {
	t.Parallel()
	st := memory.New(memory.Config{})
	right := sealer(t, "right", 1)
	if _, err := keyring.Open(t.Context(), keyring.Config{Store: st, Sealer: right, Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	ring, err := st.KeyRing(t.Context())
	if err != nil || len(ring.Keys) < 2 {
		t.Fatalf("KeyRing: %d keys, %v", len(ring.Keys), err)
	}
	if err := keyring.CheckSealed(right, ring); err != nil {
		t.Errorf("the right key: %v", err)
	}
	for name, s := range map[string]keyring.Sealer{"another key": sealer(t, "other", 2), "another key of that name": sealer(t, "right", 2)} {
		if err := keyring.CheckSealed(s, ring); !errors.Is(err, keyring.ErrSealed) {
			t.Errorf("%s: got error %v, want %v", name, err, keyring.ErrSealed)
		}
	}
	last := len(ring.Keys) - 1
	ring.Keys[last].Sealed = ring.Keys[0].Sealed
	if err := keyring.CheckSealed(right, ring); !errors.Is(err, keyring.ErrSealed) {
		t.Errorf("the last key has the place of the first: got error %v, want %v", err, keyring.ErrSealed)
	}
}
