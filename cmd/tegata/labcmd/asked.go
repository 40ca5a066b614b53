package labcmd

import (
	"context"
	"errors"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// asked is what the commands have that ask the lab API.
type asked struct {
	target.Target `embed:""`
	show.Output   `embed:""`
}

// lab calls do with a client of the platform. A platform without a lab is told in words.
func (a asked) lab(ctx context.Context, do func(context.Context, *control.Client) error) error {
	api, err := a.Client()
	if err != nil {
		return err
	}
	return NoLab(do(ctx, api))
}

// NoLab makes the error of a platform that has no lab one that says what to do; others stay
// as they are.
func NoLab(err error) error {
	if !errors.Is(err, control.ErrNoLab) {
		return err
	}
	return &exit.Error{
		Code: exit.Refused, Err: errors.New("that platform has no lab: a real service makes no tokens on demand, moves no clock, has no faults and no reset, and tells nobody its secrets"),
		Next: "ask a tegata dev: start one, and name its URL with --url or TEGATA_URL",
	}
}
