package issuertest_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait for something that should happen at once.
const patience = 30 * time.Second

// node is a script of the folder npm that talks with the test by lines of JSON.
type node struct {
	Issuer string `json:"issuer"`

	input io.WriteCloser
	lines *bufio.Scanner
	log   *lockedBuffer
}

// startNode runs a script until the test ends, and then wants it to end with its input.
func startNode(t *testing.T, script string, args ...string) *node {
	t.Helper()
	if _, err := os.Stat("npm/node_modules"); err != nil {
		t.Fatal("the npm packages are not installed: run npm ci in internal/issuertest/npm (./test.sh does)")
	}
	n := &node{log: &lockedBuffer{}}
	cmd := exec.Command("node", append([]string{script}, args...)...)
	cmd.Dir, cmd.Stderr = "npm", n.log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if n.input, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	n.lines = bufio.NewScanner(stdout)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		closed := n.input.Close()
		ended := cmd.Wait()
		timer.Stop()
		if closed != nil || ended != nil {
			t.Errorf("node %s: %v, %v; want it to end with its input\n%s", script, closed, ended, n.log)
		}
	})
	n.read(t, n)
	if n.Issuer == "" {
		t.Fatalf("node %s told no issuer", script)
	}
	return n
}

// read reads the next line of JSON; oidc-provider writes notices of its own between.
func (n *node) read(t *testing.T, out any) {
	t.Helper()
	for more := true; more; more = !bytes.HasPrefix(n.lines.Bytes(), []byte("{")) {
		if !n.lines.Scan() {
			t.Fatalf("node ended without an answer: %v\n%s", n.lines.Err(), n.log)
		}
	}
	if err := json.Unmarshal(n.lines.Bytes(), out); err != nil {
		t.Fatalf("node said %q: %v", n.lines.Text(), err)
	}
}

// do gives a command and waits until it is done.
func (n *node) do(t *testing.T, command string) {
	t.Helper()
	if _, err := fmt.Fprintln(n.input, command); err != nil {
		t.Fatal(err)
	}
	var answer struct{ Done string }
	if n.read(t, &answer); answer.Done != command {
		t.Fatalf("node did %q, want %q", answer.Done, command)
	}
}

// lockedBuffer collects a process's output while others read it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer // guarded by mu
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
