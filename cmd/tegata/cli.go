package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/browsercmd"
	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/labcmd"
	"github.com/tegata-id/tegata/cmd/tegata/manage"
	"github.com/tegata-id/tegata/cmd/tegata/runcmd"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/storage"
	"github.com/tegata-id/tegata/cmd/tegata/tokencmd"
	"github.com/tegata-id/tegata/cmd/tegata/trust"
	"github.com/tegata-id/tegata/cmd/tegata/usage"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
)

// cli is the command line. Each command is a struct with a Run method and an
// Examples method, whose text opens its --help.
type cli struct {
	Dev     devCmd             `cmd:"" help:"Run LINE Login and LIFF on this machine, for development and tests."`
	Env     labcmd.Env         `cmd:"" help:"Print what your program needs to talk to a running tegata dev."`
	Why     labcmd.Why         `cmd:"" help:"Say which check refused a request, and the fix."`
	Run     runcmd.Run         `cmd:"" help:"Run a command whose programs reach tegata dev under LINE's names."`
	Browser browsercmd.Browser `cmd:"" help:"Open a browser to which LINE's names lead to tegata dev, or print the flags for Playwright, Puppeteer and Selenium."`
	Wait    labcmd.Wait        `cmd:"" help:"Wait until a platform is ready, such as in CI."`
	Serve   serveCmd           `cmd:"" help:"Run a real service: your own OpenID Provider that speaks LINE's wire."`
	Config  configCmd          `cmd:"" help:"Check and show the settings of tegata serve."`

	Provider manage.Provider `cmd:"" help:"Providers: the companies that own channels."`
	Channel  manage.Channel  `cmd:"" help:"Channels: what apps log in by."`
	LIFF     manage.LIFF     `cmd:"" name:"liff" help:"LIFF apps."`
	User     manage.User     `cmd:"" help:"Users: who can log in."`
	Admin    manage.Admin    `cmd:"" help:"Admin tokens."`
	Keys     manage.Keys     `cmd:"" help:"Signing keys, MAC keys and the master key."`
	Migrate  storage.Migrate `cmd:"" help:"Steps of the store's schema."`
	Backup   storage.Backup  `cmd:"" help:"Write a copy of a SQLite store to a file, while it is in use."`
	Restore  storage.Restore `cmd:"" help:"Make a SQLite store from a backup, or verify one."`
	Store    storage.Store   `cmd:"" help:"Carry a store to another engine."`
	Trust    trust.Trust     `cmd:"" help:"The local CA, for a phone in the same Wi-Fi: install it on this machine, remove it, show it."`

	Token   tokencmd.Token `cmd:"" help:"Tokens: make one for a test, explain one, verify one."`
	Clock   labcmd.Clock   `cmd:"" help:"The clock of a tegata dev: freeze, move, set it."`
	Fault   labcmd.Fault   `cmd:"" help:"Faults of a tegata dev: let its answers go wrong."`
	Trigger labcmd.Trigger `cmd:"" help:"Let a named trouble happen at a tegata dev, such as LINE's own; without a name, list them."`
	Reset   labcmd.Reset   `cmd:"" help:"Make a tegata dev be as it was when it started."`
	Export  labcmd.Export  `cmd:"" help:"Write the whole state of a tegata dev to a file."`
	Import  labcmd.Import  `cmd:"" help:"Make a tegata dev be as such a file says."`
	Events  labcmd.Events  `cmd:"" help:"The event log of a platform."`

	Version versionCmd `cmd:"" help:"Print the version."`
}

// Exit codes, the same in every command.
const (
	exitDone        = exit.Done
	exitNegative    = exit.Negative
	exitUsage       = exit.Usage
	exitConfig      = exit.Config
	exitUnreachable = exit.Unreachable
	exitRefused     = exit.Refused
)

// failure is an error with an exit code and the user's next step.
type failure struct {
	code int
	err  error
	next string
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// streams are where a command writes: data to out, talk to err.
type streams struct{ out, err io.Writer }

// exampler is a command whose help opens with examples.
type exampler interface{ Examples() string }

// run parses args, calls the command and returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	io := streams{out: stdout, err: stderr}
	exited := -1
	parser, err := kong.New(&cli{},
		kong.Name("tegata"),
		kong.Description("Identity for LIFF apps and LINE Login: a platform of your own that speaks LINE's wire.\nNot affiliated with LINE's owner."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exited = code }),
		kong.Help(helpWithExamples),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(io),
		kong.BindToProvider(userFolders),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(usage.Duration)),
		kong.WithBeforeReset(usage.WithoutEmptyVariables),
	)
	if err != nil {
		return report(stderr, err)
	}
	args = usage.Args(args)
	if args[0] != "run" { // whose command's arguments are not ours
		args = when.Signed(args)
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help has been printed
	}
	if err != nil {
		return report(stderr, usage.Failure(err))
	}
	err = parsed.Run()
	if err != nil && ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.Cause(ctx))) {
		return exit.Interrupted // by whoever knows it; the error is only that of what was under way
	}
	return report(stderr, err)
}

// helpWithExamples prints the command's examples above kong's own help.
func helpWithExamples(options kong.HelpOptions, ctx *kong.Context) error {
	examples := "  tegata dev\n  tegata dev --app http://localhost:5173\n  tegata env --format dotenv\n  tegata why 8d48c8577e739b9c\n"
	if node := ctx.Selected(); node != nil {
		if e, ok := node.Target.Addr().Interface().(exampler); ok {
			examples = e.Examples()
		}
	}
	if _, err := fmt.Fprintf(ctx.Stdout, "Examples:\n%s\n", examples); err != nil {
		return err
	}
	return kong.DefaultHelpPrinter(options, ctx)
}

// report prints an error, its next step last, and returns the exit code.
func report(stderr io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	code, next := exitNegative, ""
	var f *failure
	var e *exit.Error
	var refused *control.Error
	var status exit.Status
	switch {
	case errors.As(err, &status):
		return int(status)
	case errors.As(err, &f):
		code, next = f.code, f.next
	case errors.As(err, &e):
		code, next = e.Code, e.Next
	case errors.Is(err, control.ErrUnreachable):
		code, next = exitUnreachable, "start it with `tegata dev`, or name its URL with --url or TEGATA_URL; for tegata serve that is its management URL"
	case errors.As(err, &refused):
		next = refused.Fix
		err = errors.New(refused.Message)
	}
	text := strings.TrimPrefix(strings.TrimSpace(err.Error()), "tegata: ") // as the library begins
	text = strings.ReplaceAll(text, "\t", "  ")                            // those of a database have tabs
	// Nothing is left to do if standard error is gone.
	_, _ = fmt.Fprintf(stderr, "tegata: %s\n", show.Clean(text))
	if next != "" {
		_, _ = fmt.Fprintf(stderr, "%s\n", next)
	}
	return code
}
