package housetest_test

import (
	"go/ast"
	"path"
	"slices"
	"testing"
)

// Limits of size, in lines.
const (
	maxFile    = 500 // shipped Go, TypeScript, styles, templates, scripts
	maxTest    = 800 // a test file, whose tables may be long
	maxFunc    = 100
	maxPackage = 2500 // shipped Go of one package
)

// handWritten are the kinds of file whose size is bounded.
var handWritten = []string{".go", ".ts", ".mts", ".mjs", ".css", ".tmpl", ".sh"}

// checkSizes bounds files, functions and packages.
func checkSizes(files []*file) []finding {
	var all []finding
	packageLines := map[string]int{}
	for _, f := range files {
		if f.built() || !slices.Contains(handWritten, path.Ext(f.path)) {
			continue
		}
		limit := maxFile
		if f.isTest() {
			limit = maxTest
		} else if f.isGo() && !f.forTests() {
			packageLines[f.dir()] += f.lines()
		}
		if f.lines() > limit {
			all = append(all, found("file size", f.path, "%d lines, at most %d may be: split it by duty", f.lines(), limit))
		}
		if f.isGo() {
			all = append(all, longFunctions(f)...)
		}
	}
	for dir, lines := range packageLines {
		if lines > maxPackage {
			all = append(all, found("package size", dir, "%d lines of shipped Go, at most %d may be: split the package by duty", lines, maxPackage))
		}
	}
	return all
}

// longFunctions finds the functions of a file that are too long; a function literal
// counts as part of the function around it.
func longFunctions(f *file) []finding {
	var all []finding
	for _, d := range f.ast.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		n := f.fset.Position(fn.End()).Line - f.fset.Position(fn.Pos()).Line + 1
		if n > maxFunc {
			all = append(all, found("function size", f.at(fn.Pos()), "%s has %d lines, at most %d may be: name its steps and make them functions", fn.Name.Name, n, maxFunc))
		}
	}
	return all
}

func TestSizes(t *testing.T) {
	t.Parallel()
	report(t, checkSizes(tree(t)))
}
