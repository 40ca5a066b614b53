package manage

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// Channel is the command channel.
type Channel struct {
	Create channelCreateCmd `cmd:"" help:"Make a channel: what an app logs in by. Its secret is shown once."`
	List   channelListCmd   `cmd:"" help:"List channels."`
	Show   channelShowCmd   `cmd:"" help:"Show a channel."`
	Update channelUpdateCmd `cmd:"" help:"Change a channel."`
	Delete channelDeleteCmd `cmd:"" help:"Remove a channel with its LIFF apps, consents and tokens."`
	Secret channelSecretCmd `cmd:"" help:"Rotate the secret of a channel."`
}

// Examples opens the command's help.
func (Channel) Examples() string {
	return "  tegata channel create --provider 1657000000 --name Shop --callback https://shop.example.com/callback\n" +
		"  tegata channel update 2001234567 --status published\n" +
		"  tegata channel secret rotate 2001234567 --grace 24h\n"
}

// channelSet are the settings of a channel. What is not given stays.
type channelSet struct {
	Description *string  `help:"What it is for."`
	Status      *string  `help:"developing: only its admins and testers may log in; published: everybody may." placeholder:"STATUS"`
	AppType     []string `help:"web, mobile or both (repeatable)." sep:"none" placeholder:"TYPE"`
	Callback    []string `help:"Callback URL, exactly as the app sends it (repeatable; replaces those before, an empty one removes them)." sep:"none" placeholder:"URL"`
	NativeApp   []string `help:"Bundle ID or package name of a native app (repeatable, as --callback)." sep:"none" placeholder:"ID"`
	Scope       []string `help:"Permission beyond openid and profile, such as email (repeatable, as --callback)." sep:"none" placeholder:"SCOPE"`
	Role        []string `help:"Role of a user, named by ID, handle or e-mail address: admin, tester or member (repeatable, as --callback)." sep:"none" placeholder:"USER=ROLE"`
	BotID       *string  `help:"Basic ID of the LINE Official Account that is linked; empty removes it." placeholder:"@ID"`
	BotName     *string  `help:"Its name."`
	IDTokenAlg  *string  `name:"id-token-alg" help:"ES256 or HS256; empty follows LINE's rule." placeholder:"ALG"`
	PrivacyURL  *string  `help:"Privacy policy, shown at consent." placeholder:"URL"`
	TermsURL    *string  `help:"Terms of use, shown at consent." placeholder:"URL"`
}

func (s channelSet) change() (control.ChannelChange, error) {
	roles, err := s.roles()
	return control.ChannelChange{
		Description: s.Description, Status: s.Status, AppTypes: given(s.AppType), CallbackURLs: given(s.Callback), NativeApps: given(s.NativeApp),
		Scopes: given(s.Scope), Roles: roles, BotID: s.BotID, BotName: s.BotName, IDTokenAlg: s.IDTokenAlg,
		PrivacyURL: s.PrivacyURL, TermsURL: s.TermsURL,
	}, err
}

// roles reads USER=ROLE; nil if no role is given.
func (s channelSet) roles() (*map[string]string, error) {
	if s.Role == nil {
		return nil, nil
	}
	roles := map[string]string{}
	for _, one := range *given(s.Role) {
		at := strings.LastIndexByte(one, '=') // an address may have one, a role has none
		if at <= 0 {
			return nil, &exit.Error{Code: exit.Usage, Err: fmt.Errorf("--role %q is not USER=ROLE", one), Next: "write it like --role hanako@example.com=tester"}
		}
		roles[one[:at]] = one[at+1:]
	}
	return &roles, nil
}

func channelText(c *control.Channel) string {
	var roles []string
	for _, user := range slices.Sorted(maps.Keys(c.Roles)) {
		roles = append(roles, user+"="+c.Roles[user])
	}
	text := lines([][2]string{
		{"channel", c.ChannelID},
		{"secret", c.ChannelSecret},
		{"provider", c.ProviderID},
		{"name", c.Name},
		{"description", c.Description},
		{"status", c.Status},
		{"app types", several(c.AppTypes)},
		{"callbacks", several(c.CallbackURLs)},
		{"native apps", several(c.NativeApps)},
		{"scopes", several(c.Scopes)},
		{"roles", several(roles)},
		{"bot", c.BotID + " " + c.BotName},
		{"ID token alg", c.IDTokenAlg},
		{"privacy", c.PrivacyURL},
		{"terms", c.TermsURL},
		{"made", day(&c.CreatedAt, "")},
	}...)
	for i, s := range c.Secrets {
		if i > 0 || s.ExpiresAt != nil {
			text += lines([2]string{"secret", fmt.Sprintf("of %s, good until %s", day(&s.CreatedAt, ""), day(s.ExpiresAt, "it is rotated"))})
		}
	}
	return text
}

type channelCreateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	channelSet    `embed:""`
	Provider      string  `help:"ID of the provider that owns it." required:""`
	Name          string  `help:"Its name: people see it when they log in." required:""`
	ID            *string `help:"Its ID, in digits, such as the one that it has at LINE. Without it a free one is taken." placeholder:"DIGITS"`
}

// Examples opens the command's help.
func (channelCreateCmd) Examples() string {
	return "  tegata channel create --provider 1657000000 --name Shop --callback https://shop.example.com/callback\n" +
		"  tegata channel create --provider 1657000000 --name Shop --scope email --role taro@example.com=tester --json\n"
}

// Run makes the channel.
func (c channelCreateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change, err := c.change()
		if err != nil {
			return err
		}
		change.ProviderID, change.Name, change.ChannelID = &c.Provider, &c.Name, c.ID
		made, err := api.Channels().Create(ctx, change)
		if err != nil {
			return err
		}
		if err := c.print(io, made, channelText(made)); err != nil {
			return err
		}
		if err := talk(io, "The secret is shown this once; tegata channel secret rotate %s makes a new one.", made.ChannelID); err != nil {
			return err
		}
		if made.Status == "developing" {
			return talk(io, "Only its admins and testers may log in until tegata channel update %s --status published.", made.ChannelID)
		}
		return nil
	})
}

type channelListCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	Provider      string `help:"Only those of this provider." placeholder:"ID"`
}

// Examples opens the command's help.
func (channelListCmd) Examples() string {
	return "  tegata channel list\n  tegata channel list --provider 1657000000 --json\n"
}

// Run lists the channels.
func (c channelListCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		q := url.Values{}
		if c.Provider != "" {
			q.Set("provider", c.Provider)
		}
		l, err := api.Channels().List(ctx, q)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, one := range l.Channels {
			rows = append(rows, []string{one.ChannelID, one.ProviderID, one.Status, one.Name})
		}
		return c.print(io, l, table([]string{"CHANNEL", "PROVIDER", "STATUS", "NAME"}, rows))
	})
}

type channelShowCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	ID            string `arg:"" help:"ID of the channel."`
}

// Examples opens the command's help.
func (channelShowCmd) Examples() string { return "  tegata channel show 2001234567\n" }

// Run shows the channel.
func (c channelShowCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		one, err := api.Channels().Show(ctx, c.ID)
		if err != nil {
			return err
		}
		return c.print(io, one, channelText(one))
	})
}

type channelUpdateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	channelSet    `embed:""`
	ID            string  `arg:"" help:"ID of the channel."`
	Name          *string `help:"Its name."`
}

// Examples opens the command's help.
func (channelUpdateCmd) Examples() string {
	return "  tegata channel update 2001234567 --status published\n" +
		"  tegata channel update 2001234567 --callback https://shop.example.com/callback --callback http://localhost:3000/callback\n"
}

// Run changes the channel.
func (c channelUpdateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		change, err := c.change()
		if err != nil {
			return err
		}
		change.Name = c.Name
		one, err := api.Channels().Update(ctx, c.ID, change)
		if err != nil {
			return err
		}
		return c.print(io, one, channelText(one))
	})
}

type channelDeleteCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	sure          `embed:""`
	ID            string `arg:"" help:"ID of the channel."`
}

// Examples opens the command's help.
func (channelDeleteCmd) Examples() string { return "  tegata channel delete 2001234567 --yes\n" }

// Run removes the channel.
func (c channelDeleteCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	if err := c.check("removing channel " + c.ID + " removes its LIFF apps and revokes every token that was issued at it"); err != nil {
		return err
	}
	return with(c.Target, func(api *control.Client) error {
		if err := api.Channels().Delete(ctx, c.ID); err != nil {
			return err
		}
		return c.print(io, removed{c.ID}, "removed "+c.ID+"\n")
	})
}

type channelSecretCmd struct {
	Rotate channelSecretRotateCmd `cmd:"" help:"Give the channel a new secret, shown once; the old one stays good for a while."`
}

// Examples opens the command's help.
func (channelSecretCmd) Examples() string {
	return "  tegata channel secret rotate 2001234567 --grace 24h\n"
}

type channelSecretRotateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	ID            string        `arg:"" help:"ID of the channel."`
	Grace         time.Duration `help:"How long the old secret stays good, for servers to change over, such as 24h or 7d; 0 ends it at once." default:"24h"`
}

// Examples opens the command's help.
func (channelSecretRotateCmd) Examples() string {
	return "  tegata channel secret rotate 2001234567\n  tegata channel secret rotate 2001234567 --grace 0s   (the old one has leaked)\n"
}

// Run rotates the secret.
func (c channelSecretRotateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		s, err := api.RotateSecret(ctx, c.ID, control.SecretRotation{GraceSeconds: seconds(c.Grace)})
		if err != nil {
			return err
		}
		if err := c.print(io, s, lines([2]string{"channel", s.ChannelID}, [2]string{"secret", s.ChannelSecret}, [2]string{"old one until", day(s.OldUntil, "now: it is good no more")})); err != nil {
			return err
		}
		return talk(io, "The secret is shown this once. ID tokens by HS256 are signed with it from now on.")
	})
}
