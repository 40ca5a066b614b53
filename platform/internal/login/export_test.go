package login

import (
	"errors"
	"net/http"
)

// ReadHash parses a password hash and writes it again, without hashing anything.
func ReadHash(s string) (string, error) {
	h, err := parsePHC(s)
	if err != nil {
		return "", err
	}
	return h.String(), nil
}

// Limits is a table of limiters, for its tests.
type Limits struct{ l *limits }

// NewLimits returns a table of at most kept limiters, which never refill.
func NewLimits(burst, kept int) Limits { return Limits{newLimits(0, burst, kept)} }

// Fail counts a wrong attempt and says whether another may follow.
func (l Limits) Fail(name string) bool {
	l.l.count(accountKey(name))
	return l.l.open(accountKey(name))
}

// Len returns how many limiters are kept.
func (l Limits) Len() int { return len(l.l.kept) }

// TakeSlots takes every slot for hashing until release is called.
func (s *Service) TakeSlots() (release func()) {
	n := cap(s.slots)
	for range n {
		s.slots <- struct{}{}
	}
	return func() {
		for range n {
			<-s.slots
		}
	}
}

// CountFailure counts a wrong password and says whether another may follow, without the
// time that hashing takes.
func (s *Service) CountFailure(r *http.Request, name string) (bool, error) {
	account, address := accountKey(name), Address(r)
	if err := s.attempts.failed(r.Context(), account, address); err != nil {
		return false, err
	}
	err := s.attempts.allow(r.Context(), account, address)
	if errors.Is(err, ErrBusy) {
		return false, nil
	}
	return err == nil, err
}
