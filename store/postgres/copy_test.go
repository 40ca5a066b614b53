package postgres_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestCopy: all records go from SQLite to PostgreSQL and back, in whatever steps, and the
// copy does what the first store did; a copy that differs is told.
func TestCopy(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	from, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "tegata.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.Close() })
	to := open(t, postgres.Config{})
	t.Cleanup(func() { to.Close() })
	facts := furnish(t, from)

	// The first attempt is broken off in the middle.
	broken := errors.New("broken off")
	left := 5
	_, err = store.Copy(ctx, breaking{from, func() error {
		if left--; left < 0 {
			return broken
		}
		return nil
	}}, to, nil)
	if !errors.Is(err, broken) {
		t.Fatalf("got error %v, want %v", err, broken)
	}
	copied := map[string]int{}
	tallies, err := store.Copy(ctx, from, to, func(kind string, rows int) { copied[kind] += rows })
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range tallies {
		if int64(copied[k.Kind]) != k.Rows {
			t.Errorf("%s: progress was told of %d rows, the copy has %d", k.Kind, copied[k.Kind], k.Rows)
		}
		if k.Rows == 0 && k.Kind != "codes" {
			t.Errorf("%s: the copy was not tried with any", k.Kind)
		}
	}
	if a, err := storetest.Check(ctx, to, facts); err != nil || !a.OK() || a.Facts == 0 {
		t.Errorf("after the copy: %v, %v", a, err)
	}
	people, err := to.People(ctx)
	if err != nil || len(people) < 3 || people[0].ID != "3" || people[2].ID != "2" {
		t.Errorf("people came in another order: %v, %v", people, err)
	}
	// A new record finds its place behind those that were copied.
	if err := to.CreatePerson(ctx, store.Person{ID: "0"}); err != nil {
		t.Error(err)
	}
	if err := to.AddEvent(ctx, store.Event{RequestID: "after"}); err != nil {
		t.Error(err)
	}
	if _, err := store.Copy(ctx, from, to, nil); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("to a store with other records: got error %v, want %v", err, store.ErrDiffers)
	}
	back, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "back.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { back.Close() })
	if _, err := store.Copy(ctx, to, back, nil); err != nil {
		t.Error(err)
	}
}

// breaking is a store whose export fails when asked says so.
type breaking struct {
	store.Copyable
	asked func() error
}

func (b breaking) Export(ctx context.Context, add func(string, []store.Row) error) error {
	return b.Copyable.Export(ctx, func(kind string, rows []store.Row) error {
		if err := b.asked(); err != nil {
			return err
		}
		return add(kind, rows)
	})
}

// furnish fills a store with records of every kind and gives what it acknowledged.
func furnish(t *testing.T, s *sqlite.Store) []storetest.Fact {
	t.Helper()
	ctx, now := t.Context(), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(s.CreateProvider(ctx, store.Provider{ID: "p", Name: "\"',\n日本語"}))
	ok(s.CreateChannel(ctx, store.Channel{
		ID: "1", ProviderID: "p", Web: true, Bot: &store.Bot{ID: "@a"}, Roles: map[string]store.Role{"3": store.RoleAdmin},
		Secrets: []store.ChannelSecret{{Sealed: []byte{0, 255}, CreatedAt: now}},
	}))
	ok(s.CreateLIFFApp(ctx, store.LIFFApp{ID: "1-a", ChannelID: "1", QRCode: true}, 0))
	for _, n := range []string{"3", "1", "2"} {
		ok(s.CreatePerson(ctx, store.Person{ID: n, Email: n + "@example.com", ProfilePlus: store.ProfilePlus{Address: &store.Address{Country: "JP"}}}))
	}
	_, err := s.SetFriendship(ctx, "3", "@a", store.Blocked)
	ok(err)
	_, err = s.UserID(ctx, "3", "p", "U1")
	ok(err)
	ok(s.CreateSession(ctx, store.Session{PersonID: "3", ExpiresAt: now}))
	ok(s.AddChannelToken(ctx, store.ChannelToken{ID: tokenID(1), ChannelID: "1"}, 0, false))
	ok(s.ReplaceKeyRing(ctx, 0, []store.Key{{ID: "k", Sealed: []byte{1}}}))
	ok(s.AddEvent(ctx, store.Event{RequestID: "r"}))
	ok(s.CreateAdminToken(ctx, store.AdminToken{ID: "a", CreatedAt: now}))
	ok(s.CreatePasswordLink(ctx, store.PasswordLink{PersonID: "3", ExpiresAt: now}))
	_, err = s.AddFailure(ctx, store.Hash{1}, now, time.Second)
	ok(err)
	return stories(t, s, 2500) // more than a page of each kind
}
