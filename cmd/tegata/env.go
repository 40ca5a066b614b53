package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

type envCmd struct {
	target.Target `embed:""`
	Format        string `help:"dotenv (NAME=value), shell (export NAME='value') or json (everything)." enum:"dotenv,json,shell" default:"dotenv"`
	JSON          bool   `help:"The same as --format json."`
}

// Examples opens the command's help.
func (envCmd) Examples() string {
	return "  tegata env > .env.local\n  eval \"$(tegata env --format shell)\"\n  tegata env --format json | jq -r '.users[].userId'\n"
}

// Run prints the settings.
func (c envCmd) Run(ctx context.Context, io streams) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	env, err := client.Env(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		c.Format = "json"
	}
	switch c.Format {
	case "json":
		enc := json.NewEncoder(io.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(env)
	case "shell":
		for _, v := range variables(env) {
			quoted := "'" + strings.ReplaceAll(v[1], "'", `'\''`) + "'"
			if _, err := fmt.Fprintf(io.out, "export %s=%s\n", v[0], quoted); err != nil {
				return err
			}
		}
	default:
		for _, v := range variables(env) {
			if _, err := fmt.Fprintf(io.out, "%s=%s\n", v[0], v[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// variables returns the environment variables of a LIFF app's server. Their values
// have no character that dotenv files would need quoted.
func variables(env *control.Env) [][2]string {
	return [][2]string{
		{"TEGATA_URL", env.BaseURL},
		{"LINE_CHANNEL_ID", env.ChannelID},
		{"LINE_CHANNEL_SECRET", env.ChannelSecret},
		{"LINE_LIFF_ID", env.LIFFID},
	}
}
