package keyring

import (
	"errors"
	"fmt"
)

// Sealers seals by its first key and opens what any of its keys has sealed, so that the
// first can take the place of the others (see Ring.Rewrap). It may be used from many
// goroutines.
type Sealers struct {
	current *AESSealer
	byID    map[string]*AESSealer
}

// NewSealers returns sealers; the first one seals.
func NewSealers(current *AESSealer, older ...*AESSealer) (*Sealers, error) {
	if current == nil {
		return nil, errors.New("sealers: no key")
	}
	s := &Sealers{current: current, byID: map[string]*AESSealer{current.keyID: current}}
	for _, old := range older {
		if s.byID[old.keyID] != nil {
			return nil, fmt.Errorf("sealers: the key %q is given twice", old.keyID)
		}
		s.byID[old.keyID] = old
	}
	return s, nil
}

// Seal encrypts plain for one place with the first key.
func (s *Sealers) Seal(kind, id, field string, plain []byte) ([]byte, error) {
	return s.current.Seal(kind, id, field, plain)
}

// Open decrypts what any of the keys has sealed for the same place; ErrSealed.
func (s *Sealers) Open(kind, id, field string, sealed []byte) ([]byte, error) {
	name := SealedBy(sealed)
	if by := s.byID[name]; by != nil {
		return by.Open(kind, id, field, sealed)
	}
	return nil, fmt.Errorf("%s %s of %s: %w: sealed by the key %q, which is not among the master keys given", kind, field, id, ErrSealed, name)
}

// SealedBy returns the ID of the key that a sealed value names; empty if it names none.
func SealedBy(sealed []byte) string {
	if len(sealed) < 2 || sealed[0] != sealVersion || len(sealed) < 2+int(sealed[1]) {
		return ""
	}
	return string(sealed[2 : 2+int(sealed[1])])
}
