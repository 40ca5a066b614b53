package storetest

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

// Administered is an engine with the verbs of operators.
type Administered interface {
	store.Store
	store.Administration
}

// RunAdministration tests that the stores which open gives keep to the contract of
// store.Administration. Its cases run in parallel.
func RunAdministration(t *testing.T, open func(t *testing.T) Administered) {
	for _, group := range []struct {
		name  string
		cases []adminCase
	}{
		{"admin tokens", adminTokenCases},
		{"password links", passwordLinkCases},
		{"removal", removalCases},
		{"gone", goneCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					st := open(t)
					t.Cleanup(func() {
						if err := st.Close(); err != nil {
							t.Errorf("Close: %v", err)
						}
					})
					c.run(&adminStage{stage: stage{TB: t, Store: st, ctx: t.Context()}, Administration: st})
				})
			}
		})
	}
}

// adminStage is a stage with the verbs of operators.
type adminStage struct {
	stage
	store.Administration
}

// adminCase is one case of RunAdministration. It gets an empty store.
type adminCase struct {
	name string
	run  func(s *adminStage)
}

// race runs f in n goroutines and returns how many of them it answered nil; every other
// answer must be want.
func (s *adminStage) race(n int, want error, f func(n int) error) int {
	s.Helper()
	var won atomic.Int64
	var work sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		work.Go(func() {
			<-begin
			err := f(i)
			if err == nil {
				won.Add(1)
				return
			}
			s.is("loser", err, want)
		})
	}
	close(begin)
	work.Wait()
	return int(won.Load())
}

func adminToken(n int) store.AdminToken {
	return store.AdminToken{
		ID: string(rune('a' + n)), Name: "token", Hash: hash(n), Once: n%2 == 1, CreatedAt: after(n), ExpiresAt: after(1000),
	}
}

var adminTokenCases = []adminCase{
	{"a token is found by its hash until it expires", func(s *adminStage) {
		never := adminToken(2)
		never.ExpiresAt = time.Time{}
		for _, t := range []store.AdminToken{adminToken(1), never} {
			s.ok(s.CreateAdminToken(s.ctx, t))
			got, err := s.AdminToken(s.ctx, t.Hash, after(999))
			s.same("AdminToken", got, err, t)
		}
		_, err := s.AdminToken(s.ctx, hash(1), after(1000))
		s.is("at its end", err, store.ErrNotFound)
		_, err = s.AdminToken(s.ctx, hash(2), after(1<<30))
		s.is("one without an end", err, nil)
		_, err = s.AdminToken(s.ctx, hash(3), start)
		s.is("unknown", err, store.ErrNotFound)
	}},
	{"ID and hash are unique", func(s *adminStage) {
		s.ok(s.CreateAdminToken(s.ctx, adminToken(1)))
		sameID, sameHash := adminToken(2), adminToken(2)
		sameID.ID, sameHash.Hash = adminToken(1).ID, hash(1)
		s.is("ID", s.CreateAdminToken(s.ctx, sameID), store.ErrExists)
		s.is("hash", s.CreateAdminToken(s.ctx, sameHash), store.ErrExists)
		all, err := s.AdminTokens(s.ctx)
		s.same("AdminTokens", all, err, []store.AdminToken{adminToken(1)})
	}},
	{"tokens are listed by age and go when they are swept", func(s *adminStage) {
		same := adminToken(4)
		same.CreatedAt, same.ExpiresAt = after(3), after(2000)
		for _, t := range []store.AdminToken{same, adminToken(3), adminToken(1), adminToken(2)} {
			s.ok(s.CreateAdminToken(s.ctx, t))
		}
		all, err := s.AdminTokens(s.ctx)
		s.same("AdminTokens", all, err, []store.AdminToken{adminToken(1), adminToken(2), adminToken(3), same})
		if n := s.sweepAll(after(1000), 2); n != 3 {
			s.Errorf("swept %d, want 3", n)
		}
		all, err = s.AdminTokens(s.ctx)
		s.same("AdminTokens", all, err, []store.AdminToken{same})
	}},
	{"a token is exchanged for another one in one step", func(s *adminStage) {
		once, next, other := adminToken(1), adminToken(2), adminToken(3)
		s.ok(s.CreateAdminToken(s.ctx, once))
		s.ok(s.CreateAdminToken(s.ctx, other))
		taken := next
		taken.ID = other.ID
		s.is("for a taken ID", s.DeleteAdminToken(s.ctx, once.ID, &taken), store.ErrExists)
		taken = next
		taken.Hash = other.Hash
		s.is("for a taken hash", s.DeleteAdminToken(s.ctx, once.ID, &taken), store.ErrExists)
		all, err := s.AdminTokens(s.ctx)
		s.same("nothing has changed", all, err, []store.AdminToken{once, other})
		// The same ID again is a new token in the place of the old one.
		renewed := once
		renewed.Hash = hash(7)
		s.ok(s.DeleteAdminToken(s.ctx, once.ID, &renewed))
		s.ok(s.DeleteAdminToken(s.ctx, once.ID, &next))
		s.is("again", s.DeleteAdminToken(s.ctx, once.ID, &once), store.ErrNotFound)
		s.ok(s.DeleteAdminToken(s.ctx, other.ID, nil))
		s.is("deleted", s.DeleteAdminToken(s.ctx, other.ID, nil), store.ErrNotFound)
		all, err = s.AdminTokens(s.ctx)
		s.same("AdminTokens", all, err, []store.AdminToken{next})
	}},
	{"of many who exchange one token, one wins", func(s *adminStage) {
		s.ok(s.CreateAdminToken(s.ctx, adminToken(1)))
		won := s.race(16, store.ErrNotFound, func(n int) error {
			next := adminToken(n + 2)
			return s.DeleteAdminToken(s.ctx, adminToken(1).ID, &next)
		})
		all, err := s.AdminTokens(s.ctx)
		s.ok(err)
		if won != 1 || len(all) != 1 {
			s.Errorf("%d won and %d tokens are left, want one of each", won, len(all))
		}
	}},
}

func passwordLink(n int, person string) store.PasswordLink {
	return store.PasswordLink{Hash: hash(n), PersonID: person, CreatedAt: start, ExpiresAt: after(1000)}
}

var passwordLinkCases = []adminCase{
	{"a link lives until it expires", func(s *adminStage) {
		s.world()
		s.is("nobody's", s.CreatePasswordLink(s.ctx, passwordLink(1, "nobody")), store.ErrNotFound)
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(1, hanako)))
		s.is("hash", s.CreatePasswordLink(s.ctx, passwordLink(1, taro)), store.ErrExists)
		got, err := s.PasswordLink(s.ctx, hash(1), after(999))
		s.same("PasswordLink", got, err, passwordLink(1, hanako))
		for _, now := range []int{1000, 1001} {
			_, err = s.PasswordLink(s.ctx, hash(1), after(now))
			s.is("over", err, store.ErrNotFound)
			_, err = s.UsePasswordLink(s.ctx, hash(1), after(now), "hash")
			s.is("use when over", err, store.ErrNotFound)
		}
		_, err = s.PasswordLink(s.ctx, hash(2), start)
		s.is("unknown", err, store.ErrNotFound)
		if n := s.sweepAll(after(1000), 10); n != 1 {
			s.Errorf("swept %d, want 1", n)
		}
		_, err = s.PasswordLink(s.ctx, hash(1), start)
		s.is("swept", err, store.ErrNotFound)
	}},
	{"the last link of a person counts", func(s *adminStage) {
		s.world()
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(1, hanako)))
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(2, taro)))
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(3, hanako)))
		_, err := s.PasswordLink(s.ctx, hash(1), start)
		s.is("the first", err, store.ErrNotFound)
		for n, person := range map[int]string{2: taro, 3: hanako} {
			got, err := s.PasswordLink(s.ctx, hash(n), start)
			s.same("PasswordLink", got, err, passwordLink(n, person))
		}
	}},
	{"a link sets the password and ends the sessions", func(s *adminStage) {
		s.world()
		s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(1), PersonID: hanako, ExpiresAt: after(5000)}))
		s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(2), PersonID: taro, ExpiresAt: after(5000)}))
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(1, hanako)))
		got, err := s.UsePasswordLink(s.ctx, hash(1), start, "new")
		s.same("UsePasswordLink", got, err, passwordLink(1, hanako))
		_, err = s.UsePasswordLink(s.ctx, hash(1), start, "newer")
		s.is("again", err, store.ErrNotFound)
		p, err := s.Person(s.ctx, hanako)
		s.same("Person", p, err, store.Person{ID: hanako, Handle: "hanako", PasswordHash: "new", Version: 2})
		s.is("a change that did not know of it", s.UpdatePerson(s.ctx, store.Person{ID: hanako, Handle: "hanako", Version: 1}), store.ErrConflict)
		_, err = s.Session(s.ctx, hash(1), start)
		s.is("her session", err, store.ErrNotFound)
		_, err = s.Session(s.ctx, hash(2), start)
		s.is("his session", err, nil)
	}},
	{"of many who use one link, one wins", func(s *adminStage) {
		s.world()
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(1, hanako)))
		won := s.race(16, store.ErrNotFound, func(n int) error {
			_, err := s.UsePasswordLink(s.ctx, hash(1), start, string(rune('a'+n)))
			return err
		})
		p, err := s.Person(s.ctx, hanako)
		if err != nil || won != 1 || p.Version != 2 {
			s.Errorf("%d won, version %d (%v); want one and 2", won, p.Version, err)
		}
	}},
}

var removalCases = []adminCase{
	{"a provider is renamed, and removed when it has no channel", func(s *adminStage) {
		s.is("unknown", s.UpdateProvider(s.ctx, store.Provider{ID: provider}), store.ErrNotFound)
		s.is("unknown", s.DeleteProvider(s.ctx, provider), store.ErrNotFound)
		s.world()
		s.ok(s.UpdateProvider(s.ctx, store.Provider{ID: provider, Name: "New"}))
		all, err := s.Providers(s.ctx)
		s.same("Providers", all, err, []store.Provider{{ID: provider, Name: "New"}})
		s.is("with channels", s.DeleteProvider(s.ctx, provider), store.ErrInUse)
		s.ok(s.DeleteChannel(s.ctx, shop, start))
		s.is("with one channel", s.DeleteProvider(s.ctx, provider), store.ErrInUse)
		s.ok(s.DeleteChannel(s.ctx, bank, start))
		s.is("empty", s.DeleteProvider(s.ctx, provider), nil)
		s.is("a channel of it", s.CreateChannel(s.ctx, store.Channel{ID: "3", ProviderID: provider}), store.ErrNotFound)
	}},
	{"a channel goes with its apps and its own tokens", func(s *adminStage) {
		s.world()
		for _, channel := range []string{shop, bank} {
			s.ok(s.CreateLIFFApp(s.ctx, store.LIFFApp{ID: channel + "-app", ChannelID: channel}, 0))
		}
		mine, other := channelToken(1, store.ChannelTokenV21), channelToken(2, store.ChannelTokenV21)
		mine.ChannelID, other.ChannelID = shop, bank
		s.ok(s.AddChannelToken(s.ctx, mine, 0, false))
		s.ok(s.AddChannelToken(s.ctx, other, 0, false))
		s.is("unknown", s.DeleteChannel(s.ctx, "none", start), store.ErrNotFound)
		s.ok(s.DeleteChannel(s.ctx, shop, after(5)))
		s.is("again", s.DeleteChannel(s.ctx, shop, start), store.ErrNotFound)
		_, err := s.Channel(s.ctx, shop)
		s.is("Channel", err, store.ErrNotFound)
		_, err = s.LIFFApp(s.ctx, shop+"-app")
		s.is("LIFFApp", err, store.ErrNotFound)
		_, err = s.LIFFApp(s.ctx, bank+"-app")
		s.is("other's LIFFApp", err, nil)
		mine.RevokedAt = after(5)
		for _, want := range []store.ChannelToken{mine, other} {
			got, err := s.ChannelToken(s.ctx, want.ID)
			s.same("ChannelToken", got, err, want)
		}
		left, err := s.ChannelTokensOf(s.ctx, shop, store.ChannelTokenV21, start)
		s.same("ChannelTokensOf", left, err, []store.ChannelToken{})
	}},
	{"what rests on a consent goes by withdrawing, in bounded steps", func(s *adminStage) {
		s.world()
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "person-3"}))
		for n, person := range []string{hanako, taro, "person-3"} {
			s.consent(person, shop)
			s.login(10+n, person, shop)
		}
		s.consent(hanako, bank)
		s.login(20, hanako, bank)
		s.is("DeleteChannel", s.DeleteChannel(s.ctx, shop, start), store.ErrInUse)
		s.is("DeletePerson", s.DeletePerson(s.ctx, hanako), store.ErrInUse)
		for _, want := range []int{2, 1, 0} {
			n, err := s.Withdraw(s.ctx, "", shop, after(3), 2)
			s.same("Withdraw", n, err, want)
		}
		for n := range 3 {
			s.revoked(10+n, after(3), store.CauseDeauthorize)
		}
		s.revoked(20, time.Time{}, "")
		s.ok(s.DeleteChannel(s.ctx, shop, start))
		for person, want := range map[string]int{taro: 0, hanako: 1} {
			n, err := s.Withdraw(s.ctx, person, "", after(4), 10)
			s.same("Withdraw of "+person, n, err, want)
		}
		s.revoked(20, after(4), store.CauseDeauthorize)
		s.is("DeletePerson", s.DeletePerson(s.ctx, hanako), nil)
	}},
	{"withdrawing speaks of the person and the channel that are named", func(s *adminStage) {
		s.world()
		for _, person := range []string{hanako, taro} {
			s.consent(person, shop)
			s.consent(person, bank)
		}
		for _, tt := range []struct {
			person, channel string
			limit, want     int
		}{{"", "", 10, 0}, {hanako, shop, 0, 0}, {hanako, shop, 10, 1}, {hanako, shop, 10, 0}, {hanako, "", 10, 1}, {"", bank, 10, 1}, {"none", "", 10, 0}} {
			n, err := s.Withdraw(s.ctx, tt.person, tt.channel, start, tt.limit)
			s.same("Withdraw "+tt.person+tt.channel, n, err, tt.want)
		}
		_, err := s.Grant(s.ctx, taro, shop)
		s.is("what nobody spoke of", err, nil)
	}},
	{"a person goes, and the user IDs stay taken", func(s *adminStage) {
		s.is("unknown", s.DeletePerson(s.ctx, hanako), store.ErrNotFound)
		s.world()
		s.ok(s.UpdatePerson(s.ctx, store.Person{ID: hanako, Handle: "hanako", Email: "H@example.com", Version: 1}))
		_, err := s.UserID(s.ctx, hanako, provider, "U1")
		s.ok(err)
		_, err = s.SetFriendship(s.ctx, hanako, "@a", store.Friend)
		s.ok(err)
		s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(1), PersonID: hanako, ExpiresAt: after(5000)}))
		s.ok(s.CreatePasswordLink(s.ctx, passwordLink(1, hanako)))
		s.ok(s.DeletePerson(s.ctx, hanako))
		s.is("again", s.DeletePerson(s.ctx, hanako), store.ErrNotFound)
		for _, login := range []string{"hanako", "h@example.com"} {
			_, err = s.PersonByLogin(s.ctx, login)
			s.is("PersonByLogin "+login, err, store.ErrNotFound)
		}
		_, err = s.Session(s.ctx, hash(1), start)
		s.is("Session", err, store.ErrNotFound)
		_, err = s.UsePasswordLink(s.ctx, hash(1), start, "x")
		s.is("UsePasswordLink", err, store.ErrNotFound)
		_, err = s.UserID(s.ctx, taro, provider, "U1")
		s.is("the user ID for somebody else", err, store.ErrExists)
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: "new", Handle: "hanako", Email: "h@EXAMPLE.com"}))
		f, err := s.Friendship(s.ctx, hanako, "@a")
		s.same("Friendship", f, err, store.NotFriend)
		all, err := s.People(s.ctx)
		s.same("People", names(all, func(p store.Person) string { return p.ID }), err, []string{taro, "new"})
	}},
	{"sessions end for one person", func(s *adminStage) {
		s.world()
		for n, person := range []string{hanako, taro, hanako} {
			s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(n + 1), PersonID: person, ExpiresAt: after(5000)}))
		}
		s.ok(s.EndSessions(s.ctx, "nobody"))
		s.ok(s.EndSessions(s.ctx, hanako))
		for n, want := range []error{store.ErrNotFound, nil, store.ErrNotFound} {
			_, err := s.Session(s.ctx, hash(n+1), start)
			s.is("Session", err, want)
		}
	}},
	{"people come page by page in the order in which they were made", func(s *adminStage) {
		ids := []string{"4", "2", "9", "1", "7"}
		for _, id := range ids {
			s.ok(s.CreatePerson(s.ctx, store.Person{ID: id}))
		}
		page := func(after string, limit int) []string {
			s.Helper()
			all, err := s.PeopleAfter(s.ctx, after, limit)
			s.ok(err)
			return names(all, func(p store.Person) string { return p.ID })
		}
		s.same("first", page("", 2), nil, ids[:2])
		s.same("second", page("2", 2), nil, ids[2:4])
		s.same("last", page("1", 2), nil, ids[4:])
		s.same("behind the last", page("7", 2), nil, []string{})
		s.same("limit 0", page("", 0), nil, []string{})
		_, err := s.PeopleAfter(s.ctx, "none", 2)
		s.is("after nobody", err, store.ErrNotFound)
		s.ok(s.DeletePerson(s.ctx, "9"))
		s.same("after a removal", page("4", 5), nil, slices.Concat(ids[1:2], ids[3:]))
	}},
}
