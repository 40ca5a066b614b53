package tegata

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/lineapi"
)

const (
	// keysFresh is how long a JWK Set is used without a look at a newer one, unless its
	// Cache-Control says otherwise within the bounds below; so long may a key that the
	// platform has withdrawn still be taken.
	keysFresh    = 5 * time.Minute
	minKeysFresh = fetchPause
	maxKeysFresh = 15 * time.Minute
	// keysUsable is how long it is used if no newer one can be had.
	keysUsable = time.Hour
	// fetchPause is the least time between two fetches, so that tokens with invented
	// key IDs cost the platform nothing. After a failure it is shorter.
	fetchPause = 10 * time.Second
	retryPause = time.Second
)

var errNoKey = errors.New("the JWK Set has no usable key")

// keySource keeps the platform's JWK Set. A newer set takes the place of the older
// one, so that a withdrawn key is forgotten. No lock is held over the network.
type keySource struct {
	fetch func(context.Context) (lineapi.KeySet, error)
	now   func() time.Time // elapsed time only; it never follows Config.Now

	mu      sync.RWMutex // guards the rest
	set     jose.Set
	ahead   time.Time     // from here on a newer set is looked for in the background
	stale   time.Time     // from here on nothing is taken without a look at a newer set
	end     time.Time     // the set is not used any more; zero: there is none
	next    time.Time     // no fetch begins before
	flight  chan struct{} // closed when the fetch that is under way has ended; nil: none
	failure error         // of the last fetch
}

// start gives a set of unknown age to begin with: it is used, but the first token has a
// newer one looked for.
func (s *keySource) start(set jose.Set) {
	now := s.now()
	s.set, s.ahead, s.stale, s.end = set, now, now, now.Add(keysUsable)
}

// key returns the key of a kid, fetching the JWK Set if that may help.
func (s *keySource) key(ctx context.Context, kid string) (*jose.PublicKey, error) {
	if kid == "" {
		return nil, because(ErrUnknownKey, "the token names no key")
	}
	s.mu.RLock()
	key, known := s.set.Key(kid)
	now := s.now()
	rested := known && now.Before(s.ahead)
	s.mu.RUnlock()
	if rested {
		return key, nil
	}
	return s.look(ctx, kid)
}

// look is key when a fetch may be due. It waits for at most one fetch: its own or that
// of somebody else.
func (s *keySource) look(ctx context.Context, kid string) (*jose.PublicKey, error) {
	for waited := false; ; waited = true {
		s.mu.Lock()
		now := s.now()
		usable := now.Before(s.end)
		key, known := s.set.Key(kid)
		known = known && usable
		flight, failure := s.flight, s.failure
		mine := flight == nil && !waited && !now.Before(s.next) && !(known && now.Before(s.ahead))
		if mine {
			flight = make(chan struct{})
			s.flight = flight
			go s.refresh(context.WithoutCancel(ctx)) // ends by the client's own time-out
		}
		// A key that was withdrawn is found out before it is taken, unless the platform could
		// not be asked the last time; while the set is fresh nobody waits.
		wait := flight != nil && !waited && !(known && (now.Before(s.stale) || failure != nil))
		s.mu.Unlock()
		switch {
		case wait:
			select {
			case <-flight:
			case <-ctx.Done():
				return nil, because(ErrUnavailable, "wait for the platform's keys: %w", ctx.Err())
			}
		case known:
			return key, nil
		case usable:
			return nil, because(ErrUnknownKey, "the platform's JWK Set has no such kid")
		default:
			return nil, because(ErrUnavailable, "fetch the platform's keys: %w", failure)
		}
	}
}

// refresh fetches the set for everybody who waits for it.
func (s *keySource) refresh(ctx context.Context) {
	set, err := s.ask(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	s.next, s.failure = now.Add(retryPause), err
	if err == nil {
		fresh := freshFor(set.Age)
		s.set, s.next = set.Set, now.Add(fetchPause)
		s.ahead, s.stale, s.end = now.Add(fresh-fresh/5), now.Add(fresh), now.Add(keysUsable)
	}
	close(s.flight)
	s.flight = nil
}

// ask fetches the set. A transport that panics fails like one that errs: nobody would
// catch it here, and others wait.
func (s *keySource) ask(ctx context.Context) (set lineapi.KeySet, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("Config.Transport panics: %v", p)
		}
	}()
	set, err = s.fetch(ctx)
	if err == nil && len(set.Keys()) == 0 {
		err = errors.Join(append([]error{errNoKey}, set.Dropped()...)...)
	}
	return set, err
}

// freshFor brings what the platform says of its set within bounds.
func freshFor(age time.Duration) time.Duration {
	if age < 0 {
		return keysFresh
	}
	return min(max(age, minKeysFresh), maxKeysFresh)
}
