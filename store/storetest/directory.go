package storetest

import (
	"fmt"

	"github.com/tegata-id/tegata/store"
)

var directoryCases = []testCase{
	{"a provider's ID is unique", func(s *stage) {
		s.is("first", s.CreateProvider(s.ctx, store.Provider{ID: "p", Name: "first"}), nil)
		s.is("second", s.CreateProvider(s.ctx, store.Provider{ID: "p", Name: "second"}), store.ErrExists)
		all, err := s.Providers(s.ctx)
		s.same("Providers", all, err, []store.Provider{{ID: "p", Name: "first"}})
	}},
	{"a channel's ID is unique and its provider exists", func(s *stage) {
		c := store.Channel{ID: "1", ProviderID: "p", Name: "first"}
		s.is("without provider", s.CreateChannel(s.ctx, c), store.ErrNotFound)
		_, err := s.Channel(s.ctx, "1")
		s.is("Channel after that", err, store.ErrNotFound)
		s.ok(s.CreateProvider(s.ctx, store.Provider{ID: "p"}))
		s.is("with provider", s.CreateChannel(s.ctx, c), nil)
		s.is("again", s.CreateChannel(s.ctx, store.Channel{ID: "1", ProviderID: "p", Name: "second"}), store.ErrExists)
		got, err := s.Channel(s.ctx, "1")
		c.Version = 1
		s.same("Channel", got, err, c)
	}},
	{"lists go by ascending ID", func(s *stage) {
		for _, n := range []string{"3", "1", "20", "2"} {
			s.ok(s.CreateProvider(s.ctx, store.Provider{ID: n}))
			s.ok(s.CreateChannel(s.ctx, store.Channel{ID: n, ProviderID: n}))
		}
		providers, err := s.Providers(s.ctx)
		s.ok(err)
		channels, err := s.Channels(s.ctx)
		s.ok(err)
		want := []string{"1", "2", "20", "3"}
		s.same("Providers", names(providers, func(p store.Provider) string { return p.ID }), nil, want)
		s.same("Channels", names(channels, func(c store.Channel) string { return c.ID }), nil, want)
	}},
	{"an empty store has empty lists", func(s *stage) {
		providers, err := s.Providers(s.ctx)
		s.same("Providers", providers, err, []store.Provider{})
		channels, err := s.Channels(s.ctx)
		s.same("Channels", channels, err, []store.Channel{})
		people, err := s.People(s.ctx)
		s.same("People", people, err, []store.Person{})
		apps, err := s.LIFFAppsOf(s.ctx, shop)
		s.same("LIFFAppsOf", apps, err, []store.LIFFApp{})
	}},
	{"the lists of a channel can be appended to", func(s *stage) {
		s.world()
		want := store.Channel{
			ID: shop, ProviderID: provider, Version: 1,
			NativeApps: []string{"a"}, Callbacks: []string{"b"}, Scopes: []string{"c"},
			Secrets: []store.ChannelSecret{{Sealed: []byte("d")}, {Sealed: []byte("e")}},
		}
		s.ok(s.UpdateChannel(s.ctx, want))
		want.Version++
		got, err := s.Channel(s.ctx, shop)
		s.ok(err)
		_ = append(got.NativeApps, "x")
		_ = append(got.Callbacks, "x")
		_ = append(got.Scopes, "x")
		_ = append(got.Secrets[0].Sealed, 'x')
		s.same("Channel", got, nil, want)
	}},
	{"a channel changes only from the version that was read", func(s *stage) {
		s.is("unknown", s.UpdateChannel(s.ctx, store.Channel{ID: "none", Version: 1}), store.ErrNotFound)
		s.world()
		c, err := s.Channel(s.ctx, shop)
		s.ok(err)
		if c.Version != 1 {
			s.Errorf("new channel has version %d, want 1", c.Version)
		}
		first, second := c, c
		first.Name, second.Name = "first", "second"
		s.is("first", s.UpdateChannel(s.ctx, first), nil)
		s.is("second", s.UpdateChannel(s.ctx, second), store.ErrConflict)
		first.ProviderID, first.Version = "none", 2
		s.is("to an unknown provider", s.UpdateChannel(s.ctx, first), store.ErrNotFound)
		first.ProviderID = provider
		got, err := s.Channel(s.ctx, shop)
		s.same("Channel", got, err, first)
	}},
}

// names maps a list.
func names[T any](list []T, name func(T) string) []string {
	all := make([]string, len(list))
	for i, r := range list {
		all[i] = name(r)
	}
	return all
}

func app(n int, channel string) store.LIFFApp {
	return store.LIFFApp{ID: fmt.Sprintf("%s-app%05d", shop, n), ChannelID: channel, CreatedAt: start}
}

func appIDs(s *stage, channel string) []string {
	s.Helper()
	all, err := s.LIFFAppsOf(s.ctx, channel)
	s.ok(err)
	return names(all, func(a store.LIFFApp) string { return a.ID })
}

var liffAppCases = []testCase{
	{"an app's ID is unique and its channel exists", func(s *stage) {
		s.is("without channel", s.CreateLIFFApp(s.ctx, app(1, shop), 0), store.ErrNotFound)
		s.world()
		s.is("with channel", s.CreateLIFFApp(s.ctx, app(1, shop), 0), nil)
		s.is("again", s.CreateLIFFApp(s.ctx, app(1, shop), 0), store.ErrExists)
		s.is("of another channel", s.CreateLIFFApp(s.ctx, app(1, bank), 0), store.ErrExists)
		_, err := s.LIFFApp(s.ctx, app(2, shop).ID)
		s.is("unknown", err, store.ErrNotFound)
	}},
	{"a channel has at most limit apps", func(s *stage) {
		s.world()
		s.ok(s.CreateLIFFApp(s.ctx, app(1, shop), 2))
		s.ok(s.CreateLIFFApp(s.ctx, app(2, shop), 2))
		s.is("one too many", s.CreateLIFFApp(s.ctx, app(3, shop), 2), store.ErrLimit)
		_, err := s.LIFFApp(s.ctx, app(3, shop).ID)
		s.is("the one too many", err, store.ErrNotFound)
		s.is("of another channel", s.CreateLIFFApp(s.ctx, app(4, bank), 2), nil)
		s.ok(s.DeleteLIFFApp(s.ctx, shop, app(1, shop).ID))
		s.is("after one has gone", s.CreateLIFFApp(s.ctx, app(3, shop), 2), nil)
		s.is("without limit", s.CreateLIFFApp(s.ctx, app(5, shop), 0), nil)
	}},
	{"apps are listed in the order in which they were made", func(s *stage) {
		s.world()
		for _, n := range []int{3, 1, 2} {
			s.ok(s.CreateLIFFApp(s.ctx, app(n, shop), 0))
		}
		s.ok(s.CreateLIFFApp(s.ctx, app(9, bank), 0))
		changed := app(3, shop)
		changed.Version, changed.Description = 1, "changed"
		s.ok(s.UpdateLIFFApp(s.ctx, changed))
		s.same("LIFFAppsOf", appIDs(s, shop), nil, []string{app(3, shop).ID, app(1, shop).ID, app(2, shop).ID})
	}},
	{"an app changes only from the version that was read, and at its channel", func(s *stage) {
		s.world()
		s.ok(s.CreateLIFFApp(s.ctx, app(1, shop), 0))
		a, err := s.LIFFApp(s.ctx, app(1, shop).ID)
		s.ok(err)
		first, second, foreign := a, a, a
		first.Description, second.Description, foreign.ChannelID = "first", "second", bank
		s.is("of another channel", s.UpdateLIFFApp(s.ctx, foreign), store.ErrNotFound)
		s.is("first", s.UpdateLIFFApp(s.ctx, first), nil)
		s.is("second", s.UpdateLIFFApp(s.ctx, second), store.ErrConflict)
		s.is("unknown", s.UpdateLIFFApp(s.ctx, app(2, shop)), store.ErrNotFound)
		got, err := s.LIFFApp(s.ctx, a.ID)
		first.Version = 2
		s.same("LIFFApp", got, err, first)
	}},
	{"a channel deletes its own apps only", func(s *stage) {
		s.world()
		for n := range 3 {
			s.ok(s.CreateLIFFApp(s.ctx, app(n, shop), 0))
		}
		s.is("of another channel", s.DeleteLIFFApp(s.ctx, bank, app(1, shop).ID), store.ErrNotFound)
		s.is("own", s.DeleteLIFFApp(s.ctx, shop, app(1, shop).ID), nil)
		s.is("again", s.DeleteLIFFApp(s.ctx, shop, app(1, shop).ID), store.ErrNotFound)
		_, err := s.LIFFApp(s.ctx, app(1, shop).ID)
		s.is("LIFFApp", err, store.ErrNotFound)
		s.same("LIFFAppsOf", appIDs(s, shop), nil, []string{app(0, shop).ID, app(2, shop).ID})
	}},
}
