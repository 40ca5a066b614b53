package labcmd

import (
	"context"
	"fmt"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
)

// Clock is the command clock.
type Clock struct {
	Show    clockShowCmd    `cmd:"" default:"withargs" help:"Say what time it is on the platform."`
	Freeze  clockFreezeCmd  `cmd:"" help:"Let the clock stand still, where it is or at a time."`
	Advance clockAdvanceCmd `cmd:"" help:"Move the clock on, or back."`
	Jump    clockJumpCmd    `cmd:"" help:"Set the clock to a time. It runs on from there, or stays frozen."`
	Resume  clockResumeCmd  `cmd:"" help:"Let the clock run again, from where it stands."`
	Reset   clockResetCmd   `cmd:"" help:"Make it the clock of this machine again, or the one that the platform was started with."`
}

// Examples opens the command's help.
func (Clock) Examples() string {
	return "  tegata clock\n  tegata clock advance 2h        (an ID token is stale now)\n  tegata clock freeze 2027-01-01\n  tegata clock advance -1s\n  tegata clock reset\n"
}

// clockAsked is what the commands have that are about the clock.
type clockAsked struct {
	asked `embed:""`
}

// change moves the clock and prints how it stands then.
func (a clockAsked) change(ctx context.Context, k *kong.Context, change control.ClockChange) error {
	return a.print(ctx, k, func(ctx context.Context, api *control.Client) (*control.Clock, error) {
		return api.ChangeLabClock(ctx, change)
	})
}

func (a clockAsked) print(ctx context.Context, k *kong.Context, ask func(context.Context, *control.Client) (*control.Clock, error)) error {
	return a.lab(ctx, func(ctx context.Context, api *control.Client) error {
		now, err := ask(ctx, api)
		if err != nil {
			return err
		}
		return a.Print(show.Of(k), now, clockText(now))
	})
}

// clockText says how a clock stands, the time first so that `cut` finds it.
func clockText(c *control.Clock) string {
	text := when.Text(c.Now)
	if c.Frozen {
		text += "   frozen"
	}
	const same = time.Second // what passes between two readings is no difference
	// The two clocks were not read at the same moment, which is no part of a second either.
	switch off := time.Duration(c.Offset).Round(time.Second); {
	case off > same:
		text += fmt.Sprintf("   %s ahead of this machine", when.About(off))
	case off < -same:
		text += fmt.Sprintf("   %s behind this machine", when.About(off))
	}
	return text + "\n"
}

type clockShowCmd struct {
	clockAsked `embed:""`
}

// Examples opens the command's help.
func (clockShowCmd) Examples() string { return "  tegata clock\n  tegata clock show --json\n" }

// Run shows the clock.
func (c clockShowCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.print(ctx, k, func(ctx context.Context, api *control.Client) (*control.Clock, error) { return api.LabClock(ctx) })
}

type clockFreezeCmd struct {
	clockAsked `embed:""`
	At         when.Time `arg:"" optional:"" help:"Where it stands still, such as 2027-01-01 or 2027-01-01T09:00:00Z; without it, where it is."`
}

// Examples opens the command's help.
func (clockFreezeCmd) Examples() string {
	return "  tegata clock freeze\n  tegata clock freeze 2027-01-01T09:00:00Z\n"
}

// Run freezes the clock.
func (c clockFreezeCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.change(ctx, k, control.ClockChange{Do: control.ClockFreeze, At: c.At.Time})
}

type clockAdvanceCmd struct {
	clockAsked `embed:""`
	By         when.Span `arg:"" help:"How far, such as 2h, 31d or -1s."`
}

// Examples opens the command's help.
func (clockAdvanceCmd) Examples() string {
	return "  tegata clock advance 61m     (ID tokens live for an hour)\n  tegata clock advance 12h     (access tokens of LIFF apps)\n  tegata clock advance 31d\n  tegata clock advance -1h\n"
}

// Run moves the clock.
func (c clockAdvanceCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.change(ctx, k, control.ClockChange{Do: control.ClockAdvance, By: control.Duration(c.By)})
}

type clockJumpCmd struct {
	clockAsked `embed:""`
	To         when.Time `arg:"" help:"Where to, such as 2027-01-01 or 2027-01-01T09:00:00Z."`
}

// Examples opens the command's help.
func (clockJumpCmd) Examples() string { return "  tegata clock jump 2027-01-01T09:00:00Z\n" }

// Run sets the clock.
func (c clockJumpCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.change(ctx, k, control.ClockChange{Do: control.ClockJump, At: c.To.Time})
}

type clockResumeCmd struct {
	clockAsked `embed:""`
}

// Examples opens the command's help.
func (clockResumeCmd) Examples() string { return "  tegata clock resume\n" }

// Run lets the clock run.
func (c clockResumeCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.change(ctx, k, control.ClockChange{Do: control.ClockResume})
}

type clockResetCmd struct {
	clockAsked `embed:""`
}

// Examples opens the command's help.
func (clockResetCmd) Examples() string { return "  tegata clock reset\n" }

// Run resets the clock.
func (c clockResetCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.change(ctx, k, control.ClockChange{Do: control.ClockReset})
}
