package housetest_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// compatibility is the page that says what the platform has of LINE's API; contents is the
// one from which every page of docs is found.
const (
	compatibility = "docs/compatibility.md"
	contents      = "docs/README.md"
)

var (
	codeSpan   = regexp.MustCompile("`([^`]+)`")
	goTest     = regexp.MustCompile(`^([a-z0-9]+)\.((?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9]*)(?:/(.+))?$`)
	bareTest   = regexp.MustCompile(`^(?:Test|Fuzz|Benchmark)[A-Z][A-Za-z0-9]*(?:/.*)?$`)
	clientTest = regexp.MustCompile(`^([a-z]+\.test\.mjs)(?:/(.+))?$`)
	wireScript = regexp.MustCompile(`^wire/[a-z0-9]+\.txt$`)
	mdLink     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading    = regexp.MustCompile(`^#+ (.+)`)
	notInLink  = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// proofs is what the pages of docs may refer to.
type proofs struct {
	tests   map[string]bool   // package.TestName
	strings map[string]string // package: its tests' string literals, each between newlines
	shared  string            // those of the kits of tests
	client  map[string]string // tests of the open client: name of the file to its text
	scripts []string          // wire/name.txt
	paths   []string          // of LINE's API, by package wire
}

// collect reads what there is to refer to.
func collect(files []*file) proofs {
	p := proofs{tests: map[string]bool{}, strings: map[string]string{}, client: map[string]string{}}
	for _, f := range files {
		switch {
		case f.isGo() && f.forTests():
			p.addGo(f)
		case f.path == "internal/wire/path.go":
			p.paths = slices.DeleteFunc(literals(f), func(s string) bool { return !strings.HasPrefix(s, "/") })
		case strings.HasPrefix(f.path, "web/liff/test/"):
			p.client[path.Base(f.path)] = string(f.text)
		case path.Dir(f.path) == "platform/testdata/wire":
			p.scripts = append(p.scripts, "wire/"+path.Base(f.path))
		}
	}
	return p
}

func (p *proofs) addGo(f *file) {
	all := "\n" + strings.Join(literals(f), "\n") + "\n"
	if !f.isTest() {
		p.shared += all
		return
	}
	name := path.Base(f.dir())
	if name == "." {
		name = "tegata"
	}
	p.strings[name] += all
	for _, d := range f.ast.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
			p.tests[name+"."+fn.Name.Name] = true
		}
	}
}

// literals returns the texts of a file's string literals.
func literals(f *file) []string {
	var all []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if s, err := strconv.Unquote(lit.Value); err == nil {
				all = append(all, s)
			}
		}
		return true
	})
	return all
}

// look says whether a code span refers to a test, and if it does, why that is not there.
func (p *proofs) look(span string) (refers bool, why string) {
	switch {
	case goTest.MatchString(span):
		m := goTest.FindStringSubmatch(span)
		if !p.tests[m[1]+"."+m[2]] {
			return true, "no package " + m[1] + " has this test"
		}
		for part := range strings.SplitSeq(m[3], "/") {
			if m[3] != "" && !strings.Contains(p.strings[m[1]]+p.shared, "\n"+part+"\n") {
				return true, "no case of this name is in the tests of " + m[1]
			}
		}
		return true, ""
	case bareTest.MatchString(span):
		return true, "say which package: package.TestName"
	case clientTest.MatchString(span):
		m := clientTest.FindStringSubmatch(span)
		if text, ok := p.client[m[1]]; !ok || !strings.Contains(text, m[2]) {
			return true, "the open client has no such test"
		}
		return true, ""
	case wireScript.MatchString(span):
		if !slices.Contains(p.scripts, span) {
			return true, "platform/testdata has no such script"
		}
		return true, ""
	}
	return false, ""
}

// prose calls f with the number and the text of every line that is no code.
func prose(page *file, f func(n int, line string)) {
	n, fenced := 0, false
	for line := range strings.Lines(string(page.text)) {
		n++
		if fenced = fenced != strings.HasPrefix(line, "```"); !fenced {
			f(n, line)
		}
	}
}

// targets are the paths of a tree that a link may lead to, and the headings of its pages
// as "page#heading".
func targets(files []*file) map[string]bool {
	there := map[string]bool{".": true}
	for _, f := range files {
		for at := f.path; at != "."; at = path.Dir(at) {
			there[at] = true
		}
		if path.Ext(f.path) != ".md" {
			continue
		}
		prose(f, func(_ int, line string) {
			if m := heading.FindStringSubmatch(line); m != nil {
				name := notInLink.ReplaceAllString(strings.ToLower(strings.TrimSpace(m[1])), "")
				there[f.path+"#"+strings.ReplaceAll(name, " ", "-")] = true
			}
		})
	}
	return there
}

// checkDocs looks at what pages name: tests, files and headings that exist, on the page of
// contents every page of docs, and on the page of compatibility a test for all that the
// platform is said to have, every path of LINE's API that it answers, and every script.
func checkDocs(files []*file) []finding {
	p, there, listed := collect(files), targets(files), ""
	for _, f := range files {
		if f.path == contents {
			listed = string(f.text)
		}
	}
	var all []finding
	for _, f := range files {
		if path.Ext(f.path) != ".md" {
			continue
		}
		prose(f, func(n int, line string) {
			all = append(all, p.checkLine(f.path, f.path+":"+strconv.Itoa(n), line, there)...)
		})
		if listed != "" && f.path != contents && path.Dir(f.path) == "docs" && !strings.Contains(listed, "]("+path.Base(f.path)+")") {
			all = append(all, found("page of contents", contents, "does not name %s", f.path))
		}
		if f.path == compatibility {
			for _, want := range slices.Concat(p.paths, p.scripts) {
				if !strings.Contains(string(f.text), want) {
					all = append(all, found("page of compatibility", f.path, "does not speak of %s", want))
				}
			}
		}
	}
	return all
}

func (p *proofs) checkLine(page, place, line string, there map[string]bool) []finding {
	var all []finding
	proved := false
	for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
		refers, why := p.look(m[1])
		proved = proved || refers
		if why != "" {
			all = append(all, found("page names a test", place, "%s: %s", m[1], why))
		}
	}
	for _, m := range mdLink.FindAllStringSubmatch(line, -1) {
		if target, part, _ := strings.Cut(m[1], "#"); !strings.Contains(target, "://") {
			at := page
			if target != "" {
				at = path.Join(path.Dir(page), target)
			}
			if !there[at] || part != "" && path.Ext(at) == ".md" && !there[at+"#"+part] {
				all = append(all, found("page links to a file", place, "%s is not there", m[1]))
			}
		}
	}
	if page == compatibility && strings.Contains(line, "| has |") && !proved {
		all = append(all, found("page of compatibility", place, "says has and names no test that shows it"))
	}
	return all
}

func TestDocs(t *testing.T) {
	t.Parallel()
	files := tree(t)
	report(t, checkDocs(files))
	if !slices.ContainsFunc(files, func(f *file) bool { return f.path == compatibility }) {
		t.Errorf("%s is not there", compatibility)
	}
	if p := collect(files); len(p.tests) < 100 || len(p.paths) < 10 || len(p.scripts) < 5 || len(p.client) < 3 {
		t.Errorf("found %d tests, %d paths, %d scripts, %d client tests: the rule looks in the wrong places", len(p.tests), len(p.paths), len(p.scripts), len(p.client))
	}
}

func TestDocsRuleCanFail(t *testing.T) {
	t.Parallel()
	there := sources{
		"store/a_test.go":                "import \"testing\"\nfunc TestA(t *testing.T) { t.Run(\"one wins\", nil) }",
		"store/storetest/kit.go":         "var names = []string{\"two win\"}",
		"root_test.go":                   "package tegata_test\nimport \"testing\"\nfunc TestRoot(t *testing.T) {}",
		"internal/wire/path.go":          "const PathToken = \"/token\"",
		"web/liff/test/a.test.mjs":       "test(\"logs in\")",
		"platform/testdata/wire/one.txt": "",
		"README.md":                      "## Over *there*",
		"docs/b.md":                      "",
		"docs/c.md":                      "",
	}
	const whole = "`/token` and `wire/one.txt`\n"
	for name, c := range map[string]struct{ file, text, want string }{
		"all there":             {compatibility, whole + "| a | has | `store.TestA` |\n| b | has | `a.test.mjs/logs in` |\n[x](../store)\n", ""},
		"cases":                 {"docs/a.md", "`store.TestA/one wins` `store.TestA/two win` `tegata.TestRoot`", ""},
		"other code":            {"docs/a.md", "`http.Test` `Tester` `go test`", ""},
		"fenced":                {"docs/a.md", "```\n`store.TestB`\n```\n", ""},
		"no such test":          {"docs/a.md", "`store.TestB`", "no package store"},
		"no such package":       {"docs/a.md", "`shop.TestA`", "no package shop"},
		"no such case":          {"docs/a.md", "`store.TestA/one win`", "no case"},
		"no package":            {"docs/a.md", "`TestA`", "which package"},
		"no such client test":   {"docs/a.md", "`a.test.mjs/logs out`", "open client"},
		"no such script":        {"docs/a.md", "`wire/two.txt`", "no such script"},
		"no such file":          {"docs/a.md", "[x](../store/b.go#L1)", "is not there"},
		"has without a test":    {compatibility, whole + "| a | has | it does |\n", "names no test"},
		"differs without one":   {compatibility, whole + "| a | differs | it does |\n", ""},
		"path not spoken of":    {compatibility, "`wire/one.txt`", "/token"},
		"script not spoken of":  {compatibility, "`/token`", "wire/one.txt"},
		"link to another place": {"docs/a.md", "[x](https://example.com/b#c)", ""},
		"headings":              {"docs/a.md", "# A `code` (B), c_d\n[y](#a-code-b-c_d) [z](../README.md#over-there)", ""},
		"no such heading here":  {"docs/a.md", "```\n# z\n```\n[y](#z)", "is not there"},
		"no such heading there": {"docs/a.md", "[z](../README.md#nowhere)", "is not there"},
		"page elsewhere":        {"web/liff/README.md", "[x](b.md)", "is not there"},
		"page not in contents":  {contents, "[a](b.md)", "does not name docs/c.md"},
	} {
		tree := sources{c.file: c.text}
		for file, text := range there {
			tree[file] = text
		}
		got := checkDocs(parseSources(t, tree))
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0].String(), c.want)) {
			t.Errorf("%s: findings %v, want %q", name, got, c.want)
		}
	}
}
