package labcmd

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
)

// Events is the command events.
type Events struct {
	Tail eventsTailCmd `cmd:"" help:"Print the last events, and those that come, until Ctrl-C."`
}

// Examples opens the command's help.
func (Events) Examples() string {
	return "  tegata events tail\n  tegata events tail --refused --json\n"
}

type eventsTailCmd struct {
	target.Target `embed:""`
	show.Output   `embed:""`
	filter        `embed:""`
	Last          int       `help:"Look at so many events of before, at most 200." default:"10"`
	After         int64     `help:"Begin after the event of this number, in place of --last." default:"-1" placeholder:"SEQ"`
	Follow        bool      `help:"Wait for what comes." default:"true" negatable:""`
	Count         int       `help:"End after so many events that fit. With --timeout a script can wait for something to happen."`
	Timeout       when.Span `help:"End after this time; exit code 1 if --count was not reached."`
}

// filter says which events are printed: those that fit all that is given.
type filter struct {
	Kind    string `help:"Only of this kind, such as refused or launch."`
	Refused bool   `help:"Only refusals: those with a status of 400 and above."`
	Status  int    `help:"Only of this status."`
	Channel string `help:"Only about this channel." placeholder:"ID"`
	User    string `help:"Only about this user." placeholder:"HANDLE"`
	Route   string `help:"Only of routes that contain this, such as /oauth2/v2.1/token." placeholder:"TEXT"`
	Check   string `help:"Only of checks that contain this, such as redirect_uri." placeholder:"TEXT"`
	Request string `help:"Only of this request." placeholder:"ID"`
}

// Examples opens the command's help.
func (eventsTailCmd) Examples() string {
	return "  tegata events tail\n" +
		"  tegata events tail --refused --channel 2000000001\n" +
		"  tegata events tail --json --no-follow --last 200 | jq -r .check\n" +
		"  tegata events tail --json --last 0 --route /verify --count 1 --timeout 30s   (wait until somebody verifies)\n"
}

// fits says whether an event is wanted.
func (f filter) fits(e control.Event) bool {
	switch {
	case f.Kind != "" && e.Kind != f.Kind, f.Refused && e.Status < 400, f.Status != 0 && e.Status != f.Status:
		return false
	case f.Channel != "" && e.ChannelID != f.Channel, f.Request != "" && e.RequestID != f.Request:
		return false
	case f.User != "" && e.PersonID != f.User && e.PersonID != "p-"+f.User: // the seed's users have such IDs
		return false
	}
	return strings.Contains(e.Route, f.Route) && strings.Contains(e.Check, f.Check)
}

// Run prints events until the context ends.
func (c eventsTailCmd) Run(ctx context.Context, k *kong.Context) error {
	if c.Last < 0 || c.Last > 200 || c.Count < 0 || c.Timeout < 0 {
		return &exit.Error{Code: exit.Usage, Err: errors.New("--last, --count or --timeout is out of bounds"), Next: "give --last 0 to 200, and no negative numbers"}
	}
	api, err := c.Client()
	if err != nil {
		return err
	}
	outer := ctx
	if c.Timeout > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeout(ctx, time.Duration(c.Timeout))
		defer end()
	}
	found, err := c.tail(ctx, api, show.Of(k))
	switch {
	case err == nil || outer.Err() != nil: // Ctrl-C is how it is ended
		return nil
	case ctx.Err() == nil:
		return err
	case c.Count > 0:
		return &exit.Error{
			Code: exit.Negative, Err: fmt.Errorf("%d of %d events that fit within %v", found, c.Count, c.Timeout),
			Next: "look at what there was: tegata events tail --no-follow --last 200",
		}
	}
	return nil
}

// tail prints events and says how many.
func (c eventsTailCmd) tail(ctx context.Context, api *control.Client, out show.Streams) (found int, err error) {
	seq, events, err := c.begin(ctx, api)
	for err == nil {
		for _, e := range events {
			if seq = e.Seq; !c.fits(e) {
				continue
			}
			if err := c.event(out, e); err != nil {
				return found, err
			}
			if found++; found == c.Count {
				return found, nil
			}
		}
		if !c.Follow && len(events) == 0 {
			return found, nil
		}
		if c.Follow {
			events, err = api.EventsAfter(ctx, seq)
		} else {
			events, err = api.MoreEvents(ctx, seq)
		}
	}
	return found, err
}

// begin returns the events to begin with, and the number after which the next ones come.
func (c eventsTailCmd) begin(ctx context.Context, api *control.Client) (int64, []control.Event, error) {
	if c.After >= 0 {
		events, err := api.MoreEvents(ctx, c.After)
		return c.After, events, err
	}
	events, err := api.LastEvents(ctx, max(c.Last, 1))
	if err != nil || len(events) == 0 {
		return 0, nil, err
	}
	seq := events[len(events)-1].Seq
	if c.Last == 0 {
		events = nil
	}
	return seq, events, nil
}

// event prints one event: with --json as a line, which jq reads as it comes.
func (c eventsTailCmd) event(out show.Streams, e control.Event) error {
	if c.JSON {
		return show.Line(out, e)
	}
	_, err := fmt.Fprint(out.Out, eventText(e))
	return err
}

// eventText tells an event in a line, with what is wrong in a second one.
func eventText(e control.Event) string {
	what := e.Kind
	if e.Status != 0 {
		what += " " + strconv.Itoa(e.Status)
	}
	line := fmt.Sprintf("%6d  %s  %-12s %s", e.Seq, when.Text(e.Time), what, e.Route)
	for _, part := range [][2]string{{"channel", e.ChannelID}, {"person", e.PersonID}, {"request", e.RequestID}} {
		if part[1] != "" {
			line += "  " + part[0] + " " + part[1]
		}
	}
	var second []string
	for _, part := range [][2]string{{"", e.Check}, {"given ", e.Given}, {"expected ", e.Expected}, {"fix: ", e.Fix}} {
		if part[1] != "" {
			second = append(second, part[0]+strings.ReplaceAll(part[1], "\n", " "))
		}
	}
	if len(second) > 0 {
		line += "\n        " + strings.Join(second, "; ")
	}
	return show.Clean(line) + "\n"
}
