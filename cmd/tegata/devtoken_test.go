package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestDevAdminToken: a platform takes the admin token that tests elsewhere know, and then
// leaves none in a file.
func TestDevAdminToken(t *testing.T) {
	runtime := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", runtime)
	const token = "0123456789abcdef0123456789abcdef"
	r := startForTest(t, "--admin-token", token, "--demo-listen", "127.0.0.1:0")
	for given, want := range map[string]int{token: exitDone, "x" + token[1:]: exitNegative} {
		var out, talk strings.Builder
		if code := run(t.Context(), []string{"env", "--url", r.env.BaseURL, "--token", given}, &out, &talk); (code == exitDone) != (want == exitDone) {
			t.Errorf("tegata env with a token of %d characters: exit %d, want %d\n%s", len(given), code, want, &talk)
		}
	}
	left, err := filepath.Glob(filepath.Join(runtime, "tegata", "*.token"))
	if err != nil || len(left) != 0 {
		t.Errorf("files of admin tokens: %q, %v; want none", left, err)
	}
	if code := r.stop(); code != exitDone {
		t.Errorf("exit %d, want %d", code, exitDone)
	}
	var talk strings.Builder
	if code := run(t.Context(), []string{"dev", "--listen", "127.0.0.1:0", "--admin-token", token[1:]}, io.Discard, &talk); code != exitUsage {
		t.Errorf("a token of 31 characters: exit %d, want %d", code, exitUsage)
	}
	if strings.Contains(talk.String(), token[1:]) || !strings.Contains(talk.String(), "at least 32") {
		t.Errorf("a token of 31 characters: said %q", &talk)
	}
}
