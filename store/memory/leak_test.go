package memory_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestNothingLeftBehind: when everything has expired and is swept, nothing is kept
// of it, whatever happened to it before.
func TestNothingLeftBehind(t *testing.T) {
	t.Parallel()
	s := memory.New(memory.Config{})
	ctx, start := t.Context(), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	var errs []error
	do := func(err error) { errs = append(errs, err) }
	for n := byte(1); n <= 40; n++ {
		id, hash, person := store.ID{n}, store.Hash{n}, fmt.Sprint(n%4)
		end := start.Add(time.Duration(n) * time.Minute)
		request := store.Request{ChannelID: "1"}
		do(storetest.Consent(ctx, s, "1", person))
		do(s.CreateSession(ctx, store.Session{Hash: hash, PersonID: person, ExpiresAt: end}))
		do(s.CreateTransaction(ctx, store.Transaction{Hash: hash, Request: request, ExpiresAt: end}))
		do(s.FinishTransaction(ctx, hash, start, &store.Code{
			ID: id, Request: request, Who: store.Authentication{PersonID: person}, ExpiresAt: end,
		}))
		access := store.AccessToken{ID: id, PersonID: person, ChannelID: "1", RefreshID: id, ExpiresAt: end}
		refresh := store.RefreshToken{ID: id, PersonID: person, ChannelID: "1", ExpiresAt: end.Add(time.Duration(n%3) * 30 * time.Minute)}
		do(s.RedeemCode(ctx, id, start, access, &refresh))
		do(s.AddChannelToken(ctx, store.ChannelToken{ID: id, ChannelID: "1", Kind: store.ChannelTokenV21, IssuedAt: start, ExpiresAt: end}, 30, true))
		do(s.UseAssertion(ctx, "1", fmt.Sprint(n), start, end))
		switch n % 5 {
		case 1:
			do(s.DeleteSession(ctx, hash))
		case 2:
			do(s.Deauthorize(ctx, person, "1", start))
		case 3:
			do(s.RevokeRefreshToken(ctx, id, start, "revoke"))
		case 4:
			do(s.RevokeChannelToken(ctx, id, start))
		}
	}
	for what, n := range s.Left() {
		if n == 0 {
			t.Errorf("before the sweep: nothing is kept of %s", what)
		}
	}
	for now := start; now.Before(start.Add(2 * time.Hour)); now = now.Add(30 * time.Second) {
		_, err := s.Sweep(ctx, now, 1000)
		do(err)
		if left := s.Left(); left["access tokens of refresh tokens"] > left["access"] {
			t.Fatalf("at %v: refresh tokens remember access tokens that have gone: %v", now, left)
		}
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for what, n := range s.Left() {
		if n != 0 {
			t.Errorf("after the sweep: %d entries are left of %s, want 0", n, what)
		}
	}
}
