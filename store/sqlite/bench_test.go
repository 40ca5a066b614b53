package sqlite_test

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) (store.Store, storetest.Yardstick) {
		s := open(b, sqlite.Config{})
		read, write, err := s.Bare(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		return s, storetest.Yardstick{Read: read, Write: write}
	})
}

// BenchmarkCommit measures the durable issue of tokens, once with a commit for each and
// once with one for all that wait, and tells in "x" how many times faster the latter is.
func BenchmarkCommit(b *testing.B) {
	var single float64
	for _, batch := range []int{1, 0} {
		b.Run(map[int]string{1: "single", 0: "group"}[batch], func(b *testing.B) {
			s := open(b, sqlite.WithBatch(sqlite.Config{}, batch))
			b.Cleanup(func() { s.Close() })
			ns := issue(b, s)
			if batch == 1 {
				single = ns
			} else if single > 0 {
				b.ReportMetric(single/ns, "x")
			}
		})
	}
}

// issue issues tokens from many goroutines and gives the nanoseconds of one.
func issue(b *testing.B, s store.Store) float64 {
	for n := range 100 {
		if err := storetest.Consent(b.Context(), s, "1", fmt.Sprint(n)); err != nil {
			b.Fatal(err)
		}
	}
	var next atomic.Int64
	b.SetParallelism(64)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := int(next.Add(1))
			t := store.AccessToken{
				ID: tokenID(n), PersonID: fmt.Sprint(n % 100), ChannelID: "1", UserID: "U0123456789abcdef0123456789abcdef",
				Scopes: []string{"profile", "openid"}, IssuedAt: now, ExpiresAt: now.AddDate(0, 0, 30),
			}
			if err := s.AddAccessToken(b.Context(), t, now); err != nil {
				b.Error(err)
				return
			}
		}
	})
	return float64(b.Elapsed().Nanoseconds()) / float64(b.N)
}

// BenchmarkSize reads tokens of a store with 1 and with 20,000 of them, in a soak with
// 1,000,000.
func BenchmarkSize(b *testing.B) {
	many := 20_000
	if os.Getenv("TEGATA_SOAK") != "" {
		many = 1_000_000
	}
	storetest.BenchSize(b, many, func(b *testing.B) (store.Store, store.Copyable) {
		s := open(b, sqlite.Config{})
		return s, s
	})
}

// BenchmarkRowSize tells what a record of each common kind takes of the file.
func BenchmarkRowSize(b *testing.B) {
	many := 20_000
	if os.Getenv("TEGATA_SOAK") != "" {
		many = 1_000_000
	}
	s := open(b, sqlite.Config{})
	b.Cleanup(func() { s.Close() })
	storetest.BenchRowSize(b, many, s, func(kind string) (table, indexes int64) {
		err := s.Transact(b.Context(), func(c database.Conn) error {
			rows, err := c.Query(`SELECT s.type, SUM(d.pgsize) FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
				WHERE s.tbl_name = $1 AND d.aggregate = TRUE GROUP BY s.type`, kind)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var what string
				var n int64
				if err := rows.Scan(&what, &n); err != nil {
					return err
				}
				if what == "table" {
					table = n
				} else {
					indexes = n
				}
			}
			return rows.Err()
		})
		if err != nil {
			b.Fatal(err)
		}
		return table, indexes
	})
}

// BenchmarkChurn tells whether the file stays as large as it is while tokens come and go.
func BenchmarkChurn(b *testing.B) {
	s := open(b, sqlite.Config{})
	b.Cleanup(func() { s.Close() })
	storetest.BenchChurn(b, churned(), s, s, func() int64 { return pages(b, s) * 4096 })
}

// churned is how many tokens come and go in a round.
func churned() int {
	if os.Getenv("TEGATA_SOAK") != "" {
		return 50_000
	}
	return 2_000
}
