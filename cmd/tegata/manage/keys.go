package manage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/masterkey"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
)

// Keys is the command keys.
type Keys struct {
	List      keysListCmd      `cmd:"" help:"List the keys of the platform."`
	Rotate    keysRotateCmd    `cmd:"" help:"Sign ID tokens with the next key, and publish a new next one."`
	RotateMAC keysRotateMACCmd `cmd:"" name:"rotate-mac" help:"Begin a new version of the MAC key of tokens."`
	Rewrap    keysRewrapCmd    `cmd:"" help:"Seal every secret in the store under the first master key."`
	NewMaster newMasterCmd     `cmd:"" help:"Make a file with a new master key."`
}

// Examples opens the command's help.
func (Keys) Examples() string {
	return "  tegata keys list\n  tegata keys rotate\n  tegata keys new-master --to /etc/tegata/master.key\n"
}

func keysText(k *control.Keys) string {
	var rows [][]string
	for _, one := range k.Keys {
		rows = append(rows, []string{one.Use, one.State, one.KeyID, day(&one.CreatedAt, ""), day(one.ExpiresAt, "")})
	}
	return table([]string{"USE", "STATE", "KEY", "MADE", "GONE AT"}, rows)
}

type keysListCmd struct {
	target.Target `embed:""`
	output        `embed:""`
}

// Examples opens the command's help.
func (keysListCmd) Examples() string { return "  tegata keys list\n" }

// Run lists the keys.
func (c keysListCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		k, err := api.Keys(ctx)
		if err != nil {
			return err
		}
		return c.print(io, k, keysText(k))
	})
}

type keysRotateCmd struct {
	target.Target `embed:""`
	output        `embed:""`
}

// Examples opens the command's help.
func (keysRotateCmd) Examples() string {
	return "  tegata keys rotate   (again and again, such as each month)\n"
}

// Run rotates the signing keys.
func (c keysRotateCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		k, err := api.RotateKeys(ctx)
		if err != nil {
			return err
		}
		if err := c.print(io, k, keysText(k)); err != nil {
			return err
		}
		return talk(io, "What the retired key signed stays good. The new next key may sign from %s on.", k.RotatableAt.UTC().Format(time.RFC3339))
	})
}

type keysRotateMACCmd struct {
	target.Target `embed:""`
	output        `embed:""`
}

// Examples opens the command's help.
func (keysRotateMACCmd) Examples() string { return "  tegata keys rotate-mac\n" }

// Run rotates the MAC key.
func (c keysRotateMACCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		k, err := api.RotateMACKey(ctx)
		if err != nil {
			return err
		}
		return c.print(io, k, keysText(k))
	})
}

type keysRewrapCmd struct {
	target.Target `embed:""`
	output        `embed:""`
}

// Examples opens the command's help.
func (keysRewrapCmd) Examples() string {
	return "  tegata keys new-master --to /etc/tegata/master-2.key\n" +
		"  (start serve with masterKey.file: master-2.key and masterKey.old: [master.key])\n" +
		"  tegata keys rewrap\n" +
		"  (start serve again without masterKey.old, and destroy master.key when no backup needs it)\n"
}

// Run seals everything anew.
func (c keysRewrapCmd) Run(ctx context.Context, k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	return with(c.Target, func(api *control.Client) error {
		r, err := api.Rewrap(ctx)
		if err != nil {
			return err
		}
		text := fmt.Sprintf("sealed under master key %s: %d keys, %d channels; %d were already\n", r.MasterKey, r.Keys, r.Channels, r.Current)
		if err := c.print(io, r, text); err != nil {
			return err
		}
		return talk(io, "No secret in the store needs an older master key now. Backups made before still do.")
	})
}

type newMasterCmd struct {
	output `embed:""`
	To     string `help:"File to make; it must not be there." required:"" placeholder:"FILE"`
}

// Examples opens the command's help.
func (newMasterCmd) Examples() string {
	return "  tegata keys new-master --to /etc/tegata/master.key\n"
}

// Run makes the file.
func (c newMasterCmd) Run(k *kong.Context) error {
	io := streams{k.Stdout, k.Stderr}
	key, err := masterkey.Make(c.To)
	if errors.Is(err, fs.ErrExist) {
		return &exit.Error{Code: exit.Refused, Err: fmt.Errorf("%s is there already, and what it sealed would be lost", c.To), Next: "give another file"}
	}
	if err != nil {
		return &exit.Error{Code: exit.Config, Err: err, Next: "give a file in a folder that this user can write to"}
	}
	id := platform.MasterKeyID(key)
	err = c.print(io, struct {
		File      string `json:"file"`
		MasterKey string `json:"masterKey"`
	}{c.To, id}, lines([2]string{"master key", id}, [2]string{"file", c.To}))
	if err != nil {
		return err
	}
	return talk(io, "Keep a copy apart from the backups of the store: without it their secrets are lost.")
}
