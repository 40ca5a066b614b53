package main

import (
	"io"
	"strings"
	"syscall"
	"testing"
)

// TestRunKilled: if tegata itself is killed, the command is told to end: its proxy is gone.
func TestRunKilled(t *testing.T) {
	t.Parallel()
	w := startRun(t, "", "sh", "-c", `trap 'echo told; exit' TERM; echo ready; while :; do sleep 0.1; done`)
	w.says(t, "ready")
	w.send(t, syscall.SIGKILL)
	out, err := io.ReadAll(w.out) // until the command has ended too
	if err != nil || !strings.Contains(string(out), "told") {
		t.Errorf("the command says %q, %v", out, err)
	}
	if err := w.Wait(); err == nil {
		t.Error("tegata was killed and did not end so")
	}
}
