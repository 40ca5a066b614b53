package browsercmd_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/cmd/tegata/browsercmd"
	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/internal/control"
)

// TestMain is a browser when it is started as one: it fills its profile, prints its
// arguments and does as its page says.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "--user-data-dir=") {
		os.Exit(beBrowser(strings.TrimPrefix(os.Args[1], "--user-data-dir="), os.Args[2:]))
	}
	os.Exit(m.Run())
}

func beBrowser(profile string, args []string) int {
	if err := os.MkdirAll(filepath.Join(profile, "Default", "Cache"), 0o700); err != nil {
		return 70
	}
	if err := os.WriteFile(filepath.Join(profile, "Default", "Cookies"), []byte("x"), 0o600); err != nil {
		return 70
	}
	ending := make(chan os.Signal, 1)
	signal.Notify(ending) // before the caller can know that we run
	_ = json.NewEncoder(os.Stdout).Encode(append([]string{profile}, args...))
	switch args[len(args)-1] {
	case "http://localhost/stay":
		<-ending
	case "http://localhost/fail":
		fmt.Fprintln(os.Stderr, "cannot open display")
		return 1
	}
	return 0
}

func env() *control.Env {
	return &control.Env{
		BaseURL: "http://localhost:4800", TLSURL: "https://localhost:4843", TLSSPKI: "cGlu",
		LIFFApps: []control.EnvLIFFApp{{LIFFID: "2000000001-app00001", EndpointURL: "http://localhost:5173/"}},
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	flags, err := browsercmd.Flags(env())
	want := []string{
		"--host-resolver-rules=MAP *.line.me localhost:4843, MAP *.line-scdn.net localhost:4843",
		"--ignore-certificate-errors-spki-list=cGlu",
	}
	if err != nil || !slices.Equal(flags, want) {
		t.Errorf("flags %q, %v; want %q", flags, err, want)
	}
	if flags, err := browsercmd.Flags(&control.Env{BaseURL: "http://localhost:4800"}); err == nil || flags != nil {
		t.Errorf("without a port: %q, %v", flags, err)
	}
	for form, want := range map[string]string{
		"flags":      "--a=1, 2\n--b\n",
		"json":       `["--a=1, 2","--b"]` + "\n",
		"playwright": `"--a=1, 2",` + "\n    " + `"--b",`,
		"puppeteer":  "puppeteer.launch({\n  args: [\n    \"--a=1, 2\",",
		"selenium":   "options.addArguments(\n  \"--a=1, 2\",\n  \"--b\",\n);",
	} {
		if got := browsercmd.Written(form, []string{"--a=1, 2", "--b"}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", form, got)
		}
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{
		"":                                    "http://localhost:5173/",
		"http://localhost:5173/a?b#c":         "http://localhost:5173/a?b#c",
		"https://liff.line.me/2000000001-app": "https://liff.line.me/2000000001-app",
	} {
		if got, err := (browsercmd.Browser{Page: page}).PageOf(env()); err != nil || got != want {
			t.Errorf("%q: %q, %v", page, got, err)
		}
	}
	for _, page := range []string{"--no-sandbox", "javascript:alert(1)", "file:///etc/passwd", "localhost:5173", "http://", "chrome://settings"} {
		var e *exit.Error
		if got, err := (browsercmd.Browser{Page: page}).PageOf(env()); !errors.As(err, &e) || e.Code != exit.Usage || got != "" {
			t.Errorf("%q: %q, %v", page, got, err)
		}
	}
	if _, err := (browsercmd.Browser{}).PageOf(&control.Env{}); err == nil {
		t.Error("a platform without LIFF apps: no error")
	}
}

func TestPrograms(t *testing.T) {
	t.Parallel()
	getenv := func(name string) string {
		return map[string]string{"HOME": "/home", "ProgramFiles": `C:\Program Files`, "LocalAppData": `C:\Local`}[name]
	}
	for system, want := range map[string]string{
		"linux": "google-chrome", "freebsd": "chromium",
		"darwin":  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
		"windows": `C:\Program Files\Microsoft\Edge\Application\msedge.exe`,
	} {
		if got := browsercmd.Programs(system, getenv); !slices.Contains(got, want) {
			t.Errorf("%s: %q", system, got)
		}
	}
	if got := browsercmd.Programs("windows", func(string) string { return "" }); len(got) != 0 {
		t.Errorf("windows without folders: %q", got)
	}
}

func TestFind(t *testing.T) {
	for _, named := range []string{"", "no-such-browser"} {
		t.Setenv("PATH", t.TempDir())
		t.Setenv("HOME", t.TempDir())
		var e *exit.Error
		path, err := browsercmd.Find(named)
		if named == "" && err == nil && filepath.IsAbs(path) {
			continue // a system whose browsers are not found by PATH has one
		}
		if !errors.As(err, &e) || e.Code != exit.Config || e.Next == "" {
			t.Errorf("%q: %q, %v", named, path, err)
		}
	}
	if path, err := browsercmd.Find(os.Args[0]); err != nil || path != os.Args[0] {
		t.Errorf("by its path: %q, %v", path, err)
	}
}

// TestProfile: the profile is the browser's first argument, and gone when it has ended:
// closed, failed or interrupted.
func TestProfile(t *testing.T) {
	t.Parallel()
	for page, want := range map[string]string{"http://localhost/": "", "http://localhost/fail": "cannot open display", "http://localhost/stay": ""} {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			read, write := io.Pipe()
			var args []string
			printed := make(chan error, 1)
			go func() {
				line, err := bufio.NewReader(read).ReadBytes('\n')
				if err == nil {
					err = json.Unmarshal(bytes.TrimSpace(line), &args)
				}
				if strings.HasSuffix(page, "/stay") {
					cancel()
				}
				printed <- err
				_, _ = io.Copy(io.Discard, read)
			}()
			err := browsercmd.RunSession(ctx, os.Args[0], []string{"--x=1"}, page, write)
			_ = write.Close()
			if err := <-printed; err != nil {
				t.Fatalf("the browser printed no arguments: %v", err)
			}
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
				t.Errorf("error %v, want %q", err, want)
			}
			var failed *exit.Error
			if want != "" && (!errors.As(err, &failed) || !strings.Contains(failed.Next, "--headless=new")) {
				t.Errorf("without a screen: %v, and no way on", err)
			}
			if diff := cmp.Diff([]string{"--x=1", page}, args[1:]); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if _, err := os.Stat(args[0]); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the profile %s is left: %v", args[0], err)
			}
		})
	}
	if err := browsercmd.RunSession(t.Context(), t.TempDir(), nil, "http://localhost/", io.Discard); err == nil || !strings.Contains(err.Error(), "start ") {
		t.Errorf("a folder as browser: %v", err)
	}
}
