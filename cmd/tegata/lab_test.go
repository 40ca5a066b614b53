package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tegata-id/tegata/cmd/tegata/inspect"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
)

// TestLabScripts runs the commands of testdata/lab against a `tegata dev` of each script's
// own, in a process of its own. Beside testscript's commands they have:
//
//	dev ARGS…               starts tegata dev, and lets TEGATA_URL name it
//	refused CODE ARGS…      as in TestScripts
//	wrong WHAT CHECK REASON MINT-ARGS…   mints a wrong token: inspect must fail at CHECK
//	                        alone, and verify refuse it for REASON
//	certs FILE, secret FILE writes the JWK Set, or the first channel's secret of env.json
//	none ARGS…              runs tegata, which must print nothing
//	story FILE              mints, revokes, rotates and refuses, and writes tokens and events into FILE
//	ask PATH                asks the platform, and keeps the ID of the request in $ID
//	newest NAME             keeps the number of the newest event in a variable
func TestLabScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/lab",
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_RUNTIME_DIR", e.WorkDir+"/run")
			return os.Mkdir(e.WorkDir+"/run", 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"dev": devForScript, "refused": refusedInScript, "ask": askInScript,
			"wrong": wrongInScript, "certs": certsInScript, "secret": secretInScript, "none": noneInScript, "newest": newestInScript, "story": storyInScript,
		},
	})
}

// devForScript starts a tegata dev that ends with the script.
func devForScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: dev ARGS…")
	}
	var binary string
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		path := filepath.Join(dir, "tegata")
		if _, err := os.Stat(path); err == nil && binary == "" {
			binary = path
		}
	}
	cmd := exec.Command(binary, append([]string{"dev", "--json", "--listen", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+ts.Getenv("XDG_RUNTIME_DIR"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			ts.Logf("tegata dev: %v", err)
		}
	})
	var env control.Env
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &env)
	}
	if err != nil {
		ts.Fatalf("tegata dev did not become ready: %v", err)
	}
	ts.Setenv("TEGATA_URL", env.BaseURL)
}

// wrongInScript mints a wrong token and has it refused in two ways.
func wrongInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: wrong WHAT CHECK REASON MINT-ARGS…")
	}
	what, check, reason, flags := args[0], args[1], args[2], args[3:]
	ts.Check(ts.Exec("tegata", append([]string{"token", "mint", "--wrong", what}, flags...)...))
	ts.Check(os.WriteFile(ts.MkAbs("wrong.txt"), []byte(ts.ReadFile("stdout")), 0o600))
	for command, want := range map[string][]string{"inspect": {`"verdict": "refused"`}, "verify": {`"valid": false`, `"reason": "` + reason + `"`}} {
		if err := ts.Exec("tegata", append([]string{"token", command, "--json", "--file", "wrong.txt"}, flags...)...); err == nil {
			ts.Fatalf("%s: token %s let it in", what, command)
		}
		printed := ts.ReadFile("stdout")
		for _, text := range want {
			if !strings.Contains(printed, text) {
				ts.Fatalf("%s: token %s printed no %s", what, command, text)
			}
		}
		if command == "verify" {
			continue
		}
		var report inspect.Report
		ts.Check(json.Unmarshal([]byte(printed), &report))
		if failed := report.Named(inspect.Fail); !slices.Equal(failed, []string{check}) {
			ts.Fatalf("%s: failed %q, want %s alone", what, failed, check)
		}
	}
}

// askInScript asks the platform for a path.
func askInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ask PATH")
	}
	resp, err := http.Get(ts.Getenv("TEGATA_URL") + args[0])
	ts.Check(err)
	ts.Check(resp.Body.Close())
	ts.Setenv("ID", resp.Header.Get(wire.HeaderRequestID))
}

// certsInScript writes the platform's JWK Set into a file.
func certsInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: certs FILE")
	}
	resp, err := http.Get(ts.Getenv("TEGATA_URL") + wire.PathCerts)
	ts.Check(err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

// secretInScript writes the first channel's secret into a file.
func secretInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: secret FILE")
	}
	var env control.Env
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("env.json")), &env))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(env.ChannelSecret+"\n"), 0o600))
}

// noneInScript runs tegata, which must go well and print nothing.
func noneInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: none ARGS…")
	}
	ts.Check(ts.Exec("tegata", args...))
	if printed := ts.ReadFile("stdout"); printed != "" {
		ts.Fatalf("tegata %s printed %q", strings.Join(args, " "), printed)
	}
}

// newestInScript keeps the number of the newest event.
func newestInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: newest NAME")
	}
	ts.Check(ts.Exec("tegata", "events", "tail", "--no-follow", "--last", "1", "--json"))
	var e control.Event
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &e))
	ts.Setenv(args[0], strconv.FormatInt(e.Seq, 10))
}

// storyInScript does what draws random bytes and makes keys, and writes down what came of it.
// The tokens have the scope openid alone, since the URL of a picture has the port in it.
func storyInScript(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: story FILE")
	}
	var told strings.Builder
	tell := func(command string) {
		ts.Check(ts.Exec("tegata", strings.Fields(command)...))
		told.WriteString("tegata " + command + "\n" + ts.ReadFile("stdout"))
	}
	for _, mint := range []string{
		"", " --user taro --nonce n-1 --age 2h", " --alg HS256", " --wrong foreign-key", " --wrong altered", " --kind access --user mei",
		" --kind access --liff 2000000001-demo0001", " --kind refresh", " --kind access --wrong revoked",
	} {
		tell("token mint --scope openid" + mint)
	}
	revoked := ts.MkAbs("revoked.txt")
	ts.Check(os.WriteFile(revoked, []byte(ts.ReadFile("stdout")), 0o600))
	for range 2 {
		if ts.Exec("tegata", "token", "verify", "--kind", "access", "--file", revoked) == nil {
			ts.Fatalf("a revoked token was taken")
		}
	}
	tell("trigger keys-rotated")
	tell("clock advance 1h")
	tell("token mint --scope openid")
	tell("token mint --scope openid --kind access")
	tell("user create --email sakura@example.com --name Sakura --json")
	tell("keys list --json")
	tell("events tail --no-follow --last 200 --json")
	if strings.Count(told.String(), `"seq":`) < 2 {
		ts.Fatalf("the story has no events:\n%s", told.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(told.String()), 0o600))
}
