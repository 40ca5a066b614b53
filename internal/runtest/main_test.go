package runtest_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// built is what TestMain makes once for all tests.
var built struct {
	tegata   string
	goServer string
	python   string
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tegata-runtest")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "runtest:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "runtest:", err)
	}
	os.Exit(code)
}

// prepare builds what is run, and looks for what must be installed.
func prepare(dir string) error {
	if _, err := os.Stat("npm/node_modules/axios"); err != nil {
		return errors.New("the npm packages are not installed: run npm ci in internal/runtest/npm (./test.sh does)")
	}
	var err error
	if built.python, err = filepath.Abs("python/venv/bin/python"); err != nil {
		return err
	}
	if _, err := os.Stat(built.python); err != nil {
		return errors.New("Python's packages are not installed: ./test.sh does it, in internal/runtest/python/venv")
	}
	for _, name := range []string{"curl", "php", "script"} {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%w: install it (Debian: curl, php-cli with php-curl, bsdutils)", err)
		}
	}
	built.tegata, built.goServer = filepath.Join(dir, "tegata"), filepath.Join(dir, "goserver")
	for out, pkg := range map[string]string{built.tegata: "../../cmd/tegata", built.goServer: "./testdata/goserver"} {
		cmd := exec.Command("go", "build", "-o", out, pkg)
		if text, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, text)
		}
	}
	return nil
}
