package labcmd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/internal/control"
)

// maxState is the largest file that the lab API takes, in bytes.
const maxState = 16 << 20

// Reset is the command reset.
type Reset struct {
	asked `embed:""`
}

// Examples opens the command's help.
func (Reset) Examples() string {
	return "  tegata reset     (between two tests: everything is as when tegata dev became ready)\n"
}

// Run resets the platform.
func (c Reset) Run(ctx context.Context, k *kong.Context) error {
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		if err := api.ResetState(ctx); err != nil {
			return err
		}
		if c.JSON {
			return show.JSON(show.Of(k), struct {
				Reset bool `json:"reset"`
			}{true})
		}
		return show.Talk(show.Of(k), "The platform is as it was when it started: tokens, sessions, keys and clock; no faults, and no LIFF app is open.")
	})
}

// Export is the command export.
type Export struct {
	asked `embed:""`
	File  string `arg:"" optional:"" help:"File to write, which only you can read; it must not be there, or --force. Without it, standard output."`
	Force bool   `help:"Write over the file."`
}

// Examples opens the command's help.
func (Export) Examples() string {
	return "  tegata export state.json\n  tegata export | jq '.state.People[].Handle'\n"
}

// Run writes the state. It is JSON in any case; with a file, --json says what was written.
func (c Export) Run(ctx context.Context, k *kong.Context) error {
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		data, err := api.ExportState(ctx)
		if err != nil {
			return err
		}
		data = append(data, '\n')
		io := show.Of(k)
		if c.File == "" {
			_, err := io.Out.Write(data)
			return err
		}
		if err := c.write(data); err != nil {
			return err
		}
		if c.JSON {
			return show.JSON(io, struct {
				File  string `json:"file"`
				Bytes int    `json:"bytes"`
			}{c.File, len(data)})
		}
		return show.Talk(io, "%s holds the whole state: keys and secrets of the demo world in clear text too.", c.File)
	})
}

func (c Export) write(data []byte) error {
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if c.Force {
		if err := os.Remove(c.File); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return &exit.Error{Code: exit.Config, Err: err, Next: "give a file that you can write"}
		}
	}
	f, err := os.OpenFile(c.File, how, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &exit.Error{Code: exit.Refused, Err: fmt.Errorf("%s is there already", c.File), Next: "give another file, or add --force to write over it"}
	}
	if err != nil {
		return &exit.Error{Code: exit.Config, Err: err, Next: "give a file in a folder that you can write to"}
	}
	_, werr := f.Write(data)
	if err := errors.Join(werr, f.Close()); err != nil {
		// Half a state is worse than none.
		return &exit.Error{Code: exit.Config, Err: errors.Join(err, os.Remove(c.File)), Next: "make room, or give a file on another disk"}
	}
	return nil
}

// Import is the command import.
type Import struct {
	asked `embed:""`
	File  string `arg:"" help:"File that export has written; - is standard input."`
}

// Examples opens the command's help.
func (Import) Examples() string {
	return "  tegata import state.json\n  tegata export --url http://localhost:4800 | tegata import --url http://localhost:4900 -\n"
}

// Run makes the platform be as the file says.
func (c Import) Run(ctx context.Context, k *kong.Context) error {
	data, err := c.read(ctx)
	if err != nil {
		return err
	}
	return c.lab(ctx, func(ctx context.Context, api *control.Client) error {
		if err := api.ImportState(ctx, data); err != nil {
			return err
		}
		if c.JSON {
			return show.JSON(show.Of(k), struct {
				Imported string `json:"imported"`
			}{c.File})
		}
		return show.Talk(show.Of(k), "The platform is as the file says. Its clock stays as it was: tegata clock")
	})
}

func (c Import) read(ctx context.Context) (json.RawMessage, error) {
	var in io.Reader = os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, &exit.Error{Code: exit.Config, Err: err, Next: "give a file that tegata export has written"}
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	data, err := show.Read(ctx, in, maxState)
	switch {
	case err != nil:
		return nil, &exit.Error{Code: exit.Config, Err: err, Next: "give a file that tegata export has written"}
	case len(data) > maxState:
		return nil, &exit.Error{Code: exit.Config, Err: fmt.Errorf("%s has more than %d bytes", c.File, maxState), Next: "export less: reset the platform first"}
	case !json.Valid(data):
		return nil, &exit.Error{Code: exit.Config, Err: fmt.Errorf("%s is not JSON", c.File), Next: "give a file that tegata export has written"}
	}
	return data, nil
}
