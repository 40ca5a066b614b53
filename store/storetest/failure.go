package storetest

import (
	"testing"
	"time"

	"github.com/tegata-id/tegata/store"
)

// Counting is an engine that counts failed logins.
type Counting interface {
	store.Store
	store.Failures
}

// RunFailures tests that the stores which open gives keep to the contract of
// store.Failures. Its cases run in parallel.
func RunFailures(t *testing.T, open func(t *testing.T) Counting) {
	for _, c := range failureCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			st := open(t)
			t.Cleanup(func() {
				if err := st.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			c.run(&countingStage{stage: stage{TB: t, Store: st, ctx: t.Context()}, Failures: st})
		})
	}
}

// countingStage is a stage that counts failures.
type countingStage struct {
	stage
	store.Failures
}

// add counts a failure and looks at what comes back and at what is read then.
func (s *countingStage) add(key int, now int, cost time.Duration, want time.Time) {
	s.Helper()
	got, err := s.AddFailure(s.ctx, hash(key), after(now), cost)
	s.same("AddFailure", got, err, want)
	all, err := s.FailuresUntil(s.ctx, []store.Hash{hash(key)}, after(now))
	s.same("FailuresUntil", all, err, []time.Time{want})
}

var failureCases = []struct {
	name string
	run  func(s *countingStage)
}{
	{"each failure moves the moment on", func(s *countingStage) {
		s.add(1, 0, 20*time.Second, after(20))
		s.add(1, 0, 20*time.Second, after(40))
		s.add(1, 10, 20*time.Second, after(60))
		s.add(2, 10, time.Second, after(11))
		s.add(1, 10, 0, after(60))
	}},
	{"a moment that has passed counts no more", func(s *countingStage) {
		s.add(1, 0, 20*time.Second, after(20))
		for now, want := range map[int]time.Time{19: after(20), 20: {}, 21: {}} {
			all, err := s.FailuresUntil(s.ctx, []store.Hash{hash(1)}, after(now))
			s.same("FailuresUntil", all, err, []time.Time{want})
		}
		s.add(1, 20, 5*time.Second, after(25))
		s.add(1, 500, 5*time.Second, after(505))
	}},
	{"keys are read in their order, also unknown ones", func(s *countingStage) {
		s.add(1, 0, 10*time.Second, after(10))
		s.add(2, 0, 20*time.Second, after(20))
		all, err := s.FailuresUntil(s.ctx, []store.Hash{hash(2), hash(9), hash(1), hash(2)}, start)
		s.same("FailuresUntil", all, err, []time.Time{after(20), {}, after(10), after(20)})
		all, err = s.FailuresUntil(s.ctx, nil, start)
		s.same("FailuresUntil of none", all, err, []time.Time{})
	}},
	{"of failures at the same time each counts", func(s *countingStage) {
		adm := adminStage{stage: s.stage}
		if won := adm.race(32, nil, func(int) error {
			_, err := s.AddFailure(s.ctx, hash(1), start, time.Second)
			return err
		}); won != 32 {
			s.Fatalf("%d of 32 were counted", won)
		}
		all, err := s.FailuresUntil(s.ctx, []store.Hash{hash(1)}, start)
		s.same("FailuresUntil", all, err, []time.Time{after(32)})
	}},
	{"what has passed is swept, and what was moved on stays", func(s *countingStage) {
		for n := range 10 {
			s.add(n+1, 0, 10*time.Second, after(10))
		}
		s.add(1, 5, 100*time.Second, after(110))
		if n := s.sweepAll(after(10), 4); n != 9 {
			s.Errorf("swept %d, want 9", n)
		}
		all, err := s.FailuresUntil(s.ctx, []store.Hash{hash(1), hash(2)}, start)
		s.same("FailuresUntil", all, err, []time.Time{after(110), {}})
		if n := s.sweepAll(after(110), 4); n != 1 {
			s.Errorf("swept %d, want 1", n)
		}
	}},
}
