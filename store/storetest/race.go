package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/store"
)

// callers is how many callers race.
const callers = 64

// rounds is how often a race is run: one that is lost seldom must be lost in the
// suite, not in service.
const rounds = 20

// race lets callers call at once and returns their errors.
func race(call func(n int) error) []error {
	var wg sync.WaitGroup
	var ready atomic.Int32
	errs := make([]error, callers)
	for n := range callers {
		wg.Go(func() {
			// They turn on the spot until the last has come, so that as many start
			// in the same instant as there are processors.
			for ready.Add(1); ready.Load() < callers; {
				runtime.Gosched()
			}
			errs[n] = call(n)
		})
	}
	wg.Wait()
	return errs
}

// oneWins notes that not exactly one caller won, or that a loser got another error
// than want. It returns the winner.
func (s *stage) oneWins(errs []error, want error) int {
	s.Helper()
	winner, winners := -1, 0
	for n, err := range errs {
		switch {
		case err == nil:
			winner = n
			winners++
		case !errors.Is(err, want):
			s.Errorf("caller %d: got error %v, want %v", n, err, want)
		}
	}
	if winners != 1 {
		s.Fatalf("%d callers won, want 1", winners)
	}
	return winner
}

var raceCases = []testCase{
	{"one caller redeems a code", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.ok(s.CreateCode(s.ctx, code(1, hanako, shop)))
		winner := s.oneWins(race(func(n int) error {
			return s.RedeemCode(s.ctx, id(1), start, access(n, hanako, shop, id(1000+n)), refresh(1000+n, hanako, shop))
		}), store.ErrUsed)
		for n := range callers {
			want := store.ErrNotFound
			if n == winner {
				want = nil
			}
			_, err := s.AccessToken(s.ctx, id(n))
			s.is("AccessToken", err, want)
			_, err = s.RefreshToken(s.ctx, id(1000+n))
			s.is("RefreshToken", err, want)
		}
	}},
	{"one caller finishes a transaction", func(s *stage) {
		s.world()
		s.ok(s.CreateTransaction(s.ctx, transaction(1)))
		winner := s.oneWins(race(func(n int) error {
			c := code(n, hanako, shop)
			return s.FinishTransaction(s.ctx, hash(1), start, &c)
		}), store.ErrUsed)
		for n := range callers {
			want := store.ErrNotFound
			if n == winner {
				want = nil
			}
			_, err := s.Code(s.ctx, id(n), start)
			s.is("Code", err, want)
		}
	}},
	{"one caller uses an assertion", func(s *stage) {
		s.world()
		s.oneWins(race(func(n int) error {
			return s.UseAssertion(s.ctx, shop, "jti", start, after(n+1))
		}), store.ErrUsed)
	}},
	{"one caller replaces the key ring", func(s *stage) {
		for version := range int64(3) {
			winner := s.oneWins(race(func(n int) error {
				return s.ReplaceKeyRing(s.ctx, version, []store.Key{{ID: fmt.Sprint(n)}})
			}), store.ErrConflict)
			ring, err := s.KeyRing(s.ctx)
			s.same("KeyRing", ring, err, store.KeyRing{Version: version + 1, Keys: []store.Key{{ID: fmt.Sprint(winner)}}})
		}
	}},
	{"all callers get one user ID", func(s *stage) {
		s.world()
		for round := range 10 * rounds {
			userIDRace(s, fmt.Sprintf("person-%d", round))
		}
	}},
	{"one caller takes a handle", func(s *stage) {
		s.oneWins(race(func(n int) error {
			return s.CreatePerson(s.ctx, store.Person{ID: fmt.Sprint(n), Handle: "same"})
		}), store.ErrExists)
		all, err := s.People(s.ctx)
		s.same("People", len(all), err, 1)
	}},
	{"one caller changes a channel", func(s *stage) {
		s.world()
		winner := s.oneWins(race(func(n int) error {
			return s.UpdateChannel(s.ctx, store.Channel{ID: shop, ProviderID: provider, Name: fmt.Sprint(n), Version: 1})
		}), store.ErrConflict)
		c, err := s.Channel(s.ctx, shop)
		s.same("Channel", c, err, store.Channel{ID: shop, ProviderID: provider, Name: fmt.Sprint(winner), Version: 2})
	}},
	{"limits hold", func(s *stage) {
		s.world()
		apps := race(func(n int) error { return s.CreateLIFFApp(s.ctx, app(n, shop), 5) })
		tokens := race(func(n int) error {
			return s.AddChannelToken(s.ctx, channelToken(n%8, store.ChannelTokenV21), 5, false)
		})
		for what, errs := range map[string][]error{"apps": apps, "channel tokens": tokens} {
			made := 0
			for _, err := range errs {
				if err == nil {
					made++
				} else if !errors.Is(err, store.ErrLimit) && !errors.Is(err, store.ErrExists) {
					s.Errorf("%s: got error %v", what, err)
				}
			}
			if made != 5 {
				s.Errorf("%s: %d were made, want 5", what, made)
			}
		}
	}},
	{"events have numbers of their own", func(s *stage) {
		for _, err := range race(func(n int) error { return s.AddEvent(s.ctx, store.Event{Time: start, Status: n}) }) {
			s.ok(err)
		}
		all, err := s.EventsAfter(s.ctx, 0, 2*callers)
		s.ok(err)
		seen := map[int]bool{}
		for n, e := range all {
			seen[e.Status] = true
			if n > 0 && e.Seq <= all[n-1].Seq {
				s.Errorf("number %d after %d", e.Seq, all[n-1].Seq)
			}
		}
		if len(seen) != callers {
			s.Errorf("%d events are there, want %d", len(seen), callers)
		}
	}},
	{"nothing issued survives deauthorize", func(s *stage) {
		s.world()
		for round := 1; round <= rounds; round++ {
			deauthorizeRace(s, round*10_000)
		}
	}},
	{"no access token survives its refresh token", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		for round := 1; round <= rounds; round++ {
			revokeRace(s, round*10_000)
		}
	}},
}

// userIDRace gives a person the first user ID, by many candidates at once.
func userIDRace(s *stage, person string) {
	s.Helper()
	s.ok(s.CreatePerson(s.ctx, store.Person{ID: person}))
	got := make([]string, callers)
	candidate := func(n int) string { return fmt.Sprintf("U-%s-%d", person, n) }
	for n, err := range race(func(n int) (err error) {
		got[n], err = s.UserID(s.ctx, person, provider, candidate(n))
		return err
	}) {
		if err != nil || got[n] != got[0] || got[n] == "" {
			s.Fatalf("caller %d got %q, %v; caller 0 got %q", n, got[n], err, got[0])
		}
	}
	for n := range callers {
		owner, err := s.PersonOf(s.ctx, provider, candidate(n))
		if candidate(n) == got[0] {
			s.same("PersonOf", owner, err, person)
		} else {
			s.is("PersonOf a candidate that lost", err, store.ErrNotFound)
		}
	}
}

// deauthorizeRace withdraws a consent while codes are redeemed and tokens refreshed.
func deauthorizeRace(s *stage, base int) {
	s.Helper()
	s.consent(hanako, shop)
	s.login(base, hanako, shop)
	for n := 1; n < callers; n++ {
		s.ok(s.CreateCode(s.ctx, code(base+n, hanako, shop)))
	}
	var done atomic.Bool
	errs := race(func(n int) error {
		switch {
		case n == callers/2:
			err := s.Deauthorize(s.ctx, hanako, shop, after(1))
			done.Store(true)
			return err
		case n%3 == 0:
			return s.raced(&done, s.AddAccessToken, access(base+n+1, hanako, shop, id(base)))
		case n%3 == 1:
			return s.raced(&done, s.AddAccessToken, access(base+n+1, hanako, shop, store.ID{}))
		default:
			t := access(base+n+1, hanako, shop, id(base+n+1))
			return s.RedeemCode(s.ctx, id(base+n), start, t, refresh(base+n+1, hanako, shop))
		}
	})
	for n, err := range errs {
		if n == callers/2 {
			s.ok(err)
		} else if err != nil && !errors.Is(err, store.ErrRevoked) {
			s.Errorf("caller %d: got error %v, want none or %v", n, err, store.ErrRevoked)
		}
		s.dead(base + n + 1)
	}
}

// raced adds a token and notes that it was added though done was set before.
func (s *stage) raced(done *atomic.Bool, add func(context.Context, store.AccessToken, time.Time) error, t store.AccessToken) error {
	late := done.Load()
	err := add(s.ctx, t, start)
	if late && err == nil {
		s.Errorf("access token %x was added after the revocation had answered", t.ID)
	}
	return err
}

// dead notes that a token with the number n is live.
func (s *stage) dead(n int) {
	s.Helper()
	if t, err := s.AccessToken(s.ctx, id(n)); err == nil && t.RevokedAt.IsZero() {
		s.Errorf("access token %d survived", n)
	}
	if t, err := s.RefreshToken(s.ctx, id(n)); err == nil && t.RevokedAt.IsZero() {
		s.Errorf("refresh token %d survived", n)
	}
}

// revokeRace revokes a refresh token while others refresh.
func revokeRace(s *stage, base int) {
	s.Helper()
	s.login(base, hanako, shop)
	var done atomic.Bool
	for n, err := range race(func(n int) error {
		if n == callers/2 {
			err := s.RevokeRefreshToken(s.ctx, id(base), after(1), "revoke")
			done.Store(true)
			return err
		}
		return s.raced(&done, s.AddAccessToken, access(base+n+1, hanako, shop, id(base)))
	}) {
		if n == callers/2 {
			s.ok(err)
		} else if err != nil && !errors.Is(err, store.ErrRevoked) {
			s.Errorf("caller %d: got error %v, want none or %v", n, err, store.ErrRevoked)
		}
		s.dead(base + n + 1)
	}
	s.dead(base)
}
