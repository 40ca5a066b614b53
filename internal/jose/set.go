package jose

import (
	"fmt"
	"slices"
)

// MaxSet is the longest JWK Set in bytes that ParseSet looks into.
const MaxSet = 256 << 10

// Set is a JWK Set of ES256 keys with distinct key IDs. It never changes; the zero
// value is empty. It may be used by many goroutines.
type Set struct {
	keys    []*PublicKey
	dropped []error
}

// NewSet makes a set in the given order. ErrKey for a key that is nil or zero, has
// no key ID, or has one that another has too.
func NewSet(keys ...*PublicKey) (Set, error) {
	for i, k := range keys {
		if k == nil || k.key == nil || k.kid == "" {
			return Set{}, fmt.Errorf("%w: key %d is empty or has no key ID", ErrKey, i)
		}
		if slices.ContainsFunc(keys[:i], func(o *PublicKey) bool { return o.kid == k.kid }) {
			return Set{}, fmt.Errorf("%w: key %d has the key ID of another", ErrKey, i)
		}
	}
	return Set{keys: slices.Clone(keys)}, nil
}

// ParseSet reads a JWK Set (RFC 7517 section 5). A key that is not fit to verify
// ES256 is dropped without harm to the others; if several usable keys share a key
// ID, all of them are, for it cannot be said which one is meant. Dropped says why.
// ErrMalformed comes only when the text as a whole is not a JWK Set.
func ParseSet(data []byte) (Set, error) {
	if len(data) > MaxSet {
		return Set{}, fmt.Errorf("%w: JWK Set longer than %d bytes", ErrMalformed, MaxSet)
	}
	var s Set
	found := false
	err := ScanObject(data, func(name string, v Value) error {
		if name != "keys" {
			return nil
		}
		found = true
		return scanArray(v, func(e Value) error {
			s.parse(e)
			return nil
		})
	})
	if err != nil {
		return Set{}, fmt.Errorf("JWK Set: %w", err)
	}
	if !found {
		return Set{}, fmt.Errorf("%w: JWK Set has no keys member", ErrMalformed)
	}
	s.dropTwins()
	return s, nil
}

// parse takes one element of keys into the set, or the reason why not.
func (s *Set) parse(e Value) {
	k, err := parsePublicJWK(e.text)
	if err == nil && k.kid == "" {
		err = fmt.Errorf("%w: no key ID", ErrKey)
	}
	if err != nil {
		s.dropped = append(s.dropped, fmt.Errorf("key %d: %w", len(s.keys)+len(s.dropped), err))
		return
	}
	s.keys = append(s.keys, k)
}

func (s *Set) dropTwins() {
	count := make(map[string]int, len(s.keys))
	for _, k := range s.keys {
		count[k.kid]++
	}
	s.keys = slices.DeleteFunc(s.keys, func(k *PublicKey) bool {
		if count[k.kid] == 1 {
			return false
		}
		s.dropped = append(s.dropped, fmt.Errorf("%w: %d keys share one key ID", ErrKey, count[k.kid]))
		return true
	})
}

// Key returns the key of that key ID.
func (s Set) Key(kid string) (*PublicKey, bool) {
	for _, k := range s.keys {
		if k.kid == kid {
			return k, true
		}
	}
	return nil, false
}

// Keys returns the keys in the order of the set. The slice is the caller's own.
func (s Set) Keys() []*PublicKey { return slices.Clone(s.keys) }

// Dropped returns one ErrKey for each key that ParseSet left out. The slice is the
// caller's own.
func (s Set) Dropped() []error { return slices.Clone(s.dropped) }

// MarshalJSON returns {"keys":[…]}.
func (s Set) MarshalJSON() ([]byte, error) {
	out := []byte(`{"keys":[`)
	for i, k := range s.keys {
		if i > 0 {
			out = append(out, ',')
		}
		one, err := k.MarshalJSON()
		if err != nil {
			return nil, err
		}
		out = append(out, one...)
	}
	return append(out, "]}"...), nil
}
