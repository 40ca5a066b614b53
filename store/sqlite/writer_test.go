package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// together runs calls so that they are in one commit: the writer is held until all of them
// wait for it.
func together(t *testing.T, s *sqlite.Store, calls ...func() error) []error {
	t.Helper()
	errs := make([]error, len(calls))
	var work sync.WaitGroup
	s.Hold(t.Context(), func(waiting func(int)) {
		for i, call := range calls {
			work.Go(func() { errs[i] = call() })
		}
		waiting(len(calls))
	})
	work.Wait()
	return errs
}

// TestNeighbours: in one commit, verbs that fail take nothing from those that do not, and
// leave nothing behind.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	t.Cleanup(func() { s.Close() })
	ctx := t.Context()
	if err := storetest.Consent(ctx, s, "1", "p"); err != nil {
		t.Fatal(err)
	}
	code := func(n int) store.Code {
		return store.Code{ID: tokenID(n), Who: store.Authentication{PersonID: "p"}, Request: store.Request{ChannelID: "1"}, ExpiresAt: now.AddDate(0, 0, 1)}
	}
	access := func(n int) store.AccessToken {
		return store.AccessToken{ID: tokenID(n), PersonID: "p", ChannelID: "1", RefreshID: tokenID(n)}
	}
	refresh := func(n int) *store.RefreshToken {
		return &store.RefreshToken{ID: tokenID(n), PersonID: "p", ChannelID: "1"}
	}
	const n = 20
	var calls []func() error
	for i := 1; i <= n; i++ {
		if err := s.CreateCode(ctx, code(i)); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, func() error {
			if i%2 == 0 {
				return s.RedeemCode(ctx, tokenID(i), now, access(i), refresh(i))
			}
			// The access token is added last, and is there already: by then the code was
			// burned and the refresh token added.
			taken := access(1000)
			taken.RefreshID = tokenID(i)
			return s.RedeemCode(ctx, tokenID(i), now, taken, refresh(i))
		})
	}
	if err := s.AddAccessToken(ctx, store.AccessToken{ID: tokenID(1000), PersonID: "p", ChannelID: "1"}, now); err != nil {
		t.Fatal(err)
	}
	for i, err := range together(t, s, calls...) {
		n := i + 1
		wantErr, wantCode, wantToken := error(nil), store.ErrUsed, error(nil)
		if n%2 == 1 {
			wantErr, wantCode, wantToken = store.ErrExists, nil, store.ErrNotFound
		}
		_, codeErr := s.Code(ctx, tokenID(n), now)
		_, tokenErr := s.RefreshToken(ctx, tokenID(n))
		if !errors.Is(err, wantErr) || !errors.Is(codeErr, wantCode) || !errors.Is(tokenErr, wantToken) {
			t.Errorf("verb %d: got %v, then the code %v and the refresh token %v; want %v, %v, %v", n, err, codeErr, tokenErr, wantErr, wantCode, wantToken)
		}
	}
}

// TestDiskFull: when the disk is full, those who cannot be written are told so and leave
// nothing behind, those in the same commit who can be written are, and the store goes on
// when there is room again.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tegata.db")
	s := open(t, sqlite.Config{Path: path})
	ctx := t.Context()
	provider := func(id string, size int) func() error {
		return func() error { return s.CreateProvider(ctx, store.Provider{ID: id, Name: string(make32(size))}) }
	}
	if err := provider("before", 1)(); err != nil {
		t.Fatal(err)
	}
	s.LimitPages(t.Context(), 1) // below what there is: it cannot grow
	calls := []func() error{provider("large-1", 1<<20), provider("small", 1), provider("large-2", 1<<20)}
	for i, err := range together(t, s, calls...) {
		if large := i != 1; (err != nil) != large || errors.Is(err, store.ErrUnknown) {
			t.Errorf("call %d: got error %v, want one: %v, and not %v", i, err, large, store.ErrUnknown)
		}
	}
	s.LimitPages(ctx, 1<<20)
	if err := provider("after", 1<<20)(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	again := open(t, sqlite.Config{Path: path})
	defer again.Close()
	all, err := again.Providers(ctx)
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	if got, want := fmt.Sprint(ids), "[after before small]"; err != nil || got != want {
		t.Errorf("got providers %s, %v; want %s", got, err, want)
	}
}

func make32(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = ' '
	}
	return b
}

// TestCallerGone: a caller who goes away before the writer takes the write is told that
// it was not done; one who goes away later is told what has become of it.
func TestCallerGone(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	t.Cleanup(func() { s.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	var early error
	s.Hold(t.Context(), func(func(int)) {
		cancel()
		early = s.CreateProvider(ctx, store.Provider{ID: "early"})
	})
	if !errors.Is(early, context.Canceled) {
		t.Errorf("before: got error %v, want %v", early, context.Canceled)
	}
	ctx, cancel = context.WithCancel(t.Context())
	late := s.Transact(ctx, func(c database.Conn) error {
		cancel()
		_, err := c.Exec("INSERT INTO providers (id, name) VALUES ('late', '')")
		return err
	})
	all, err := s.Providers(t.Context())
	if late != nil || err != nil || len(all) != 1 || all[0].ID != "late" {
		t.Errorf("during: got error %v, then providers %v, %v; want the late one", late, all, err)
	}
}

// TestClosed: a store that is closed says so.
func TestClosed(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{})
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.CreateProvider(t.Context(), store.Provider{ID: "p"}); err == nil {
		t.Error("a closed store took a write")
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a closed store is ready")
	}
}
