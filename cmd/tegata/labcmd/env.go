package labcmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// Env is the command env.
type Env struct {
	target.Target `embed:""`
	Format        string `help:"dotenv (NAME=value), shell (export NAME='value') or json (everything)." enum:"dotenv,json,shell" default:"dotenv"`
	JSON          bool   `help:"The same as --format json."`
}

// Examples opens the command's help.
func (Env) Examples() string {
	return "  tegata env > .env.local\n  eval \"$(tegata env --format shell)\"\n  tegata env --format json | jq -r '.users[].userId'\n"
}

// Run prints the settings.
func (c Env) Run(ctx context.Context, k *kong.Context) error {
	if c.JSON && c.Format == "shell" {
		return &exit.Error{Code: exit.Usage, Err: errors.New("--json and --format shell cannot stand together"), Next: "give one of the two"}
	}
	api, err := c.Client()
	if err != nil {
		return err
	}
	env, err := api.Env(ctx)
	if err != nil {
		return NoLab(err)
	}
	io := show.Of(k)
	if c.JSON || c.Format == "json" {
		return show.JSON(io, env)
	}
	var b strings.Builder
	for _, v := range Variables(env) {
		if c.Format == "shell" {
			fmt.Fprintf(&b, "export %s='%s'\n", v[0], strings.ReplaceAll(v[1], "'", `'\''`))
		} else {
			fmt.Fprintf(&b, "%s=%s\n", v[0], v[1])
		}
	}
	_, err = fmt.Fprint(io.Out, b.String())
	return err
}

// Variables returns the environment variables of a LIFF app's server. Their values
// have no character that dotenv files would need quoted.
func Variables(env *control.Env) [][2]string {
	return [][2]string{
		{"TEGATA_URL", env.BaseURL},
		{"LINE_CHANNEL_ID", env.ChannelID},
		{"LINE_CHANNEL_SECRET", env.ChannelSecret},
		{"LINE_LIFF_ID", env.LIFFID},
	}
}
