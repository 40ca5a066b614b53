package usage

import (
	"errors"
	"os"
	"reflect"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/when"
)

// Args are the arguments as the command line takes them: help, --version and nothing at all
// are what people type at a command that they do not know yet.
func Args(args []string) []string {
	switch {
	case len(args) == 0, len(args) == 1 && args[0] == "help":
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	case args[0] == "--version":
		return append([]string{"version"}, args[1:]...)
	}
	return args
}

// WithoutEmptyVariables makes a variable that is there and empty as if it were not there, as
// in the settings of tegata serve: kong would take its nothing in place of the default, and
// a listen address of nothing is every address of the machine. It is a hook of kong, called
// before defaults are taken.
func WithoutEmptyVariables(ctx *kong.Context) error {
	for _, p := range ctx.Path {
		if p.Flag != nil && p.Flag.Name == "help" {
			return nil // which names the variables
		}
	}
	for _, flag := range ctx.Flags() {
		flag.Tag.Envs = slices.DeleteFunc(slices.Clone(flag.Tag.Envs), func(name string) bool {
			value, there := os.LookupEnv(name)
			return there && value == ""
		})
	}
	return nil
}

// Failure is the failure of a command line that is not written as it must be: err is kong's.
// It sends to the help of the command that was meant, as far as that is known.
func Failure(err error) *exit.Error {
	next := "tegata --help shows the commands"
	var parse *kong.ParseError
	if errors.As(err, &parse) {
		for _, p := range parse.Context.Path {
			switch {
			case p.Command == nil, p.Command.Tag.Default != "" && !slices.Contains(parse.Context.Args, p.Command.Name):
			case len(p.Command.Children) > 0:
				next = p.Command.FullPath() + " --help shows its commands"
			default:
				next = p.Command.FullPath() + " --help shows what it takes"
			}
		}
	}
	return &exit.Error{Code: exit.Usage, Err: err, Next: next}
}

// Duration reads a flag of type time.Duration as every other duration of the command line.
func Duration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := when.ParseSpan(text)
	if err != nil {
		return err
	}
	target.SetInt(int64(d))
	return nil
}
