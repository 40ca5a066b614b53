//go:build unix

package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestHangup: a hangup, as systemd sends to reload, ends no service that has nothing to
// read again.
func TestHangup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, folder := range []string{"etc", "data"} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	master := filepath.Join(dir, "etc", "master.key")
	if code := run(t.Context(), []string{"keys", "new-master", "--to", master}, io.Discard, io.Discard); code != 0 {
		t.Fatalf("tegata keys new-master: exit %d", code)
	}
	r := serveForTest(t, "--store", filepath.Join(dir, "data", "tegata.db"), "--master-key-file", master)
	if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(r.Management + "/livez")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("after a hangup: %d, want 200", resp.StatusCode)
	}
}
