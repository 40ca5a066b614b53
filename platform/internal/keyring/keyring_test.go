package keyring_test

import (
	"bytes"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func newRing(t *testing.T, st *memory.Store, c *clock) *keyring.Ring {
	t.Helper()
	sealer, err := keyring.NewSealer("k1", bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	r, err := keyring.Open(t.Context(), keyring.Config{Store: st, Sealer: sealer, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSealer(t *testing.T) {
	t.Parallel()
	s, err := keyring.NewSealer("k1", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Seal("channel", "1", "secret", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Open("channel", "1", "secret", sealed); err != nil || string(got) != "plain" {
		t.Fatalf("Open: %q, %v", got, err)
	}
	if bytes.Contains(sealed, []byte("plain")) {
		t.Fatal("the sealed value holds the plain one")
	}
	other, err := keyring.NewSealer("k2", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() ([]byte, error){
		"another kind":    func() ([]byte, error) { return s.Open("key", "1", "secret", sealed) },
		"another record":  func() ([]byte, error) { return s.Open("channel", "2", "secret", sealed) },
		"another field":   func() ([]byte, error) { return s.Open("channel", "1", "name", sealed) },
		"shifted names":   func() ([]byte, error) { return s.Open("channel1", "", "secret", sealed) },
		"another key ID":  func() ([]byte, error) { return other.Open("channel", "1", "secret", sealed) },
		"cut":             func() ([]byte, error) { return s.Open("channel", "1", "secret", sealed[:len(sealed)-1]) },
		"empty":           func() ([]byte, error) { return s.Open("channel", "1", "secret", nil) },
		"another version": func() ([]byte, error) { return s.Open("channel", "1", "secret", append([]byte{9}, sealed[1:]...)) },
	} {
		if got, err := open(); !errors.Is(err, keyring.ErrSealed) || got != nil {
			t.Errorf("%s: got %q, %v; want ErrSealed", name, got, err)
		}
	}
	for _, bad := range []func() (*keyring.AESSealer, error){
		func() (*keyring.AESSealer, error) { return keyring.NewSealer("", make([]byte, 32)) },
		func() (*keyring.AESSealer, error) { return keyring.NewSealer("k", make([]byte, 16)) },
	} {
		if s, err := bad(); err == nil || s != nil {
			t.Error("a sealer without key ID or with a short key")
		}
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	r := newRing(t, st, c)
	first, err := r.Signer(store.SignIDToken)
	if err != nil {
		t.Fatal(err)
	}
	before := r.Set()
	if len(before.Keys()) != 2 {
		t.Fatalf("%d keys are published, want the current and the next", len(before.Keys()))
	}
	contextKey, err := r.Signer(store.SignContext)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := before.Key(contextKey.Public().KeyID()); ok {
		t.Fatal("the context key is published")
	}
	if err := r.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := r.Signer(store.SignIDToken)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := before.Key(second.Public().KeyID()); !ok || second.Public().KeyID() == first.Public().KeyID() {
		t.Fatal("the key that signs after a rotation was not published before it")
	}
	if len(r.Set().Keys()) != 3 {
		t.Fatalf("%d keys are published after a rotation, want current, next and retired", len(r.Set().Keys()))
	}
	again := newRing(t, st, c) // another node, or a restart
	if k, err := again.Signer(store.SignIDToken); err != nil || k.Public().KeyID() != second.Public().KeyID() {
		t.Fatalf("a second ring signs with another key: %v", err)
	}
	c.now = c.now.Add(2 * time.Hour)
	if _, ok := r.Set().Key(first.Public().KeyID()); ok || bytes.Contains(r.SetJSON(), []byte(first.Public().KeyID())) {
		t.Fatal("the retired key is published for ever")
	}
}

func TestRotateMAC(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	r := newRing(t, st, c)
	old := r.MAC()
	sum := old.Sum([]byte("x"))
	if err := r.RotateMAC(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.MAC().Version == old.Version {
		t.Fatal("the version did not change")
	}
	if m := r.MACVersion(old.Version); m == nil || !m.Check([]byte("x"), sum[:]) || m.Check([]byte("y"), sum[:]) {
		t.Fatal("the old version no longer checks")
	}
	c.now = c.now.Add(90 * 24 * time.Hour) // the life of a refresh token
	if m := newRing(t, st, c).MACVersion(old.Version); m == nil || !m.Check([]byte("x"), sum[:]) {
		t.Fatal("after a restart the old version no longer checks")
	}
	c.now = c.now.Add(2 * 24 * time.Hour)
	if newRing(t, st, c).MACVersion(old.Version) != nil {
		t.Fatal("the old version is kept for ever")
	}
	if r.MACVersion('?') != nil {
		t.Fatal("a version that never was")
	}
}

// TestConcurrentOpen starts many nodes on one empty store: they must agree.
func TestConcurrentOpen(t *testing.T) {
	t.Parallel()
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	st := memory.New(memory.Config{})
	rings := make([]*keyring.Ring, 16)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() { rings[i] = newRing(t, st, c) })
	}
	wg.Wait()
	for _, r := range rings {
		if !bytes.Equal(r.SetJSON(), rings[0].SetJSON()) {
			t.Fatal("two nodes publish different keys")
		}
	}
}
