package recipetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// browserRecipes is the file of the page that runs in a browser.
const browserRecipes = "app.spec.ts"

// TestPlaywright runs the recipes of the browser in a project that has our package as npm
// packs it.
func TestPlaywright(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal(err)
	}
	k := newKitchen(t, "server.mjs", browserRecipes)
	for _, name := range []string{"app.ts", "page.js", "playwright.config.ts"} {
		text, err := os.ReadFile(filepath.Join("testdata", "app", name))
		if err != nil {
			t.Fatal(err)
		}
		k.write(t, name, string(text))
	}
	k.write(t, "package.json", `{"type": "module"}`)
	k.installed(t)
	// The workers start platforms of their own.
	k.env = append(without(k.env, "TEGATA_", "LINE_"), "TEGATA_BIN="+built.tegata, "CHROMIUM="+chromium)
	out, err := k.run(t, "node", "node_modules/@playwright/test/cli.js", "test")
	if err != nil || !strings.Contains(out, "5 passed") {
		t.Errorf("%v, want five recipes that hold\n%s", err, out)
	}
}

// installed lays out node_modules: our package as it would be published, and beside it
// what the package and the recipes of JavaScript are tested with.
func (k *kitchen) installed(t *testing.T) {
	t.Helper()
	modules := filepath.Join(k.folder, "node_modules")
	if err := os.Mkdir(modules, 0o700); err != nil {
		t.Fatal(err)
	}
	ours, err := filepath.Abs("../../web/playwright")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{filepath.Join(ours, "node_modules"), "npm/node_modules"} {
		folder, err := filepath.Abs(folder)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatalf("%v: run npm ci there (./test.sh does)", err)
		}
		for _, e := range entries {
			to := filepath.Join(modules, e.Name())
			if _, err := os.Lstat(to); err == nil || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			if err := os.Symlink(filepath.Join(folder, e.Name()), to); err != nil {
				t.Fatal(err)
			}
		}
	}
	if out, err := k.run(t, "npm", "pack", "--silent", "--pack-destination", k.folder, ours); err != nil {
		t.Fatalf("npm pack: %v\n%s", err, out)
	}
	packed, err := filepath.Glob(filepath.Join(k.folder, "tegata-playwright-*.tgz"))
	if err != nil || len(packed) != 1 {
		t.Fatalf("npm pack made %q, %v", packed, err)
	}
	if out, err := k.run(t, "sh", "-c", `tar xzf "$0" && mv package node_modules/tegata-playwright`, packed[0]); err != nil {
		t.Fatalf("unpack: %v\n%s", err, out)
	}
}

// without returns an environment without the variables of the prefixes.
func without(env []string, prefixes ...string) []string {
	var out []string
	for _, v := range env {
		keep := true
		for _, p := range prefixes {
			keep = keep && !strings.HasPrefix(v, p)
		}
		if keep {
			out = append(out, v)
		}
	}
	return out
}
