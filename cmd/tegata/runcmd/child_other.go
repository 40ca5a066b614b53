//go:build !unix

package runcmd

import (
	"os"
	"time"
)

// passedOn are the signals that we outlive: the system gives Ctrl-C to the command too.
var passedOn = []os.Signal{os.Interrupt}

// ending is how a command is ended when we are told to.
var ending = os.Kill

// atTerminal says that the command shares our console.
func atTerminal() bool { return true }

func (c *child) prepare() {}

// pass hands on what the system has not given to the command itself.
func (c *child) pass(s os.Signal) {
	if s == os.Kill {
		_ = c.cmd.Process.Kill()
	}
}

func (c *child) endGroup(time.Duration) {}

// exitCode returns the process's own.
func exitCode(state *os.ProcessState) int { return state.ExitCode() }
