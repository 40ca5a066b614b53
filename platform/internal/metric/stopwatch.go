package metric

import "time"

// stopwatch begins to measure and returns what says how long ago that was. Durations are
// shown and decide nothing, so they go by the machine's own clock, also where the
// platform's stands still.
func stopwatch() func() time.Duration {
	begin := time.Now()
	return func() time.Duration { return time.Since(begin) }
}
