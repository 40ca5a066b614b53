package lease_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/lease"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/store/storetest"
)

// shared is a memory store with a log of revocations, which stands for a database that
// several nodes use.
type shared struct {
	store.Store
	mu    sync.Mutex
	log   []lease.Revocation
	swept int64 // entries with this number and below are gone
}

func (s *shared) RevokeAccessToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	s.mu.Lock() // a revocation and its entry are one step
	defer s.mu.Unlock()
	if err := s.Store.RevokeAccessToken(ctx, id, now, cause); err != nil {
		return err
	}
	s.log = append(s.log, lease.Revocation{Seq: int64(len(s.log) + 1), Token: id})
	return nil
}

func (s *shared) RevocationsAfter(_ context.Context, seq int64, limit int) ([]lease.Revocation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := s.log[min(int(max(seq, s.swept)), len(s.log)):]
	return rest[:min(limit, len(rest))], nil
}

func (s *shared) LastRevocation(context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.log)), nil
}

// link is one node's connection to the database, which can be cut and slowed.
type link struct {
	*shared
	cut   atomic.Bool
	reads atomic.Int64
	after func() // called when a token has been read, before it is handed over
}

var errCut = errors.New("no connection")

func (l *link) AccessToken(ctx context.Context, id store.ID) (store.AccessToken, error) {
	if l.cut.Load() {
		return store.AccessToken{}, errCut
	}
	l.reads.Add(1)
	t, err := l.shared.AccessToken(ctx, id)
	if l.after != nil {
		l.after()
	}
	return t, err
}

func (l *link) RevocationsAfter(ctx context.Context, seq int64, limit int) ([]lease.Revocation, error) {
	if l.cut.Load() {
		<-ctx.Done()
		return nil, errCut
	}
	return l.shared.RevocationsAfter(ctx, seq, limit)
}

func (l *link) LastRevocation(ctx context.Context) (int64, error) {
	if l.cut.Load() {
		return 0, errCut
	}
	return l.shared.LastRevocation(ctx)
}

func (l *link) Close() error { return nil } // the database outlives its nodes

// database returns a store with n live access tokens.
func database(t *testing.T, n int) (*shared, []store.ID) {
	t.Helper()
	db := &shared{Store: memory.New(memory.Config{})}
	if err := storetest.Consent(t.Context(), db, "c", "p"); err != nil {
		t.Fatal(err)
	}
	ids := make([]store.ID, n)
	for i := range ids {
		ids[i] = store.ID{0: 1, 14: byte(i >> 8), 15: byte(i)}
		token := store.AccessToken{ID: ids[i], PersonID: "p", ChannelID: "c", Scopes: []string{"profile"}, ExpiresAt: time.Now().Add(time.Hour)}
		if err := db.AddAccessToken(t.Context(), token, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	return db, ids
}

// node returns a node of the database that keeps that many tokens.
func node(t *testing.T, db *shared, entries int) (*lease.Store, *link) {
	t.Helper()
	l := &link{shared: db}
	s, err := lease.New(lease.Config{Store: l, Entries: entries})
	if err != nil {
		t.Fatal(err)
	}
	return s, l
}

// live says whether a node takes a token.
func live(t *testing.T, s *lease.Store, id store.ID) bool {
	t.Helper()
	token, err := s.AccessToken(t.Context(), id)
	if err != nil && !errors.Is(err, errCut) {
		t.Errorf("AccessToken: %v", err)
	}
	return err == nil && token.RevokedAt.IsZero()
}

// TestKept: a token that was asked for once is answered from memory, to each caller his own.
func TestKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, ids := database(t, 1)
		s, l := node(t, db, 100)
		defer func() { _ = s.Close() }()
		synctest.Wait()
		for range 100 {
			token, err := s.AccessToken(t.Context(), ids[0])
			if err != nil || len(token.Scopes) != 1 || token.Scopes[0] != "profile" {
				t.Fatalf("AccessToken = %+v, %v", token, err)
			}
			token.Scopes[0] = "evil"
			time.Sleep(time.Second) // the lease is renewed all the time
		}
		if n := l.reads.Load(); n != 1 {
			t.Errorf("%d reads of the store, want 1", n)
		}
		if _, err := s.AccessToken(t.Context(), store.ID{}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown token: %v, want ErrNotFound", err)
		}
	})
}

// TestRevokedEverywhere: when a revocation has been answered, no node takes the token, not
// even one whose connection was cut before, at any time around it.
func TestRevokedEverywhere(t *testing.T) {
	t.Parallel()
	for _, cutBefore := range []time.Duration{0, 10 * time.Millisecond, 49 * time.Millisecond, 51 * time.Millisecond, 99 * time.Millisecond, 249 * time.Millisecond, time.Hour} {
		t.Run(fmt.Sprint(cutBefore), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				db, ids := database(t, 1)
				a, _ := node(t, db, 100)
				b, _ := node(t, db, 100)
				c, cLink := node(t, db, 100)
				for _, s := range []*lease.Store{a, b, c} {
					defer func() { _ = s.Close() }()
				}
				time.Sleep(123 * time.Millisecond)
				for i, s := range []*lease.Store{a, b, c} {
					if !live(t, s, ids[0]) || !s.Leased() {
						t.Fatalf("node %d does not take a live token from memory", i)
					}
				}
				cLink.cut.Store(true)
				time.Sleep(cutBefore)
				begun := time.Now()
				if err := a.RevokeAccessToken(t.Context(), ids[0], begun, "revoke"); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(begun); took != lease.Length+100*time.Millisecond {
					t.Errorf("revoke took %v", took)
				}
				for i, s := range []*lease.Store{a, b, c} {
					if live(t, s, ids[0]) {
						t.Errorf("node %d takes the token after the revocation was answered", i)
					}
				}
				cLink.cut.Store(false)
				for range 20 {
					if live(t, c, ids[0]) {
						t.Fatal("the node that was cut off takes the token when it is back")
					}
					time.Sleep(17 * time.Millisecond)
				}
			})
		})
	}
}

// TestCutOff: a node that cannot reach the store answers from memory until its lease ends,
// then not at all.
func TestCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, ids := database(t, 1)
		s, l := node(t, db, 100)
		defer func() { _ = s.Close() }()
		synctest.Wait()
		if !live(t, s, ids[0]) {
			t.Fatal("not live")
		}
		l.cut.Store(true)
		last := time.Now()
		for live(t, s, ids[0]) {
			time.Sleep(time.Millisecond)
		}
		if took := time.Since(last); took > lease.Length || took < lease.Length-60*time.Millisecond {
			t.Errorf("it took tokens for %v without the store, want about %v and no more", took, lease.Length)
		}
		l.cut.Store(false)
		time.Sleep(200 * time.Millisecond)
		if !live(t, s, ids[0]) || !s.Leased() {
			t.Error("a live token is not taken when the store is back")
		}
	})
}

// TestCatchUp: a node that has lost its lease for a moment keeps what it knows, but for what
// was revoked meanwhile; it forgets everything if the log has a gap or is another one, or if it
// was away for longer.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		away  time.Duration
		then  func(*shared)
		reads int64 // of the store, for what was kept and for what was revoked
	}{
		"a moment":                {2 * time.Second, func(*shared) {}, 1500},
		"too long":                {11 * time.Second, func(*shared) {}, 3000},
		"the log has a gap":       {2 * time.Second, func(s *shared) { s.swept = 2 }, 3000},
		"the whole log was swept": {2 * time.Second, func(s *shared) { s.swept = 1501 }, 3000},
		"the log is another one": {2 * time.Second, func(s *shared) {
			s.log = s.log[:0]
		}, 3000},
		// As when a standby takes over that had not heard of the last revocations, and others
		// have been given their numbers since.
		"the log has another end": {2 * time.Second, func(s *shared) {
			s.log[0].Token = store.ID{15: 9}
		}, 3000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				db, ids := database(t, 3000)
				// So that an empty log is not the one that the node has seen.
				db.log = append(db.log, lease.Revocation{Seq: 1})
				s, l := node(t, db, 100_000)
				defer func() { _ = s.Close() }()
				synctest.Wait()
				for _, id := range ids {
					live(t, s, id)
				}
				l.cut.Store(true)
				for _, id := range ids[:1500] {
					if err := db.RevokeAccessToken(t.Context(), id, time.Now(), "revoke"); err != nil {
						t.Fatal(err)
					}
				}
				time.Sleep(c.away)
				if s.Leased() {
					t.Fatal("a node that is cut off has a lease")
				}
				db.mu.Lock()
				c.then(db)
				db.mu.Unlock()
				l.cut.Store(false)
				time.Sleep(200 * time.Millisecond)
				if !s.Leased() {
					t.Fatal("no lease when the store is back")
				}
				l.reads.Store(0)
				for i, id := range ids {
					if got, want := live(t, s, id), i >= 1500; got != want {
						t.Fatalf("token %d is taken: %v, want %v", i, got, want)
					}
				}
				if n := l.reads.Load(); n != c.reads {
					t.Errorf("%d reads of the store, want %d", n, c.reads)
				}
			})
		})
	}
}

// TestLateRead: a token that was read before its revocation and arrives after it was applied
// is not kept.
func TestLateRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, ids := database(t, 2)
		s, l := node(t, db, 100)
		defer func() { _ = s.Close() }()
		synctest.Wait()
		l.after = func() {
			l.after = nil
			if err := db.RevokeAccessToken(t.Context(), ids[0], time.Now(), "revoke"); err != nil {
				t.Error(err)
			}
			time.Sleep(80 * time.Millisecond) // the follower has seen it
		}
		if !live(t, s, ids[0]) {
			t.Fatal("what was read before the revocation: want it live, since the request began before")
		}
		if live(t, s, ids[0]) {
			t.Error("a late read was kept")
		}
	})
}

// TestClocks: a wall clock that jumps, or one that stood still while the machine slept, ends
// the lease and makes it no longer.
func TestClocks(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"forward": time.Hour, "back": -time.Hour, "a little": 300 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				db, ids := database(t, 1)
				var wall atomic.Int64
				l := &link{shared: db}
				s, err := lease.New(lease.Config{Store: l, Entries: 10, Now: func() time.Time {
					now := time.Now()
					if d := wall.Load(); d != 0 {
						now = now.Round(0).Add(time.Duration(d)) // without a monotonic reading
					}
					return now
				}})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = s.Close() }()
				synctest.Wait()
				if !live(t, s, ids[0]) || !s.Leased() {
					t.Fatal("no lease")
				}
				wall.Store(int64(jump))
				if s.Leased() {
					t.Error("the lease survives the jump")
				}
				time.Sleep(time.Second)
				if !live(t, s, ids[0]) {
					t.Error("a live token is not taken after the jump")
				}
			})
		})
	}
}

// TestManyRevocations goes through the log in several looks, and forgets no more than what
// was revoked.
func TestManyRevocations(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, ids := database(t, 3000)
		s, l := node(t, db, 10000)
		defer func() { _ = s.Close() }()
		synctest.Wait()
		for _, id := range ids {
			live(t, s, id)
		}
		for _, id := range ids[:2500] {
			if err := db.RevokeAccessToken(t.Context(), id, time.Now(), "revoke"); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(lease.Length)
		l.reads.Store(0)
		for i, id := range ids {
			if got, want := live(t, s, id), i >= 2500; got != want {
				t.Fatalf("token %d is taken: %v, want %v", i, got, want)
			}
		}
		if n := l.reads.Load(); n != 2500 {
			t.Errorf("%d reads of the store, want one for each of the 2500 that were revoked", n)
		}
	})
}

// TestBounded keeps no more than it was told, and none without Entries.
func TestBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, ids := database(t, 1000)
		s, l := node(t, db, 64)
		defer func() { _ = s.Close() }()
		none, noneLink := node(t, db, 0)
		synctest.Wait()
		for range 2 {
			for _, id := range ids {
				live(t, s, id)
				live(t, none, id)
			}
		}
		if n := l.reads.Load(); n < 2000-64 {
			t.Errorf("%d reads of 2000, so more than 64 tokens were kept", n)
		}
		if n := noneLink.reads.Load(); n != 2000 || none.Leased() {
			t.Errorf("%d reads of 2000 without Entries, leased %v", n, none.Leased())
		}
	})
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]lease.Config{"no store": {}, "negative": {Store: &link{}, Entries: -1}} {
		if s, err := lease.New(cfg); err == nil || s != nil {
			t.Errorf("%s: %v, %v; want an error", name, s, err)
		}
	}
}

// TestWithdrawWaits: an operator's removal answers when no lease is left that does not
// know of it.
func TestWithdrawWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := lease.New(lease.Config{Store: &shared{Store: memory.New(memory.Config{})}})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		if _, err := s.Withdraw(t.Context(), "person", "", begin, 1); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(begin); waited < lease.Length {
			t.Errorf("answered after %v, want at least %v", waited, lease.Length)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
