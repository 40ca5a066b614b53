package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// TestStorage runs the real command by the scripts of testdata/storage. Beside
// testscript's own commands and variables they have:
//
//	refused CODE ARGS…   runs tegata with ARGS, which must end with that exit code
//	serve ARGS…          starts tegata serve with ARGS and waits until it is ready; the
//	                     commands that ask a service then ask this one, with an admin
//	                     token that is made at the first start
//	end                  ends it, as systemd does
//	breakoff ARGS…       runs tegata with ARGS and interrupts it as soon as it says
//	                     something; it must end with exit code 130
//	damage FILE          overwrites 4 KiB in the middle of a file with zero
//	$PG, $PG2            the URLs of two empty databases
//
// Of PostgreSQL's programs they need pg_dump and pg_restore.
func TestStorage(t *testing.T) {
	t.Parallel()
	server, err := pgtest.Start(os.Getenv("TEGATA_TEST_POSTGRES"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "storage"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PG", server.Database(t))
			e.Setenv("PG2", server.Database(t))
			for name, folder := range map[string]string{"XDG_RUNTIME_DIR": "run", "CONFIGURATION_DIRECTORY": "config", "STATE_DIRECTORY": "state"} {
				dir := filepath.Join(e.WorkDir, folder)
				e.Setenv(name, dir)
				if err := os.Mkdir(dir, 0o700); err != nil {
					return err
				}
			}
			e.Values[sceneKey{}] = &scene{env: slices.Clone(e.Vars)}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"refused":  scriptRefused,
			"serve":    scriptServe,
			"end":      scriptEnd,
			"breakoff": scriptBreakOff,
			"damage":   scriptDamage,
		},
	})
}

// scene is what a script of TestStorage keeps beside its files.
type scene struct {
	env   []string
	serve *exec.Cmd // nil if none runs
}

type sceneKey struct{}

func scriptRefused(ts *testscript.TestScript, _ bool, args []string) {
	var ended *exec.ExitError
	err := ts.Exec("tegata", args[1:]...)
	if !errors.As(err, &ended) || strconv.Itoa(ended.ExitCode()) != args[0] {
		ts.Fatalf("tegata %s: %v, want exit code %s", strings.Join(args[1:], " "), err, args[0])
	}
}

func scriptServe(ts *testscript.TestScript, _ bool, args []string) {
	here := ts.Value(sceneKey{}).(*scene)
	args = append([]string{
		"serve", "--json", "--base-url", base, "--proxy-trusted", "127.0.0.1", "--log-level", "warn",
		"--listen", "127.0.0.1:0", "--management-listen", "127.0.0.1:0",
	}, args...)
	cmd := exec.Command("tegata", args...)
	cmd.Dir, cmd.Env, cmd.Stderr = ts.MkAbs("."), here.env, ts.Stderr()
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	here.serve = cmd
	ts.Defer(func() {
		if here.serve == cmd { // the script has failed
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	ts.Check(err)
	var ready started
	ts.Check(json.Unmarshal(line, &ready))
	ts.Setenv("TEGATA_URL", ready.Management)
	if ready.FirstToken == "" {
		return
	}
	first := exec.Command("tegata", "admin", "token", "create", "--name", "script", "--url", ready.Management, "--token", ready.FirstToken)
	first.Env = here.env
	token, err := first.Output()
	ts.Check(err)
	ts.Setenv("TEGATA_ADMIN_TOKEN", strings.TrimSpace(string(token)))
}

func scriptEnd(ts *testscript.TestScript, _ bool, _ []string) {
	here := ts.Value(sceneKey{}).(*scene)
	cmd := here.serve
	here.serve = nil
	ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	ts.Check(cmd.Wait())
}

// interrupter is a Ctrl-C after the first word.
type interrupter struct {
	io.Writer
	interrupt func()
}

func (i interrupter) Write(p []byte) (int, error) {
	i.interrupt()
	return i.Writer.Write(p)
}

// scriptBreakOff runs the command in this process, so that the interruption comes before
// anything that follows.
func scriptBreakOff(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var talk strings.Builder
	if code := run(ctx, args, io.Discard, interrupter{&talk, cancel}); code != 130 {
		ts.Fatalf("tegata %s: exit code %d, want 130\n%s", strings.Join(args, " "), code, talk.String())
	}
	ts.Logf("%s", talk.String())
	if !strings.Contains(talk.String(), "the same command again goes on") {
		ts.Fatalf("it does not say how to go on")
	}
}

func scriptDamage(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	content := []byte(ts.ReadFile(name))
	clear(content[8*4096 : 9*4096])
	ts.Check(os.WriteFile(name, content, 0o600))
}
