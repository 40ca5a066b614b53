package housetest_test

import (
	"go/ast"
	"path"
	"slices"
	"strings"
	"testing"
)

// minPackageWords is how much a package comment must say: what it owns and what it
// leaves to others does not fit into less.
const minPackageWords = 20

// checkPackageComments wants a doc.go in every package, and a comment on every command.
func checkPackageComments(files []*file) []finding {
	const rule = "package comment"
	comments := map[string]string{} // of each package, from doc.go; of a command, from any file
	commands := map[string]bool{}
	for _, f := range files {
		if !f.isGo() || f.isTest() {
			continue
		}
		if f.ast.Name.Name == "main" {
			commands[f.dir()] = true
		}
		if f.ast.Doc != nil && (path.Base(f.path) == "doc.go" || f.ast.Name.Name == "main") {
			comments[f.dir()] += f.ast.Doc.Text()
		}
	}
	var all []finding
	for _, dir := range packages(files) {
		text, start := comments[dir], "Package "+path.Base(dir)+" "
		if dir == "." {
			start = "Package " + path.Base(module) + " "
		}
		if commands[dir] {
			start = "Command " + path.Base(dir) + " "
		}
		switch {
		case text == "":
			all = append(all, found(rule, dir, "there is none: write doc.go (of a command: above package main) beginning with %q that says what the package owns and what it leaves to others", start))
		case !strings.HasPrefix(strings.ReplaceAll(text, "\n", " "), start):
			all = append(all, found(rule, dir, "it must begin with %q", start))
		case len(strings.Fields(text)) < minPackageWords:
			all = append(all, found(rule, dir, "it says too little (%d words): what does the package own, what does it leave to others?", len(strings.Fields(text))))
		}
	}
	return all
}

// checkDocComments wants a comment on everything exported that begins with its name.
func checkDocComments(files []*file) []finding {
	var all []finding
	for _, f := range files {
		if !f.isGo() || f.isTest() || f.built() || strings.Contains(f.path, "testdata/") {
			continue
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) {
					all = append(all, wantComment(f, d.Name, d.Doc)...)
				}
			case *ast.GenDecl:
				all = append(all, declComments(f, d)...)
			}
		}
	}
	return all
}

// declComments checks types, constants and variables. In a group the comment of the
// group or one at the end of the line is enough for a constant or a variable.
func declComments(f *file, d *ast.GenDecl) []finding {
	var all []finding
	for _, s := range d.Specs {
		switch s := s.(type) {
		case *ast.TypeSpec:
			doc := s.Doc
			if doc == nil && !d.Lparen.IsValid() {
				doc = d.Doc
			}
			if s.Name.IsExported() {
				all = append(all, wantComment(f, s.Name, doc)...)
			}
		case *ast.ValueSpec:
			grouped := d.Lparen.IsValid() && (d.Doc != nil || s.Doc != nil || s.Comment != nil)
			i := slices.IndexFunc(s.Names, (*ast.Ident).IsExported)
			if i >= 0 && !grouped {
				all = append(all, wantComment(f, s.Names[i], d.Doc)...)
			}
		}
	}
	return all
}

// exportedReceiver says whether a method belongs to an exported type; a function does.
func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return true
	}
	t := fn.Recv.List[0].Type
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

// wantComment wants a comment that begins with the name, an article before it allowed.
func wantComment(f *file, name *ast.Ident, doc *ast.CommentGroup) []finding {
	text := ""
	if doc != nil {
		text = doc.Text()
	}
	words := strings.Fields(text)
	if len(words) > 0 && slices.Contains([]string{"A", "An", "The"}, words[0]) {
		words = words[1:]
	}
	if len(words) > 1 && strings.TrimSuffix(strings.TrimRight(words[0], ",:;"), "'s") == name.Name {
		return nil
	}
	return []finding{found("doc comment", f.at(name.Pos()), "%s is exported and has no comment beginning with its name: tell the caller what goes in and out, what the zero value means, which error comes back, whether many goroutines may call it; or do not export it", name.Name)}
}

func TestComments(t *testing.T) {
	t.Parallel()
	report(t, checkPackageComments(tree(t)))
	report(t, checkDocComments(tree(t)))
}
