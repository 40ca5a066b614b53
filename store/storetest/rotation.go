package storetest

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/tegata-id/tegata/store"
)

// rotate replaces refresh token from by refresh token to, with access token to.
func (s *stage) rotate(from, to int, at time.Time) error {
	return s.RotateRefresh(s.ctx, id(from), at, access(to, hanako, shop, id(to)), *refresh(to, hanako, shop))
}

// stands notes that refresh token n does not stand as it should.
func (s *stage) stands(n int, used, revoked time.Time, cause string) {
	s.Helper()
	want := refresh(n, hanako, shop)
	want.UsedAt, want.RevokedAt, want.Cause = used, revoked, cause
	got, err := s.RefreshToken(s.ctx, id(n))
	s.same("RefreshToken", got, err, *want)
}

var rotationCases = []testCase{
	{"a refresh token is replaced once", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.is("first", s.rotate(1, 2, after(1)), nil)
		s.stands(1, after(1), time.Time{}, "")
		s.stands(2, time.Time{}, time.Time{}, "")
		s.revoked(1, time.Time{}, "")
		s.revoked(2, time.Time{}, "")
		s.is("again", s.rotate(1, 3, after(2)), store.ErrUsed)
		s.is("an access token of the old one", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), after(2)), store.ErrUsed)
		_, err := s.RefreshToken(s.ctx, id(3))
		s.is("RefreshToken after that", err, store.ErrNotFound)
		_, err = s.AccessToken(s.ctx, id(3))
		s.is("AccessToken after that", err, store.ErrNotFound)
		s.is("an access token of the new one", s.AddAccessToken(s.ctx, access(4, hanako, shop, id(2)), after(2)), nil)
		s.is("the next", s.rotate(2, 3, after(2)), nil)
		s.stands(1, after(1), time.Time{}, "")
	}},
	{"a refresh token is replaced until the second at which it expires", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.is("unknown", s.rotate(9, 2, start), store.ErrNotFound)
		s.is("at its end", s.rotate(1, 2, after(2000)), store.ErrNotFound)
		s.is("one second before", s.rotate(1, 2, after(1999)), nil)
	}},
	{"a revoked refresh token is not replaced", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.login(2, hanako, shop)
		s.ok(s.RevokeRefreshToken(s.ctx, id(1), after(1), "revoke"))
		s.is("revoked", s.rotate(1, 3, after(2)), store.ErrRevoked)
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(2)))
		s.is("without consent", s.rotate(2, 3, after(3)), store.ErrRevoked)
		_, err := s.RefreshToken(s.ctx, id(3))
		s.is("RefreshToken", err, store.ErrNotFound)
	}},
	{"an error of a rotation changes nothing", func(s *stage) {
		s.world()
		for _, channel := range []string{shop, bank} {
			s.consent(hanako, channel)
			s.consent(taro, channel)
		}
		s.login(1, hanako, shop)
		s.login(2, taro, bank)
		rotate := func(a store.AccessToken, r *store.RefreshToken) error {
			return s.RotateRefresh(s.ctx, id(1), start, a, *r)
		}
		s.mistake("refresh token of another person", rotate(access(3, hanako, shop, id(3)), refresh(3, taro, shop)))
		s.mistake("refresh token of another channel", rotate(access(3, hanako, shop, id(3)), refresh(3, hanako, bank)))
		s.mistake("access token of another person", rotate(access(3, taro, shop, id(3)), refresh(3, hanako, shop)))
		s.mistake("access token of the old refresh token", rotate(access(3, hanako, shop, id(1)), refresh(3, hanako, shop)))
		s.is("taken refresh token", rotate(access(3, hanako, shop, id(2)), refresh(2, hanako, shop)), store.ErrExists)
		s.is("taken access token", rotate(access(2, hanako, shop, id(3)), refresh(3, hanako, shop)), store.ErrExists)
		s.stands(1, time.Time{}, time.Time{}, "")
		for _, n := range []int{3} {
			_, err := s.RefreshToken(s.ctx, id(n))
			s.is("RefreshToken", err, store.ErrNotFound)
			_, err = s.AccessToken(s.ctx, id(n))
			s.is("AccessToken", err, store.ErrNotFound)
		}
		s.is("at last", s.rotate(1, 3, start), nil)
	}},
	{"any link of a rotation takes the whole line with it", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		for link := range 3 {
			base := 10 * (link + 1)
			s.login(base, hanako, shop)
			s.ok(s.AddAccessToken(s.ctx, access(base+5, hanako, shop, id(base)), start))
			s.ok(s.rotate(base, base+1, after(1)))
			s.ok(s.rotate(base+1, base+2, after(2)))
			s.ok(s.AddAccessToken(s.ctx, access(base+6, hanako, shop, id(base+2)), after(2)))
			s.ok(s.RevokeRefreshToken(s.ctx, id(base+link), after(3), "family"))
			for n := base; n <= base+2; n++ {
				used := after(n - base + 1)
				if n == base+2 {
					used = time.Time{}
				}
				s.stands(n, used, after(3), "family")
				s.revoked(n, after(3), "family")
			}
			s.revoked(base+5, after(3), "family")
			s.revoked(base+6, after(3), "family")
		}
		s.login(1, hanako, shop)
		s.ok(s.RevokeRefreshToken(s.ctx, id(10), after(4), "again"))
		s.revoked(1, time.Time{}, "")
		s.revoked(10, after(3), "family")
	}},
	{"a line stays one when its first links have been swept", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		a := access(5, hanako, shop, id(1))
		a.ExpiresAt = after(9000)
		s.ok(s.AddAccessToken(s.ctx, a, start))
		next := refresh(2, hanako, shop)
		next.ExpiresAt = after(9000)
		token := access(2, hanako, shop, id(2))
		token.ExpiresAt = after(9000)
		s.ok(s.RotateRefresh(s.ctx, id(1), after(1), token, *next))
		s.same("Sweep", s.sweepAll(after(2000), 100), nil, 3)
		s.is("the first link", s.RevokeRefreshToken(s.ctx, id(1), after(2000), "x"), store.ErrNotFound)
		s.ok(s.RevokeRefreshToken(s.ctx, id(2), after(2001), "family"))
		s.revoked(2, after(2001), "family")
		s.revoked(5, after(2001), "family")
		s.same("Sweep at the end", s.sweepAll(after(9000), 100), nil, 3)
	}},
	{"one caller replaces a refresh token", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		for round := 1; round <= rounds; round++ {
			base := round * 10_000
			s.login(base, hanako, shop)
			winner := s.oneWins(race(func(n int) error { return s.rotate(base, base+n+1, after(1)) }), store.ErrUsed)
			for n := range callers {
				want := store.ErrNotFound
				if n == winner {
					want = nil
				}
				_, err := s.RefreshToken(s.ctx, id(base+n+1))
				s.is("RefreshToken", err, want)
				_, err = s.AccessToken(s.ctx, id(base+n+1))
				s.is("AccessToken", err, want)
			}
		}
	}},
	{"no link survives a line that is revoked", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		for round := 1; round <= rounds; round++ {
			rotateRace(s, round*10_000)
		}
	}},
}

// rotateRace revokes a refresh token while callers rotate it on and on, and refresh.
func rotateRace(s *stage, base int) {
	s.Helper()
	s.login(base, hanako, shop)
	var last atomic.Int64 // the newest link
	last.Store(int64(base))
	for n, err := range race(func(n int) error {
		if n == callers/2 {
			return s.RevokeRefreshToken(s.ctx, id(base), after(1), "family")
		}
		from := int(last.Load())
		if n%4 == 0 {
			return s.AddAccessToken(s.ctx, access(base+1000+n, hanako, shop, id(from)), start)
		}
		err := s.rotate(from, base+n+1, start)
		if err == nil {
			last.Store(int64(base + n + 1))
		}
		return err
	}) {
		if n == callers/2 {
			s.ok(err)
		} else if err != nil && !errors.Is(err, store.ErrRevoked) && !errors.Is(err, store.ErrUsed) {
			s.Errorf("caller %d: got error %v, want none, %v or %v", n, err, store.ErrRevoked, store.ErrUsed)
		}
		s.dead(base + n + 1)
		s.dead(base + 1000 + n)
	}
	s.dead(base)
}
