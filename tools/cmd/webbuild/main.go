// Command webbuild bundles the browser code under web/ with esbuild's Go API, so
// that building needs no Node. The built files are committed; -check tells whether
// they are those of the sources.
//
// Run it from tools/:
//
//	go run ./cmd/webbuild
//	go run ./cmd/webbuild -check
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const (
	exitDone  = 0
	exitStale = 1
	exitUsage = 2
	exitBuild = 3
)

func main() { os.Exit(run(os.Args[1:], os.Stderr)) }

func run(args []string, talk io.Writer) int {
	flags := flag.NewFlagSet("webbuild", flag.ContinueOnError)
	flags.SetOutput(talk)
	root := flags.String("root", "..", "folder of the repository")
	check := flags.Bool("check", false, "write nothing; exit 1 if a committed file is not the one that would be built")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitDone
		}
		return exitUsage
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(talk, "webbuild takes no arguments, got %q; see webbuild -h\n", flags.Args())
		return exitUsage
	}
	files, err := build(*root)
	if err != nil {
		fmt.Fprintln(talk, "webbuild:", err)
		return exitBuild
	}
	if *check {
		return report(talk, stale(*root, files))
	}
	if err := write(*root, files); err != nil {
		fmt.Fprintln(talk, "webbuild:", err)
		return exitBuild
	}
	return exitDone
}

func report(talk io.Writer, complaints []string) int {
	if len(complaints) == 0 {
		return exitDone
	}
	for _, c := range complaints {
		fmt.Fprintln(talk, "webbuild:", c)
	}
	fmt.Fprintln(talk, "run in tools/:  go run ./cmd/webbuild   and commit what it writes")
	return exitStale
}
