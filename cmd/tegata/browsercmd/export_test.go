package browsercmd

import (
	"context"
	"io"

	"github.com/tegata-id/tegata/internal/control"
)

// Programs are the places in which a browser is looked for.
func Programs(system string, getenv func(string) string) []string { return programs(system, getenv) }

// Find returns the path of a browser.
func Find(named string) (string, error) { return find(named) }

// Written writes flags in a form of --print.
func Written(form string, flags []string) string { return written(form, flags) }

// PageOf returns the page that a command opens.
func (b Browser) PageOf(env *control.Env) (string, error) { return b.page(env) }

// RunSession runs a browser with a profile of its own.
func RunSession(ctx context.Context, program string, flags []string, page string, out io.Writer) error {
	return session{program: program, flags: flags, page: page, out: out}.run(ctx)
}
