//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// TestHangup: a hangup, as systemd sends to reload, ends no service that has nothing to
// read again; SIGTERM does. The service is a process of its own, because signals are the
// process's.
func TestHangup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, folder := range []string{"etc", "data"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	settings := filepath.Join(dir, "etc", "tegata.yaml")
	if err := os.WriteFile(settings, []byte("baseUrl: "+base+"\nstore: "+filepath.Join(dir, "data", "tegata.db")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "tegata", "serve", "--config", settings, "--json", "--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var at started
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &at)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(at.Management + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("after a hangup: %d, want 200", resp.StatusCode)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("ended by SIGTERM: %v, want exit code 0", err)
	}
}

// TestDevHangup: closing the terminal ends a tegata dev as Ctrl-C does, and leaves no admin
// token behind.
func TestDevHangup(t *testing.T) {
	t.Parallel()
	runtime := t.TempDir()
	c := exec.CommandContext(t.Context(), "tegata", "dev", "--json", "--listen", "127.0.0.1:0", "--log-level", "error")
	c.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+runtime)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadBytes('\n'); err != nil {
		t.Fatal(err)
	}
	if err := c.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("%v, want exit code 0", err)
	}
	if left, err := filepath.Glob(filepath.Join(runtime, "tegata", "*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
