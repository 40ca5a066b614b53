//go:build !unix

package browsercmd

import (
	"os"
	"os/exec"
)

// prepare has nothing to do where there are no process groups.
func prepare(*exec.Cmd) {}

// end ends a browser: there is no way to ask it.
func end(p *os.Process) error { return p.Kill() }

// finish has nothing to do: the helpers of a browser end with it.
func finish(*os.Process) {}

// root is a question of Unix.
func root() bool { return false }
