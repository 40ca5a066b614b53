package postgres_test

import (
	"os"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/faulty"
	"github.com/tegata-id/tegata/store/internal/sqlstore"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
	"github.com/tegata-id/tegata/store/storetest"
)

// server is the one of all tests here.
var server *pgtest.Server

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m, os.Getenv("TEGATA_TEST_POSTGRES"), &server)) }

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, postgres.Config{}) })
}

// open opens a store in a database of its own, unless c names one.
func open(t testing.TB, c postgres.Config) *postgres.Store {
	t.Helper()
	if c.URL == "" {
		c.URL = server.Database(t)
	}
	s, err := postgres.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	storetest.RunAdministration(t, func(t *testing.T) storetest.Administered { return open(t, postgres.Config{}) })
}

func TestFaults(t *testing.T) {
	t.Parallel()
	storetest.RunFaults(t, func(t *testing.T, step func() error) (store.Store, store.Copyable) {
		s := open(t, postgres.WithEngine(postgres.Config{}, func(e sqlstore.Engine) sqlstore.Engine { return faulty.Wrap(e, step) }))
		return s, s
	})
}
