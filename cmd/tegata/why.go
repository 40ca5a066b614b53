package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

type whyCmd struct {
	target.Target `embed:""`
	ID            string `arg:"" help:"Request ID: the x-line-request-id header of the answer, also printed on error pages."`
	JSON          bool   `help:"Print JSON."`
}

// Examples opens the command's help.
func (whyCmd) Examples() string {
	return "  tegata why 8d48c8577e739b9c\n  curl -si localhost:4800/v2/profile | grep -i ^x-line-request-id\n"
}

// Run prints what happened in the request. It exits with 1 if nothing is known of it.
func (c whyCmd) Run(ctx context.Context, io streams) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	events, err := client.EventsOf(ctx, c.ID)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(io.out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(control.Events{Events: events}); err != nil {
			return err
		}
	}
	if len(events) == 0 {
		return &failure{
			exitNegative, fmt.Errorf("nothing is recorded for request %q", c.ID),
			"requests that went well leave no record, and a restart of tegata dev forgets; copy the ID from x-line-request-id",
		}
	}
	if c.JSON {
		return nil
	}
	for _, e := range events {
		if _, err := fmt.Fprint(io.out, story(e)); err != nil {
			return err
		}
	}
	return nil
}

// story tells an event in lines.
func story(e control.Event) string {
	var b strings.Builder
	what := e.Kind
	if e.Status != 0 {
		what += fmt.Sprintf(", status %d", e.Status)
	}
	fmt.Fprintf(&b, "%s  %s  %s\n", e.Time.Format("2006-01-02 15:04:05Z"), e.Route, what)
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
			fmt.Fprintf(&b, "  %-9s %s\n", line[0], strings.ReplaceAll(line[1], "\n", "\n            "))
		}
	}
	return b.String()
}
