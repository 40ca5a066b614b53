package stage

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Built is what the tests of one package share: programs of this machine.
type Built struct {
	Tegata   string // the binary of the command, built for the tests
	Chromium string
}

// Build builds the command of the module at root, a folder, into dir and finds Chromium.
// It fails if npm's packages are not in the folder npm beside the tests.
func Build(root, dir string) (Built, error) {
	if _, err := os.Stat("npm/node_modules"); err != nil {
		return Built{}, errors.New("the npm packages are not installed: run npm ci in the folder npm of this package (./test.sh does)")
	}
	b := Built{Tegata: filepath.Join(dir, "tegata")}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			b.Chromium = p
			break
		}
	}
	if b.Chromium == "" {
		return Built{}, errors.New("no Chromium: install it (Debian: apt-get install chromium), or leave this package out with SKIP_BROWSER=1 ./test.sh")
	}
	return b, Run(root, "go", "build", "-o", b.Tegata, "./cmd/tegata")
}

// Run runs a program in a folder to its end. The error has its output.
func Run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}
