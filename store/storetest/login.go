package storetest

import (
	"reflect"
	"time"

	"github.com/tegata-id/tegata/store"
)

var loginCases = []testCase{
	{"a session lives until the second at which it expires", func(s *stage) {
		s.world()
		r := store.Session{Hash: hash(1), PersonID: hanako, AuthTime: start, ExpiresAt: after(10)}
		s.ok(s.CreateSession(s.ctx, r))
		s.is("again", s.CreateSession(s.ctx, r), store.ErrExists)
		got, err := s.Session(s.ctx, hash(1), after(9))
		s.same("one second before", got, err, r)
		for _, at := range []int{10, 11} {
			_, err = s.Session(s.ctx, hash(1), after(at))
			s.is("at its end", err, store.ErrNotFound)
		}
		_, err = s.Session(s.ctx, hash(2), start)
		s.is("unknown", err, store.ErrNotFound)
	}},
	{"a deleted session is over", func(s *stage) {
		s.world()
		for n := range 2 {
			s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(n), PersonID: hanako, ExpiresAt: after(10)}))
		}
		s.is("DeleteSession", s.DeleteSession(s.ctx, hash(0)), nil)
		s.is("again", s.DeleteSession(s.ctx, hash(0)), nil)
		_, err := s.Session(s.ctx, hash(0), start)
		s.is("deleted", err, store.ErrNotFound)
		_, err = s.Session(s.ctx, hash(1), start)
		s.is("the other", err, nil)
	}},
	{"the wall clock decides", func(s *stage) {
		s.world()
		// A caller's clock may be time.Now: then a wall clock that was set back must
		// not be outvoted by the reading that cannot be.
		now := time.Now()
		s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(1), PersonID: hanako, ExpiresAt: now.Add(time.Hour)}))
		_, err := s.Session(s.ctx, hash(1), now)
		s.is("live", err, nil)
		got, err := s.Session(s.ctx, hash(1), now.In(time.FixedZone("JST", 9*60*60)))
		s.is("in another zone", err, nil)
		s.clean("Session", reflect.ValueOf(got))
		if !got.ExpiresAt.Truncate(time.Second).Equal(now.Add(time.Hour).Truncate(time.Second)) {
			s.Errorf("expires at %v, want %v", got.ExpiresAt, now.Add(time.Hour))
		}
		_, err = s.Session(s.ctx, hash(1), now.Add(time.Hour+time.Second))
		s.is("expired", err, store.ErrNotFound)
	}},
	{"a transaction lives until the second at which it expires", func(s *stage) {
		s.world()
		s.ok(s.CreateTransaction(s.ctx, transaction(1)))
		s.is("again", s.CreateTransaction(s.ctx, transaction(1)), store.ErrExists)
		_, err := s.Transaction(s.ctx, hash(1), after(599))
		s.is("one second before", err, nil)
		for what, verb := range transactionVerbs(s) {
			s.is(what+" at its end", verb(1, after(600)), store.ErrNotFound)
			s.is(what+" of none", verb(2, start), store.ErrNotFound)
		}
		_, err = s.Code(s.ctx, id(1), start)
		s.is("code of a transaction that was over", err, store.ErrNotFound)
	}},
	{"a finished transaction is used, until it expires", func(s *stage) {
		s.world()
		s.ok(s.CreateTransaction(s.ctx, transaction(1)))
		s.ok(s.FinishTransaction(s.ctx, hash(1), start, nil))
		for what, verb := range transactionVerbs(s) {
			s.is(what, verb(1, after(599)), store.ErrUsed)
			s.is(what+" after its end", verb(1, after(600)), store.ErrNotFound)
		}
		_, err := s.Code(s.ctx, id(1), start)
		s.is("code of a used transaction", err, store.ErrNotFound)
	}},
	{"who logged in is written until the end", func(s *stage) {
		s.world()
		s.ok(s.CreateTransaction(s.ctx, transaction(1)))
		for _, person := range []string{hanako, taro} {
			who := store.Authentication{PersonID: person, AMR: []string{"pwd"}, Time: after(5)}
			s.ok(s.AuthenticateTransaction(s.ctx, hash(1), start, who))
			want := transaction(1)
			want.Who = who
			got, err := s.Transaction(s.ctx, hash(1), start)
			s.same("Transaction", got, err, want)
		}
	}},
	{"a transaction that nobody logged in to is dropped, used or not", func(s *stage) {
		s.world()
		for n := range 4 {
			s.ok(s.CreateTransaction(s.ctx, transaction(n)))
		}
		who := store.Authentication{PersonID: hanako, AMR: []string{"pwd"}, Time: start}
		s.ok(s.AuthenticateTransaction(s.ctx, hash(1), start, who))
		s.ok(s.FinishTransaction(s.ctx, hash(2), start, nil))
		for _, n := range []int{0, 1, 2, 9} {
			s.is("DropTransaction", s.DropTransaction(s.ctx, hash(n)), nil)
		}
		for n, want := range []error{store.ErrNotFound, nil, store.ErrNotFound, nil} {
			_, err := s.Transaction(s.ctx, hash(n), start)
			s.is("Transaction", err, want)
		}
		s.is("again", s.DropTransaction(s.ctx, hash(0)), nil)
		s.is("its hash is free", s.CreateTransaction(s.ctx, transaction(0)), nil)
		removed, err := s.Sweep(s.ctx, after(600), 100)
		s.same("Sweep", removed, err, 3)
	}},
	{"a transaction whose code cannot be added is not burned", func(s *stage) {
		s.world()
		s.ok(s.CreateTransaction(s.ctx, transaction(1)))
		c := code(1, hanako, shop)
		s.ok(s.CreateCode(s.ctx, c))
		s.is("taken code", s.FinishTransaction(s.ctx, hash(1), start, &c), store.ErrExists)
		c.ID = id(2)
		s.is("free code", s.FinishTransaction(s.ctx, hash(1), start, &c), nil)
		got, err := s.Code(s.ctx, id(2), start)
		s.same("Code", got, err, c)
	}},
}

// transactionVerbs gives what can be done with a live transaction.
func transactionVerbs(s *stage) map[string]func(n int, now time.Time) error {
	return map[string]func(int, time.Time) error{
		"Transaction": func(n int, now time.Time) error {
			_, err := s.Transaction(s.ctx, hash(n), now)
			return err
		},
		"AuthenticateTransaction": func(n int, now time.Time) error {
			return s.AuthenticateTransaction(s.ctx, hash(n), now, store.Authentication{PersonID: hanako, Time: now})
		},
		"FinishTransaction": func(n int, now time.Time) error {
			c := code(1, hanako, shop)
			return s.FinishTransaction(s.ctx, hash(n), now, &c)
		},
	}
}
