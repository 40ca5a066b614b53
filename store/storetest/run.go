package storetest

import (
	"testing"

	"github.com/tegata-id/tegata/store"
)

// Open gives an empty store of its own to one test. It fails the test if it cannot.
// The suite closes the store; whatever else must go is Open's to register with
// t.Cleanup. It may be called from many goroutines.
type Open func(t *testing.T) store.Store

// Run tests that the stores which open gives keep to the contract of package store.
// Its cases run in parallel.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"records", recordCases},
		{"aliasing", aliasCases},
		{"directory", directoryCases},
		{"liff apps", liffAppCases},
		{"people", peopleCases},
		{"identities", identityCases},
		{"logins", loginCases},
		{"grants", grantCases},
		{"codes", codeCases},
		{"tokens", tokenCases},
		{"rotation", rotationCases},
		{"channel tokens", channelTokenCases},
		{"keys", keyCases},
		{"events", eventCases},
		{"text", textCases},
		{"sweep", sweepCases},
		{"races", raceCases},
		{"model", modelCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(&stage{TB: t, Store: opened(t, open), ctx: t.Context()})
				})
			}
		})
	}
}

// testCase is one case of the suite. It gets an empty store.
type testCase struct {
	name string
	run  func(s *stage)
}

func opened(t *testing.T, open Open) store.Store {
	s := open(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}
