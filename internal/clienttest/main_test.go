package clienttest_test

import (
	"bytes"
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
	tegata   string            // the binary
	chromium string            // Chromium's path
	bundles  map[string]string // by the SDK's name: a script file
}

// sdks are the versions of the LIFF SDK, by their names in npm/package.json.
var sdks = map[string]string{"liff-new": "2.31.0", "liff-old": "2.27.2"}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tegata-clienttest")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clienttest:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, "clienttest:", err)
	}
	os.Exit(code)
}

// prepare builds everything that the tests run.
func prepare(dir string) error {
	if _, err := os.Stat("npm/node_modules"); err != nil {
		return errors.New("the npm packages are not installed: run npm ci in internal/clienttest/npm (./test.sh does)")
	}
	var err error
	if built.chromium, err = lookChromium(); err != nil {
		return err
	}
	built.tegata = filepath.Join(dir, "tegata")
	if err := tool("../..", "go", "build", "-o", built.tegata, "./cmd/tegata"); err != nil {
		return err
	}
	built.bundles = map[string]string{}
	for sdk, version := range sdks {
		manifest, err := os.ReadFile(filepath.Join("npm/node_modules", sdk, "package.json"))
		if err != nil {
			return err
		}
		if !bytes.Contains(manifest, []byte(`"version": "`+version+`"`)) {
			return fmt.Errorf("npm/node_modules/%s is not %s: run npm ci in internal/clienttest/npm", sdk, version)
		}
		out := filepath.Join(dir, sdk+".js")
		if err := tool("npm", "node_modules/.bin/esbuild", "page.js", "--bundle", "--format=iife",
			"--alias:liff-sdk="+sdk, "--log-level=warning", "--outfile="+out); err != nil {
			return err
		}
		built.bundles[sdk] = out
	}
	return nil
}

// tool runs a program in a folder.
func tool(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

// lookChromium finds the browser.
func lookChromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no Chromium: install it (Debian: apt-get install chromium), or leave this package out with SKIP_BROWSER=1 ./test.sh")
}
