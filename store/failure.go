package store

import (
	"context"
	"time"
)

// Failures counts failed logins, so that all nodes together bound them. Under a key, such
// as the hash of an account's name, lies a moment: each failure moves it on, and time
// comes after it. How far it lies ahead says how many failures there were lately.
//
// A caller that lets an attempt through while the moment is less than burst × cost ahead
// takes that many failures at once, and one more each cost (a leaky bucket).
type Failures interface {
	// AddFailure moves the moment of a key on by cost, beginning at now if it has passed,
	// and returns it. Of failures at the same time each counts.
	AddFailure(ctx context.Context, key Hash, now time.Time, cost time.Duration) (time.Time, error)
	// FailuresUntil returns the moments of keys, in their order; the zero time for one that
	// has passed at now, or was never set. Sweep forgets those that have passed.
	FailuresUntil(ctx context.Context, keys []Hash, now time.Time) ([]time.Time, error)
}
