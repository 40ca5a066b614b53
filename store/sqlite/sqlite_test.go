package sqlite_test

import (
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/faulty"
	"github.com/tegata-id/tegata/store/internal/sqlstore"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, sqlite.Config{}) })
}

// open opens a store in a file of its own, unless c names one.
func open(t testing.TB, c sqlite.Config) *sqlite.Store {
	t.Helper()
	if c.Path == "" {
		c.Path = filepath.Join(t.TempDir(), "tegata.db")
	}
	s, err := sqlite.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAdministration(t *testing.T) {
	t.Parallel()
	storetest.RunAdministration(t, func(t *testing.T) storetest.Administered { return open(t, sqlite.Config{}) })
}

func TestFaults(t *testing.T) {
	t.Parallel()
	storetest.RunFaults(t, func(t *testing.T, step func() error) (store.Store, store.Copyable) {
		s := open(t, sqlite.WithEngine(sqlite.Config{}, func(e sqlstore.Engine) sqlstore.Engine { return faulty.Wrap(e, step) }))
		return s, s
	})
}

// now is when the stories here are told.
var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func tokenID(n int) (id store.ID) {
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	return id
}
