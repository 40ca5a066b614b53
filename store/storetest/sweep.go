package storetest

import (
	"fmt"
	"time"

	"github.com/tegata-id/tegata/store"
)

// expiring adds one record of every kind that expires, all at the same second.
func (s *stage) expiring(n int, expires time.Time) {
	s.Helper()
	s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(n), PersonID: hanako, ExpiresAt: expires}))
	t := transaction(n)
	t.ExpiresAt = expires
	s.ok(s.CreateTransaction(s.ctx, t))
	c := code(n, hanako, shop)
	c.ExpiresAt = expires
	s.ok(s.CreateCode(s.ctx, c))
	a, r := access(n, hanako, shop, id(n)), refresh(n, hanako, shop)
	a.ExpiresAt, r.ExpiresAt = expires, expires
	s.ok(s.RedeemCode(s.ctx, id(n), start, a, r))
	k := channelToken(n, store.ChannelTokenV21)
	k.ExpiresAt = expires
	s.ok(s.AddChannelToken(s.ctx, k, 0, false))
	s.ok(s.UseAssertion(s.ctx, shop, fmt.Sprint(n), start, expires))
}

// kindsThatExpire is how many records expiring adds.
const kindsThatExpire = 7

// sweepAll sweeps until nothing is left to remove and returns how much that was.
func (s *stage) sweepAll(now time.Time, limit int) int {
	s.Helper()
	for total := 0; ; {
		n, err := s.Sweep(s.ctx, now, limit)
		s.ok(err)
		if n > limit {
			s.Fatalf("Sweep removed %d, want at most %d", n, limit)
		}
		if n == 0 {
			return total
		}
		total += n
	}
}

// there notes how the records of expiring stand that can be read without a clock, or
// with one set back.
func (s *stage) there(n int, want error) {
	s.Helper()
	what := fmt.Sprintf("record %d: ", n)
	_, err := s.Session(s.ctx, hash(n), start)
	s.is(what+"Session", err, want)
	_, err = s.Transaction(s.ctx, hash(n), start)
	s.is(what+"Transaction", err, want)
	_, err = s.AccessToken(s.ctx, id(n))
	s.is(what+"AccessToken", err, want)
	_, err = s.RefreshToken(s.ctx, id(n))
	s.is(what+"RefreshToken", err, want)
	_, err = s.ChannelToken(s.ctx, id(n))
	s.is(what+"ChannelToken", err, want)
	used := store.ErrUsed
	if want != nil {
		used = want
	}
	_, err = s.Code(s.ctx, id(n), start)
	s.is(what+"Code", err, used)
}

var sweepCases = []testCase{
	{"an empty store has nothing to sweep", func(s *stage) {
		n, err := s.Sweep(s.ctx, start, 10)
		s.same("Sweep", n, err, 0)
	}},
	{"exactly what has expired is removed", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.expiring(1, after(10))
		s.expiring(2, after(11))
		s.expiring(3, after(5000))
		s.same("one second before", s.sweepAll(after(9), 100), nil, 0)
		s.there(1, nil)
		s.same("at the end of the first", s.sweepAll(after(10), 100), nil, kindsThatExpire)
		s.there(1, store.ErrNotFound)
		s.there(2, nil)
		s.same("at the end of the second", s.sweepAll(after(100), 100), nil, kindsThatExpire)
		s.there(2, store.ErrNotFound)
		s.there(3, nil)
		s.is("swept assertion", s.UseAssertion(s.ctx, shop, "1", start, after(10)), nil)
		s.is("live assertion", s.UseAssertion(s.ctx, shop, "3", start, after(10)), store.ErrUsed)
		_, err := s.Grant(s.ctx, hanako, shop)
		s.is("Grant", err, nil)
		// Also by a clock that was set back, what is swept has gone.
		s.same("ChannelTokensOf", liveTokens(s, store.ChannelTokenV21, start), nil, []int{3})
	}},
	{"a sweep is bounded and comes to an end", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		for n := 1; n <= 20; n++ {
			s.expiring(n, after(10+n/3))
		}
		n, err := s.Sweep(s.ctx, after(100), 0)
		s.same("limit 0", n, err, 0)
		n, err = s.Sweep(s.ctx, after(100), 13)
		s.same("limit 13", n, err, 13)
		s.same("the rest", s.sweepAll(after(100), 9), nil, 20*kindsThatExpire-13)
		for n := 1; n <= 20; n++ {
			s.there(n, store.ErrNotFound)
		}
	}},
	{"what is used or revoked stays until it expires", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.expiring(1, after(10))
		s.ok(s.FinishTransaction(s.ctx, hash(1), start, nil))
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(1)))
		s.ok(s.RevokeChannelToken(s.ctx, id(1), after(1)))
		s.same("Sweep", s.sweepAll(after(9), 100), nil, 0)
		_, err := s.Transaction(s.ctx, hash(1), after(9))
		s.is("Transaction", err, store.ErrUsed)
		_, err = s.Code(s.ctx, id(1), after(9))
		s.is("Code", err, store.ErrUsed)
		s.revoked(1, after(1), store.CauseDeauthorize)
		s.same("Sweep at the end", s.sweepAll(after(10), 100), nil, kindsThatExpire)
	}},
	{"what does not expire is never swept", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.expiring(1, time.Time{})
		s.same("Sweep", s.sweepAll(start.AddDate(100, 0, 0), 100), nil, 0)
		s.there(1, nil)
	}},
	{"access tokens outlive a swept refresh token and are still deauthorized", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		a := access(2, hanako, shop, id(1))
		a.ExpiresAt = after(9000)
		s.ok(s.AddAccessToken(s.ctx, a, start))
		s.same("Sweep", s.sweepAll(after(2000), 100), nil, 3)
		s.is("refresh", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), start), store.ErrNotFound)
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(2001)))
		s.revoked(2, after(2001), store.CauseDeauthorize)
		s.same("Sweep at the end", s.sweepAll(after(9000), 100), nil, 1)
	}},
	{"a swept key is free, and its new record has its own end", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.expiring(1, after(10))
		s.ok(s.DeleteSession(s.ctx, hash(1)))
		s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(1), PersonID: hanako, ExpiresAt: after(50)}))
		s.ok(s.UseAssertion(s.ctx, shop, "1", after(10), after(50)))
		s.same("Sweep", s.sweepAll(after(10), 100), nil, kindsThatExpire-2)
		_, err := s.Session(s.ctx, hash(1), after(10))
		s.is("Session", err, nil)
		s.is("UseAssertion", s.UseAssertion(s.ctx, shop, "1", after(10), after(60)), store.ErrUsed)
		s.same("Sweep later", s.sweepAll(after(50), 100), nil, 2)
		s.expiring(1, after(90))
		s.there(1, nil)
	}},
}
