//go:build !unix

package pgtest

import "os/exec"

// account is not needed where there is no root.
type account struct{}

func unprivileged() (*account, error) { return nil, nil }

func (*account) own(string) error { return nil }

func (*account) dress(*exec.Cmd) {}

func (*account) start(cmd *exec.Cmd, ended chan struct{}) error {
	if err := cmd.Start(); err != nil {
		close(ended)
		return err
	}
	go func() {
		defer close(ended)
		_ = cmd.Wait() // how it ends, its log says
	}()
	return nil
}
