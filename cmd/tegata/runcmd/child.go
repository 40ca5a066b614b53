package runcmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
)

// graceTime is how long what an interrupted command has left behind may take to end.
const graceTime = 5 * time.Second

// child is the command's process. At a terminal it shares our process group, so that
// Ctrl-C, Ctrl-Z and reading from the terminal are the shell's business as ever. Without
// one it leads a group of its own, to which signals go as a whole.
type child struct {
	cmd         *exec.Cmd
	leads       bool // a process group of its own
	interrupted bool
}

// run starts the process, hands signals on, and returns its exit code: 128 and the
// signal's number if a signal ended it.
func (c *child) run(ctx context.Context) (int, error) {
	// On Linux the process is ended with the thread that started it, should we be killed.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	c.leads = !atTerminal()
	c.prepare()
	signals := make(chan os.Signal, 8)
	for _, s := range passedOn {
		if !signal.Ignored(s) { // as nohup does; the command goes on ignoring it
			signal.Notify(signals, s)
		}
	}
	defer signal.Stop(signals)
	if err := c.cmd.Start(); err != nil {
		return 0, &exit.Error{Code: exit.NotExecutable, Err: fmt.Errorf("start the command: %w", err), Next: "see whether it runs without tegata run"}
	}
	ended := make(chan error, 1)
	go func() { ended <- c.cmd.Wait() }()
	cancelled := ctx.Done()
	for {
		select {
		case s := <-signals:
			c.pass(s)
		case <-cancelled:
			cancelled = nil
			// A signal that ends ctx comes by the channel too.
			if context.Cause(ctx) == context.Canceled { //nolint:errorlint // a signal's cause Is Canceled
				c.pass(ending)
			}
		case err := <-ended:
			return c.code(err)
		}
	}
}

// code returns the exit code of a process that has ended, after what it left behind if it
// was interrupted.
func (c *child) code(err error) (int, error) {
	if c.leads && c.interrupted {
		c.endGroup(graceTime)
	}
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		return 0, fmt.Errorf("wait for the command: %w", err)
	}
	return exitCode(c.cmd.ProcessState), nil
}
