package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/internal/control"
)

// devKnobs returns the flags of tegata dev that tegata serve does not have as settings of
// its own.
func devKnobs(t *testing.T) []*kong.Flag {
	t.Helper()
	parser, err := kong.New(&cli{}, kong.Name("tegata"))
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{"help": true}
	var dev []*kong.Flag
	for _, node := range parser.Model.Leaves(false) {
		for _, f := range node.Flags {
			switch node.Path() {
			case "serve":
				own[f.Name] = own[f.Name] || !f.Hidden
			case "dev":
				dev = append(dev, f)
			}
		}
	}
	dev = slices.DeleteFunc(dev, func(f *kong.Flag) bool { return own[f.Name] })
	if len(dev) < 9 {
		t.Fatalf("only %d flags of tegata dev are its own", len(dev))
	}
	return dev
}

// writerFunc is a writer.
type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestServeRefusesDev: every flag of tegata dev that is no setting of a service is refused,
// as a flag with a value and without one, as a variable and in the file, with the reason and
// what to do. A flag that tegata dev gets tomorrow is here the same day.
func TestServeRefusesDev(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("CONFIGURATION_DIRECTORY", dir)
	t.Setenv("STATE_DIRECTORY", filepath.Join(dir, "state"))
	t.Setenv("XDG_RUNTIME_DIR", dir)
	ask := func(args ...string) (int, string) {
		var talk strings.Builder
		ctx, end := context.WithCancel(t.Context())
		defer end()
		ready := writerFunc(func(p []byte) (int, error) { end(); return len(p), nil }) // one that starts is ended
		code := run(ctx, append([]string{"serve", "--base-url", base, "--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0"}, args...), ready, &talk)
		return code, talk.String()
	}
	refused := func(what string, code int, talk string, mend ...string) {
		t.Helper()
		lines := strings.Split(strings.TrimSpace(talk), "\n")
		why := strings.Contains(talk, "is for tegata dev only: ")
		if code != exitRefused || !why || len(lines) < 2 || !slices.ContainsFunc(mend, func(m string) bool { return strings.Contains(lines[len(lines)-1], m) }) {
			t.Errorf("%s: exit %d, want %d, the reason, and %q\n%s", what, code, exitRefused, mend, talk)
		}
	}
	for _, f := range devKnobs(t) {
		for _, args := range [][]string{{"--" + f.Name}, {"--" + f.Name, "world.yaml"}, {"--" + f.Name + "=1h"}} {
			if f.IsBool() && len(args) == 2 {
				continue
			}
			code, talk := ask(args...)
			refused("serve "+strings.Join(args, " "), code, talk, "leave --"+f.Name+" out")
		}
		key := ""
		for i, part := range strings.Split(f.Name, "-") {
			if i > 0 {
				part = strings.ToUpper(part[:1]) + part[1:]
			}
			key += part
		}
		file := filepath.Join(dir, "dev.yaml")
		if err := os.WriteFile(file, []byte("baseUrl: "+base+"\n"+key+": \"1\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, talk := ask("--config", file)
		refused("the key "+key, code, talk, "remove it from the file")
		for _, name := range f.Envs {
			if name == "TEGATA_ADMIN_TOKEN" { // the operator's commands have it, on the same machine
				continue
			}
			t.Setenv(name, "1")
			code, talk := ask()
			refused("the variable "+name, code, talk, "unset "+name)
			t.Setenv(name, "")
		}
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "state")); err == nil && len(entries) > 0 {
		t.Errorf("something was made: %v", entries)
	}
}

// TestServeHasNoLab asks a real service for everything of the lab: by URL on both of its
// sides, and by the commands.
func TestServeHasNoLab(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("CONFIGURATION_DIRECTORY", dir)
	if err := os.Mkdir(filepath.Join(dir, "state"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("STATE_DIRECTORY", filepath.Join(dir, "state"))
	cert, key, pool := certificate(t, dir, "id.example.com")
	s := serveForTest(t, "--tls-cert", cert, "--tls-key", key)
	token := operator{t, s.Management, s.FirstToken}.run("admin", "token", "create", "--name", "laptop")
	admin := operator{t, s.Management, token}
	public := newTestBrowser(t, s.Listen, pool)
	for _, path := range []string{
		control.PathLabAPI, control.PathLabClock, control.PathLabTokens, control.PathLabRevoke, control.PathLabFaults, control.PathLabFaults + "/1",
		control.PathLabTroubles, control.PathLabTroubles + "/rate-limit", control.PathLabState, control.PathLabReset, control.PathLabSnapshots,
		control.PathLabSnapshots + "/1/restore", control.PathLabRequests, control.PathLIFF, control.PathLIFFLaunches, control.PathLIFFShares,
		control.PathLIFFSubWindows + "/1", control.PathLIFFServed, control.PathAutoLogin, control.PathEnv, "/_tegata/simulator/", "/_tegata/lan/",
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
			for side, at := range map[string]string{"public": base, "management": s.Management} {
				r, err := http.NewRequestWithContext(t.Context(), method, at+path, strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+token)
				client := http.DefaultClient
				if side == "public" {
					client = public.Client
				}
				resp, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusNotFound {
					t.Errorf("%s %s on the %s side: %d, want 404", method, path, side, resp.StatusCode)
				}
			}
		}
	}
	state := filepath.Join(dir, "state.json")
	if err := os.WriteFile(state, []byte(`{"tegataState":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	url, secret := "--url="+s.Management, "--token="+token
	commands := [][]string{{"env", url, secret}, {"run", url, secret, "--", "true"}, {"browser", url, secret, "--print", "flags"}}
	for _, command := range []string{
		"clock", "clock show", "clock freeze", "clock advance 2h", "clock jump 2027-01-01", "clock resume", "clock reset", "fault add reset", "fault list",
		"fault clear", "fault clear 1", "trigger", "trigger rate-limit", "reset", "export", "import " + state, "token mint", "token mint --auth-age 1m",
	} {
		commands = append(commands, append(strings.Fields(command), url, secret))
	}
	for _, command := range commands {
		var talk strings.Builder
		code := run(t.Context(), command, io.Discard, &talk)
		if code != exitRefused || !strings.Contains(talk.String(), "that platform has no lab: a real service") || !strings.Contains(talk.String(), "ask a tegata dev") {
			t.Errorf("tegata %s: exit %d, want %d\n%s", command[0], code, exitRefused, talk.String())
		}
	}
	// What is no knob works: waiting, and the event log.
	if got := admin.run("wait"); got != "ready "+s.Management {
		t.Errorf("tegata wait: %q", got)
	}
	if got := admin.run("events", "tail", "--no-follow", "--after", "0", "--json"); !strings.Contains(got, `"seq":`) {
		t.Errorf("tegata events tail: %q", got)
	}
}
