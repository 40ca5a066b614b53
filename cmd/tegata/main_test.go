package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tegata-id/tegata/internal/control"
)

func TestMain(m *testing.M) {
	testscript.Main(hearing{m}, map[string]func(){"tegata": main})
}

// hearing runs the tests so that what they start hears every signal. A shell in the
// background, or nohup, has some ignored, and a command honours that: the tests that send
// them would wait for ever.
type hearing struct{ *testing.M }

func (h hearing) Run() int {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s) // handled here, so no longer ignored there
		}
	}
	return h.M.Run()
}

// TestScripts runs the real command by the scripts of testdata. Beside testscript's own
// commands they have:
//
//	refused CODE ARGS…   runs tegata with ARGS, which must end with that exit code
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			for name, folder := range map[string]string{"XDG_RUNTIME_DIR": "run", "CONFIGURATION_DIRECTORY": "config", "STATE_DIRECTORY": "state"} {
				dir := filepath.Join(e.WorkDir, folder)
				e.Setenv(name, dir)
				if err := os.Mkdir(dir, 0o700); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refused": refusedInScript,
		},
	})
}

// refusedInScript runs tegata, which must end with an exit code.
func refusedInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: refused CODE ARGS…")
	}
	var exit *exec.ExitError
	err := ts.Exec("tegata", args[1:]...)
	if !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("tegata %s: %v, want exit code %s", strings.Join(args[1:], " "), err, args[0])
	}
}

// running is a `tegata dev` in this process.
type running struct {
	env  control.Env
	stop func() int // as Ctrl-C does; returns the exit code
}

func startForTest(t *testing.T, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, w := io.Pipe()
	code := make(chan int, 1)
	args = append([]string{"dev", "--json", "--listen", "127.0.0.1:0", "--log-level", "error"}, args...)
	go func() {
		code <- run(ctx, args, w, io.Discard)
		_ = w.Close()
	}()
	var r running
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &r.env)
	}
	if err != nil {
		cancel()
		t.Fatalf("tegata dev did not become ready: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	r.stop = func() int { cancel(); return <-code }
	t.Cleanup(func() { cancel() })
	return r
}

func TestDev(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t, "--app", "http://localhost:5173", "--callback", "http://localhost:9999/cb")
	env := r.env
	if env.ChannelID != "2000000001" || !strings.HasPrefix(env.ChannelSecret, "dev0") || env.Issuer != "https://access.line.me" {
		t.Errorf("env: channel %q secret %q issuer %q", env.ChannelID, env.ChannelSecret, env.Issuer)
	}
	if len(env.Channels) != 4 || len(env.Users) != 7 || len(env.LIFFApps) != 5 {
		t.Errorf("env: %d channels, %d users, %d LIFF apps; want 4, 7, 5", len(env.Channels), len(env.Users), len(env.LIFFApps))
	}
	if app := env.LIFFApps[0]; app.EndpointURL != "http://localhost:5173/" || app.LIFFID != env.LIFFID || app.URL != env.BaseURL+"/"+app.LIFFID {
		t.Errorf("env: first LIFF app %+v", app)
	}
	var out strings.Builder
	if code := run(t.Context(), []string{"env", "--url", env.BaseURL}, &out, io.Discard); code != 0 || !strings.Contains(out.String(), "LINE_LIFF_ID="+env.LIFFID) {
		t.Errorf("tegata env: exit %d\n%s", code, out.String())
	}
	resp, err := http.Get(env.BaseURL + "/v2/profile")
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	out.Reset()
	id := resp.Header.Get("x-line-request-id")
	if code := run(t.Context(), []string{"why", "--url", env.BaseURL, id}, &out, io.Discard); code != 0 || !strings.Contains(out.String(), "fix") {
		t.Errorf("tegata why: exit %d\n%s", code, out.String())
	}
	if code := r.stop(); code != 0 {
		t.Errorf("tegata dev ended by Ctrl-C: exit %d, want 0", code)
	}
	if code := run(t.Context(), []string{"env", "--url", env.BaseURL}, io.Discard, io.Discard); code != exitUnreachable {
		t.Errorf("tegata env after the end: exit %d, want %d", code, exitUnreachable)
	}
}

// TestLINENames calls the platform by LINE's names and trusts what env gives.
func TestLINENames(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	r := startForTest(t)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(r.env.TLSCAPEM)) {
		t.Fatal("tlsCaPem holds no certificate")
	}
	addr := strings.TrimPrefix(r.env.TLSURL, "https://")
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, strings.Replace(addr, "localhost", "127.0.0.1", 1))
		},
	}}
	resp, err := client.Get("https://access.line.me/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var doc struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil || doc.TokenEndpoint != "https://api.line.me/oauth2/v2.1/token" {
		t.Errorf("discovery under LINE's name: %+v, %v", doc, err)
	}
	if _, err := client.Get("https://example.com/"); err == nil {
		t.Error("the TLS port vouches for a name that is not LINE's")
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	for want, users := range map[string][]control.EnvUser{
		"none (add users to the seed file)":            {},
		"a, b   (password demo)":                       {{Handle: "a", Password: "demo"}, {Handle: "b", Password: "demo"}},
		"a, b   (passwords: tegata env --format json)": {{Handle: "a", Password: "demo"}, {Handle: "b", Password: "other"}},
		"a   (passwords: tegata env --format json)":    {{Handle: "a"}},
	} {
		if got := people(users); got != want {
			t.Errorf("people(%v) = %q, want %q", users, got, want)
		}
	}
}
