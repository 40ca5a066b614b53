package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestDevScripts runs tegata dev by the scripts of testdata/dev. Beside testscript's own
// commands they have:
//
//	dev ARGS…            starts tegata dev with ARGS on free ports, waits until it is ready
//	                     and ends it as Ctrl-C does; what it told is then in the file told,
//	                     what it printed in env.json
//	refused CODE ARGS…   runs tegata with ARGS, which must end with that exit code
func TestDevScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "dev"),
		Setup: func(e *testscript.Env) error {
			for name, folder := range map[string]string{"XDG_RUNTIME_DIR": "run", "CONFIGURATION_DIRECTORY": "config", "STATE_DIRECTORY": "state"} {
				dir := filepath.Join(e.WorkDir, folder)
				e.Setenv(name, dir)
				if err := os.Mkdir(dir, 0o700); err != nil {
					return err
				}
			}
			e.Values[devEnv{}] = slices.Clone(e.Vars)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"dev": scriptDev,
			"refused": func(ts *testscript.TestScript, _ bool, args []string) {
				var ended *exec.ExitError
				err := ts.Exec("tegata", args[1:]...)
				if !errors.As(err, &ended) || strconv.Itoa(ended.ExitCode()) != args[0] {
					ts.Fatalf("tegata %s: %v, want exit code %s", strings.Join(args[1:], " "), err, args[0])
				}
			},
		},
	})
}

// devEnv is the key of the environment that a script begins with.
type devEnv struct{}

func scriptDev(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command("tegata", append([]string{"dev", "--json", "--listen", "127.0.0.1:0", "--log-level", "error"}, args...)...)
	cmd.Dir, cmd.Env = ts.MkAbs("."), ts.Value(devEnv{}).([]string)
	told, err := os.Create(ts.MkAbs("told"))
	ts.Check(err)
	defer func() { ts.Check(told.Close()) }()
	cmd.Stderr = told
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		_ = cmd.Wait()
		text, _ := os.ReadFile(ts.MkAbs("told"))
		ts.Fatalf("tegata dev %s did not become ready: %v\n%s", strings.Join(args, " "), err, text)
	}
	ts.Check(os.WriteFile(ts.MkAbs("env.json"), line, 0o600))
	ts.Check(cmd.Process.Signal(os.Interrupt))
	_, _ = io.Copy(io.Discard, out)
	ts.Check(cmd.Wait())
}
