package keyring_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

// derived returns a ring of its own store, made from seed.
func derived(t *testing.T, seed []byte) *keyring.Ring {
	t.Helper()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	sealer, err := keyring.NewSealer("k1", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	r, err := keyring.Open(t.Context(), keyring.Config{Store: memory.New(memory.Config{}), Sealer: sealer, Now: c.Now, Derive: seed})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shows returns what a ring can be told by: its published keys, a signature of each
// use, and a MAC.
func shows(t *testing.T, r *keyring.Ring) []string {
	t.Helper()
	sum := r.MAC().Sum([]byte("data"))
	out := []string{string(r.SetJSON()), string(sum[:])}
	for _, use := range []store.KeyUse{store.SignIDToken, store.SignContext} {
		k, err := r.Signer(use)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := k.Sign("JWT", []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, raw)
	}
	return out
}

func TestDerive(t *testing.T) {
	t.Parallel()
	seed, other := bytes.Repeat([]byte{1}, 16), bytes.Repeat([]byte{2}, 16)
	a, b, c, random := derived(t, seed), derived(t, seed), derived(t, other), derived(t, nil)
	for range 3 {
		of := [][]string{shows(t, a), shows(t, b), shows(t, c), shows(t, random)}
		for i, mine := range of[0] {
			if mine != of[1][i] {
				t.Errorf("equal seeds differ:\n%q\n%q", mine, of[1][i])
			}
			if mine == of[2][i] || mine == of[3][i] {
				t.Errorf("another seed, or none, gives the same: %q", mine)
			}
		}
		for _, r := range []*keyring.Ring{a, b, c, random} {
			if err := r.Rotate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.RotateMAC(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		next := shows(t, a)
		for i, before := range of[0] {
			if i != 3 && next[i] == before { // 3 is the context key, which no rotation touches
				t.Errorf("a rotation changed nothing: %q", before)
			}
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	st, now := memory.New(memory.Config{}), time.Now
	sealer, err := keyring.NewSealer("k1", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]keyring.Config{
		"no store":   {Sealer: sealer, Now: now},
		"no sealer":  {Store: st, Now: now},
		"no clock":   {Store: st, Sealer: sealer},
		"short seed": {Store: st, Sealer: sealer, Now: now, Derive: make([]byte, 15)},
		"empty seed": {Store: st, Sealer: sealer, Now: now, Derive: []byte{}},
	} {
		if r, err := keyring.Open(t.Context(), cfg); err == nil || r != nil {
			t.Errorf("%s: Open: %v, %v; want an error alone", name, r, err)
		}
	}
}

// TestForeignSealer: a ring sealed by another key is refused, not replaced.
func TestForeignSealer(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	r := newRing(t, st, c)
	sealer, err := keyring.NewSealer("k1", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(t.Context(), keyring.Config{Store: st, Sealer: sealer, Now: c.Now}); err == nil {
		t.Fatal("a ring was opened with another sealing key")
	}
	if again := newRing(t, st, c); !bytes.Equal(again.SetJSON(), r.SetJSON()) {
		t.Fatal("the ring was replaced")
	}
}

// TestReload: what one node rotates, another has after Reload.
func TestReload(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	a, b := newRing(t, st, c), newRing(t, st, c)
	if err := a.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(a.SetJSON(), b.SetJSON()) {
		t.Fatal("nothing was rotated")
	}
	if err := b.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.SetJSON(), b.SetJSON()) {
		t.Fatal("Reload kept the old keys")
	}
}
