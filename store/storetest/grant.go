package storetest

import (
	"time"

	"github.com/tegata-id/tegata/store"
)

var grantCases = []testCase{
	{"consents add up", func(s *stage) {
		s.world()
		_, err := s.Grant(s.ctx, hanako, shop)
		s.is("before", err, store.ErrNotFound)
		for _, step := range []struct{ put, want store.Grant }{
			{
				store.Grant{Scopes: []string{"profile", "openid", "profile"}, ConsentedAt: after(1)},
				store.Grant{Scopes: []string{"profile", "openid"}, ConsentedAt: after(1)},
			},
			{
				store.Grant{Scopes: []string{"email", "openid"}, ConsentedAt: after(2), EmailConsentedAt: after(2), Email: "a@example.com"},
				store.Grant{Scopes: []string{"profile", "openid", "email"}, ConsentedAt: after(2), EmailConsentedAt: after(2), Email: "a@example.com"},
			},
			{
				store.Grant{Email: "ignored@example.com"},
				store.Grant{Scopes: []string{"profile", "openid", "email"}, ConsentedAt: after(2), EmailConsentedAt: after(2), Email: "a@example.com"},
			},
			{
				store.Grant{ConsentedAt: after(3), EmailConsentedAt: after(3), Email: "b@example.com"},
				store.Grant{Scopes: []string{"profile", "openid", "email"}, ConsentedAt: after(3), EmailConsentedAt: after(3), Email: "b@example.com"},
			},
		} {
			step.put.PersonID, step.put.ChannelID = hanako, shop
			step.want.PersonID, step.want.ChannelID = hanako, shop
			s.ok(s.PutGrant(s.ctx, step.put))
			got, err := s.Grant(s.ctx, hanako, shop)
			s.same("Grant", got, err, step.want)
		}
		_, err = s.Grant(s.ctx, hanako, bank)
		s.is("other channel", err, store.ErrNotFound)
		_, err = s.Grant(s.ctx, taro, shop)
		s.is("other person", err, store.ErrNotFound)
	}},
	{"deauthorize takes everything of the person at the channel, and nothing else", func(s *stage) {
		s.world()
		s.is("without consent", s.Deauthorize(s.ctx, hanako, shop, start), store.ErrNotFound)
		s.consent(hanako, shop)
		s.consent(hanako, bank)
		s.consent(taro, shop)
		s.login(1, hanako, shop)
		s.login(2, hanako, bank)
		s.login(3, taro, shop)
		s.ok(s.AddAccessToken(s.ctx, access(4, hanako, shop, store.ID{}), start)) // from no code
		s.ok(s.AddAccessToken(s.ctx, access(5, hanako, shop, id(1)), start))      // refreshed
		s.ok(s.RevokeAccessToken(s.ctx, id(5), after(1), "revoke"))
		s.ok(s.CreateCode(s.ctx, code(6, hanako, shop)))
		s.ok(s.CreateCode(s.ctx, code(7, taro, shop)))
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(2)))

		s.revoked(1, after(2), store.CauseDeauthorize)
		s.revoked(4, after(2), store.CauseDeauthorize)
		s.revoked(5, after(1), "revoke")
		for _, n := range []int{2, 3} {
			s.revoked(n, time.Time{}, "")
		}
		for n, want := range map[int]bool{1: true, 2: false, 3: false} {
			r, err := s.RefreshToken(s.ctx, id(n))
			s.ok(err)
			if r.RevokedAt.Equal(after(2)) != want || (r.Cause == store.CauseDeauthorize) != want {
				s.Errorf("refresh token %d: revoked at %v for %q", n, r.RevokedAt, r.Cause)
			}
		}
		_, err := s.Code(s.ctx, id(7), start)
		s.is("somebody else's code", err, nil)
		_, err = s.Grant(s.ctx, hanako, shop)
		s.is("Grant", err, store.ErrNotFound)
		s.is("again", s.Deauthorize(s.ctx, hanako, shop, after(3)), store.ErrNotFound)
	}},
	{"a new consent brings nothing back", func(s *stage) {
		s.world()
		s.consent(hanako, shop)
		s.login(1, hanako, shop)
		s.ok(s.CreateCode(s.ctx, code(2, hanako, shop)))
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(1)))
		s.consent(hanako, shop)

		s.revoked(1, after(1), store.CauseDeauthorize)
		_, err := s.Code(s.ctx, id(2), after(2))
		s.is("Code", err, store.ErrNotFound)
		s.is("RedeemCode", s.RedeemCode(s.ctx, id(2), after(2), access(2, hanako, shop, store.ID{}), nil), store.ErrRevoked)
		_, err = s.AccessToken(s.ctx, id(2))
		s.is("its access token", err, store.ErrNotFound)
		s.is("refresh", s.AddAccessToken(s.ctx, access(3, hanako, shop, id(1)), after(2)), store.ErrRevoked)
		s.login(4, hanako, shop)
		s.ok(s.Deauthorize(s.ctx, hanako, shop, after(3)))
		s.revoked(1, after(1), store.CauseDeauthorize)
		s.revoked(4, after(3), store.CauseDeauthorize)
	}},
}
