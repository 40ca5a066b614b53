package lease

import (
	"context"
	"time"
)

// follow looks at the log until ctx ends.
func (s *Store) follow(ctx context.Context) {
	defer close(s.done)
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		s.look(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look applies what is new in the log and renews the lease; if the lease had ended, nothing
// that was kept can be trusted any more: entries of the log may have been swept since.
func (s *Store) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	start := s.now() // before the question is sent, and before it is seen that the log has no gap
	if !within(s.lease(), start) {
		s.begin(ctx)
		return
	}
	for {
		revoked, err := s.Shared.RevocationsAfter(ctx, s.applied(), batch)
		if err != nil {
			return // the lease ends by itself
		}
		s.kept.forget(revoked)
		if len(revoked) < batch {
			s.renew(start, revoked)
			return
		}
		s.advance(revoked)
	}
}

// begin forgets everything and starts at the end of the log.
func (s *Store) begin(ctx context.Context) {
	s.lapse()
	start := s.now()
	seq, err := s.Shared.LastRevocation(ctx)
	if err != nil {
		return
	}
	// What is read from the store from here on is newer than seq. What was read while
	// there was no lease, and is kept since, is not.
	s.kept.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start, s.seq = start, seq
}

// lapse ends the lease.
func (s *Store) lapse() {
	s.mu.Lock()
	s.start = time.Time{}
	s.mu.Unlock()
	if s.kept != nil {
		s.kept.clear()
	}
}

func (s *Store) applied() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seq
}

func (s *Store) advance(revoked []Revocation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(revoked); n > 0 {
		s.seq = revoked[n-1].Seq
	}
}

// renew gives a lease from start on.
func (s *Store) renew(start time.Time, revoked []Revocation) {
	s.advance(revoked)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start = start
}
