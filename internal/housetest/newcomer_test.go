package housetest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNewcomer makes a module that imports the library and nothing else: its go.mod names
// this module alone, and what it links is this module and the standard library.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/newcomer\n\ngo 1.26.4\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n",
		"main.go": `package main

import (
	"net/http"

	"` + module + `"
	"` + module + `/tegatahttp"
)

func main() {
	v, err := tegata.New(tegata.Config{ChannelID: "2000000001"})
	if err != nil {
		panic(err)
	}
	http.Handle("/", tegatahttp.IDToken(v)(http.NotFoundHandler()))
}
`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("mod", "tidy")
	run("build", "./...")
	mod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(mod), "// indirect") || strings.Count(string(mod), " v") != 1 {
		t.Errorf("go.mod of a module that imports the library alone:\n%s", mod)
	}
	for line := range strings.Lines(run("list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./...")) {
		if path := strings.TrimSpace(line); path != "" && path != "example.com/newcomer" && !under(path, module) {
			t.Errorf("it links %s", path)
		}
	}
}
