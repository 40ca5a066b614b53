package storetest

import (
	"time"

	"github.com/tegata-id/tegata/store"
)

func (kinds) session() keeper[store.Session] {
	return keeper[store.Session]{
		prepare: func(_ *stage, r *store.Session) { r.PersonID = hanako },
		put: func(s *stage, r store.Session) error {
			s.world()
			return s.CreateSession(s.ctx, r)
		},
		get: map[string]func(*stage, store.Session) (store.Session, error){
			"Session": func(s *stage, r store.Session) (store.Session, error) { return s.Session(s.ctx, r.Hash, later) },
		},
	}
}

func (kinds) transaction() keeper[store.Transaction] {
	return keeper[store.Transaction]{
		prepare: func(_ *stage, r *store.Transaction) { r.Request.ChannelID, r.Who.PersonID = shop, hanako },
		put: func(s *stage, r store.Transaction) error {
			s.world()
			// Who arrives by its own verb, as in life.
			who := r.Who
			r.Who = store.Authentication{}
			s.ok(s.CreateTransaction(s.ctx, r))
			return s.AuthenticateTransaction(s.ctx, r.Hash, later, who)
		},
		get: map[string]func(*stage, store.Transaction) (store.Transaction, error){
			"Transaction": func(s *stage, r store.Transaction) (store.Transaction, error) {
				return s.Transaction(s.ctx, r.Hash, later)
			},
		},
	}
}

func (kinds) grant() keeper[store.Grant] {
	return keeper[store.Grant]{
		prepare: func(_ *stage, r *store.Grant) { r.PersonID, r.ChannelID = hanako, shop },
		put: func(s *stage, r store.Grant) error {
			s.world()
			return s.PutGrant(s.ctx, r)
		},
		get: map[string]func(*stage, store.Grant) (store.Grant, error){
			"Grant": func(s *stage, r store.Grant) (store.Grant, error) { return s.Grant(s.ctx, r.PersonID, r.ChannelID) },
		},
	}
}

func ownCode(_ *stage, r *store.Code) { r.Request.ChannelID, r.Who.PersonID = shop, hanako }

func getCode(s *stage, r store.Code) (store.Code, error) { return s.Code(s.ctx, r.ID, later) }

func (kinds) code() keeper[store.Code] {
	return keeper[store.Code]{
		prepare: ownCode,
		put: func(s *stage, r store.Code) error {
			s.world()
			return s.CreateCode(s.ctx, r)
		},
		get: map[string]func(*stage, store.Code) (store.Code, error){"Code": getCode},
	}
}

// finished is a code that a login transaction ends in.
func (kinds) finished() keeper[store.Code] {
	return keeper[store.Code]{
		prepare: ownCode,
		put: func(s *stage, r store.Code) error {
			s.world()
			s.ok(s.CreateTransaction(s.ctx, transaction(1)))
			return s.FinishTransaction(s.ctx, hash(1), start, &r)
		},
		get: map[string]func(*stage, store.Code) (store.Code, error){"Code": getCode},
	}
}

// How a token was revoked reaches the store by Revoke… only.
func unrevoked(at *time.Time, cause *string) { *at, *cause = time.Time{}, "" }

func (kinds) access() keeper[store.AccessToken] {
	return keeper[store.AccessToken]{
		prepare: func(_ *stage, r *store.AccessToken) {
			r.ChannelID, r.PersonID = shop, hanako
			unrevoked(&r.RevokedAt, &r.Cause)
		},
		put: func(s *stage, r store.AccessToken) error {
			s.world()
			s.consent(hanako, shop)
			s.ok(s.CreateCode(s.ctx, code(1, hanako, shop)))
			from := refresh(1, hanako, shop)
			from.ID = r.RefreshID
			s.ok(s.RedeemCode(s.ctx, id(1), start, access(1, hanako, shop, from.ID), from))
			s.ok(s.AddAccessToken(s.ctx, r, start))
			return s.RevokeAccessToken(s.ctx, r.ID, after(1), "because")
		},
		stored: func(r *store.AccessToken, _ int64) { r.RevokedAt, r.Cause = after(1), "because" },
		get: map[string]func(*stage, store.AccessToken) (store.AccessToken, error){
			"AccessToken": func(s *stage, r store.AccessToken) (store.AccessToken, error) { return s.AccessToken(s.ctx, r.ID) },
		},
	}
}

func (kinds) refresh() keeper[store.RefreshToken] {
	return keeper[store.RefreshToken]{
		prepare: func(_ *stage, r *store.RefreshToken) {
			r.ChannelID, r.PersonID = shop, hanako
			unrevoked(&r.RevokedAt, &r.Cause)
		},
		put: func(s *stage, r store.RefreshToken) error {
			s.world()
			s.consent(hanako, shop)
			s.ok(s.CreateCode(s.ctx, code(1, hanako, shop)))
			s.ok(s.RedeemCode(s.ctx, id(1), start, access(1, hanako, shop, r.ID), &r))
			return s.RevokeRefreshToken(s.ctx, r.ID, after(1), "because")
		},
		stored: func(r *store.RefreshToken, _ int64) { r.RevokedAt, r.Cause = after(1), "because" },
		get: map[string]func(*stage, store.RefreshToken) (store.RefreshToken, error){
			"RefreshToken": func(s *stage, r store.RefreshToken) (store.RefreshToken, error) { return s.RefreshToken(s.ctx, r.ID) },
		},
	}
}

func (kinds) channelToken() keeper[store.ChannelToken] {
	return keeper[store.ChannelToken]{
		prepare: func(_ *stage, r *store.ChannelToken) {
			r.ChannelID, r.Kind, r.RevokedAt = shop, store.ChannelTokenV21, time.Time{}
		},
		put: func(s *stage, r store.ChannelToken) error {
			s.world()
			s.ok(s.AddChannelToken(s.ctx, r, 0, false))
			live, err := s.ChannelTokensOf(s.ctx, shop, store.ChannelTokenV21, later)
			one, err := only(s, live, err)
			r.IssuedAt, r.ExpiresAt = r.IssuedAt.UTC(), r.ExpiresAt.UTC()
			s.same("by ChannelTokensOf", one, err, r)
			return s.RevokeChannelToken(s.ctx, r.ID, after(1))
		},
		stored: func(r *store.ChannelToken, _ int64) { r.RevokedAt = after(1) },
		get: map[string]func(*stage, store.ChannelToken) (store.ChannelToken, error){
			"ChannelToken": func(s *stage, r store.ChannelToken) (store.ChannelToken, error) { return s.ChannelToken(s.ctx, r.ID) },
		},
	}
}

func (kinds) keyRing() keeper[store.KeyRing] {
	return keeper[store.KeyRing]{
		prepare: func(*stage, *store.KeyRing) {},
		put:     func(s *stage, r store.KeyRing) error { return s.ReplaceKeyRing(s.ctx, 0, r.Keys) },
		change:  func(s *stage, r store.KeyRing) error { return s.ReplaceKeyRing(s.ctx, r.Version, r.Keys) },
		get: map[string]func(*stage, store.KeyRing) (store.KeyRing, error){
			"KeyRing": func(s *stage, _ store.KeyRing) (store.KeyRing, error) { return s.KeyRing(s.ctx) },
		},
	}
}

func (kinds) event() keeper[store.Event] {
	return keeper[store.Event]{
		prepare: func(_ *stage, r *store.Event) { r.Seq = 0 },
		put:     func(s *stage, r store.Event) error { return s.AddEvent(s.ctx, r) },
		get: map[string]func(*stage, store.Event) (store.Event, error){
			"EventsOf": func(s *stage, r store.Event) (store.Event, error) {
				all, err := s.EventsOf(s.ctx, r.RequestID)
				return only(s, unnumbered(s, all), err)
			},
			"EventsAfter": func(s *stage, _ store.Event) (store.Event, error) {
				all, err := s.EventsAfter(s.ctx, 0, 10)
				return only(s, unnumbered(s, all), err)
			},
		},
	}
}

// unnumbered takes the numbers that the store gave from events.
func unnumbered(s *stage, events []store.Event) []store.Event {
	for i := range events {
		if events[i].Seq <= 0 {
			s.Errorf("event has the number %d, want one above 0", events[i].Seq)
		}
		events[i].Seq = 0
	}
	return events
}

// transaction makes a login transaction of the shop that lives for 600 seconds.
func transaction(n int) store.Transaction {
	return store.Transaction{Hash: hash(n), Request: store.Request{ChannelID: shop}, CreatedAt: start, ExpiresAt: after(600)}
}
