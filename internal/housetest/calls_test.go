package housetest_test

import (
	"go/ast"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// use is one mention of a function of another package in a file.
type use struct {
	name   string // as package.Name
	place  string
	called bool // not merely passed on as a value
}

// uses lists what a file mentions of the packages named, under their last element.
func uses(f *file, pkgs ...string) []use {
	local := map[string]string{} // name in the file -> package
	for _, s := range f.ast.Imports {
		p, _ := strconv.Unquote(s.Path.Value)
		if !slices.Contains(pkgs, p) {
			continue
		}
		name := path.Base(p)
		if s.Name != nil {
			name = s.Name.Name
		}
		local[name] = path.Base(p)
	}
	var all []use
	called := map[ast.Expr]bool{}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			called[n.Fun] = true
		case *ast.SelectorExpr:
			// An identifier that the parser resolved is a local, not a package.
			if id, ok := n.X.(*ast.Ident); ok && local[id.Name] != "" && id.Obj == nil {
				all = append(all, use{local[id.Name] + "." + n.Sel.Name, f.at(n.Pos()), called[n]})
			}
		}
		return true
	})
	return all
}

// checkEnvironment keeps the environment and flags in the commands.
func checkEnvironment(files []*file) []finding {
	reads := []string{"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.Args"}
	var all []finding
	for _, f := range files {
		if !f.isGo() || f.isTest() || f.foreign() || under(f.path, "cmd") || f.ast.Name.Name == "main" {
			continue
		}
		for _, u := range uses(f, "os", "flag") {
			if slices.Contains(reads, u.name) || strings.HasPrefix(u.name, "flag.") {
				all = append(all, found("no environment outside cmd", u.place, "%s: read it in cmd and pass it in as a field of Config", u.name))
			}
		}
	}
	return all
}

// clocked are the packages that decide by wall time, and so never read it themselves.
var clocked = []string{"platform", "store", "internal/jose", "internal/idtoken", "internal/wire", "internal/control", "simulator"}

// clockDefaults are the packages of which the zero Config must work on its own: they
// may name time.Now as the default of a field, and never call it.
var clockDefaults = []string{".", "tegatahttp", "gateway", "audit", "tegatatest", "platform", "simulator", "store/sqlite", "store/postgres", "store/lease"}

// stopwatch has the files that may read the wall clock, with the reason.
var stopwatch = map[string]string{
	"platform/internal/metric/stopwatch.go": "durations of metrics are shown and decide nothing",
}

// checkClock keeps the wall clock out of what decides by time, and sleeping out of everything.
func checkClock(files []*file) []finding {
	const rule = "injected clock"
	var all []finding
	for _, f := range files {
		if !f.isGo() || f.forTests() || f.foreign() || stopwatch[f.path] != "" {
			continue
		}
		decides := slices.ContainsFunc(clocked, func(c string) bool { return under(f.path, c) })
		for _, u := range uses(f, "time") {
			switch {
			case u.name == "time.Sleep":
				all = append(all, found(rule, u.place, "time.Sleep: wait for what happens, with a context and a timer"))
			case u.name == "time.Now" && !u.called && slices.Contains(clockDefaults, f.dir()):
			case decides && slices.Contains([]string{"time.Now", "time.Since", "time.Until"}, u.name):
				all = append(all, found(rule, u.place, "%s: take the time from the Now field that was passed in (for a duration: Now().Sub)", u.name))
			}
		}
	}
	return all
}

// waits has the test files that may skip or sleep, with the reason.
var waits = map[string]string{}

// checkTests refuses tests that do not run and tests that wait for luck. Inside
// testing/synctest a sleep costs no time and is exact.
func checkTests(files []*file) []finding {
	var all []finding
	for _, f := range files {
		if !f.isGo() || !f.forTests() || waits[f.path] != "" {
			continue
		}
		bubble := len(uses(f, "testing/synctest")) > 0
		for _, u := range uses(f, "time") {
			if u.name == "time.Sleep" && !bubble {
				all = append(all, found("no sleep in tests", u.place, "wait for what happens, move the injected clock, or use testing/synctest"))
			}
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, s.Sel.Name) {
				if id, ok := s.X.(*ast.Ident); ok && slices.Contains([]string{"t", "b", "f", "tb"}, id.Name) {
					all = append(all, found("no skipped test", f.at(s.Pos()), "%s.%s: a test that does not run shows nothing; fail loudly and say what is missing", id.Name, s.Sel.Name))
				}
			}
			return true
		})
	}
	return all
}

// checkExceptions refuses exceptions for files that are gone, and ones without a reason.
func checkExceptions(files []*file) []finding {
	var all []finding
	for _, list := range []map[string]string{stopwatch, waits} {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			there := slices.ContainsFunc(files, func(f *file) bool { return f.path == name })
			if !there || len(strings.Fields(list[name])) < 4 {
				all = append(all, found("exception", name, "an exception needs its file and a reason that a reader would accept"))
			}
		}
	}
	return all
}

func TestCalls(t *testing.T) {
	t.Parallel()
	files := tree(t)
	report(t, checkEnvironment(files))
	report(t, checkClock(files))
	report(t, checkTests(files))
	report(t, checkExceptions(files))
}
