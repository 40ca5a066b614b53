package storetest

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

// errFault is the fault that RunFaults injects.
var errFault = errors.New("injected fault")

// Faulty opens an empty store whose engine asks step before each of its steps and fails
// with the error that step gives. The store must also be able to tally what it holds.
type Faulty func(t *testing.T, step func() error) (store.Store, store.Copyable)

// RunFaults tests that a verb whose engine fails at any step fails, and leaves nothing
// half-done: everything is as it was, and the same call then does all of it. It does so
// twice: with an error of the engine, and with a caller who goes away at that step.
func RunFaults(t *testing.T, open Faulty) {
	for _, v := range faultCases() {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			t.Run("error", func(t *testing.T) {
				t.Parallel()
				failEachStep(t, open, v, false)
			})
			t.Run("caller gone", func(t *testing.T) {
				t.Parallel()
				failEachStep(t, open, v, true)
			})
		})
	}
}

// trap fails at one step: the one that is counted down to zero.
type trap struct {
	left  atomic.Int64
	armed atomic.Bool
	gone  context.CancelFunc // if set, the caller goes away instead
}

func (t *trap) step() error {
	if !t.armed.Load() || t.left.Add(-1) != 0 {
		return nil
	}
	if t.gone != nil {
		t.gone()
		return nil
	}
	return errFault
}

// failEachStep runs a verb again and again, each time with a fault one step later, until
// it comes through without one.
func failEachStep(t *testing.T, open Faulty, v faultCase, gone bool) {
	var tr trap
	opened, copyable := open(t, tr.step)
	s := &stage{TB: t, Store: opened, ctx: t.Context()}
	t.Cleanup(func() { s.is("Close", s.Close(), nil) })
	v.before(s)
	if gone {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.is("for a caller who had gone before", v.verb(s, ctx), context.Canceled)
	}
	for step := int64(1); ; step++ {
		if step > 100 {
			t.Fatal("the verb does not come to an end within 100 steps")
		}
		before, err := copyable.Tally(t.Context())
		s.ok(err)
		ctx, cancel := context.WithCancel(t.Context())
		if gone {
			tr.gone = cancel
		}
		tr.left.Store(step)
		tr.armed.Store(true)
		err = v.verb(s, ctx)
		tr.armed.Store(false)
		cancel()
		if err == nil {
			// Either no step was left to fail at, or the engine goes on without its
			// caller: then all of it holds.
			v.after(s)
			if step == 1 && !gone {
				t.Fatal("the verb came through although its first step failed")
			}
			return
		}
		if want := map[bool]error{false: errFault, true: context.Canceled}[gone]; !errors.Is(err, want) {
			t.Fatalf("step %d: got error %v", step, err)
		}
		now, err := copyable.Tally(t.Context())
		s.ok(err)
		if !slices.Equal(before, now) {
			t.Fatalf("step %d: the verb failed and left something behind", step)
		}
	}
}

// faultCase is a verb that changes something, with what must be there before it and
// what must hold after it.
type faultCase struct {
	name   string
	before func(*stage)
	verb   func(*stage, context.Context) error
	after  func(*stage)
}

// loggedIn is where most verbs begin: hanako has tokens 1 at the shop, and a code and a
// login transaction with the number 2.
func loggedIn(s *stage) {
	s.world()
	s.consent(hanako, shop)
	s.login(1, hanako, shop)
	s.ok(s.CreateCode(s.ctx, code(2, hanako, shop)))
	s.ok(s.CreateTransaction(s.ctx, transaction(2)))
}

// faultCases are the verbs of more than one step, and some of one.
func faultCases() []faultCase {
	return []faultCase{
		{"RedeemCode", loggedIn, func(s *stage, ctx context.Context) error {
			return s.RedeemCode(ctx, id(2), start, access(2, hanako, shop, id(2)), refresh(2, hanako, shop))
		}, func(s *stage) {
			_, err := s.Code(s.ctx, id(2), start)
			s.is("Code", err, store.ErrUsed)
			s.revoked(2, time.Time{}, "")
		}},
		{"FinishTransaction", loggedIn, func(s *stage, ctx context.Context) error {
			c := code(3, hanako, shop)
			return s.FinishTransaction(ctx, hash(2), start, &c)
		}, func(s *stage) {
			_, err := s.Transaction(s.ctx, hash(2), start)
			s.is("Transaction", err, store.ErrUsed)
			_, err = s.Code(s.ctx, id(3), start)
			s.is("Code", err, nil)
		}},
		{"AddAccessToken", loggedIn, func(s *stage, ctx context.Context) error {
			return s.AddAccessToken(ctx, access(2, hanako, shop, id(1)), start)
		}, func(s *stage) { s.revoked(2, time.Time{}, "") }},
		{"RotateRefresh", loggedIn, func(s *stage, ctx context.Context) error {
			return s.RotateRefresh(ctx, id(1), start, access(2, hanako, shop, id(2)), *refresh(2, hanako, shop))
		}, func(s *stage) {
			s.is("again", s.RotateRefresh(s.ctx, id(1), start, access(3, hanako, shop, id(3)), *refresh(3, hanako, shop)), store.ErrUsed)
			s.revoked(2, time.Time{}, "")
		}},
		{"RevokeRefreshToken", loggedIn, func(s *stage, ctx context.Context) error {
			return s.RevokeRefreshToken(ctx, id(1), after(1), "revoke")
		}, func(s *stage) { s.dead(1) }},
		{"RevokeAccessToken", loggedIn, func(s *stage, ctx context.Context) error {
			return s.RevokeAccessToken(ctx, id(1), after(1), "revoke")
		}, func(s *stage) { s.revoked(1, after(1), "revoke") }},
		{"Deauthorize", loggedIn, func(s *stage, ctx context.Context) error {
			return s.Deauthorize(ctx, hanako, shop, after(1))
		}, func(s *stage) {
			s.dead(1)
			_, err := s.Code(s.ctx, id(2), start)
			s.is("Code", err, store.ErrNotFound)
		}},
		{"PutGrant", loggedIn, func(s *stage, ctx context.Context) error {
			return s.PutGrant(ctx, store.Grant{PersonID: taro, ChannelID: shop, Scopes: []string{"openid"}})
		}, func(s *stage) {
			g, err := s.Grant(s.ctx, taro, shop)
			s.same("Grant", g, err, store.Grant{PersonID: taro, ChannelID: shop, Scopes: []string{"openid"}})
		}},
		{"AddChannelToken", func(s *stage) {
			s.world()
			s.ok(s.AddChannelToken(s.ctx, channelToken(1, store.ChannelTokenV21), 1, true))
		}, func(s *stage, ctx context.Context) error {
			return s.AddChannelToken(ctx, channelToken(2, store.ChannelTokenV21), 1, true)
		}, func(s *stage) {
			s.same("ChannelTokensOf", liveTokens(s, store.ChannelTokenV21, after(2)), nil, []int{2})
		}},
		{"CreateLIFFApp", (*stage).world, func(s *stage, ctx context.Context) error {
			return s.CreateLIFFApp(ctx, app(1, shop), 1)
		}, func(s *stage) { s.same("LIFFAppsOf", appIDs(s, shop), nil, []string{app(1, shop).ID}) }},
		{"UpdateChannel", (*stage).world, func(s *stage, ctx context.Context) error {
			return s.UpdateChannel(ctx, store.Channel{ID: shop, ProviderID: provider, Name: "new", Version: 1})
		}, func(s *stage) {
			c, err := s.Channel(s.ctx, shop)
			s.same("Channel", c.Name, err, "new")
		}},
		{"SetFriendship", (*stage).world, func(s *stage, ctx context.Context) error {
			_, err := s.SetFriendship(ctx, hanako, "@a", store.Friend)
			return err
		}, func(s *stage) {
			f, err := s.Friendship(s.ctx, hanako, "@a")
			s.same("Friendship", f, err, store.Friend)
		}},
		{"AddEvents", (*stage).world, func(s *stage, ctx context.Context) error {
			return s.AddEvents(ctx, make([]store.Event, 33))
		}, func(s *stage) {
			all, err := s.EventsAfter(s.ctx, 0, 100)
			s.same("EventsAfter", len(all), err, 33)
		}},
		{"AddEvent", (*stage).world, func(s *stage, ctx context.Context) error {
			return s.AddEvent(ctx, store.Event{Time: start, Status: 1, RequestID: "r"})
		}, func(s *stage) {
			all, err := s.EventsOf(s.ctx, "r")
			s.same("EventsOf", len(all), err, 1)
		}},
		{"UseAssertion", (*stage).world, func(s *stage, ctx context.Context) error {
			return s.UseAssertion(ctx, shop, "jti", start, after(60))
		}, func(s *stage) {
			s.is("again", s.UseAssertion(s.ctx, shop, "jti", start, after(60)), store.ErrUsed)
		}},
		{"ReplaceKeyRing", (*stage).world, func(s *stage, ctx context.Context) error {
			return s.ReplaceKeyRing(ctx, 0, []store.Key{{ID: "a"}})
		}, func(s *stage) {
			ring, err := s.KeyRing(s.ctx)
			s.same("KeyRing", ring, err, store.KeyRing{Version: 1, Keys: []store.Key{{ID: "a"}}})
		}},
	}
}
