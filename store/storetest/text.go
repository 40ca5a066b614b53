package storetest

import "github.com/tegata-id/tegata/store"

// strange are texts that some database cannot keep, and that a stranger may send.
var strange = []string{"\x00", "a\x00b", "\xff", "a\xc3", "\xed\xa0\x80"}

var textCases = []testCase{
	{"what no text may be is not found", func(s *stage) {
		s.world()
		for _, text := range strange {
			_, err := s.Channel(s.ctx, text)
			s.is("Channel", err, store.ErrNotFound)
			_, err = s.LIFFApp(s.ctx, text)
			s.is("LIFFApp", err, store.ErrNotFound)
			_, err = s.Person(s.ctx, text)
			s.is("Person", err, store.ErrNotFound)
			_, err = s.PersonByLogin(s.ctx, text)
			s.is("PersonByLogin", err, store.ErrNotFound)
			_, err = s.PersonOf(s.ctx, provider, text)
			s.is("PersonOf", err, store.ErrNotFound)
			_, err = s.UserID(s.ctx, text, provider, "")
			s.is("UserID", err, store.ErrNotFound)
			_, err = s.Grant(s.ctx, hanako, text)
			s.is("Grant", err, store.ErrNotFound)
			s.is("Deauthorize", s.Deauthorize(s.ctx, text, shop, start), store.ErrNotFound)
			s.is("DeleteLIFFApp", s.DeleteLIFFApp(s.ctx, shop, text), store.ErrNotFound)
			events, err := s.EventsOf(s.ctx, text)
			s.same("EventsOf", events, err, []store.Event{})
			apps, err := s.LIFFAppsOf(s.ctx, text)
			s.same("LIFFAppsOf", apps, err, []store.LIFFApp{})
		}
	}},
	{"what a stranger sends is used up and told of all the same", func(s *stage) {
		s.world()
		for n, text := range strange {
			s.is("UseAssertion", s.UseAssertion(s.ctx, shop, text, start, after(60)), nil)
			s.is("UseAssertion again", s.UseAssertion(s.ctx, shop, text, start, after(60)), store.ErrUsed)
			s.is("AddEvent", s.AddEvent(s.ctx, store.Event{Status: n, RequestID: text, Given: text, Message: text}), nil)
		}
		all, err := s.EventsAfter(s.ctx, 0, 100)
		s.same("EventsAfter", len(all), err, len(strange))
	}},
	{"text comes back as it was, or is refused", func(s *stage) {
		s.world()
		for n, text := range strange {
			t := transaction(n)
			t.Request.State = text
			if err := s.CreateTransaction(s.ctx, t); err != nil {
				s.mistake("CreateTransaction", err)
				continue
			}
			got, err := s.Transaction(s.ctx, hash(n), start)
			s.same("Transaction", got, err, t)
		}
		t := transaction(100)
		t.Request.State = `\ufffd \u0000 ` + "\ufffd"
		s.ok(s.CreateTransaction(s.ctx, t))
		got, err := s.Transaction(s.ctx, hash(100), start)
		s.same("Transaction", got, err, t)
	}},
}
