package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/tegata-id/tegata/store/postgres/pgtest"
)

// TestPointInTime runs the real command on a server that goes back in time. Beside the
// commands of TestStorage, scripts have:
//
//	basebackup  copies the files of the server while it runs
//	moment      remembers the time
//	recover     puts the copy in the place of the files and goes on to that time
//
// It needs PostgreSQL's programs on this machine, also where other tests use a server that
// runs elsewhere.
func TestPointInTime(t *testing.T) {
	t.Parallel()
	server, err := pgtest.StartArchiving()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	var moment time.Time
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "pointintime"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("PG", server.Database(t))
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
			"serve":      scriptServe,
			"end":        scriptEnd,
			"basebackup": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(server.BaseBackup()) },
			"moment": func(ts *testscript.TestScript, _ bool, _ []string) {
				var err error
				moment, err = server.Moment(t.Context())
				ts.Check(err)
			},
			"recover": func(ts *testscript.TestScript, _ bool, _ []string) { ts.Check(server.Recover(t.Context(), moment)) },
		},
	})
}
