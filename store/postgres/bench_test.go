package postgres_test

import (
	"os"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
	"github.com/tegata-id/tegata/store/storetest"
)

// BenchmarkStore measures on a server of its own that syncs the disk at every commit, as
// the one of the tests does not.
func BenchmarkStore(b *testing.B) {
	durable, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"), "-c", "fsync=on")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := durable.Stop(); err != nil {
			b.Error(err)
		}
	})
	storetest.Bench(b, func(b *testing.B) (store.Store, storetest.Yardstick) {
		s := open(b, postgres.Config{URL: durable.Database(b)})
		read, write, err := s.Bare(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		return s, storetest.Yardstick{Read: read, Write: write}
	})
}

// BenchmarkSize reads tokens of a store with 1 and with 20,000 of them, in a soak with
// 1,000,000.
func BenchmarkSize(b *testing.B) {
	many := 20_000
	if os.Getenv("TEGATA_SOAK") != "" {
		many = 1_000_000
	}
	storetest.BenchSize(b, many, func(b *testing.B) (store.Store, store.Copyable) {
		s := open(b, postgres.Config{})
		return s, s
	})
}

// BenchmarkRowSize tells what a record of each common kind takes of the database, after the
// server has tidied up as it does by itself some minutes later.
func BenchmarkRowSize(b *testing.B) {
	many := 20_000
	if os.Getenv("TEGATA_SOAK") != "" {
		many = 1_000_000
	}
	s := open(b, postgres.Config{})
	b.Cleanup(func() { s.Close() })
	storetest.BenchRowSize(b, many, s, func(kind string) (table, indexes int64) {
		table, indexes, err := s.Size(b.Context(), kind)
		if err != nil {
			b.Fatal(err)
		}
		return table, indexes
	})
}

// BenchmarkChurn tells whether the database stays as large as it is while tokens come and
// go. The server looks every second for what to tidy up, instead of every minute, because a
// round here is a day of the tokens' time.
func BenchmarkChurn(b *testing.B) {
	each := 2_000
	if os.Getenv("TEGATA_SOAK") != "" {
		each = 50_000
	}
	tidy, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"), "-c", "autovacuum_naptime=1s")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := tidy.Stop(); err != nil {
			b.Error(err)
		}
	})
	s := open(b, postgres.Config{URL: tidy.Database(b)})
	b.Cleanup(func() { s.Close() })
	storetest.BenchChurn(b, each, s, s, func() int64 {
		table, indexes, err := s.Taken(b.Context(), "access_tokens")
		if err != nil {
			b.Fatal(err)
		}
		return table + indexes
	})
}
