package recipetest_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// built is what TestMain makes once for all tests.
var built struct {
	tegata string // the binary
	python string // with what python/requirements.txt names
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tegata-recipetest")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "recipetest:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "recipetest:", err)
	}
	os.Exit(code)
}

// prepare looks for what the recipes are run with, and builds the binary.
func prepare(dir string) error {
	built.python = os.Getenv("RECIPETEST_PYTHON")
	if built.python == "" {
		return errors.New("RECIPETEST_PYTHON is not set: name a Python that has what python/requirements.txt says (./test.sh makes one)")
	}
	if _, err := os.Stat("npm/node_modules"); err != nil {
		return errors.New("the npm packages are not installed: run npm ci in internal/recipetest/npm (./test.sh does)")
	}
	built.tegata = filepath.Join(dir, "tegata")
	cmd := exec.Command("go", "build", "-o", built.tegata, "./cmd/tegata")
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}
