package storetest

import (
	"errors"
	"time"

	"github.com/tegata-id/tegata/store"
)

var sentinels = []error{store.ErrNotFound, store.ErrExists, store.ErrUsed, store.ErrConflict, store.ErrLimit, store.ErrRevoked}

// mistake notes that a call which no caller may make was not refused, or with an
// error that stands for something else.
func (s *stage) mistake(what string, err error) {
	s.Helper()
	if err == nil {
		s.Errorf("%s: got no error, want one", what)
	}
	for _, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			s.Errorf("%s: got %v, want an error that is no sentinel", what, err)
		}
	}
}

var codeCases = []testCase{
	{"a code lives until the second at which it expires", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.ok(s.CreateCode(s.ctx, code(1, hanako, shop)))
		s.is("again", s.CreateCode(s.ctx, code(1, taro, bank)), store.ErrExists)
		_, err := s.Code(s.ctx, id(1), after(599))
		s.is("one second before", err, nil)
		_, err = s.Code(s.ctx, id(1), after(600))
		s.is("at its end", err, store.ErrNotFound)
		_, err = s.Code(s.ctx, id(2), start)
		s.is("unknown", err, store.ErrNotFound)
		token := access(1, hanako, shop, store.ID{})
		s.is("RedeemCode at its end", s.RedeemCode(s.ctx, id(1), after(600), token, nil), store.ErrNotFound)
		s.is("RedeemCode of none", s.RedeemCode(s.ctx, id(2), start, token, nil), store.ErrNotFound)
		_, err = s.AccessToken(s.ctx, id(1))
		s.is("access token", err, store.ErrNotFound)
		s.is("one second before", s.RedeemCode(s.ctx, id(1), after(599), token, nil), nil)
		got, err := s.AccessToken(s.ctx, id(1))
		s.same("access token", got, err, token)
	}},
	{"a used code stays used until it expires", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		redeem := func(at int) error {
			return s.RedeemCode(s.ctx, id(1), after(at), access(2, hanako, shop, id(2)), refresh(2, hanako, shop))
		}
		_, err := s.Code(s.ctx, id(1), after(599))
		s.is("Code", err, store.ErrUsed)
		s.is("RedeemCode", redeem(599), store.ErrUsed)
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(1)))
		s.is("RedeemCode without consent", redeem(599), store.ErrUsed)
		_, err = s.Code(s.ctx, id(1), after(600))
		s.is("Code after its end", err, store.ErrNotFound)
		s.is("RedeemCode after its end", redeem(600), store.ErrNotFound)
		_, err = s.AccessToken(s.ctx, id(2))
		s.is("access token", err, store.ErrNotFound)
		_, err = s.RefreshToken(s.ctx, id(2))
		s.is("refresh token", err, store.ErrNotFound)
	}},
	{"a code is worth nothing without consent", func(s *stage) {
		s.world()
		s.consent(hanako, bank)
		s.consent(taro, shop)
		s.ok(s.CreateCode(s.ctx, code(1, hanako, shop)))
		redeem := func() error {
			return s.RedeemCode(s.ctx, id(1), start, access(1, hanako, shop, id(1)), refresh(1, hanako, shop))
		}
		s.is("without", redeem(), store.ErrRevoked)
		_, err := s.AccessToken(s.ctx, id(1))
		s.is("access token", err, store.ErrNotFound)
		_, err = s.RefreshToken(s.ctx, id(1))
		s.is("refresh token", err, store.ErrNotFound)
		s.consent(hanako, shop)
		s.is("with: an error changed nothing", redeem(), nil)
	}},
	{"an error of redeem changes nothing", func(s *stage) {
		s.world()
		for _, person := range []string{hanako, taro} {
			for _, channel := range []string{shop, bank} {
				s.consent(person, channel)
			}
		}
		s.login(1, taro, bank)
		s.ok(s.CreateCode(s.ctx, code(2, hanako, shop)))
		redeem := func(a store.AccessToken, r *store.RefreshToken) error { return s.RedeemCode(s.ctx, id(2), start, a, r) }
		s.mistake("access token of another person", redeem(access(2, taro, shop, store.ID{}), nil))
		s.mistake("access token of another channel", redeem(access(2, hanako, bank, store.ID{}), nil))
		s.mistake("refresh token of another person", redeem(access(2, hanako, shop, id(2)), refresh(2, taro, shop)))
		s.mistake("refresh token of another channel", redeem(access(2, hanako, shop, id(2)), refresh(2, hanako, bank)))
		s.mistake("access token of another refresh token", redeem(access(2, hanako, shop, id(1)), refresh(2, hanako, shop)))
		s.mistake("access token of a refresh token elsewhere", redeem(access(2, hanako, shop, id(1)), nil))
		s.is("taken access token", redeem(access(1, hanako, shop, id(2)), refresh(2, hanako, shop)), store.ErrExists)
		s.is("taken refresh token", redeem(access(2, hanako, shop, id(1)), refresh(1, hanako, shop)), store.ErrExists)
		_, err := s.AccessToken(s.ctx, id(2))
		s.is("access token", err, store.ErrNotFound)
		_, err = s.RefreshToken(s.ctx, id(2))
		s.is("refresh token", err, store.ErrNotFound)
		s.is("at last", redeem(access(2, hanako, shop, id(2)), refresh(2, hanako, shop)), nil)
	}},
}

var tokenCases = []testCase{
	{"unknown tokens are not found", func(s *stage) {
		_, err := s.AccessToken(s.ctx, id(1))
		s.is("AccessToken", err, store.ErrNotFound)
		_, err = s.RefreshToken(s.ctx, id(1))
		s.is("RefreshToken", err, store.ErrNotFound)
		s.is("RevokeAccessToken", s.RevokeAccessToken(s.ctx, id(1), start, "revoke"), store.ErrNotFound)
		s.is("RevokeRefreshToken", s.RevokeRefreshToken(s.ctx, id(1), start, "revoke"), store.ErrNotFound)
	}},
	{"an access token from no code needs consent", func(s *stage) {
		s.world()
		s.is("without", s.AddAccessToken(s.ctx, access(1, hanako, shop, store.ID{}), start), store.ErrRevoked)
		_, err := s.AccessToken(s.ctx, id(1))
		s.is("AccessToken", err, store.ErrNotFound)
		s.consent(hanako, shop)
		s.is("with", s.AddAccessToken(s.ctx, access(1, hanako, shop, store.ID{}), start), nil)
		s.is("again", s.AddAccessToken(s.ctx, access(1, hanako, shop, store.ID{}), start), store.ErrExists)
	}},
	{"a refresh token gives access tokens until the second at which it expires", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.consent(hanako, bank)
		s.consent(taro, shop)
		s.login(1, hanako, shop)
		s.is("one second before", s.AddAccessToken(s.ctx, access(2, hanako, shop, id(1)), after(1999)), nil)
		s.is("at its end", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), after(2000)), store.ErrNotFound)
		s.is("of none", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(9)), start), store.ErrNotFound)
		s.mistake("for somebody else", s.AddAccessToken(s.ctx, access(3, taro, shop, id(1)), start))
		s.mistake("for another channel", s.AddAccessToken(s.ctx, access(3, hanako, bank, id(1)), start))
		s.is("taken", s.AddAccessToken(s.ctx, access(1, hanako, shop, id(1)), start), store.ErrExists)
		s.ok(s.RevokeRefreshToken(s.ctx, id(1), after(1), "revoke"))
		s.is("revoked", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), after(2)), store.ErrRevoked)
		s.is("revoked and expired", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), after(2000)), store.ErrNotFound)
		_, err := s.AccessToken(s.ctx, id(3))
		s.is("AccessToken", err, store.ErrNotFound)
	}},
	{"a revoked access token takes nothing with it", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.ok(s.AddAccessToken(s.ctx, access(2, hanako, shop, id(1)), start))
		s.ok(s.RevokeAccessToken(s.ctx, id(1), after(1), "revoke"))
		s.revoked(1, after(1), "revoke")
		s.revoked(2, time.Time{}, "")
		s.is("refresh", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), after(2)), nil)
	}},
	{"a revoked refresh token takes its access tokens with it", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.login(2, hanako, shop)
		s.ok(s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), start))
		s.ok(s.AddAccessToken(s.ctx, access(4, hanako, shop, store.ID{}), start))
		s.ok(s.RevokeRefreshToken(s.ctx, id(1), after(1), "revoke"))
		for _, n := range []int{1, 3} {
			s.revoked(n, after(1), "revoke")
		}
		for _, n := range []int{2, 4} {
			s.revoked(n, time.Time{}, "")
		}
		r, err := s.RefreshToken(s.ctx, id(2))
		want := refresh(2, hanako, shop)
		s.same("the other refresh token", r, err, *want)
	}},
	{"the first time and cause of a revocation stay", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.login(2, hanako, shop)
		s.ok(s.RevokeAccessToken(s.ctx, id(1), after(1), "close"))
		s.is("again", s.RevokeAccessToken(s.ctx, id(1), after(2), "revoke"), nil)
		s.ok(s.RevokeRefreshToken(s.ctx, id(1), after(3), "revoke"))
		s.is("again", s.RevokeRefreshToken(s.ctx, id(1), after(4), "other"), nil)
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(5)))
		s.revoked(1, after(1), "close")
		s.revoked(2, after(5), store.CauseDeauthorize)
		r, err := s.RefreshToken(s.ctx, id(1))
		want := refresh(1, hanako, shop)
		want.RevokedAt, want.Cause = after(3), "revoke"
		s.same("RefreshToken", r, err, *want)
	}},
	{"expired tokens stay readable and can be revoked", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.is("RevokeAccessToken", s.RevokeAccessToken(s.ctx, id(1), after(5000), "revoke"), nil)
		s.revoked(1, after(5000), "revoke")
	}},
}
