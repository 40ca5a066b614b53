package storetest

import (
	"slices"

	"github.com/tegata-id/tegata/store"
)

var peopleCases = []testCase{
	{"ID, handle and address are unique", func(s *stage) {
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "1", Handle: "one", Email: "One@example.com"}))
		for what, p := range map[string]store.Person{
			"ID":                       {ID: "1", Handle: "two", Email: "two@example.com"},
			"handle":                   {ID: "2", Handle: "one", Email: "two@example.com"},
			"address":                  {ID: "2", Handle: "two", Email: "One@example.com"},
			"address in another case":  {ID: "2", Handle: "two", Email: "oNE@EXAMPLE.com"},
			"address in another case²": {ID: "2", Email: "one@example.com"},
		} {
			s.is(what, s.CreatePerson(s.ctx, p), store.ErrExists)
		}
		_, err := s.Person(s.ctx, "2")
		s.is("Person", err, store.ErrNotFound)
		_, err = s.PersonByLogin(s.ctx, "two")
		s.is("PersonByLogin", err, store.ErrNotFound)
	}},
	{"empty handles and addresses are nobody's", func(s *stage) {
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "1"}))
		s.is("second", s.CreatePerson(s.ctx, store.Person{ID: "2"}), nil)
		_, err := s.PersonByLogin(s.ctx, "")
		s.is("PersonByLogin", err, store.ErrNotFound)
	}},
	{"a person is found by address in any case and by handle", func(s *stage) {
		p := store.Person{ID: "1", Handle: "one", Email: "One@Example.com"}
		s.ok(s.CreatePerson(s.ctx, p))
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "2", Handle: "one@example.com", Email: "two@example.com"}))
		p.Version = 1
		for _, login := range []string{"one", "One@Example.com", "one@example.com", "ONE@EXAMPLE.COM"} {
			got, err := s.PersonByLogin(s.ctx, login)
			s.same(login, got, err, p)
		}
		for _, login := range []string{"three", "one@example", "%", "1"} {
			_, err := s.PersonByLogin(s.ctx, login)
			s.is(login, err, store.ErrNotFound)
		}
	}},
	{"people are listed in the order in which they were made", func(s *stage) {
		for _, n := range []string{"3", "1", "2"} {
			s.ok(s.CreatePerson(s.ctx, store.Person{ID: n, Handle: "h" + n}))
		}
		s.ok(s.UpdatePerson(s.ctx, store.Person{ID: "3", Handle: "changed", Version: 1}))
		all, err := s.People(s.ctx)
		s.same("People", names(all, func(p store.Person) string { return p.ID }), err, []string{"3", "1", "2"})
	}},
	{"a person changes only from the version that was read", func(s *stage) {
		s.is("unknown", s.UpdatePerson(s.ctx, store.Person{ID: "none"}), store.ErrNotFound)
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "1", Handle: "one", Email: "one@example.com"}))
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "2", Handle: "two", Email: "two@example.com"}))
		s.is("taken handle", s.UpdatePerson(s.ctx, store.Person{ID: "1", Handle: "two", Version: 1}), store.ErrExists)
		s.is("taken address", s.UpdatePerson(s.ctx, store.Person{ID: "1", Email: "TWO@example.com", Version: 1}), store.ErrExists)
		changed := store.Person{ID: "1", Handle: "uno", Email: "ONE@example.com", Version: 1}
		s.is("first", s.UpdatePerson(s.ctx, changed), nil)
		s.is("second", s.UpdatePerson(s.ctx, changed), store.ErrConflict)
		changed.Version = 2
		for _, login := range []string{"uno", "one@example.com"} {
			got, err := s.PersonByLogin(s.ctx, login)
			s.same(login, got, err, changed)
		}
		_, err := s.PersonByLogin(s.ctx, "one")
		s.is("old handle", err, store.ErrNotFound)
		changed.Email = "uno@example.com"
		s.ok(s.UpdatePerson(s.ctx, changed))
		_, err = s.PersonByLogin(s.ctx, "one@example.com")
		s.is("old address", err, store.ErrNotFound)
		s.is("old address for somebody else", s.CreatePerson(s.ctx, store.Person{ID: "4", Email: "one@example.com"}), nil)
		s.is("old handle for somebody else", s.CreatePerson(s.ctx, store.Person{ID: "3", Handle: "one"}), nil)
	}},
	{"a friendship is per person and account", func(s *stage) {
		s.world()
		stands := func(person, bot string, want store.Friendship) {
			s.Helper()
			got, err := s.Friendship(s.ctx, person, bot)
			s.same("Friendship "+person+bot, got, err, want)
		}
		stands(hanako, "@a", store.NotFriend)
		before := store.NotFriend
		for _, now := range []store.Friendship{store.Friend, store.Blocked, store.NotFriend, store.Friend} {
			got, err := s.SetFriendship(s.ctx, hanako, "@a", now)
			s.same("SetFriendship", got, err, before)
			stands(hanako, "@a", now)
			before = now
		}
		stands(hanako, "@b", store.NotFriend)
		stands(taro, "@a", store.NotFriend)
	}},
}

var identityCases = []testCase{
	{"a user ID is for ever, per provider, and one person's", func(s *stage) {
		s.world()
		s.ok(s.CreateProvider(s.ctx, store.Provider{ID: "provider-2"}))
		for _, step := range []struct {
			person, provider, candidate, want string
			err                               error
		}{
			{hanako, provider, "", "", store.ErrNotFound},
			{hanako, provider, "U1", "U1", nil},
			{hanako, provider, "U2", "U1", nil},
			{hanako, provider, "", "U1", nil},
			{taro, provider, "U1", "", store.ErrExists},
			{taro, provider, "", "", store.ErrNotFound},
			{taro, provider, "U2", "U2", nil},
			{hanako, provider, "U2", "U1", nil},
			{taro, "provider-2", "U1", "U1", nil},
			{hanako, "provider-2", "U3", "U3", nil},
		} {
			got, err := s.UserID(s.ctx, step.person, step.provider, step.candidate)
			s.is("UserID", err, step.err)
			if got != step.want {
				s.Errorf("UserID(%q, %q, %q): got %q, want %q", step.person, step.provider, step.candidate, got, step.want)
			}
		}
		for key, want := range map[[2]string]string{
			{provider, "U1"}: hanako, {provider, "U2"}: taro, {"provider-2", "U1"}: taro, {"provider-2", "U3"}: hanako,
		} {
			got, err := s.PersonOf(s.ctx, key[0], key[1])
			s.same("PersonOf", got, err, want)
		}
		for _, key := range [][2]string{{provider, "U3"}, {"provider-2", "U2"}, {"none", "U1"}, {provider, ""}} {
			_, err := s.PersonOf(s.ctx, key[0], key[1])
			s.is("PersonOf", err, store.ErrNotFound)
		}
	}},
}

var keyCases = []testCase{
	{"the ring is replaced only from the version that was read", func(s *stage) {
		ring, err := s.KeyRing(s.ctx)
		s.same("empty", ring, err, store.KeyRing{})
		one, two := []store.Key{{ID: "b"}, {ID: "a"}}, []store.Key{{ID: "c"}}
		s.is("ahead", s.ReplaceKeyRing(s.ctx, 1, one), store.ErrConflict)
		s.is("first", s.ReplaceKeyRing(s.ctx, 0, one), nil)
		s.is("behind", s.ReplaceKeyRing(s.ctx, 0, two), store.ErrConflict)
		ring, err = s.KeyRing(s.ctx)
		s.same("first", ring, err, store.KeyRing{Version: 1, Keys: one})
		s.is("second", s.ReplaceKeyRing(s.ctx, 1, two), nil)
		ring, err = s.KeyRing(s.ctx)
		s.same("second", ring, err, store.KeyRing{Version: 2, Keys: two})
	}},
}

var eventCases = []testCase{
	{"many events at once have numbers that follow each other", func(s *stage) {
		var want []store.Event
		for _, many := range []int{0, 1, 15, 16, 17, 40} {
			var all []store.Event
			for range many {
				all = append(all, store.Event{Time: start, RequestID: "\xff\x00", Status: len(want) + len(all), Kind: "refused"})
			}
			s.ok(s.AddEvents(s.ctx, all))
			want = append(want, all...)
		}
		got, err := s.EventsAfter(s.ctx, 0, 100)
		s.ok(err)
		if len(got) != len(want) {
			s.Fatalf("EventsAfter: got %d events, want %d", len(got), len(want))
		}
		for n, e := range got {
			if e.Status != n || e.Seq != got[0].Seq+int64(n) || e.Kind != "refused" {
				s.Fatalf("event %d: got number %d, event %d of the kind %q", n, e.Seq, e.Status, e.Kind)
			}
		}
	}},
	{"events have rising numbers and come in order", func(s *stage) {
		for n := range 20 {
			s.ok(s.AddEvent(s.ctx, store.Event{Time: after(-n), RequestID: []string{"even", "odd"}[n%2], Status: n}))
		}
		all, err := s.EventsAfter(s.ctx, 0, 100)
		s.ok(err)
		if len(all) != 20 {
			s.Fatalf("EventsAfter: got %d events, want 20", len(all))
		}
		for n, e := range all {
			if e.Status != n || n > 0 && e.Seq <= all[n-1].Seq {
				s.Fatalf("event %d: got number %d, event %d", n, e.Seq, e.Status)
			}
		}
		odd, err := s.EventsOf(s.ctx, "odd")
		s.ok(err)
		var want []store.Event
		for n := 1; n < 20; n += 2 {
			want = append(want, all[n])
		}
		s.same("EventsOf", odd, nil, want)
		none, err := s.EventsOf(s.ctx, "none")
		s.same("EventsOf an unknown request", none, err, []store.Event{})
		some, err := s.EventsAfter(s.ctx, all[4].Seq, 3)
		s.same("EventsAfter in the middle", some, err, slices.Clone(all[5:8]))
		for _, n := range []int64{all[19].Seq, all[19].Seq + 1, 1<<63 - 1} {
			none, err = s.EventsAfter(s.ctx, n, 3)
			s.same("EventsAfter the end", none, err, []store.Event{})
		}
		none, err = s.EventsAfter(s.ctx, 0, 0)
		s.same("EventsAfter with limit 0", none, err, []store.Event{})
	}},
}
