package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/tegata-id/tegata/store"
)

// tokensInBench is how many access tokens lie in the store that Bench measures.
const tokensInBench = 100_000

// Yardstick is what an engine is measured by: the least that its database can be asked
// for, through the same pool and the same kind of commit. A figure in "bare" says how
// many of them a verb takes as long as.
type Yardstick struct {
	Read  func(n int) error // one row by its key
	Write func(n int) error // one row of 200 bytes with the key n, durably
}

// Bench measures the verbs that requests wait for, with the same names and the same
// content for every engine, so that their figures can be compared. The Yardstick may be
// empty. Run it with -benchmem.
func Bench(b *testing.B, open func(b *testing.B) (store.Store, Yardstick)) {
	engine, bare := open(b)
	b.Cleanup(func() {
		if err := engine.Close(); err != nil {
			b.Errorf("Close: %v", err)
		}
	})
	s := &stage{TB: b, Store: engine, ctx: b.Context()}
	s.furnish()
	m := &meter{}
	if bare.Read != nil {
		b.Run("bare/read", func(b *testing.B) { m.read = parallel(b, 0, bare.Read) })
	}
	s.benchReads(b, m)
	var next atomic.Int64
	next.Store(10 * tokensInBench)
	if bare.Write != nil {
		b.Run("bare/write", func(b *testing.B) {
			m.write = parallel(b, 0, func(int) error { return bare.Write(int(next.Add(1))) })
		})
	}
	s.benchWrites(b, m, &next)
}

// meter remembers how long the bare statements took, in nanoseconds; 0 if they were not
// measured.
type meter struct{ read, write float64 }

// furnish fills the store as a small deployment would.
func (s *stage) furnish() {
	s.world()
	s.ok(s.CreateChannel(s.ctx, store.Channel{
		ID: "full", ProviderID: provider, Name: "Full", Description: "A channel as they are", Web: true,
		Secrets:   []store.ChannelSecret{{Sealed: make([]byte, 80), CreatedAt: start}},
		Callbacks: []string{"https://shop.example/callback", "https://test.example/callback"},
		Roles:     map[string]store.Role{hanako: store.RoleAdmin, taro: store.RoleTester},
		Scopes:    []string{"email"}, Bot: &store.Bot{ID: "@shop", Name: "Shop"}, CreatedAt: start,
	}))
	s.ok(s.CreateLIFFApp(s.ctx, store.LIFFApp{ID: "full-abcdefgh", ChannelID: "full", Scopes: []string{"openid", "profile"}}, 30))
	for n := range 1000 {
		person := fmt.Sprintf("person-%d", n)
		s.ok(s.CreatePerson(s.ctx, store.Person{ID: person, Handle: person, Email: person + "@example.com"}))
		s.consent(person, shop)
	}
	for n := 1; n <= tokensInBench; n++ {
		s.ok(s.AddAccessToken(s.ctx, benchToken(n), start))
	}
	s.ok(s.CreateSession(s.ctx, store.Session{Hash: hash(1), PersonID: hanako, ExpiresAt: after(10)}))
	s.consent(hanako, shop)
	s.ok(s.CreateCode(s.ctx, code(1, hanako, shop)))
	first := access(tokensInBench+1, hanako, shop, id(1))
	s.ok(s.RedeemCode(s.ctx, id(1), start, first, refresh(1, hanako, shop)))
}

func benchToken(n int) store.AccessToken {
	t := access(n, fmt.Sprintf("person-%d", n%1000), shop, store.ID{})
	t.UserID, t.Scopes = "U0123456789abcdef0123456789abcdef", []string{"profile", "openid"}
	return t
}

// benchReads measures reads from as many goroutines as there are processors, as
// requests come, and AccessToken also from one.
func (s *stage) benchReads(b *testing.B, m *meter) {
	token := func(n int) error {
		// A stride that does not let the next row be in the processor's cache.
		_, err := s.AccessToken(s.ctx, id(1+n*7919%tokensInBench))
		return err
	}
	b.Run("AccessToken/serial", func(b *testing.B) {
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if err := token(n); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, c := range []struct {
		name string
		read func(n int) error
	}{
		{"AccessToken", token},
		{"AccessToken/hot", func(n int) error { return token(n % 64) }},
		{"AccessToken/unknown", func(n int) error {
			if _, err := s.AccessToken(s.ctx, id(-n)); err == nil {
				return fmt.Errorf("token %d is there", -n)
			}
			return nil
		}},
		{"Channel/bare", func(int) error { _, err := s.Channel(s.ctx, shop); return err }},
		{"Channel/full", func(int) error { _, err := s.Channel(s.ctx, "full"); return err }},
		{"LIFFApp", func(int) error { _, err := s.LIFFApp(s.ctx, "full-abcdefgh"); return err }},
		{"Person", func(int) error { _, err := s.Person(s.ctx, hanako); return err }},
		{"Session", func(int) error { _, err := s.Session(s.ctx, hash(1), start); return err }},
		{"Grant", func(int) error { _, err := s.Grant(s.ctx, "person-7", shop); return err }},
		{"RefreshToken", func(int) error { _, err := s.RefreshToken(s.ctx, id(1)); return err }},
	} {
		b.Run(c.name, func(b *testing.B) { parallel(b, m.read, c.read) })
	}
}

// benchWrites measures verbs that add. Their keys go on rising over all runs, as
// those of real tokens do.
func (s *stage) benchWrites(b *testing.B, m *meter, next *atomic.Int64) {
	for _, c := range []struct {
		name  string
		write func(n int) error
	}{
		{"AddAccessToken", func(n int) error { return s.AddAccessToken(s.ctx, benchToken(n), start) }},
		{"AddAccessToken/refresh", func(n int) error {
			return s.AddAccessToken(s.ctx, access(n, hanako, shop, id(1)), start)
		}},
		{"login", func(n int) error { return s.benchLogin(n, fmt.Sprintf("person-%d", n%1000)) }},
		{"RevokeAccessToken", func(n int) error {
			return s.RevokeAccessToken(s.ctx, id(1+n%tokensInBench), start, "revoke")
		}},
		{"AddEvent", func(n int) error { return s.AddEvent(s.ctx, store.Event{Time: start, Status: n}) }},
		{"AddEvents/256", func(n int) error {
			all := make([]store.Event, 256)
			for i := range all {
				all[i] = store.Event{Time: start, Status: n, Kind: "refused", Message: "access token expired"}
			}
			return s.AddEvents(s.ctx, all)
		}},
		{"UseAssertion", func(n int) error { return s.UseAssertion(s.ctx, shop, fmt.Sprint(n), start, after(60)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			parallel(b, m.write, func(int) error { return c.write(int(next.Add(1))) })
		})
	}
}

// benchLogin takes the steps of one whole login, from the transaction to the tokens.
func (s *stage) benchLogin(n int, person string) error {
	if err := s.CreateTransaction(s.ctx, transaction(n)); err != nil {
		return err
	}
	who := store.Authentication{PersonID: person, AMR: []string{"pwd"}, Time: start}
	if err := s.AuthenticateTransaction(s.ctx, hash(n), start, who); err != nil {
		return err
	}
	c := code(n, person, shop)
	if err := s.FinishTransaction(s.ctx, hash(n), start, &c); err != nil {
		return err
	}
	if _, err := s.Code(s.ctx, id(n), start); err != nil {
		return err
	}
	return s.RedeemCode(s.ctx, id(n), start, access(n, person, shop, id(n)), refresh(n, person, shop))
}

// callersInBench is how many goroutines a processor gets, as requests come: more than
// run at the same time, so that writes can share a commit.
const callersInBench = 16

// parallel runs step from all processors, each goroutine with a count of its own, and
// gives the nanoseconds of one step. If bare is not 0, they are told in bares too.
func parallel(b *testing.B, bare float64, step func(n int) error) float64 {
	b.ReportAllocs()
	b.SetParallelism(callersInBench)
	b.RunParallel(func(pb *testing.PB) {
		for n := 1; pb.Next(); n++ {
			if err := step(n); err != nil {
				b.Error(err)
				return
			}
		}
	})
	ns := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
	if bare > 0 {
		b.ReportMetric(ns/bare, "bare")
	}
	return ns
}
