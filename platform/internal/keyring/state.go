package keyring

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/store"
)

// state is the ring at one version, opened.
type state struct {
	version   int64
	signers   map[store.KeyUse]*jose.PrivateKey
	set       jose.Set
	setJSON   []byte
	macs      [256]*MAC
	begins    []begin // of the MAC keys, in the order of the ring
	published []store.Key
}

// begin says from when on a MAC key makes tokens, until the next one does.
type begin struct {
	at  time.Time
	mac *MAC
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
			s.begins = append(s.begins, begin{k.ActiveAt, m})
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
	if len(s.begins) == 0 || s.signers[store.SignIDToken] == nil || s.signers[store.SignContext] == nil {
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

// MAC returns the version of the MAC key for new tokens: the last one that has begun.
func (r *Ring) MAC() *MAC {
	begins, now := r.state.Load().begins, r.cfg.Now()
	for _, b := range slices.Backward(begins) {
		if !now.Before(b.at) {
			return b.mac
		}
	}
	return begins[0].mac // a clock that went back before all of them
}

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
