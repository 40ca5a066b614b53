// Command tegata runs the platform and talks to a running one.
//
//	tegata dev     LINE Login and LIFF on this machine
//	tegata env     what your program needs to talk to it
//	tegata why ID  why a request was refused, and the fix
//	tegata run -- COMMAND  a command to whose programs LINE's names lead to it
//	tegata browser URL  a browser to which LINE's names lead to it
//	tegata serve   a real service
//
// and, for who runs one: config, provider, channel, liff, user, admin, keys, migrate,
// backup, restore, store.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what does not end by the first
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
