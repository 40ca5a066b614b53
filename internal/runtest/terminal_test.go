package runtest_test

import (
	"io"
	"os/exec"
	"strings"
	"testing"
)

// TestTerminal: at a terminal the command reads from it, and Ctrl-C reaches it once.
func TestTerminal(t *testing.T) {
	t.Parallel()
	w := startWorld(t)
	inner := w.command(t, "sh", "-c", `trap 'n=$((n+1))' INT; n=0; echo ready; read line; echo "read $line"; while [ $n = 0 ]; do sleep 0.1; done; sleep 0.5; echo "interrupted $n"; exit 9`)
	quoted := make([]string, 0, len(inner.Args))
	for _, a := range inner.Args {
		quoted = append(quoted, "'"+strings.ReplaceAll(a, "'", `'\''`)+"'")
	}
	script, err := exec.LookPath("script")
	if err != nil {
		t.Fatal(err)
	}
	outer := exec.CommandContext(t.Context(), script, "--quiet", "--flush", "--return", "--command", "exec "+strings.Join(quoted, " "), "/dev/null")
	outer.Env = inner.Env
	in, err := outer.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := outer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := outer.Start(); err != nil {
		t.Fatal(err)
	}
	var seen strings.Builder
	wait := func(text string) {
		t.Helper()
		for b := make([]byte, 1); !strings.Contains(seen.String(), text); seen.Write(b) {
			if _, err := out.Read(b); err != nil {
				t.Fatalf("%v after %q", err, seen.String())
			}
		}
	}
	wait("ready")
	if _, err := in.Write([]byte("hello\n")); err != nil {
		t.Fatal(err)
	}
	wait("read hello\r\n")
	if _, err := in.Write([]byte("\x03")); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if err != nil || !strings.Contains(string(rest), "interrupted 1\r\n") {
		t.Errorf("%q, %v after %q; want one interrupt", rest, err, seen.String())
	}
	_ = outer.Wait()
	if code := outer.ProcessState.ExitCode(); code != 9 {
		t.Errorf("exit code %d, want 9", code)
	}
}
