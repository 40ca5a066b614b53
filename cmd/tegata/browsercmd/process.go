package browsercmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
)

const (
	// closing is how long a browser may take to end, and then its profile to be removed.
	closing = 5 * time.Second
	// maxTalk is how much of what a browser tells is kept, in bytes, for when it fails.
	maxTalk = 2 << 10
)

// session is one run of a browser with a profile of its own.
type session struct {
	program string
	flags   []string // without that of the profile
	page    string
	out     io.Writer // what the browser prints, as with --dump-dom
}

// run starts the browser, waits until it is closed or ctx ends, and removes its profile.
func (s session) run(ctx context.Context) (err error) {
	profile, err := os.MkdirTemp("", "tegata-browser-*")
	if err != nil {
		return fmt.Errorf("make a profile: %w", err)
	}
	defer func() { err = errors.Join(err, remove(profile)) }()
	args := append([]string{"--user-data-dir=" + profile}, s.flags...)
	cmd := exec.CommandContext(ctx, s.program, append(args, s.page)...)
	cmd.Cancel = func() error { return end(cmd.Process) }
	cmd.WaitDelay = closing
	told := &tail{}
	cmd.Stdout, cmd.Stderr = s.out, told
	prepare(cmd)
	if err := cmd.Start(); err != nil {
		return &exit.Error{Code: exit.Config, Err: fmt.Errorf("start %s: %w", s.program, err), Next: "name another browser by --browser"}
	}
	err = cmd.Wait()
	finish(cmd.Process)
	var failed *exec.ExitError
	switch {
	case err == nil, ctx.Err() != nil: // closed; or ended by Ctrl-C, as asked
		return nil
	case errors.As(err, &failed):
		next := "name another browser by --browser"
		if bytes.Contains(bytes.ToLower(told.text), []byte("display")) { // such as by ssh, or in CI
			next = "without a screen add -- --headless=new; for a browser of your own automation there is --print"
		}
		return &exit.Error{Code: exit.Config, Err: fmt.Errorf("%s: %w\n%s", s.program, err, told.text), Next: next}
	}
	return fmt.Errorf("wait for %s: %w", s.program, err)
}

// remove removes a profile. The browser's helpers may write to it for a moment yet.
func remove(profile string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(closing)
	for {
		err := os.RemoveAll(profile)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-deadline:
			return fmt.Errorf("remove the browser's profile: %w", err)
		}
	}
}

// tail keeps the end of what is written to it.
type tail struct{ text []byte }

// Write keeps the end.
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	if over := len(t.text) - maxTalk; over > 0 {
		t.text = append([]byte{}, t.text[over:]...)
	}
	return len(p), nil
}
