//go:build unix

package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"
)

// account is the user as whom the server runs; nil means this process's.
type account struct{ uid, gid uint32 }

// unprivileged gives the account of the server: PostgreSQL refuses to run as root.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &account{uint32(uid), uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run the tests as another user")
}

// own gives a folder to the account.
func (a *account) own(folder string) error {
	if a == nil {
		return nil
	}
	return os.Chown(folder, int(a.uid), int(a.gid))
}

// dress makes a command run as the account.
func (a *account) dress(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid, NoSetGroups: true}
	}
}

// start starts a command that ends when this process ends, however it ends, where the
// system can do that. ended is closed when the command has ended.
func (a *account) start(cmd *exec.Cmd, ended chan struct{}) error {
	dieWithParent(cmd.SysProcAttr)
	started := make(chan error)
	go func() {
		defer close(ended)
		// The promise is bound to the thread that starts the command.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ends, its log says
		}
	}()
	return <-started
}
