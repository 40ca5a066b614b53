package keyring

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
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

// Config is what a Ring needs; every field but Derive is required.
type Config struct {
	Store  store.Keys
	Sealer Sealer
	Now    func() time.Time
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

// state is the ring at one version, opened.
type state struct {
	version   int64
	signers   map[store.KeyUse]*jose.PrivateKey
	set       jose.Set
	setJSON   []byte
	mac       *MAC
	macs      [256]*MAC
	published []store.Key
}

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
	macKey, err := m.mac('A')
	if err != nil {
		return nil, err
	}
	return []store.Key{current, next, contextKey, macKey}, nil
}

// Rotate makes the next ID-token key the current one, publishes a new next one, and
// retires the old one, which verifies until nothing it signed is good any more.
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
				k.ActiveAt = now
			} else {
				k.RetiredAt, k.ExpiresAt = now, now.Add(retiredLife)
			}
		}
		next, err := m.signing(store.SignIDToken, time.Time{})
		return append(keys, next), err
	})
}

// RotateMAC begins a new version of the MAC key. Tokens of the old one stay good for
// their lifetime.
func (r *Ring) RotateMAC(ctx context.Context) error {
	return r.change(ctx, func(keys []store.Key, m *maker) ([]store.Key, error) {
		now := r.cfg.Now().UTC()
		keys = alive(keys, now)
		used := map[string]bool{}
		for i := range keys {
			if k := &keys[i]; k.Use == store.MACToken {
				used[k.ID] = true
				if k.RetiredAt.IsZero() {
					k.RetiredAt, k.ExpiresAt = now, now.Add(macLife)
				}
			}
		}
		for v := byte('A'); v <= 'Z'; v++ {
			if !used[string(rune(v))] {
				next, err := m.mac(v)
				return append(keys, next), err
			}
		}
		return nil, errors.New("26 MAC keys are in use: wait until the oldest has expired")
	})
}

// Reload reads the ring again, if another node has changed it.
func (r *Ring) Reload(ctx context.Context) error {
	return r.change(ctx, func(keys []store.Key, _ *maker) ([]store.Key, error) { return keys, nil })
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

// install takes over a state unless a newer one is there.
func (r *Ring) install(s *state) {
	for {
		old := r.state.Load()
		if old != nil && old.version > s.version || r.state.CompareAndSwap(old, s) {
			return
		}
	}
}

func (r *Ring) openState(version int64, keys []store.Key) (*state, error) {
	s := &state{version: version, signers: map[store.KeyUse]*jose.PrivateKey{}}
	var public []*jose.PublicKey
	for _, k := range alive(keys, r.cfg.Now().UTC()) {
		if k.Use == store.MACToken {
			raw, err := r.open(k)
			if err != nil {
				return nil, err
			}
			m := newMAC(k.ID[0], raw)
			s.macs[m.Version] = m
			if k.RetiredAt.IsZero() {
				s.mac = m
			}
			continue
		}
		private, err := r.openSigning(k)
		if err != nil {
			return nil, err
		}
		if k.Use == store.SignIDToken {
			public = append(public, private.Public())
			s.published = append(s.published, k)
		}
		if !k.ActiveAt.IsZero() && k.RetiredAt.IsZero() {
			s.signers[k.Use] = private
		}
	}
	if s.mac == nil || s.signers[store.SignIDToken] == nil || s.signers[store.SignContext] == nil {
		return nil, errors.New("key ring: a current key is missing")
	}
	var err error
	if s.set, err = jose.NewSet(public...); err != nil {
		return nil, fmt.Errorf("key ring: %w", err)
	}
	if s.setJSON, err = json.Marshal(s.set); err != nil {
		return nil, fmt.Errorf("key ring: %w", err)
	}
	return s, nil
}

// Signer returns the key that signs now: of SignIDToken or SignContext.
func (r *Ring) Signer(use store.KeyUse) (*jose.PrivateKey, error) {
	if k := r.state.Load().signers[use]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("key ring: no key signs %s", use)
}

// Set returns the published keys: the next, the current and the retired ones. A
// retired key whose time has come is gone from it.
func (r *Ring) Set() jose.Set { return r.fresh().set }

// SetJSON returns the published keys as a JWK Set (RFC 7517 §5). The caller must not
// change it.
func (r *Ring) SetJSON() []byte { return r.fresh().setJSON }

// MAC returns the version of the MAC key for new tokens.
func (r *Ring) MAC() *MAC { return r.state.Load().mac }

// MACVersion returns the MAC key that a token names, or nil.
func (r *Ring) MACVersion(version byte) *MAC { return r.state.Load().macs[version] }

// fresh returns the state without the published keys that have expired since it was
// opened.
func (r *Ring) fresh() *state {
	s := r.state.Load()
	now := r.cfg.Now().UTC()
	if !slices.ContainsFunc(s.published, func(k store.Key) bool { return over(k, now) }) {
		return s
	}
	left := alive(s.published, now)
	var public []*jose.PublicKey
	for _, k := range left {
		if p, ok := s.set.Key(k.ID); ok {
			public = append(public, p)
		}
	}
	set, err := jose.NewSet(public...)
	if err != nil {
		return s // the same keys made a set before
	}
	data, err := json.Marshal(set)
	if err != nil {
		return s
	}
	next := *s
	next.set, next.setJSON, next.published = set, data, left
	r.state.CompareAndSwap(s, &next)
	return &next
}
