package postgres_test

import (
	"strings"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/postgres"
	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// TestStandby: of several hosts a standby is never asked, also if it is the only one that
// answers. It may not know yet what has been revoked.
func TestStandby(t *testing.T) {
	t.Parallel()
	primary, err := pgtest.Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, primary) })
	url := primary.Database(t)
	standby, err := primary.Standby()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, standby) })
	for _, attrs := range []string{"", "&target_session_attrs=prefer-standby"} {
		s := open(t, postgres.Config{URL: standby.Behind(t, url) + attrs})
		t.Cleanup(func() { s.Close() })
		if err := s.CreateProvider(t.Context(), store.Provider{ID: "1" + attrs}); err != nil {
			t.Fatal(err)
		}
		if err := primary.Kill(); err != nil {
			t.Fatal(err)
		}
		all, err1 := s.Providers(t.Context())
		last, err2 := s.LastRevocation(t.Context())
		for _, err := range []error{err1, err2} {
			if err == nil || !strings.Contains(err.Error(), "standby") {
				t.Errorf("%q: a standby answered with %d providers, %d revocations, %v; want an error that names the standby", attrs, len(all), last, err)
			}
		}
		if err := primary.Launch(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Providers(t.Context()); err != nil {
			t.Errorf("%q: when the primary is back: %v", attrs, err)
		}
	}
	if _, err := postgres.Open(t.Context(), postgres.Config{URL: standby.Behind(t, url) + "&target_session_attrs=standby"}); err == nil {
		t.Error("a store was opened on a standby")
	}
}

func stop(t *testing.T, s *pgtest.Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}
