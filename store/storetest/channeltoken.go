package storetest

import (
	"time"

	"github.com/tegata-id/tegata/store"
)

// channelToken makes a token of the shop, issued n seconds after start, that lives
// for 100 seconds.
func channelToken(n int, kind store.ChannelTokenKind) store.ChannelToken {
	return store.ChannelToken{
		ID: id(n), Hash: hash(n), ChannelID: shop, Kind: kind, IssuedAt: after(n), ExpiresAt: after(n + 100),
	}
}

// liveTokens gives the numbers of the shop's live tokens.
func liveTokens(s *stage, kind store.ChannelTokenKind, now time.Time) []int {
	s.Helper()
	all, err := s.ChannelTokensOf(s.ctx, shop, kind, now)
	s.ok(err)
	var numbers []int
	for _, t := range all {
		numbers = append(numbers, int(t.ID[15]))
	}
	return numbers
}

var channelTokenCases = []testCase{
	{"a channel has at most limit live tokens of a kind", func(s *stage) {
		s.world()
		add := func(n int, kind store.ChannelTokenKind) error {
			return s.AddChannelToken(s.ctx, channelToken(n, kind), 2, false)
		}
		s.ok(add(1, store.ChannelTokenV21))
		s.ok(add(2, store.ChannelTokenV21))
		s.is("one too many", add(3, store.ChannelTokenV21), store.ErrLimit)
		_, err := s.ChannelToken(s.ctx, id(3))
		s.is("the one too many", err, store.ErrNotFound)
		s.is("of another kind", add(3, store.ChannelTokenShortLived), nil)
		elsewhere := channelToken(4, store.ChannelTokenV21)
		elsewhere.ChannelID = bank
		s.is("of another channel", s.AddChannelToken(s.ctx, elsewhere, 2, false), nil)
		s.is("taken ID", s.AddChannelToken(s.ctx, channelToken(3, store.ChannelTokenV21), 0, false), store.ErrExists)
		s.is("one second before one expires", add(100, store.ChannelTokenV21), store.ErrLimit)
		s.is("when one has expired", add(101, store.ChannelTokenV21), nil)
		s.ok(s.RevokeChannelToken(s.ctx, id(2), after(101)))
		s.is("when one is revoked", s.AddChannelToken(s.ctx, channelToken(102, store.ChannelTokenV21), 2, false), nil)
		s.is("without limit", s.AddChannelToken(s.ctx, channelToken(98, store.ChannelTokenV21), 0, false), nil)
		s.same("ChannelTokensOf", liveTokens(s, store.ChannelTokenV21, after(102)), nil, []int{98, 101, 102})
		s.same("ChannelTokensOf another kind", liveTokens(s, store.ChannelTokenShortLived, after(102)), nil, []int{3})
		s.same("ChannelTokensOf another kind at its end", liveTokens(s, store.ChannelTokenShortLived, after(103)), nil, []int(nil))
	}},
	{"the oldest live tokens make room", func(s *stage) {
		s.world()
		const kind = store.ChannelTokenShortLived
		for _, n := range []int{5, 3, 1, 4} {
			s.ok(s.AddChannelToken(s.ctx, channelToken(n, kind), 0, false))
		}
		s.ok(s.RevokeChannelToken(s.ctx, id(1), after(5)))
		s.ok(s.AddChannelToken(s.ctx, channelToken(6, kind), 3, true))
		s.same("one makes room", liveTokens(s, kind, after(6)), nil, []int{4, 5, 6})
		s.ok(s.AddChannelToken(s.ctx, channelToken(7, kind), 2, true))
		s.same("two make room", liveTokens(s, kind, after(7)), nil, []int{6, 7})
		for n, at := range map[int]time.Time{1: after(5), 3: after(6), 4: after(7), 5: after(7), 6: {}} {
			got, err := s.ChannelToken(s.ctx, id(n))
			want := channelToken(n, kind)
			want.RevokedAt = at
			s.same("ChannelToken", got, err, want)
		}
		s.is("taken ID", s.AddChannelToken(s.ctx, channelToken(7, kind), 2, true), store.ErrExists)
		s.same("after an error", liveTokens(s, kind, after(7)), nil, []int{6, 7})
	}},
	{"of one age, the lower ID is the older", func(s *stage) {
		s.world()
		for _, n := range []int{2, 1, 3} {
			t := channelToken(n, store.ChannelTokenV21)
			t.IssuedAt, t.ExpiresAt = start, after(50)
			s.ok(s.AddChannelToken(s.ctx, t, 2, true))
		}
		s.same("ChannelTokensOf", liveTokens(s, store.ChannelTokenV21, start), nil, []int{2, 3})
	}},
	{"the first revocation stays", func(s *stage) {
		s.world()
		s.is("unknown", s.RevokeChannelToken(s.ctx, id(1), start), store.ErrNotFound)
		s.ok(s.AddChannelToken(s.ctx, channelToken(1, store.ChannelTokenV21), 0, false))
		s.ok(s.RevokeChannelToken(s.ctx, id(1), after(2)))
		s.is("again", s.RevokeChannelToken(s.ctx, id(1), after(3)), nil)
		want := channelToken(1, store.ChannelTokenV21)
		want.RevokedAt = after(2)
		got, err := s.ChannelToken(s.ctx, id(1))
		s.same("ChannelToken", got, err, want)
		_, err = s.ChannelToken(s.ctx, id(2))
		s.is("unknown", err, store.ErrNotFound)
	}},
	{"an assertion is used once, until it expires", func(s *stage) {
		s.world()
		use := func(channel, jti string, now, expires int) error {
			return s.UseAssertion(s.ctx, channel, jti, after(now), after(expires))
		}
		s.is("first", use(shop, "a", 0, 10), nil)
		s.is("second", use(shop, "a", 9, 20), store.ErrUsed)
		s.is("another jti", use(shop, "A", 9, 10), nil)
		s.is("another channel", use(bank, "a", 9, 10), nil)
		s.is("at its end", use(shop, "a", 10, 30), nil)
		s.is("again", use(shop, "a", 29, 40), store.ErrUsed)
		s.is("after that", use(shop, "a", 30, 40), nil)
	}},
}
