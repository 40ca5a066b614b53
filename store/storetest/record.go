package storetest

import (
	"reflect"
	"time"

	"github.com/tegata-id/tegata/store"
)

// later is when no record of filled has expired yet.
var later = start.Add(-time.Hour)

// keeper is one kind of record: how it gets into a store and back out of it by every
// way that there is. Keys and references are set by put and change.
type keeper[T any] struct {
	prepare func(s *stage, record *T) // sets what filled cannot know
	put     func(s *stage, record T) error
	change  func(s *stage, record T) error // nil: such records do not change
	get     map[string]func(s *stage, record T) (T, error)
	stored  func(record *T, version int64) // what the store sets itself
}

// check puts a full record, a bare one and then, if records of the kind change, turns
// each into the other, and looks at it by every way.
func (k keeper[T]) check(s *stage) {
	full, bare := filled[T](s, 1), *new(T)
	k.prepare(s, &full)
	k.look(s, "full", full, k.put(s, full), 1)
	if k.change == nil {
		return
	}
	// The bare record takes the place of the full one, and the other way round.
	k.prepare(s, &bare)
	k.setVersion(&bare, 1)
	k.look(s, "emptied", bare, k.change(s, bare), 2)
	other := filled[T](s, 2)
	k.prepare(s, &other)
	k.setVersion(&other, 2)
	k.look(s, "changed", other, k.change(s, other), 3)
}

func (k keeper[T]) setVersion(record *T, version int64) {
	if f := reflect.ValueOf(record).Elem().FieldByName("Version"); f.IsValid() {
		f.SetInt(version)
	}
}

func (k keeper[T]) look(s *stage, what string, record T, err error, version int64) {
	s.Helper()
	s.ok(err)
	want := record
	k.setVersion(&want, version)
	if k.stored != nil {
		k.stored(&want, version)
	}
	for way, get := range k.get {
		got, err := get(s, record)
		s.same(what+" by "+way, got, err, want)
	}
}

// alias checks that neither the record that went in nor one that came out is the
// store's own.
func (k keeper[T]) alias(s *stage) {
	in := filled[T](s, 1)
	k.prepare(s, &in)
	s.ok(k.put(s, in))
	want := filled[T](s, 1)
	k.prepare(s, &want)
	if k.stored != nil {
		k.stored(&want, 1)
	}
	k.setVersion(&want, 1)
	spoil(reflect.ValueOf(&in).Elem())
	for way, get := range k.get {
		out, err := get(s, want)
		s.same("after the record given was changed, by "+way, out, err, want)
		spoil(reflect.ValueOf(&out).Elem())
		again, err := get(s, want)
		s.same("after the record got was changed, by "+way, again, err, want)
	}
}

// only gives the one element of a list.
func only[T any](s *stage, list []T, err error) (T, error) {
	s.Helper()
	if err != nil {
		return *new(T), err
	}
	if len(list) != 1 {
		s.Fatalf("got %d records, want 1: %v", len(list), list)
	}
	return list[0], nil
}

// records makes the cases of both groups, so that no kind is in one only.
func records(run func(kinds) []testCase) []testCase { return run(kinds{}) }

type kinds struct{}

var (
	recordCases = records(func(k kinds) []testCase {
		return []testCase{
			{"provider", k.provider().check},
			{"channel", k.channel().check},
			{"LIFF app", k.liffApp().check},
			{"person", k.person().check},
			{"session", k.session().check},
			{"transaction", k.transaction().check},
			{"grant", k.grant().check},
			{"code", k.code().check},
			{"code of a transaction", k.finished().check},
			{"access token", k.access().check},
			{"refresh token", k.refresh().check},
			{"channel token", k.channelToken().check},
			{"key ring", k.keyRing().check},
			{"event", k.event().check},
		}
	})
	aliasCases = records(func(k kinds) []testCase {
		return []testCase{
			{"channel", k.channel().alias},
			{"LIFF app", k.liffApp().alias},
			{"person", k.person().alias},
			{"transaction", k.transaction().alias},
			{"grant", k.grant().alias},
			{"code", k.code().alias},
			{"code of a transaction", k.finished().alias},
			{"access token", k.access().alias},
			{"refresh token", k.refresh().alias},
			{"key ring", k.keyRing().alias},
		}
	})
)

func (kinds) provider() keeper[store.Provider] {
	return keeper[store.Provider]{
		prepare: func(*stage, *store.Provider) {},
		put:     func(s *stage, p store.Provider) error { return s.CreateProvider(s.ctx, p) },
		get: map[string]func(*stage, store.Provider) (store.Provider, error){
			"Providers": func(s *stage, _ store.Provider) (store.Provider, error) {
				all, err := s.Providers(s.ctx)
				return only(s, all, err)
			},
		},
	}
}

func (kinds) channel() keeper[store.Channel] {
	return keeper[store.Channel]{
		prepare: func(_ *stage, c *store.Channel) { c.ID, c.ProviderID = shop, provider },
		put: func(s *stage, c store.Channel) error {
			s.ok(s.CreateProvider(s.ctx, store.Provider{ID: provider}))
			return s.CreateChannel(s.ctx, c)
		},
		change: func(s *stage, c store.Channel) error { return s.UpdateChannel(s.ctx, c) },
		get: map[string]func(*stage, store.Channel) (store.Channel, error){
			"Channel": func(s *stage, c store.Channel) (store.Channel, error) { return s.Channel(s.ctx, c.ID) },
			"Channels": func(s *stage, _ store.Channel) (store.Channel, error) {
				all, err := s.Channels(s.ctx)
				return only(s, all, err)
			},
		},
	}
}

func (kinds) liffApp() keeper[store.LIFFApp] {
	return keeper[store.LIFFApp]{
		prepare: func(_ *stage, a *store.LIFFApp) { a.ID, a.ChannelID = shop+"-abcdefgh", shop },
		put: func(s *stage, a store.LIFFApp) error {
			s.world()
			return s.CreateLIFFApp(s.ctx, a, 1)
		},
		change: func(s *stage, a store.LIFFApp) error { return s.UpdateLIFFApp(s.ctx, a) },
		get: map[string]func(*stage, store.LIFFApp) (store.LIFFApp, error){
			"LIFFApp": func(s *stage, a store.LIFFApp) (store.LIFFApp, error) { return s.LIFFApp(s.ctx, a.ID) },
			"LIFFAppsOf": func(s *stage, a store.LIFFApp) (store.LIFFApp, error) {
				all, err := s.LIFFAppsOf(s.ctx, a.ChannelID)
				return only(s, all, err)
			},
		},
	}
}

func (kinds) person() keeper[store.Person] {
	return keeper[store.Person]{
		prepare: func(_ *stage, p *store.Person) { p.ID, p.Handle = hanako, "hanako" },
		put:     func(s *stage, p store.Person) error { return s.CreatePerson(s.ctx, p) },
		change:  func(s *stage, p store.Person) error { return s.UpdatePerson(s.ctx, p) },
		get: map[string]func(*stage, store.Person) (store.Person, error){
			"Person":        func(s *stage, p store.Person) (store.Person, error) { return s.Person(s.ctx, p.ID) },
			"PersonByLogin": func(s *stage, p store.Person) (store.Person, error) { return s.PersonByLogin(s.ctx, p.Handle) },
			"People": func(s *stage, _ store.Person) (store.Person, error) {
				all, err := s.People(s.ctx)
				return only(s, all, err)
			},
		},
	}
}
