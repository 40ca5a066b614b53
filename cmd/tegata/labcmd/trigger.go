package labcmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/internal/control"
)

// Trigger is the command trigger.
type Trigger struct {
	asked   `embed:""`
	Name    string `arg:"" optional:"" help:"The trouble; without it, all are listed."`
	Channel string `help:"At this channel; else at any, or the first one." placeholder:"ID"`
	User    string `help:"For this user; else for anybody, or the first one." placeholder:"HANDLE"`
	Times   int    `help:"Of troubles that are rules: at most so many answers."`
}

// Examples opens the command's help.
func (Trigger) Examples() string {
	return "  tegata trigger                          (lists them)\n" +
		"  tegata trigger autologin-failure\n" +
		"  tegata trigger consent-denied --user taro --times 1\n" +
		"  tegata trigger closed-liff\n" +
		"  tegata reset                            (undoes them all)\n"
}

// Run lets a trouble befall somebody, or lists them.
func (c Trigger) Run(ctx context.Context, k *kong.Context) error {
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		if c.Name == "" {
			return c.list(ctx, k, api)
		}
		out, err := api.TriggerTrouble(ctx, c.Name, control.Trigger{Channel: c.Channel, User: c.User, Times: c.Times})
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, f := range out.Faults {
			fmt.Fprintf(&b, "fault %s: %s\n", f.ID, faultText(&f))
		}
		if out.Change != "" {
			b.WriteString(show.Clean(out.Change) + "\n")
		}
		if err := c.Print(show.Of(k), out, b.String()); err != nil || c.JSON {
			return err
		}
		if len(out.Faults) > 0 {
			return show.Talk(show.Of(k), "It ends with: tegata fault clear")
		}
		return show.Talk(show.Of(k), "It is undone with: tegata reset (which a tegata dev --data does not have)")
	})
}

func (c Trigger) list(ctx context.Context, k *kong.Context, api *control.Client) error {
	all, err := api.LabTroubles(ctx)
	if err != nil {
		return err
	}
	rows := make([][]string, len(all.Troubles))
	for i, t := range all.Troubles {
		rows[i] = []string{t.Name, t.Text}
	}
	return c.Print(show.Of(k), all, show.Table(nil, rows))
}
