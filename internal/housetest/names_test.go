package housetest_test

import (
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// vague are names that say nothing about a duty.
var vague = []string{
	"util", "utils", "common", "helper", "helpers", "misc", "type", "types", "model", "models",
	"base", "core", "manager", "managers", "pkg", "lib", "shared", "internal", "stuff", "tools", "impl",
}

// standardNames asks the go command for the last elements of the standard library's
// public import paths.
func standardNames(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "std").Output()
	if err != nil {
		t.Fatalf("go list std: %v", err)
	}
	var names []string
	for _, p := range strings.Fields(string(out)) {
		if !strings.Contains("/"+p+"/", "/internal/") && !strings.HasPrefix(p, "vendor/") {
			names = append(names, path.Base(p))
		}
	}
	return names
}

// checkNames refuses package names that say nothing, that shadow the standard
// library, that differ from their folder or that are not one lower-case word.
func checkNames(files []*file, standard []string) []finding {
	const rule = "package name"
	var all []finding
	seen := map[string]bool{}
	for _, f := range files {
		if !f.isGo() || strings.Contains(f.path, "testdata/") {
			continue
		}
		name := strings.TrimSuffix(f.ast.Name.Name, "_test")
		if key := f.dir() + " " + name; seen[key] || name == "main" {
			continue
		} else {
			seen[key] = true
		}
		place := f.dir() + " (package " + name + ")"
		switch {
		case slices.Contains(vague, name):
			all = append(all, found(rule, place, "the name says nothing of its duty: name what it owns"))
		case slices.Contains(standard, name):
			all = append(all, found(rule, place, "the standard library has a package of this name: importers would need aliases; choose another"))
		case strings.ToLower(name) != name || strings.ContainsAny(name, "_"):
			all = append(all, found(rule, place, "a package name is one lower-case noun"))
		case f.dir() != "." && path.Base(f.dir()) != name:
			all = append(all, found(rule, place, "the package is called otherwise than its folder: give both one name"))
		}
	}
	return all
}

func TestNames(t *testing.T) {
	t.Parallel()
	report(t, checkNames(tree(t), standardNames(t)))
}
