package housetest_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the path of the module whose house this is.
const module = "github.com/tegata-id/tegata"

// file is one file of the tree, read once.
type file struct {
	path string // relative to the module's root, with slashes
	text []byte
	ast  *ast.File // nil if it is not Go
	fset *token.FileSet
}

// dir is the folder of the file: for Go in this module, its package's path below the
// module, "." for the root.
func (f *file) dir() string { return path.Dir(f.path) }

// isGo tells Go from everything else.
func (f *file) isGo() bool { return f.ast != nil }

// isTest tells the files of tests.
func (f *file) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// kits are packages of tests that other packages' tests run. They may do what tests
// may; what they export is documented all the same.
var kits = []string{"store/storetest", "store/postgres/pgtest", "store/internal/faulty", "platform/internal/issue/issuetest", "internal/wrongtoken", "internal/stage"}

// forTests tells the files that never reach a user's binary: tests and kits of tests.
func (f *file) forTests() bool { return f.isTest() || slices.Contains(kits, f.dir()) }

// foreign tells the folders with a go.mod of their own, which are never released.
func (f *file) foreign() bool { return under(f.path, "tools") }

// built tells what a program wrote: size and style are its own affair.
func (f *file) built() bool {
	return slices.Contains(strings.Split(f.dir(), "/"), "dist") || f.ast != nil && ast.IsGenerated(f.ast)
}

// at names a place in the file.
func (f *file) at(pos token.Pos) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(pos).Line)
}

// lines counts the lines of the file.
func (f *file) lines() int { return bytes.Count(f.text, []byte("\n")) }

// under says whether p is the folder or inside it.
func under(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

// finding is one broken rule.
type finding struct{ rule, place, fix string }

func (f finding) String() string { return f.rule + ": " + f.place + ": " + f.fix }

// found makes a finding; fix says what to do.
func found(rule, place, fix string, args ...any) finding {
	return finding{rule: rule, place: place, fix: fmt.Sprintf(fix, args...)}
}

// report fails t with every finding.
func report(t *testing.T, all []finding) {
	t.Helper()
	for _, f := range all {
		t.Error(f)
	}
}

// parseFile reads one file; what ends in .go must be Go.
func parseFile(name string, text []byte) (*file, error) {
	f := &file{path: name, text: text, fset: token.NewFileSet()}
	if !strings.HasSuffix(name, ".go") {
		return f, nil
	}
	var err error
	f.ast, err = parser.ParseFile(f.fset, name, text, parser.ParseComments)
	return f, err
}

// root is the folder with go.mod.
const root = "../.."

// extensions are the kinds of text that the rules read.
var extensions = []string{
	".go", ".ts", ".mts", ".js", ".mjs", ".css", ".tmpl", ".html", ".svg", ".sh", ".sql",
	".md", ".yaml", ".yml", ".json", ".txtar", ".mod", ".txt",
}

// readTree reads every text file of the tree, and the names of the others.
var readTree = sync.OnceValues(func() ([]*file, error) {
	var files []*file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		name := filepath.ToSlash(rel)
		if d.IsDir() {
			if d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "venv" || name == "dist" {
				return filepath.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		var text []byte
		if slices.Contains(extensions, path.Ext(name)) || under(name, ".ci") {
			if text, err = os.ReadFile(p); err != nil {
				return err
			}
		}
		f, err := parseFile(name, text)
		if err != nil {
			return fmt.Errorf("parse %s: %w", name, err)
		}
		files = append(files, f)
		return nil
	})
	return files, err
})

// tree returns the files of the house.
func tree(t *testing.T) []*file {
	t.Helper()
	files, err := readTree()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no files found: housetest must stand two folders below go.mod")
	}
	return files
}

// packages returns the folders of this module that hold Go files.
func packages(files []*file) []string {
	var dirs []string
	for _, f := range files {
		if f.isGo() && !f.foreign() && !strings.Contains(f.path, "testdata/") {
			dirs = append(dirs, f.dir())
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}
