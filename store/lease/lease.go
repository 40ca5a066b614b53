package lease

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	// Length is how long a lease lasts. It is no setting: all nodes of one store must
	// agree on it, or a revocation would be answered too early for one of them.
	Length = 250 * time.Millisecond
	// pause is between two looks at the log, and askTimeout what one may take.
	pause      = 50 * time.Millisecond
	askTimeout = 100 * time.Millisecond
	// memory is for how long after its last look a node that has lost its lease may keep
	// what it knows and catch up. It is shorter than it takes to restore a database.
	memory = 10 * time.Second
	// batch is how many revocations are taken at a time.
	batch = 1000
)

// Revocation is an entry of the log.
type Revocation struct {
	Seq   int64    // above that of every revocation committed before
	Token store.ID // the access token that was revoked
}

// Shared is a store that several nodes use.
type Shared interface {
	store.Store
	// RevocationsAfter returns at most limit entries whose Seq is above seq, in order.
	RevocationsAfter(ctx context.Context, seq int64, limit int) ([]Revocation, error)
	// LastRevocation returns the highest Seq; zero if nothing was ever revoked.
	LastRevocation(ctx context.Context) (int64, error)
}

// Config says how a store is wrapped.
type Config struct {
	Store Shared
	// Entries is how many access tokens are kept; zero means none: every read goes to the
	// store. Revocations wait all the same, since other nodes may keep some.
	Entries int
	// Now tells elapsed time, with a monotonic reading; nil means time.Now. A wall clock
	// that jumps ends a lease early and never makes it longer.
	Now func() time.Time
}

// Store is a store.Store that answers AccessToken from memory while it may. It may be
// used by many goroutines. Close ends it together with the store below.
type Store struct {
	Shared
	now    func() time.Time
	kept   *kept
	cancel context.CancelFunc
	done   chan struct{} // closed when the follower has ended; nil without one

	mu    sync.RWMutex // guards the rest
	start time.Time    // when the look began that gave the lease; zero: there is none
	// looked is when the last look began that was answered, also if the lease has ended
	// since; zero if what is kept is not to be trusted.
	looked time.Time
	seq    int64       // up to where the log is applied
	mark   *Revocation // the entry of that number, by which the log is known again; nil: not known
}

// New returns the wrapped store and begins to follow the log.
func New(cfg Config) (*Store, error) {
	if cfg.Store == nil {
		return nil, errors.New("lease: Config.Store is nil")
	}
	if cfg.Entries < 0 {
		return nil, fmt.Errorf("lease: Config.Entries %d: want 0 or more", cfg.Entries)
	}
	s := &Store{Shared: cfg.Store, now: cfg.Now}
	if s.now == nil {
		s.now = time.Now
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	if cfg.Entries > 0 {
		s.kept = newKept(cfg.Entries)
		s.done = make(chan struct{})
		go s.follow(ctx)
	}
	return s, nil
}

// Close ends the lease, the follower and the store below.
func (s *Store) Close() error {
	s.cancel()
	if s.done != nil {
		<-s.done
	}
	s.lapse()
	return s.Shared.Close()
}

// Leased says whether access tokens may be answered from memory now.
func (s *Store) Leased() bool { return within(s.lease(), s.now(), Length) }

// lease returns when the lease began; zero if there is none.
func (s *Store) lease() time.Time {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.start
}

// within says whether less than length has passed from start to now by either clock, as for a
// lease that began at start. The monotonic one stands still while a machine sleeps, and the wall clock
// jumps; the lease ends by the first.
func within(start, now time.Time, length time.Duration) bool {
	wall := now.Round(0).Sub(start.Round(0))
	return !start.IsZero() && now.Sub(start) < length && wall < length && wall > -length
}

// AccessToken implements store.Tokens.
func (s *Store) AccessToken(ctx context.Context, id store.ID) (store.AccessToken, error) {
	if s.kept == nil {
		return s.Shared.AccessToken(ctx, id)
	}
	// The same lease must have begun before the token was looked up and hold afterwards: a
	// later one would vouch for what it has made us forget in between.
	start := s.lease()
	if t, ok := s.kept.get(id); ok && within(start, s.now(), Length) {
		return t, nil
	}
	applied := s.kept.applied()
	t, err := s.Shared.AccessToken(ctx, id)
	if err == nil && t.RevokedAt.IsZero() {
		s.kept.put(t, applied)
	}
	return t, err
}

// RevokeAccessToken implements store.Tokens. It returns when no node accepts the token any
// more.
func (s *Store) RevokeAccessToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	return s.held(ctx, s.Shared.RevokeAccessToken(ctx, id, now, cause))
}

// RevokeRefreshToken implements store.Tokens, as RevokeAccessToken.
func (s *Store) RevokeRefreshToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	return s.held(ctx, s.Shared.RevokeRefreshToken(ctx, id, now, cause))
}

// Deauthorize implements store.Grants, as RevokeAccessToken.
func (s *Store) Deauthorize(ctx context.Context, personID, channelID string, now time.Time) error {
	return s.held(ctx, s.Shared.Deauthorize(ctx, personID, channelID, now))
}

// Withdraw implements store.Removal, as RevokeAccessToken. It waits also if it withdrew
// nothing: another call may have, and may still be waiting.
func (s *Store) Withdraw(ctx context.Context, personID, channelID string, now time.Time, limit int) (int, error) {
	n, err := s.Shared.Withdraw(ctx, personID, channelID, now, limit)
	return n, s.held(ctx, err)
}

// held waits after a revocation until every lease that does not know of it has ended. It
// waits as well after one whose outcome is not known, and after one that was revoked before:
// that call may still be waiting.
func (s *Store) held(ctx context.Context, err error) error {
	if err != nil && !errors.Is(err, store.ErrUnknown) {
		return err
	}
	wait := time.NewTimer(Length + askTimeout)
	defer wait.Stop()
	select {
	case <-wait.C:
		return err
	case <-ctx.Done():
		return errors.Join(err, fmt.Errorf("revoked, but not yet on every node: %w", ctx.Err()))
	}
}
