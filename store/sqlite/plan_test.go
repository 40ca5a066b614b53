package sqlite_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestPlans: no verb but the lists of everything reads a table from end to end, whatever
// is in it: each statement finds its rows by a key or an index.
func TestPlans(t *testing.T) {
	t.Parallel()
	r := &recorder{texts: map[string]int{}}
	s := open(t, sqlite.WithEngine(sqlite.Config{}, func(e database.Engine) database.Engine {
		r.Engine = e
		return r
	}))
	t.Cleanup(func() { s.Close() })
	loaded(t, s, 1, 200)
	everyVerb(t, s)
	// These give a whole table, which is what they are asked for.
	lists := []string{"FROM providers ORDER BY", "FROM channels ORDER BY", "FROM persons ORDER BY", "FROM admin_tokens ORDER BY"}
	if len(r.texts) < 60 {
		t.Errorf("only %d statements were seen: the test does not reach all verbs", len(r.texts))
	}
	for text, args := range r.texts {
		if slices.ContainsFunc(lists, func(l string) bool { return strings.Contains(text, l) }) {
			continue
		}
		for _, step := range plan(t, s, text, args) {
			made := strings.HasPrefix(step, "SCAN over") || strings.HasSuffix(step, "VALUES CLAUSE") // no table
			if strings.HasPrefix(step, "SCAN ") && !made {
				t.Errorf("%s\n\tin %s", step, strings.Join(strings.Fields(text), " "))
			}
		}
	}
}

// plan asks SQLite how it would run a statement.
func plan(t *testing.T, s *sqlite.Store, text string, args int) []string {
	t.Helper()
	var steps []string
	err := s.Transact(t.Context(), func(c database.Conn) error {
		rows, err := c.Query("EXPLAIN QUERY PLAN "+text, make([]any, args)...)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				return err
			}
			steps = append(steps, step)
		}
		return rows.Err()
	})
	if err != nil {
		t.Error(err)
	}
	return steps
}

// everyVerb calls the verbs that Load does not reach. What they answer is not asked here.
func everyVerb(t *testing.T, s *sqlite.Store) {
	t.Helper()
	ctx := t.Context()
	p := store.Person{ID: "p", Handle: "h", Email: "e@example.com"}
	_ = s.CreateProvider(ctx, store.Provider{ID: "v"})
	_ = s.UpdateProvider(ctx, store.Provider{ID: "v"})
	_ = s.CreateChannel(ctx, store.Channel{ID: "c", ProviderID: "v"})
	_ = s.UpdateChannel(ctx, store.Channel{ID: "c", ProviderID: "v", Version: 1})
	_ = s.UpdateChannel(ctx, store.Channel{ID: "c", ProviderID: "v", Version: 1})
	_ = s.CreateLIFFApp(ctx, store.LIFFApp{ID: "a", ChannelID: "c"}, 3)
	_ = s.UpdateLIFFApp(ctx, store.LIFFApp{ID: "a", ChannelID: "c"})
	_, _ = s.LIFFApp(ctx, "a")
	_, _ = s.LIFFAppsOf(ctx, "c")
	_ = s.CreatePerson(ctx, p)
	_ = s.UpdatePerson(ctx, p)
	_, _ = s.PersonByLogin(ctx, "h")
	_, _ = s.PeopleAfter(ctx, "p", 3)
	_, _ = s.SetFriendship(ctx, "p", "b", store.Friend)
	_, _ = s.Friendship(ctx, "p", "b")
	_, _ = s.UserID(ctx, "p", "v", "U")
	_, _ = s.PersonOf(ctx, "v", "U")
	_ = s.CreateSession(ctx, store.Session{PersonID: "p", ExpiresAt: now})
	_, _ = s.Session(ctx, store.Hash{}, now)
	_ = s.DeleteSession(ctx, store.Hash{})
	_ = s.EndSessions(ctx, "p")
	_ = s.AuthenticateTransaction(ctx, store.Hash{}, now, store.Authentication{})
	_, _ = s.Grant(ctx, "p", "c")
	_ = s.PutGrant(ctx, store.Grant{PersonID: "p", ChannelID: "c"})
	_ = s.AddAccessToken(ctx, store.AccessToken{ID: tokenID(1 << 50), PersonID: "p", ChannelID: "c"}, now)
	_ = s.RevokeAccessToken(ctx, tokenID(1<<50), now, "")
	_ = s.RevokeAccessToken(ctx, tokenID(1<<50), now, "")
	_, _ = s.Withdraw(ctx, "p", "", now, 3)
	_, _ = s.Withdraw(ctx, "", "c", now, 3)
	_ = s.AddChannelToken(ctx, store.ChannelToken{ChannelID: "c", ID: tokenID(1)}, 1, true)
	_ = s.AddChannelToken(ctx, store.ChannelToken{ChannelID: "c", ID: tokenID(2)}, 1, true)
	_, _ = s.ChannelToken(ctx, tokenID(1))
	_, _ = s.ChannelTokensOf(ctx, "c", 0, now)
	_ = s.RevokeChannelToken(ctx, tokenID(1), now)
	_, _ = s.KeyRing(ctx)
	_ = s.ReplaceKeyRing(ctx, 0, nil)
	_ = s.ReplaceKeyRing(ctx, 1, nil)
	_ = s.AddEvent(ctx, store.Event{RequestID: "r"})
	_ = s.AddEvents(ctx, make([]store.Event, 16))
	_ = s.DropTransaction(ctx, store.Hash{})
	_, _ = s.EventsOf(ctx, "r")
	_, _ = s.EventsAfter(ctx, 0, 3)
	_ = s.CreateAdminToken(ctx, store.AdminToken{ID: "a"})
	_, _ = s.AdminToken(ctx, store.Hash{}, now)
	_ = s.DeleteAdminToken(ctx, "a", nil)
	_ = s.CreatePasswordLink(ctx, store.PasswordLink{PersonID: "p"})
	_, _ = s.UsePasswordLink(ctx, store.Hash{}, now, "h")
	_, _ = s.AddFailure(ctx, store.Hash{}, now, time.Second)
	_, _ = s.FailuresUntil(ctx, []store.Hash{{}}, now)
	_ = s.DeletePerson(ctx, "p")
	_ = s.DeleteChannel(ctx, "c", now)
	_ = s.DeleteLIFFApp(ctx, "c", "a")
	_ = s.DeleteProvider(ctx, "v")
	if _, err := s.Sweep(ctx, now, 10); err != nil {
		t.Error(err)
	}
	if a, err := storetest.Check(ctx, s, []storetest.Fact{{Step: storetest.Redeemed, N: 1}}); err != nil {
		t.Error(a, err)
	}
}

// recorder notes the statements that an engine runs, and how many arguments they have.
type recorder struct {
	database.Engine
	mu    sync.Mutex // guards texts
	texts map[string]int
}

// Read implements database.Engine.
func (r *recorder) Read(ctx context.Context, f func(database.Conn) error) error {
	return r.Engine.Read(ctx, r.through(f))
}

// Change implements database.Engine.
func (r *recorder) Change(ctx context.Context, f func(database.Conn) error) error {
	return r.Engine.Change(ctx, r.through(f))
}

// Transact implements database.Engine.
func (r *recorder) Transact(ctx context.Context, f func(database.Conn) error) error {
	return r.Engine.Transact(ctx, r.through(f))
}

func (r *recorder) through(f func(database.Conn) error) func(database.Conn) error {
	return func(c database.Conn) error { return f(recording{c, r}) }
}

type recording struct {
	database.Conn
	r *recorder
}

func (r recording) note(text string, args int) {
	r.r.mu.Lock()
	defer r.r.mu.Unlock()
	r.r.texts[text] = args
}

// Exec implements database.Conn.
func (r recording) Exec(text string, args ...any) (int64, error) {
	r.note(text, len(args))
	return r.Conn.Exec(text, args...)
}

// Query implements database.Conn.
func (r recording) Query(text string, args ...any) (database.Rows, error) {
	r.note(text, len(args))
	return r.Conn.Query(text, args...)
}
