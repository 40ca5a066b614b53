package manage

import (
	"context"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// Provider is the command provider.
type Provider struct {
	Create providerCreateCmd `cmd:"" help:"Make a provider: the company or person that owns channels."`
	List   providerListCmd   `cmd:"" help:"List providers."`
	Show   providerShowCmd   `cmd:"" help:"Show a provider."`
	Update providerUpdateCmd `cmd:"" help:"Rename a provider."`
	Delete providerDeleteCmd `cmd:"" help:"Remove a provider that has no channels."`
}

// Examples opens the command's help.
func (Provider) Examples() string {
	return "  tegata provider create --name 'Example Inc.'\n  tegata provider list --json | jq -r '.providers[].providerId'\n"
}

func providerText(p *control.Provider) string {
	return lines([2]string{"provider", p.ProviderID}, [2]string{"name", p.Name})
}

type providerCreateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	Name          string  `help:"Its name: people see it at consent." required:""`
	ID            *string `help:"Its ID, in digits. Without it a free one is taken." placeholder:"DIGITS"`
}

// Examples opens the command's help.
func (providerCreateCmd) Examples() string {
	return "  tegata provider create --name 'Example Inc.'\n  tegata provider create --name 'Example Inc.' --id 1657000000 --json\n"
}

// Run makes the provider.
func (c providerCreateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		p, err := api.Providers().Create(ctx, control.ProviderChange{ProviderID: c.ID, Name: &c.Name})
		if err != nil {
			return err
		}
		return c.print(io, p, providerText(p))
	})
}

type providerListCmd struct {
	target.Target `embed:""`
	output        `embed:""`
}

// Examples opens the command's help.
func (providerListCmd) Examples() string { return "  tegata provider list\n" }

// Run lists the providers.
func (c providerListCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		l, err := api.Providers().List(ctx, nil)
		if err != nil {
			return err
		}
		var rows [][]string
		for _, p := range l.Providers {
			rows = append(rows, []string{p.ProviderID, p.Name})
		}
		return c.print(io, l, table([]string{"PROVIDER", "NAME"}, rows))
	})
}

type providerShowCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	ID            string `arg:"" help:"ID of the provider."`
}

// Examples opens the command's help.
func (providerShowCmd) Examples() string { return "  tegata provider show 1657000000\n" }

// Run shows the provider.
func (c providerShowCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		p, err := api.Providers().Show(ctx, c.ID)
		if err != nil {
			return err
		}
		return c.print(io, p, providerText(p))
	})
}

type providerUpdateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	ID            string `arg:"" help:"ID of the provider."`
	Name          string `help:"Its new name." required:""`
}

// Examples opens the command's help.
func (providerUpdateCmd) Examples() string {
	return "  tegata provider update 1657000000 --name 'Example Ltd.'\n"
}

// Run renames the provider.
func (c providerUpdateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		p, err := api.Providers().Update(ctx, c.ID, control.ProviderChange{Name: &c.Name})
		if err != nil {
			return err
		}
		return c.print(io, p, providerText(p))
	})
}

type providerDeleteCmd struct {
	target.Target `embed:""`
	output        `embed:""`
	sure          `embed:""`
	ID            string `arg:"" help:"ID of the provider."`
}

// Examples opens the command's help.
func (providerDeleteCmd) Examples() string { return "  tegata provider delete 1657000000 --yes\n" }

// Run removes the provider.
func (c providerDeleteCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	if err := c.check("removing provider " + c.ID + " removes the company to which its users' IDs belong"); err != nil {
		return err
	}
	return with(c.Target, func(api *control.Client) error {
		if err := api.Providers().Delete(ctx, c.ID); err != nil {
			return err
		}
		return c.print(io, removed{c.ID}, "removed "+c.ID+"\n")
	})
}
