package labcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// Why is the command why.
type Why struct {
	target.Target `embed:""`
	show.Output   `embed:""`
	ID            string `arg:"" help:"Request ID: the x-line-request-id header of the answer, also printed on error pages."`
}

// Examples opens the command's help.
func (Why) Examples() string {
	return "  tegata why 8d48c8577e739b9c\n  curl -si localhost:4800/v2/profile | grep -i ^x-line-request-id\n"
}

// Run prints what happened in the request. It exits with 1 if nothing is known of it.
func (c Why) Run(ctx context.Context, k *kong.Context) error {
	api, err := c.Client()
	if err != nil {
		return err
	}
	events, err := api.EventsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	if events == nil {
		events = []control.Event{} // a list in JSON too
	}
	var b strings.Builder
	for _, e := range events {
		b.WriteString(story(e))
	}
	if err := c.Print(show.Of(k), control.Events{Events: events}, b.String()); err != nil || len(events) > 0 {
		return err
	}
	return &exit.Error{
		Code: exit.Negative, Err: fmt.Errorf("nothing is recorded for request %q", c.ID),
		Next: "requests that went well leave no record, and a restart of tegata dev forgets; copy the ID from x-line-request-id",
	}
}

// story tells an event in lines. What was given comes from whoever asked the platform, who
// must not write to the terminal of the one who reads it.
func story(e control.Event) string {
	var b strings.Builder
	what := e.Kind
	if e.Status != 0 {
		what += fmt.Sprintf(", status %d", e.Status)
	}
	fmt.Fprintf(&b, "%s  %s  %s\n", e.Time.Format("2006-01-02 15:04:05Z"), show.Clean(e.Route), what)
	answer := strings.TrimPrefix(e.Code+": "+e.Message, ": ")
	for _, line := range [][2]string{
		{"answer", strings.TrimSuffix(answer, ": ")},
		{"channel", e.ChannelID},
		{"person", e.PersonID},
		{"check", e.Check},
		{"given", e.Given},
		{"expected", e.Expected},
		{"fix", e.Fix},
	} {
		if line[1] != "" {
			fmt.Fprintf(&b, "  %-9s %s\n", line[0], strings.ReplaceAll(show.Clean(line[1]), "\n", "\n            "))
		}
	}
	return b.String()
}
