//go:build unix

package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// wrapped is a `tegata run` that is a process of its own, in a session without a terminal.
type wrapped struct {
	*exec.Cmd
	out    io.ReadCloser
	err    bytes.Buffer
	folder string // its temporary folder
}

// startRun starts `tegata run -- ARGS…` at a platform of its own.
func startRun(t *testing.T, stdin string, args ...string) *wrapped {
	t.Helper()
	return startRunFrom(t, `exec "$@"`, stdin, args...)
}

// startRunFrom does it by a shell script that gets the command line.
func startRunFrom(t *testing.T, script, stdin string, args ...string) *wrapped {
	t.Helper()
	token := rand.Text() + rand.Text()
	env := startForTest(t, "--admin-token", token).env
	w := &wrapped{folder: t.TempDir()}
	w.Cmd = exec.CommandContext(t.Context(), "sh", append([]string{"-c", script, "sh", "tegata", "run", "--url", env.BaseURL, "--token", token, "--"}, args...)...)
	w.Env = append(os.Environ(), "TMPDIR="+w.folder)
	w.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	w.Stdin, w.Stderr = strings.NewReader(stdin), &w.err
	var err error
	if w.out, err = w.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

// says waits until the command has written a line.
func (w *wrapped) says(t *testing.T, want string) {
	t.Helper()
	line := make([]byte, len(want)+1)
	if _, err := io.ReadFull(w.out, line); err != nil || string(line) != want+"\n" {
		t.Fatalf("the command says %q, %v; want %q", line, err, want)
	}
}

// send sends a signal to tegata alone.
func (w *wrapped) send(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := w.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// ends waits until everything has ended that could still write, and wants an exit code
// and nothing left behind. It returns the rest of the output.
func (w *wrapped) ends(t *testing.T, code int) string {
	t.Helper()
	out, err := io.ReadAll(w.out)
	if err != nil {
		t.Fatal(err)
	}
	var failed *exec.ExitError
	if err := w.Wait(); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	if got := w.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d, want %d; %s", got, code, &w.err)
	}
	left, err := os.ReadDir(w.folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the temporary folder: %v, %v", left, err)
	}
	return string(out)
}

// TestRunExitCodes: the command's exit code is ours, and nothing is said about it.
func TestRunExitCodes(t *testing.T) {
	t.Parallel()
	for script, code := range map[string]int{"exit 0": 0, "exit 7": 7, "kill -TERM $$": 143, "kill -KILL $$": 137} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			w := startRun(t, "", "sh", "-c", script)
			if out := w.ends(t, code); out != "" || w.err.Len() > 0 {
				t.Errorf("it says %q and %q", out, &w.err)
			}
		})
	}
}

// TestRunStreams: standard input, output and error are the command's own.
func TestRunStreams(t *testing.T) {
	t.Parallel()
	const text = "a\x00b\r\nno end of line"
	w := startRun(t, text, "sh", "-c", `echo "$0 $*" >&2; cat`, "-v", "--", "two words")
	if out := w.ends(t, 0); out != text || w.err.String() != "-v -- two words\n" {
		t.Errorf("%q and %q", out, &w.err)
	}
}

// TestRunHandsSignalsOn: what tegata gets, the command gets.
func TestRunHandsSignalsOn(t *testing.T) {
	t.Parallel()
	for s, name := range map[syscall.Signal]string{
		syscall.SIGINT: "INT", syscall.SIGTERM: "TERM", syscall.SIGHUP: "HUP", syscall.SIGQUIT: "QUIT", syscall.SIGUSR1: "USR1", syscall.SIGUSR2: "USR2",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startRun(t, "", "sh", "-c", `trap 'echo got; exit 3' `+name+`; echo ready; while :; do sleep 0.1; done`)
			w.says(t, "ready")
			w.send(t, s)
			if out := w.ends(t, 3); out != "got\n" {
				t.Errorf("%q, want one signal", out)
			}
		})
	}
}

// TestRunEndsTheGroup: what the command has started ends with it when we are interrupted,
// also if it does not want to.
func TestRunEndsTheGroup(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"willing":  `sleep 600 & echo ready; exec sleep 600`,
		"stubborn": `(trap '' TERM; sleep 600) & echo ready; exec sleep 600`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startRun(t, "", "sh", "-c", script)
			w.says(t, "ready")
			w.send(t, syscall.SIGTERM)
			w.ends(t, 128+int(syscall.SIGTERM)) // its output ends with the last of them
		})
	}
}

// TestRunUnderNohup: a hangup that is ignored stays so for the command.
func TestRunUnderNohup(t *testing.T) {
	t.Parallel()
	w := startRunFrom(t, `trap '' HUP; exec "$@"`, "", "sh", "-c", `trap 'echo got; exit 3' USR1; echo ready; while :; do sleep 0.1; done`)
	w.says(t, "ready")
	w.send(t, syscall.SIGHUP)
	w.send(t, syscall.SIGUSR1)
	if out := w.ends(t, 3); out != "got\n" {
		t.Errorf("%q", out)
	}
}

// TestRunRefusals: what cannot be run has the exit codes of a shell, and says what to do.
func TestRunRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"no command":     {[]string{"--"}, exitUsage, "write it after --"},
		"nothing":        {nil, exitUsage, "tegata run --help"},
		"not found":      {[]string{"--", "no-such-program"}, 127, "command not found"},
		"not executable": {[]string{"--", "./run_test.go"}, 126, "cannot be executed"},
		"no platform":    {[]string{"--url", "http://127.0.0.1:1", "--token", "x", "--", "true"}, exitUnreachable, "start it with `tegata dev`"},
		"not a flag":     {[]string{"--nonsense", "--", "true"}, exitUsage, "--nonsense"},
	} {
		var talk strings.Builder
		if code := run(t.Context(), append([]string{"run"}, c.args...), io.Discard, &talk); code != c.code || !strings.Contains(talk.String(), c.want) {
			t.Errorf("%s: exit code %d and %q, want %d and %q", name, code, talk.String(), c.code, c.want)
		}
	}
}
