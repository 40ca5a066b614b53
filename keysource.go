package tegata

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
)

const (
	// keysFresh is how long a JWK Set is used without a look at a newer one; so long
	// may a key that the platform has withdrawn still be taken.
	keysFresh = 5 * time.Minute
	// keysUsable is how long it is used if no newer one can be had.
	keysUsable = time.Hour
	// fetchPause is the least time between two fetches, so that tokens with invented
	// key IDs cost the platform nothing. After a failure it is shorter.
	fetchPause = 10 * time.Second
	retryPause = time.Second
)

// keySource keeps the platform's JWK Set. A newer set takes the place of the older
// one, so that a withdrawn key is forgotten.
type keySource struct {
	fetch func(context.Context) (jose.Set, error)
	now   func() time.Time // elapsed time only; it never follows Config.Now

	mu      sync.Mutex // guards the rest
	set     jose.Set
	fetched time.Time     // when set came; zero: never
	next    time.Time     // no fetch begins before
	flight  chan struct{} // closed when the fetch that is under way has ended; nil: none
	failure error         // of the last fetch
}

// key returns the key of a kid, fetching the JWK Set if that may help.
func (s *keySource) key(ctx context.Context, kid string) (*jose.PublicKey, error) {
	if kid == "" {
		return nil, because(ErrUnknownKey, "the token names no key")
	}
	for waited := false; ; waited = true {
		s.mu.Lock()
		age := s.now().Sub(s.fetched)
		usable := !s.fetched.IsZero() && age < keysUsable
		key, known := s.set.Key(kid)
		known = known && usable
		flight := s.flight
		mayFetch := flight == nil && !waited && !s.now().Before(s.next)
		if mayFetch && !(known && age < keysFresh) {
			s.flight = make(chan struct{})
		} else {
			mayFetch = false
		}
		failure := s.failure
		s.mu.Unlock()
		switch {
		case mayFetch:
			s.refresh(ctx)
		case known:
			return key, nil // also while somebody else looks for a newer set
		case flight != nil && !waited:
			select {
			case <-flight:
			case <-ctx.Done():
				return nil, because(ErrUnavailable, "wait for the platform's keys: %w", ctx.Err())
			}
		case usable:
			return nil, because(ErrUnknownKey, "the platform's JWK Set has no such kid")
		default:
			return nil, because(ErrUnavailable, "fetch the platform's keys: %w", failure)
		}
	}
}

// refresh fetches the set for everybody who waits for it, so it goes on if the caller
// goes away; the fetch has a time-out of its own.
func (s *keySource) refresh(ctx context.Context) {
	set, err := jose.Set{}, errors.New("the fetch broke off")
	defer func() { // also if the transport panics: others wait
		s.mu.Lock()
		defer s.mu.Unlock()
		now := s.now()
		s.next, s.failure = now.Add(retryPause), err
		if err == nil {
			s.set, s.fetched, s.next = set, now, now.Add(fetchPause)
		}
		close(s.flight)
		s.flight = nil
	}()
	set, err = s.fetch(context.WithoutCancel(ctx))
	if err == nil && len(set.Keys()) == 0 {
		err = errors.Join(append([]error{errors.New("the JWK Set has no usable key")}, set.Dropped()...)...)
	}
}
