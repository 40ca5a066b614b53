package lab_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/lab"
)

func TestClock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := lab.NewClock(time.Now, time.Time{})
		start := time.Now()
		at := func(want time.Duration) {
			t.Helper()
			if got := c.Now().Sub(start.Round(0)); got != want {
				t.Fatalf("the clock says start %+v, want %+v", got, want)
			}
		}
		do := func(change control.ClockChange) {
			t.Helper()
			if _, err := c.Change(change); err != nil {
				t.Fatal(err)
			}
		}
		at(0)
		time.Sleep(time.Second)
		at(time.Second)
		do(control.ClockChange{Do: control.ClockFreeze})
		time.Sleep(time.Hour)
		at(time.Second)
		do(control.ClockChange{Do: control.ClockAdvance, By: control.Duration(2 * time.Hour)})
		time.Sleep(time.Hour)
		at(2*time.Hour + time.Second)
		if s := c.State(); !s.Frozen || time.Duration(s.Offset) != -time.Second+time.Second {
			t.Errorf("state %+v: two hours on and two hours passed, so the offset is none", s)
		}
		do(control.ClockChange{Do: control.ClockResume})
		at(2*time.Hour + time.Second)
		time.Sleep(time.Second)
		at(2*time.Hour + 2*time.Second)
		do(control.ClockChange{Do: control.ClockJump, At: start.Add(-time.Hour)})
		time.Sleep(time.Second)
		at(-time.Hour + time.Second)
		do(control.ClockChange{Do: control.ClockFreeze, At: start.Add(time.Minute)})
		time.Sleep(time.Second)
		at(time.Minute)
		c.Skew(5 * time.Minute)
		if got := c.Platform().Sub(c.Now()); got != 5*time.Minute {
			t.Errorf("the platform is ahead by %v, want 5m", got)
		}
		do(control.ClockChange{Do: control.ClockReset})
		if !c.Now().Equal(time.Now()) {
			t.Error("after reset the clock is not the one below")
		}
		c = lab.NewClock(time.Now, start.Add(time.Hour))
		time.Sleep(time.Minute)
		at(time.Hour)
		do(control.ClockChange{Do: control.ClockResume})
		time.Sleep(time.Minute)
		at(time.Hour + time.Minute)
		do(control.ClockChange{Do: control.ClockReset})
		time.Sleep(time.Minute)
		at(time.Hour)
		c = lab.NewClock(time.Now, time.Time{})
		c.StartAt(start.Add(-time.Hour))
		time.Sleep(time.Minute)
		at(-time.Hour + time.Minute)
		do(control.ClockChange{Do: control.ClockAdvance, By: control.Duration(time.Hour)})
		at(time.Minute)
		do(control.ClockChange{Do: control.ClockReset})
		at(-time.Hour + time.Minute)
	})
}

func TestClockRefuses(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	c := lab.NewClock(func() time.Time { return now }, time.Time{})
	for name, change := range map[string]control.ClockChange{
		"nothing":          {},
		"a misspelt verb":  {Do: "freze"},
		"advance by none":  {Do: control.ClockAdvance},
		"jump to nowhere":  {Do: control.ClockJump},
		"before the epoch": {Do: control.ClockJump, At: time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC)},
		"after all years":  {Do: control.ClockFreeze, At: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)},
	} {
		if _, err := c.Change(change); err == nil {
			t.Errorf("%s: was done", name)
		}
	}
	if !c.Now().Equal(now) {
		t.Error("a change that was refused moved the clock")
	}
}
