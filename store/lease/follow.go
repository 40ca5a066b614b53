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

// look applies what is new in the log and renews the lease.
func (s *Store) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	start := s.now() // before the question is sent, and before it is seen that the log has no gap
	if !within(s.lease(), start, Length) {
		s.regain(ctx, start)
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

// regain begins a new lease where one has ended. If that was a moment ago, and the log has
// everything since, the node keeps what it knows: else a database that stalls would be asked
// for everything by every node at once when it comes back.
func (s *Store) regain(ctx context.Context, start time.Time) {
	if within(s.end(), start, memory) {
		whole, err := s.catchUp(ctx, start)
		if whole || err != nil {
			return
		}
	}
	s.begin(ctx)
}

// catchUp applies everything up to the end of the log and renews the lease. It is false if
// the log does not begin where this node has left off, or is another one, as that of a
// restored database or of a standby that took over: what is kept cannot be trusted then.
func (s *Store) catchUp(ctx context.Context, start time.Time) (whole bool, err error) {
	last, err := s.Shared.LastRevocation(ctx)
	if err != nil {
		return false, err
	}
	applied := s.applied()
	if known, err := s.known(ctx, applied); err != nil || !known {
		return false, err
	}
	for applied < last {
		revoked, err := s.Shared.RevocationsAfter(ctx, applied, batch)
		if err != nil {
			return false, err
		}
		// Numbers have no holes, and entries are swept from the lowest on.
		if len(revoked) == 0 || revoked[0].Seq != applied+1 {
			return false, nil
		}
		s.kept.forget(revoked)
		s.advance(revoked)
		applied = s.applied()
	}
	s.renew(start, nil)
	return true, nil
}

// known says whether the log holds the entry up to which it is applied. A standby that takes
// over may not have heard of the last entries, and may have given their numbers to others.
func (s *Store) known(ctx context.Context, seq int64) (bool, error) {
	if seq == 0 {
		return true, nil // of an empty log nothing can have been lost
	}
	entry, err := s.entry(ctx, seq)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return err == nil && entry != nil && s.mark != nil && *entry == *s.mark, err
}

// entry returns the entry of a number; nil if it is swept.
func (s *Store) entry(ctx context.Context, seq int64) (*Revocation, error) {
	found, err := s.Shared.RevocationsAfter(ctx, seq-1, 1)
	if err != nil || len(found) == 0 || found[0].Seq != seq {
		return nil, err
	}
	return &found[0], nil
}

// begin forgets everything and starts at the end of the log.
func (s *Store) begin(ctx context.Context) {
	s.lapse()
	start := s.now()
	seq, err := s.Shared.LastRevocation(ctx)
	if err != nil {
		return
	}
	mark, err := s.entry(ctx, seq)
	if err != nil {
		return
	}
	// What is read from the store from here on is newer than seq. What was read while
	// there was no lease, and is kept since, is not.
	s.kept.clear()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start, s.looked, s.seq, s.mark = start, start, seq, mark
}

// end ends the lease without forgetting anything, and says when the last look began that
// was answered; zero: never.
func (s *Store) end() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start = time.Time{}
	return s.looked
}

// lapse ends the lease and forgets everything.
func (s *Store) lapse() {
	s.mu.Lock()
	s.start, s.looked = time.Time{}, time.Time{}
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
		s.seq, s.mark = revoked[n-1].Seq, &revoked[n-1]
	}
}

// renew gives a lease from start on.
func (s *Store) renew(start time.Time, revoked []Revocation) {
	s.advance(revoked)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.start, s.looked = start, start
}
