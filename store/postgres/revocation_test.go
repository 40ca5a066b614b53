package postgres_test

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/lease"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/storetest"
)

func tokenID(n int) (id store.ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}

// TestRevocationLog: a reader who goes on from the last number that he saw gets every
// revoked access token once, in order, while many callers revoke in every way.
func TestRevocationLog(t *testing.T) {
	t.Parallel()
	c := postgres.Config{URL: server.Database(t)}
	s := open(t, c)
	t.Cleanup(func() { s.Close() })
	ctx, now := t.Context(), time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	const callers, each = 8, 30
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	person := func(caller, n int) string { return string(rune('a'+caller)) + string(rune('a'+n)) }
	for caller := range callers {
		for n := range each {
			ok(storetest.Consent(ctx, s, "1", person(caller, n)))
			for k := range 2 {
				ok(s.AddAccessToken(ctx, store.AccessToken{ID: tokenID(caller*1000 + n*2 + k + 1), PersonID: person(caller, n), ChannelID: "1"}, now))
			}
		}
	}
	stop := make(chan struct{})
	var read []lease.Revocation
	reader := sync.WaitGroup{}
	reader.Go(func() {
		for last := false; ; {
			seq := int64(0)
			if len(read) > 0 {
				seq = read[len(read)-1].Seq
			}
			more, err := s.RevocationsAfter(ctx, seq, 7)
			ok(err)
			read = append(read, more...)
			if last && len(more) == 0 {
				return
			}
			select {
			case <-stop:
				last = true
			default:
			}
		}
	})
	var writers sync.WaitGroup
	for caller := range callers {
		writers.Go(func() {
			for n := range each {
				first := tokenID(caller*1000 + n*2 + 1)
				ok(s.RevokeAccessToken(ctx, first, now, "revoke"))
				ok(s.RevokeAccessToken(ctx, first, now, "again")) // is no news
				ok(s.Deauthorize(ctx, person(caller, n), "1", now))
			}
		})
	}
	writers.Wait()
	close(stop)
	reader.Wait()
	seen := map[store.ID]bool{}
	for i, r := range read {
		if r.Seq != int64(i+1) || seen[r.Token] {
			t.Fatalf("place %d: got number %d of token %x, seen before: %v", i, r.Seq, r.Token, seen[r.Token])
		}
		seen[r.Token] = true
	}
	if len(seen) != callers*each*2 {
		t.Errorf("the log has %d tokens, want %d", len(seen), callers*each*2)
	}
	last, err := s.LastRevocation(ctx)
	if err != nil || last != int64(callers*each*2) {
		t.Errorf("LastRevocation: got %d, %v", last, err)
	}
	// A sweep, also by a clock that is years ahead, takes none that a node may miss.
	_, err = s.Sweep(ctx, now.AddDate(50, 0, 0), 1000)
	ok(err)
	after, err := s.RevocationsAfter(ctx, 0, 1000)
	ok(err)
	if !slices.Equal(after, read) {
		t.Errorf("after a sweep the log has %d entries, want %d", len(after), len(read))
	}
	// Old ones go when there are enough newer ones.
	run(t, c.URL, "UPDATE revocations SET noted_at = now() - INTERVAL '1 hour'", "UPDATE counters SET last = last + 9900 WHERE name = 'revocation'")
	n, err := s.Sweep(ctx, now, 1000)
	after, err2 := s.RevocationsAfter(ctx, 0, 1000)
	if want := len(read) - 100; n != want || err != nil || err2 != nil || len(after) != len(read)-n {
		t.Errorf("a sweep removed %d of %d, %d are left (%v, %v); want %d removed", n, len(read), len(after), err, err2, want)
	}
}

// TestLogWhileBusy: while verbs hold every connection of a node, it can look at the log.
func TestLogWhileBusy(t *testing.T) {
	t.Parallel()
	s := open(t, postgres.Config{MaxConns: 2})
	t.Cleanup(func() { s.Close() })
	free := make(chan struct{})
	var held, work sync.WaitGroup
	for range 2 {
		held.Add(1)
		work.Go(func() {
			if err := s.Transact(t.Context(), func(database.Conn) error {
				held.Done()
				<-free
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
	held.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := s.LastRevocation(ctx); err != nil {
		t.Error(err)
	}
	if _, err := s.RevocationsAfter(ctx, 0, 1); err != nil {
		t.Error(err)
	}
	close(free)
	work.Wait()
}
