package storetest

import (
	"fmt"
	"sync"

	"github.com/tegata-id/tegata/store"
)

// goneCases are about requests that were under way when somebody or something was removed.
var goneCases = []adminCase{
	{"who or what has gone gets nothing new", func(s *adminStage) {
		s.world()
		s.consent(hanako, bank)
		_, err := s.Withdraw(s.ctx, "", bank, start, 10)
		s.ok(err)
		s.ok(s.DeletePerson(s.ctx, hanako))
		s.ok(s.DeleteChannel(s.ctx, bank, start))
		// By requests that were under way, and had looked person and channel up before.
		for what, parties := range map[string][2]string{"the person": {hanako, shop}, "the channel": {taro, bank}, "both": {hanako, bank}} {
			err := s.PutGrant(s.ctx, store.Grant{PersonID: parties[0], ChannelID: parties[1], ConsentedAt: start})
			s.is("PutGrant without "+what, err, store.ErrNotFound)
			_, err = s.Grant(s.ctx, parties[0], parties[1])
			s.is("Grant without "+what, err, store.ErrNotFound)
		}
		s.is("CreateSession", s.CreateSession(s.ctx, store.Session{Hash: hash(1), PersonID: hanako, ExpiresAt: after(5000)}), store.ErrNotFound)
		for n, limit := range []int{0, 1} {
			token := channelToken(n+1, store.ChannelTokenV21)
			token.ChannelID = bank
			s.is("AddChannelToken", s.AddChannelToken(s.ctx, token, limit, false), store.ErrNotFound)
			_, err = s.ChannelToken(s.ctx, token.ID)
			s.is("ChannelToken", err, store.ErrNotFound)
		}
	}},
	{"a removal and what it would take with it do not pass each other", func(s *adminStage) {
		s.world()
		for n := range 200 {
			person := fmt.Sprintf("person-%d", n)
			s.ok(s.CreatePerson(s.ctx, store.Person{ID: person}))
			var removed, consented, begun error
			var work sync.WaitGroup
			work.Go(func() { removed = s.DeletePerson(s.ctx, person) })
			work.Go(func() {
				consented = s.PutGrant(s.ctx, store.Grant{PersonID: person, ChannelID: shop, ConsentedAt: start})
			})
			work.Go(func() {
				begun = s.CreateSession(s.ctx, store.Session{Hash: hash(n + 1), PersonID: person, ExpiresAt: after(5000)})
			})
			work.Wait()
			_, grant := s.Grant(s.ctx, person, shop)
			_, session := s.Session(s.ctx, hash(n+1), start)
			if removed != nil {
				s.is("DeletePerson", removed, store.ErrInUse)
				s.is("PutGrant", consented, nil)
				s.is("CreateSession", begun, nil)
			} else if grant == nil || session == nil {
				s.Fatalf("a person has gone, the consent stays: %v (%v), a session stays: %v (%v)", grant == nil, consented, session == nil, begun)
			}
		}
	}},
}
