package manage

import (
	"context"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// Admin is the command admin.
type Admin struct {
	Token adminTokenCmd `cmd:"" help:"Tokens of the admin API."`
}

// Examples opens the command's help.
func (Admin) Examples() string {
	return "  tegata admin token create --name laptop --expires 30d\n  tegata admin token list\n"
}

type adminTokenCmd struct {
	Create adminTokenCreateCmd `cmd:"" help:"Make an admin token. It is shown once."`
	List   adminTokenListCmd   `cmd:"" help:"List admin tokens, without the tokens themselves."`
	Revoke adminTokenRevokeCmd `cmd:"" help:"Revoke an admin token."`
}

// Examples opens the command's help.
func (adminTokenCmd) Examples() string {
	return "  tegata admin token create --name laptop --expires 30d\n  tegata admin token revoke 1a2b3c4d\n"
}

type adminTokenCreateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	Name          string        `help:"Who or what uses it." required:""`
	Expires       time.Duration `help:"How long it is good, such as 12h or 90d; 0 for ever." default:"90d"`
}

// Examples opens the command's help.
func (adminTokenCreateCmd) Examples() string {
	return "  tegata admin token create --name YOU --url http://127.0.0.1:4810 --token TOKEN-OF-THE-FIRST-START\n" +
		"  export TEGATA_ADMIN_TOKEN=$(tegata admin token create --name laptop)\n"
}

// Run makes the token. The text is the token alone, so that a shell can take it.
func (c adminTokenCreateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		t, err := api.Tokens().Create(ctx, control.AdminTokenRequest{Name: c.Name, LifeSeconds: seconds(c.Expires)})
		if err != nil {
			return err
		}
		if err := c.print(io, t, t.Token+"\n"); err != nil {
			return err
		}
		return talk(io, "Admin token %s (%s), good until %s. It is shown this once: keep it in TEGATA_ADMIN_TOKEN.", t.ID, t.Name, day(t.ExpiresAt, "it is revoked"))
	})
}

type adminTokenListCmd struct {
	target.Target `embed:""`
	output        `embed:""`
}

// Examples opens the command's help.
func (adminTokenListCmd) Examples() string { return "  tegata admin token list\n" }

// Run lists the tokens.
func (c adminTokenListCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		l, err := api.Tokens().List(ctx, nil)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, t := range l.Tokens {
			until := day(t.ExpiresAt, "for ever")
			if t.Expired {
				until += " (over)"
			}
			rows = append(rows, []string{t.ID, day(&t.CreatedAt, ""), until, t.Name})
		}
		return c.print(io, l, table([]string{"TOKEN", "MADE", "GOOD UNTIL", "NAME"}, rows))
	})
}

type adminTokenRevokeCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	ID            string `arg:"" help:"ID of the token, as the list shows it."`
}

// Examples opens the command's help.
func (adminTokenRevokeCmd) Examples() string { return "  tegata admin token revoke 1a2b3c4d\n" }

// Run revokes the token.
func (c adminTokenRevokeCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		if err := api.Tokens().Delete(ctx, c.ID); err != nil {
			return err
		}
		return c.print(io, removed{c.ID}, "revoked "+c.ID+"\n")
	})
}
