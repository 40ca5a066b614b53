package manage

import (
	"context"
	"net/url"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// LIFF is the command liff.
type LIFF struct {
	Create liffCreateCmd `cmd:"" help:"Make a LIFF app on a channel."`
	List   liffListCmd   `cmd:"" help:"List LIFF apps."`
	Show   liffShowCmd   `cmd:"" help:"Show a LIFF app."`
	Update liffUpdateCmd `cmd:"" help:"Change a LIFF app."`
	Delete liffDeleteCmd `cmd:"" help:"Remove a LIFF app."`
}

// Examples opens the command's help.
func (LIFF) Examples() string {
	return "  tegata liff create --channel 2001234567 --endpoint-url https://app.example.com/\n  tegata liff list --channel 2001234567\n"
}

// liffSet are the settings of a LIFF app. What is not given stays.
type liffSet struct {
	Description *string  `help:"Its name in lists."`
	View        *string  `help:"compact, tall or full." placeholder:"VIEW"`
	Scope       []string `help:"openid, profile, email or chat_message.write (repeatable; replaces those before)." sep:"none" placeholder:"SCOPE"`
	BotPrompt   *string  `help:"Offer to add the official account: none, normal or aggressive." placeholder:"PROMPT"`
	ModuleMode  *bool    `help:"Hide the action button." negatable:""`
	QRCode      *bool    `name:"qr-code" help:"Let the app read 2D codes." negatable:""`
}

func (s liffSet) change() control.LIFFAppChange {
	return control.LIFFAppChange{
		Description: s.Description, View: s.View, Scopes: given(s.Scope), BotPrompt: s.BotPrompt, ModuleMode: s.ModuleMode, QRCode: s.QRCode,
	}
}

func liffText(a *control.LIFFApp) string {
	return lines([][2]string{
		{"LIFF ID", a.LIFFID},
		{"channel", a.ChannelID},
		{"LIFF URL", a.URL},
		{"endpoint URL", a.EndpointURL},
		{"description", a.Description},
		{"view", a.View},
		{"scopes", several(a.Scopes)},
		{"bot prompt", a.BotPrompt},
		{"module mode", yes(a.ModuleMode)},
		{"QR code", yes(a.QRCode)},
		{"made", day(&a.CreatedAt, "")},
	}...)
}

type liffCreateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	liffSet       `embed:""`
	Channel       string `help:"ID of its channel." required:""`
	EndpointURL   string `help:"Where the app is served." required:"" placeholder:"URL"`
}

// Examples opens the command's help.
func (liffCreateCmd) Examples() string {
	return "  tegata liff create --channel 2001234567 --endpoint-url https://app.example.com/ --scope openid --scope profile\n"
}

// Run makes the app.
func (c liffCreateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change := c.change()
		change.ChannelID, change.EndpointURL = &c.Channel, &c.EndpointURL
		a, err := api.LIFFApps().Create(ctx, change)
		if err != nil {
			return err
		}
		return c.print(io, a, liffText(a))
	})
}

type liffListCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	Channel       string `help:"Only those of this channel." placeholder:"ID"`
}

// Examples opens the command's help.
func (liffListCmd) Examples() string { return "  tegata liff list\n  tegata liff list --json\n" }

// Run lists the apps.
func (c liffListCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		q := url.Values{}
		if c.Channel != "" {
			q.Set("channel", c.Channel)
		}
		l, err := api.LIFFApps().List(ctx, q)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, a := range l.LIFFApps {
			rows = append(rows, []string{a.LIFFID, a.View, a.EndpointURL, a.Description})
		}
		return c.print(io, l, table([]string{"LIFF ID", "VIEW", "ENDPOINT URL", "DESCRIPTION"}, rows))
	})
}

type liffShowCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	ID            string `arg:"" help:"LIFF ID."`
}

// Examples opens the command's help.
func (liffShowCmd) Examples() string { return "  tegata liff show 2001234567-AbCdEfGh\n" }

// Run shows the app.
func (c liffShowCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		a, err := api.LIFFApps().Show(ctx, c.ID)
		if err != nil {
			return err
		}
		return c.print(io, a, liffText(a))
	})
}

type liffUpdateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	liffSet       `embed:""`
	ID            string  `arg:"" help:"LIFF ID."`
	EndpointURL   *string `help:"Where the app is served." placeholder:"URL"`
}

// Examples opens the command's help.
func (liffUpdateCmd) Examples() string {
	return "  tegata liff update 2001234567-AbCdEfGh --view tall --no-module-mode\n"
}

// Run changes the app.
func (c liffUpdateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change := c.change()
		change.EndpointURL = c.EndpointURL
		a, err := api.LIFFApps().Update(ctx, c.ID, change)
		if err != nil {
			return err
		}
		return c.print(io, a, liffText(a))
	})
}

type liffDeleteCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	sure          `embed:""`
	ID            string `arg:"" help:"LIFF ID."`
}

// Examples opens the command's help.
func (liffDeleteCmd) Examples() string {
	return "  tegata liff delete 2001234567-AbCdEfGh --yes\n"
}

// Run removes the app.
func (c liffDeleteCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	if err := c.check("removing LIFF app " + c.ID + " breaks every link to it: a LIFF ID does not come again"); err != nil {
		return err
	}
	return with(c.Target, func(api *control.Client) error {
		if err := api.LIFFApps().Delete(ctx, c.ID); err != nil {
			return err
		}
		return c.print(io, removed{c.ID}, "removed "+c.ID+"\n")
	})
}
