package memory_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/store/storetest"
)

// loaded is a store with the stories of storetest.Load, of which states were taken all
// the while, and what it has acknowledged.
func loaded(t *testing.T, stories int) (*memory.Store, []storetest.Fact) {
	t.Helper()
	s := memory.New(memory.Config{})
	if err := storetest.Prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	var facts []storetest.Fact
	err := storetest.Load(ctx, s, 1, 4, func(f storetest.Fact) {
		mu.Lock()
		defer mu.Unlock()
		facts = append(facts, f)
		if len(facts)%50 == 0 {
			if _, err := s.State(ctx); err != nil {
				t.Error(err)
			}
		}
		if f.N >= stories {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, facts
}

// fill adds a record of each kind that the stories leave out.
func fill(t *testing.T, s *memory.Store) {
	t.Helper()
	ctx, at := t.Context(), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	if err := errors.Join(
		s.CreateProvider(ctx, store.Provider{ID: "20", Name: "B"}), s.CreateProvider(ctx, store.Provider{ID: "10", Name: "A"}),
		s.CreateChannel(ctx, store.Channel{ID: "201", ProviderID: "20", Secrets: []store.ChannelSecret{{Sealed: []byte{1}, CreatedAt: at}}, Roles: map[string]store.Role{"p": store.RoleAdmin}}),
		s.CreateChannel(ctx, store.Channel{ID: "101", ProviderID: "10", Bot: &store.Bot{ID: "@a"}}),
		s.CreateLIFFApp(ctx, store.LIFFApp{ID: "201-bbbbbbbb", ChannelID: "201", CreatedAt: at}, 0),
		s.CreateLIFFApp(ctx, store.LIFFApp{ID: "201-aaaaaaaa", ChannelID: "201", CreatedAt: at}, 0),
		s.CreatePerson(ctx, store.Person{ID: "q", Handle: "q", Email: "Q@example.com", ProfilePlus: store.ProfilePlus{Address: &store.Address{Country: "JP"}}}),
		s.CreatePerson(ctx, store.Person{ID: "p", Handle: "p"}),
		s.CreatePasswordLink(ctx, store.PasswordLink{Hash: store.Hash{1}, PersonID: "p", ExpiresAt: at}),
		s.CreateSession(ctx, store.Session{Hash: store.Hash{2}, PersonID: "p", ExpiresAt: at}),
		s.AddChannelToken(ctx, store.ChannelToken{ID: store.ID{9}, ChannelID: "201", Kind: store.ChannelTokenV21, IssuedAt: at, ExpiresAt: at.Add(time.Hour)}, 30, false),
		s.CreateAdminToken(ctx, store.AdminToken{ID: "a", Hash: store.Hash{3}, CreatedAt: at, ExpiresAt: at}),
		s.ReplaceKeyRing(ctx, 0, []store.Key{{ID: "A", Use: store.MACToken, Sealed: []byte{4}, CreatedAt: at}}),
		s.AddEvent(ctx, store.Event{Kind: "login", RequestID: "r", Time: at}), s.AddEvent(ctx, store.Event{Kind: "code", RequestID: "r", Time: at}),
	); err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"p", "q"} {
		if _, err := s.UserID(ctx, person, "10", "U"+person); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetFriendship(ctx, person, "@a", store.Friend); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.UpdatePerson(ctx, store.Person{ID: "p", Handle: "p", DisplayName: "P", Version: 1}); err != nil {
		t.Fatal(err)
	}
}

// TestState: a store that is set to another one's state, by way of a file, keeps every
// promise that the other made, and begins with the same records in the same order.
func TestState(t *testing.T) {
	t.Parallel()
	s, facts := loaded(t, 400)
	fill(t, s)
	state, err := s.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range reflect.TypeOf(*state).NumField() {
		if reflect.ValueOf(*state).Field(i).IsZero() {
			t.Errorf("the state has no %s: fill some, so that this test sees them", reflect.TypeOf(*state).Field(i).Name)
		}
	}
	file, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	var read store.State
	if err := json.Unmarshal(file, &read); err != nil {
		t.Fatal(err)
	}
	other := memory.New(memory.Config{})
	fill(t, other) // which must be forgotten
	if err := other.SetState(t.Context(), &read); err != nil {
		t.Fatal(err)
	}
	again, err := other.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state, again); diff != "" {
		t.Errorf("state changed on its way (-was +is):\n%s", diff)
	}
	if audit, err := storetest.Check(t.Context(), other, facts); err != nil || !audit.OK() {
		t.Errorf("%v, %v", audit, err)
	}
	if _, err := other.PersonByLogin(t.Context(), "q@EXAMPLE.com"); err != nil {
		t.Errorf("a person is not found by e-mail address: %v", err)
	}
	if err := other.CreatePerson(t.Context(), store.Person{ID: "r", Handle: "q"}); !errors.Is(err, store.ErrExists) {
		t.Errorf("a handle that is taken: %v, want ErrExists", err)
	}
	if err := other.AddEvent(t.Context(), store.Event{Kind: "next"}); err != nil {
		t.Fatal(err)
	}
	if events, err := other.EventsAfter(t.Context(), read.LastEvent, 9); err != nil || len(events) != 1 || events[0].Seq != read.LastEvent+1 {
		t.Errorf("the next event is %+v, %v; want one numbered %d", events, err, read.LastEvent+1)
	}
}

// TestStateIsNoReference: what is changed afterwards on one side is not seen on the other.
func TestStateIsNoReference(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	fill(t, s)
	before, err := s.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Channel(t.Context(), "201")
	if err != nil {
		t.Fatal(err)
	}
	before.Channels[1].Secrets[0].Sealed[0], before.Channels[1].Roles["p"] = 99, store.RoleMember
	if after, err := s.Channel(t.Context(), "201"); err != nil || !reflect.DeepEqual(c, after) {
		t.Errorf("a changed state changed the store: %+v, %v", after, err)
	}
	if err := s.SetState(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	before.Channels[1].Secrets[0].Sealed[0] = 98
	if after, err := s.Channel(t.Context(), "201"); err != nil || after.Secrets[0].Sealed[0] != 99 {
		t.Errorf("the store kept a reference: %+v, %v", after, err)
	}
}

// TestNothingLeftBehindOfAState: what came in by a state is swept like anything else.
func TestNothingLeftBehindOfAState(t *testing.T) {
	t.Parallel()
	from, _ := loaded(t, 60)
	fill(t, from)
	state, err := from.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := memory.New(memory.Config{})
	if err := s.SetState(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	for {
		n, err := s.Sweep(t.Context(), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), 100)
		if err != nil {
			t.Fatal(err)
		}
		if n < 100 {
			break
		}
	}
	for what, n := range s.Left() {
		if n != 0 {
			t.Errorf("%d entries are left of %s, want 0", n, what)
		}
	}
}

// TestStateOfSmallerLog: a store that remembers fewer events takes the newest.
func TestStateOfSmallerLog(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{EventLimit: 8})
	for n := range 20 {
		if err := s.AddEvent(t.Context(), store.Event{Status: n}); err != nil {
			t.Fatal(err)
		}
	}
	state, err := s.State(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int{3, 8, 100} {
		other := memory.New(memory.Config{EventLimit: limit})
		if err := other.SetState(t.Context(), state); err != nil {
			t.Fatal(err)
		}
		if err := other.AddEvent(t.Context(), store.Event{Status: 20}); err != nil {
			t.Fatal(err)
		}
		events, err := other.EventsAfter(t.Context(), 0, 100)
		if err != nil || len(events) != min(limit, 9) {
			t.Fatalf("limit %d: %d events, %v", limit, len(events), err)
		}
		for i, e := range events {
			if e.Status != 20-len(events)+1+i || i > 0 && e.Seq != events[i-1].Seq+1 {
				t.Errorf("limit %d: event %d is %+v", limit, i, e)
			}
		}
	}
}

// BenchmarkSetState is what a reset of a small world costs.
func BenchmarkSetState(b *testing.B) {
	s := memory.New(memory.Config{})
	for range 1000 {
		if err := s.AddEvent(b.Context(), store.Event{Kind: "login"}); err != nil {
			b.Fatal(err)
		}
	}
	state, err := s.State(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := s.SetState(b.Context(), state); err != nil {
			b.Fatal(err)
		}
	}
}
