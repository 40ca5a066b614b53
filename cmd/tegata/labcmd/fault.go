package labcmd

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
)

// Fault is the command fault.
type Fault struct {
	Add   faultAddCmd   `cmd:"" help:"Let answers of the platform go wrong, and print the fault's ID."`
	List  faultListCmd  `cmd:"" help:"List the faults in force, with how many answers each has touched."`
	Clear faultClearCmd `cmd:"" help:"End one fault, or all."`
}

// Examples opens the command's help.
func (Fault) Examples() string {
	return "  tegata fault add status --status 503 --endpoint verify\n  tegata fault list\n  tegata fault clear\n"
}

type faultAddCmd struct {
	asked       `embed:""`
	Effect      string    `arg:"" help:"status, latency, reset, truncate, slow-body, jwk-rotated, jwk-bad, skew, or a trouble that is a rule: see tegata trigger."`
	Status      int       `help:"Of status: the answer's status, from 400 to 599; 500 if none is given. The body is LINE's error body for it."`
	Code        string    `help:"Of status: the error in the body, at the OAuth endpoints."`
	Message     string    `help:"Of status: the error_description or message in the body."`
	Delay       when.Span `help:"Of latency and slow-body: how long it takes, such as 3s. Of skew: how far the platform's clock is off."`
	Endpoint    string    `help:"Only this endpoint, such as verify, token, profile or certs, or the beginning of a path." placeholder:"NAME"`
	Channel     string    `help:"Only answers about this channel." placeholder:"ID"`
	User        string    `help:"Only answers about this user." placeholder:"HANDLE"`
	Nth         int       `help:"Only the nth answer that fits, counted from 1."`
	Times       int       `help:"At most so many answers."`
	Probability float64   `help:"Each answer that fits with this probability, from 0 to 1."`
	Seed        uint64    `help:"Which answers --probability chooses: the same seed chooses the same ones in every run."`
}

// Examples opens the command's help.
func (faultAddCmd) Examples() string {
	return "  tegata fault add status --status 503 --endpoint verify\n" +
		"  tegata fault add latency --delay 3s --endpoint profile --user hanako\n" +
		"  tegata fault add reset --probability 0.1 --seed 7\n" +
		"  tegata fault add jwk-rotated --times 2\n" +
		"  id=$(tegata fault add status --status 429); …; tegata fault clear $id\n"
}

// Run puts the fault in force. Its ID stands alone on standard output.
func (c faultAddCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		f, err := api.AddFault(ctx, control.Fault{
			Effect: c.Effect, Status: c.Status, Code: c.Code, Message: c.Message, Delay: control.Duration(c.Delay), Endpoint: c.Endpoint,
			Channel: c.Channel, User: c.User, Nth: c.Nth, Times: c.Times, Probability: c.Probability, Seed: c.Seed,
		})
		if err != nil {
			return err
		}
		if err := c.Print(show.Of(k), f, f.ID+"\n"); err != nil || c.JSON {
			return err
		}
		return show.Talk(show.Of(k), "from now on: %s. It ends with: tegata fault clear %s", faultText(f), f.ID)
	})
}

// faultText says in a line what a fault does.
func faultText(f *control.Fault) string {
	what := f.Effect
	if f.Status != 0 {
		what += " " + strconv.Itoa(f.Status)
	}
	if f.Delay != 0 {
		what += " " + time.Duration(f.Delay).String()
	}
	at := f.Endpoint
	if at == "" {
		at = "every endpoint it can befall"
	}
	what += " at " + at
	for _, p := range [][2]string{{"channel", f.Channel}, {"user", f.User}} {
		if p[1] != "" {
			what += ", " + p[0] + " " + p[1]
		}
	}
	if f.Nth != 0 {
		what += fmt.Sprintf(", answer %d", f.Nth)
	}
	if f.Times != 0 {
		what += fmt.Sprintf(", at most %d times", f.Times)
	}
	if f.Probability != 0 {
		what += fmt.Sprintf(", with probability %v", f.Probability)
	}
	return what
}

type faultListCmd struct {
	asked `embed:""`
}

// Examples opens the command's help.
func (faultListCmd) Examples() string {
	return "  tegata fault list\n  tegata fault list --json | jq '.faults[].hits'\n"
}

// Run lists the faults.
func (c faultListCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		all, err := api.LabFaults(ctx)
		if err != nil {
			return err
		}
		if len(all.Faults) == 0 && !c.JSON {
			return show.Talk(show.Of(k), "There is no fault: everything goes well.")
		}
		rows := make([][]string, len(all.Faults))
		for i, f := range all.Faults {
			rows[i] = []string{f.ID, strconv.Itoa(f.Hits), faultText(&f)}
		}
		return c.Print(show.Of(k), all, show.Table([]string{"ID", "HITS", "WHAT GOES WRONG"}, rows))
	})
}

type faultClearCmd struct {
	asked `embed:""`
	ID    string `arg:"" optional:"" help:"The fault, as list and add name it; without it, all."`
}

// Examples opens the command's help.
func (faultClearCmd) Examples() string { return "  tegata fault clear\n  tegata fault clear 1\n" }

// Run ends faults.
func (c faultClearCmd) Run(ctx context.Context, k *kong.Context) error {
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		var err error
		if c.ID == "" {
			err = api.ClearFaults(ctx)
		} else {
			err = api.RemoveFault(ctx, c.ID)
		}
		if err != nil {
			return err
		}
		left, err := api.LabFaults(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			return show.JSON(show.Of(k), left)
		}
		return show.Talk(show.Of(k), "%s", remaining(len(left.Faults)))
	})
}

func remaining(n int) string {
	switch n {
	case 0:
		return "There is no fault any more."
	case 1:
		return "One fault is left: tegata fault list"
	}
	return fmt.Sprintf("%d faults are left: tegata fault list", n)
}
