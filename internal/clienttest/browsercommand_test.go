package clienttest_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browserToken is the admin token of TestBrowserCommand.
const browserToken = "an-admin-token-for-tests-of-tegata-browser"

// TestBrowserCommand: a browser with the flags that tegata browser prints logs in to an
// unmodified app, under LINE's names; the one that it starts itself finds a LIFF URL of
// LINE's there, and leaves no profile behind, closed or interrupted.
func TestBrowserCommand(t *testing.T) {
	t.Setenv("TEGATA_ADMIN_TOKEN", browserToken) // for the platform too; so not in parallel
	w := &world{site: startSite(t), browsers: map[string]context.Context{}}
	const sdk = "liff-new"
	w.platform = startPlatform(t, "--app", w.endpoint(sdk))
	w.register(sdk, w.liffID(t, w.endpoint(sdk)))
	t.Run("flags", func(t *testing.T) {
		t.Parallel()
		var flags []string
		out, err := w.browserCommand(t, "--print", "json").Output()
		if err == nil {
			err = json.Unmarshal(out, &flags)
		}
		if err != nil {
			t.Fatalf("tegata browser --print json: %v %s", err, out)
		}
		w.browsers[sdk] = startWithFlags(t, flags)
		testLogin(t, w.visit(t, sdk))
	})
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		cmd := w.browserCommand(t, "https://liff.line.me/"+w.liffID(t, w.endpoint(sdk)), "--", "--headless=new", "--dump-dom", "--virtual-time-budget=10000")
		out, err := cmd.Output()
		if err != nil || !strings.Contains(string(out), "<title>test app</title>") {
			t.Errorf("tegata browser: %v; the page is %s", err, out)
		}
		wantNoProfile(t, cmd)
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		cmd := w.browserCommand(t, w.endpoint(sdk), "--", "--headless=new", "--remote-debugging-port=0")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		awaitFile(t, filepath.Join(tempOf(cmd), "tegata-browser-*", "DevToolsActivePort"))
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after an interrupt: %v, want exit code 0", err)
		}
		wantNoProfile(t, cmd)
	})
}

// browserCommand is tegata browser with a folder of its own for profiles.
func (w *world) browserCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(built.tegata, append([]string{"browser", "--url", w.BaseURL, "--browser", built.chromium}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+t.TempDir())
	return cmd
}

func tempOf(cmd *exec.Cmd) string {
	return strings.TrimPrefix(cmd.Env[len(cmd.Env)-1], "TMPDIR=")
}

// wantNoProfile wants that the command has left nothing in its folder.
func wantNoProfile(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(tempOf(cmd), "tegata-browser-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// awaitFile waits until a file is there whose path the pattern matches.
func awaitFile(t *testing.T, pattern string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		if found, err := filepath.Glob(pattern); err != nil || len(found) > 0 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s has not come", pattern)
		}
	}
}

// startWithFlags runs Chromium with flags in the form --name=value.
func startWithFlags(t *testing.T, flags []string) context.Context {
	t.Helper()
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(built.chromium), chromedp.Flag("lang", "en"), chromedp.WSURLReadTimeout(2*patience))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to sandbox itself as root
	}
	for _, f := range flags {
		name, value, _ := strings.Cut(strings.TrimPrefix(f, "--"), "=")
		options = append(options, chromedp.Flag(name, value))
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx
}
