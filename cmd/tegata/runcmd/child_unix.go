//go:build unix

package runcmd

import (
	"os"
	"slices"
	"syscall"
	"time"
)

// passedOn are the signals that go to the command. Those of job control are the
// terminal's.
var passedOn = []os.Signal{
	syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2,
}

// ending is the signal by which a command is asked to end.
const ending = syscall.SIGTERM

// atTerminal says whether we have a controlling terminal.
func atTerminal() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	return tty.Close() == nil
}

// prepare sets the process group before the start.
func (c *child) prepare() {
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: c.leads}
	endWithUs(c.cmd.SysProcAttr)
}

// pass hands a signal on. Ctrl-C and Ctrl-\ of a terminal have reached the command already,
// and a second one makes many programs give up at once.
func (c *child) pass(s os.Signal) {
	number := s.(syscall.Signal)
	if slices.Contains([]syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}, number) {
		c.interrupted = true
	}
	switch {
	case c.leads:
		_ = syscall.Kill(-c.cmd.Process.Pid, number)
	case number != syscall.SIGINT && number != syscall.SIGQUIT:
		_ = c.cmd.Process.Signal(s)
	}
}

// endGroup waits until the group is empty, and kills what is left after a time. The
// number cannot have been given to others: it is not while the group has members.
func (c *child) endGroup(grace time.Duration) {
	group := -c.cmd.Process.Pid
	limit := time.NewTimer(grace)
	defer limit.Stop()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for syscall.Kill(group, 0) == nil {
		select {
		case <-look.C:
		case <-limit.C:
			_ = syscall.Kill(group, syscall.SIGKILL)
			return
		}
	}
}

// exitCode returns what a shell would.
func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
