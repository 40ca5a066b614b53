//go:build unix

package browsercmd

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// prepare gives the browser a process group of its own, in which its helpers are too.
func prepare(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// end asks a browser to end, with its helpers.
func end(p *os.Process) error { return syscall.Kill(-p.Pid, syscall.SIGTERM) }

// killed is how long a killed process may take to be gone. Where nobody reaps orphans, as in
// some containers, it never is; but it writes no more.
const killed = 2 * time.Second

// finish ends the helpers that a browser has left behind, and waits for them: they would
// write to its profile yet.
func finish(p *os.Process) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(killed)
	for !errors.Is(syscall.Kill(-p.Pid, syscall.SIGKILL), syscall.ESRCH) {
		select {
		case <-tick.C:
		case <-deadline:
			return
		}
	}
}

// root says whether the browser would run as the system's administrator, as which Chromium
// does not put its pages into a sandbox.
func root() bool { return os.Geteuid() == 0 }
