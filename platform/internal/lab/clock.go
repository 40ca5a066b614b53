package lab

import (
	"fmt"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// Years between which a clock may be set: the seconds of a token and every engine's
// columns hold them.
const (
	firstYear = 1970
	lastYear  = 9999
)

// Clock is a platform's wall clock, which can be frozen and moved. It stands on the
// clock that the platform was started with. Only what is decided by wall time follows
// it; leases, time-outs and rate limits have the monotonic clock of the machine. It may
// be used from many goroutines.
type Clock struct {
	below func() time.Time
	start time.Time     // at which it was frozen to begin with; zero: it ran
	shift time.Duration // by which it was ahead to begin with, if it ran

	mu     sync.RWMutex // guards what follows
	offset time.Duration
	frozen time.Time // zero: it runs
	skew   time.Duration
}

// NewClock returns a clock that says what below says, until it is told otherwise; with a
// time, it is frozen there to begin with.
func NewClock(below func() time.Time, frozen time.Time) *Clock {
	c := &Clock{below: below, start: frozen.Round(0)}
	c.reset()
	return c
}

// StartAt lets a clock that runs begin at a time, to which a reset goes back, with the time
// that has gone by since. It is for a clock that nobody reads yet.
func (c *Clock) StartAt(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shift = at.Round(0).Sub(c.below().Round(0))
	c.reset()
}

// reset makes the clock what it was in the beginning. The caller holds the lock.
func (c *Clock) reset() {
	c.offset, c.frozen = c.shift, c.start
	if !c.start.IsZero() {
		c.offset = c.start.Sub(c.below().Round(0))
	}
}

// Now returns what the clock says, without a monotonic reading: two readings differ by
// what the clock was moved between them.
func (c *Clock) Now() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now()
}

// now is Now for a caller that holds the lock.
func (c *Clock) now() time.Time {
	if !c.frozen.IsZero() {
		return c.frozen
	}
	return c.below().Round(0).Add(c.offset)
}

// Platform returns the time by which the platform decides: Now, and what the skew fault
// adds to it. Whoever is to agree with the platform but for that fault reads Now.
func (c *Clock) Platform() time.Time {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.now().Add(c.skew)
}

// Skew sets how far Platform is ahead of Now.
func (c *Clock) Skew(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew = by
}

// State says how the clock stands.
func (c *Clock) State() control.Clock {
	c.mu.RLock()
	defer c.mu.RUnlock()
	now, offset := c.now(), c.offset // of a clock that runs, without what passes between two readings
	if !c.frozen.IsZero() {
		offset = now.Sub(c.below().Round(0))
	}
	return control.Clock{Now: now, Frozen: !c.frozen.IsZero(), Offset: control.Duration(offset)}
}

// Change moves the clock. The error says what is wrong with the change; then the clock
// stands as before.
func (c *Clock) Change(change control.ClockChange) (control.Clock, error) {
	if err := c.change(change); err != nil {
		return control.Clock{}, err
	}
	return c.State(), nil
}

func (c *Clock) change(change control.ClockChange) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	to, freeze := c.now(), !c.frozen.IsZero()
	switch change.Do {
	case control.ClockFreeze:
		freeze = true
		if !change.At.IsZero() {
			to = change.At
		}
	case control.ClockAdvance:
		if change.By == 0 {
			return fmt.Errorf("advance by nothing: give by, such as \"2h\"")
		}
		to = to.Add(time.Duration(change.By))
	case control.ClockJump:
		if change.At.IsZero() {
			return fmt.Errorf("jump to nowhere: give at, such as \"2027-01-01T00:00:00Z\"")
		}
		to = change.At
	case control.ClockResume:
		freeze = false
	case control.ClockReset:
		c.reset()
		return nil
	default:
		return fmt.Errorf("do %q: want freeze, advance, jump, resume or reset", change.Do)
	}
	to = to.Round(0)
	if y := to.UTC().Year(); y < firstYear || y >= lastYear {
		return fmt.Errorf("the year %d: want a time between %d and %d", y, firstYear, lastYear-1)
	}
	c.offset = to.Sub(c.below().Round(0))
	c.frozen = time.Time{}
	if freeze {
		c.frozen = to
	}
	return nil
}
