package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
)

// TestInterrupted: Ctrl-C while a platform is asked ends the command with 130, and without a
// word about the platform.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"token verify --kind access t", "token inspect t", "env", "user list", "clock", "why x", "wait"} {
		ctx, interrupt := context.WithCancel(t.Context())
		platform := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			interrupt()
			<-r.Context().Done()
		}))
		var out, talk strings.Builder
		args := append(strings.Fields(command), "--url", platform.URL, "--token", "x")
		if code := run(ctx, args, &out, &talk); code != exit.Interrupted || out.Len()+talk.Len() > 0 {
			t.Errorf("tegata %s: exit %d, want %d; it says %s%s", command, code, exit.Interrupted, &out, &talk)
		}
		interrupt()
		platform.Close()
	}
	// What was under way before is told.
	ended, end := context.WithCancel(t.Context())
	end()
	if code := run(ended, []string{"token", "verify", "--file", "missing.txt"}, io.Discard, io.Discard); code != exitConfig {
		t.Errorf("a file that is not there: exit %d, want %d", code, exitConfig)
	}
}
