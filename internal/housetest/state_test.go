package housetest_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// constantCalls are functions whose result never changes, so that a package variable
// may hold it. A key ending in a dot stands for everything in that package.
var constantCalls = []string{
	"errors.New", "fmt.Errorf", "regexp.MustCompile", "strings.NewReplacer", "language.", "catalog.",
	"netip.MustParsePrefix", "netip.MustParseAddr", "big.NewInt", "elliptic.P256", "template.Must", "template.New",
	"sync.OnceValue", "sync.OnceValues", "slices.Concat", "maps.Clone", "reflect.TypeFor", "reflect.TypeOf", "time.Date",
	"base64.", "hex.", "encoding.EncodedLen", "encoding.DecodedLen", "must", "append", "slices.Clone", "[]byte", "len", "string", "make", "new",
}

// checkState refuses init functions and package variables that can change: two
// instances in one process must be able to differ.
func checkState(files []*file) []finding {
	var all []finding
	byDir := map[string][]*file{}
	for _, f := range files {
		if f.isGo() && !strings.Contains(f.path, "testdata/") {
			byDir[f.dir()+" "+f.ast.Name.Name] = append(byDir[f.dir()+" "+f.ast.Name.Name], f)
		}
	}
	for _, pkg := range byDir {
		vars := map[string]bool{}
		for _, f := range pkg {
			for _, d := range f.ast.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					if d.Recv == nil && d.Name.Name == "init" {
						all = append(all, found("no init", f.at(d.Pos()), "do the work in New, or where the value is used"))
					}
				case *ast.GenDecl:
					if d.Tok == token.VAR {
						all = append(all, checkVars(f, d, vars)...)
					}
				}
			}
		}
		for _, f := range pkg {
			all = append(all, changes(f, vars)...)
		}
	}
	return all
}

// checkVars looks at one var declaration of a package and notes its names.
func checkVars(f *file, d *ast.GenDecl, vars map[string]bool) []finding {
	const rule, fix = "no changing package variable", "make it a constant, a field of the struct that New returns, or a local"
	var all []finding
	for _, spec := range d.Specs {
		v := spec.(*ast.ValueSpec)
		if embedded(d, v) || v.Names[0].Name == "_" {
			continue
		}
		for _, n := range v.Names {
			vars[n.Name] = true
		}
		name := v.Names[0].Name
		if len(v.Values) == 0 {
			// A group of tests may hold what TestMain sets up once for all of them.
			if !f.forTests() {
				all = append(all, found(rule, f.at(v.Pos()), "%s has no value yet, so something must change it: %s", name, fix))
			}
			continue
		}
		for _, value := range v.Values {
			if why := unstable(value); why != "" && !f.forTests() {
				all = append(all, found(rule, f.at(value.Pos()), "%s holds %s: %s", name, why, fix))
			}
		}
	}
	return all
}

// embedded says whether a variable is filled by go:embed.
func embedded(d *ast.GenDecl, v *ast.ValueSpec) bool {
	for _, doc := range []*ast.CommentGroup{d.Doc, v.Doc} {
		if doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") }) {
			return true
		}
	}
	return false
}

// unstable says what makes an initial value one that can change, "" if nothing does.
func unstable(value ast.Expr) string {
	why := ""
	ast.Inspect(value, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			name := exprName(n.Fun)
			ok := slices.ContainsFunc(constantCalls, func(c string) bool {
				return c == name || strings.HasSuffix(c, ".") && strings.HasPrefix(name, c)
			})
			if !ok && why == "" {
				why = "the result of " + name
			}
		case *ast.CompositeLit:
			if name := exprName(n.Type); why == "" && (strings.HasPrefix(name, "sync.") || strings.HasPrefix(name, "atomic.")) {
				why = "a " + name
			}
		}
		return why == ""
	})
	return why
}

// exprName writes a short name of a type or function: pkg.Name, Name, []Name.
func exprName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return exprName(e.X) + "." + e.Sel.Name
	case *ast.StarExpr:
		return exprName(e.X)
	case *ast.IndexExpr:
		return exprName(e.X)
	case *ast.ArrayType:
		return "[]" + exprName(e.Elt)
	case *ast.CallExpr:
		return exprName(e.Fun)
	case *ast.ParenExpr:
		return exprName(e.X)
	}
	return "an expression"
}

// changes finds what writes to a package variable: an assignment to it, to an element
// or to a field, ++, delete, clear, or taking its address.
func changes(f *file, vars map[string]bool) []finding {
	var all []finding
	hit := func(e ast.Expr) {
		if id := rootIdent(e); id != nil && vars[id.Name] && packageLevel(id) && !f.forTests() {
			all = append(all, found("no changing package variable", f.at(e.Pos()), "%s changes here: keep it in a field, so that two instances can differ", id.Name))
		}
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, l := range n.Lhs {
					hit(l)
				}
			}
		case *ast.IncDecStmt:
			hit(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				if _, literal := n.X.(*ast.CompositeLit); !literal {
					hit(n.X)
				}
			}
		case *ast.CallExpr:
			if name := exprName(n.Fun); (name == "delete" || name == "clear") && len(n.Args) > 0 {
				hit(n.Args[0])
			}
		}
		return true
	})
	return all
}

// rootIdent finds the variable at the bottom of x.y[z].
func rootIdent(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// packageLevel tells a package variable from a local of the same name: the parser
// resolves locals to the place where they are declared inside a function.
func packageLevel(id *ast.Ident) bool {
	if id.Obj == nil {
		return true // declared in another file of the package
	}
	spec, ok := id.Obj.Decl.(*ast.ValueSpec)
	if !ok {
		return false
	}
	return spec.Pos().IsValid() && id.Obj.Kind == ast.Var && id.Obj.Data == 0
}

func TestState(t *testing.T) {
	t.Parallel()
	report(t, checkState(tree(t)))
}
