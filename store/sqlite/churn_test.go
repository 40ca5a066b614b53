package sqlite_test

import (
	"fmt"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// TestChurn: when as many tokens expire and are swept as are issued, the database does not
// grow: its pages are used again.
func TestChurn(t *testing.T) {
	t.Parallel()
	s := open(t, sqlite.Config{EventLimit: 200})
	t.Cleanup(func() { s.Close() })
	if err := storetest.Consent(t.Context(), s, "1", "p"); err != nil {
		t.Fatal(err)
	}
	const tokens, rounds = 400, 9
	var early, late int64
	for round := range rounds {
		at := now.AddDate(0, 0, round)
		var calls []func() error
		for n := range tokens {
			access := store.AccessToken{
				ID: tokenID(round*tokens + n + 1), PersonID: "p", ChannelID: "1", ExpiresAt: at.AddDate(0, 0, 1),
			}
			calls = append(calls, func() error { return s.AddAccessToken(t.Context(), access, at) })
			for range 3 {
				calls = append(calls, func() error { return s.AddEvent(t.Context(), store.Event{RequestID: fmt.Sprint(n)}) })
			}
		}
		for _, err := range together(t, s, calls...) {
			if err != nil {
				t.Fatal(err)
			}
		}
		for removed := 1; removed > 0; {
			var err error
			if removed, err = s.Sweep(t.Context(), at, 300); err != nil {
				t.Fatal(err)
			}
		}
		late = pages(t, s)
		if round == 3 {
			early = late
		}
	}
	if late > early+early/10 {
		t.Errorf("the database has %d pages after 4 rounds and %d after %d", early, late, rounds)
	}
}

// pages says how large the database is.
func pages(t testing.TB, s *sqlite.Store) (n int64) {
	t.Helper()
	err := s.Transact(t.Context(), func(c database.Conn) error {
		rows, err := c.Query("PRAGMA page_count")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := rows.Scan(&n); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
