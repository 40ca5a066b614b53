package tegatatest

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// Clock is a platform's clock. What the platform decides by wall time follows it, and so
// does Platform.Verifier; time-outs, rate limits and the test's own clock do not.
type Clock struct{ p *Platform }

// Now returns what the clock says. It is what the Now field of a server under test should
// be, so that both agree.
func (c *Clock) Now() time.Time { return c.p.lab.Now() }

// Freeze stops the clock.
func (c *Clock) Freeze() { c.change(control.ClockChange{Do: control.ClockFreeze}) }

// FreezeAt stops the clock at a time.
func (c *Clock) FreezeAt(at time.Time) {
	c.change(control.ClockChange{Do: control.ClockFreeze, At: at})
}

// Advance moves the clock on, or back by a negative duration. A frozen one stays frozen.
func (c *Clock) Advance(by time.Duration) {
	c.change(control.ClockChange{Do: control.ClockAdvance, By: control.Duration(by)})
}

// Jump sets the clock to a time. A frozen one stays frozen.
func (c *Clock) Jump(to time.Time) { c.change(control.ClockChange{Do: control.ClockJump, At: to}) }

// Resume lets a frozen clock run on from where it stands.
func (c *Clock) Resume() { c.change(control.ClockChange{Do: control.ClockResume}) }

// Reset makes the clock what it was at Start.
func (c *Clock) Reset() { c.change(control.ClockChange{Do: control.ClockReset}) }

func (c *Clock) change(change control.ClockChange) {
	c.p.t.Helper()
	if _, err := c.p.lab.ChangeClock(context.Background(), change); err != nil {
		c.p.t.Fatalf("tegatatest: clock: %v", err)
	}
}
