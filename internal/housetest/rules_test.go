package housetest_test

import (
	"strings"
	"testing"
)

// sources are synthetic files: name to text.
type sources map[string]string

// parseSources makes a tree of synthetic files. A Go file without a package clause
// gets that of its folder.
func parseSources(t *testing.T, s sources) []*file {
	t.Helper()
	var files []*file
	for name, text := range s {
		if strings.HasSuffix(name, ".go") && !strings.Contains(text, "package ") {
			dir := name[:strings.LastIndex(name, "/")]
			text = "package " + dir[strings.LastIndex(dir, "/")+1:] + "\n" + text
		}
		f, err := parseFile(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// importing is a file that imports the packages.
func importing(paths ...string) string {
	return "import (\n_ \"" + strings.Join(paths, "\"\n_ \"") + "\"\n)\n"
}

// long repeats a line.
func long(n int, line string) string { return strings.Repeat(line+"\n", n) }

// names is a small stand-in for the standard library's names.
func names(files []*file) []finding { return checkNames(files, []string{"http", "errors"}) }

// words runs checkWords with one host as this machine's.
func words(files []*file) []finding { return checkWords(files, []string{"mirror.example.test"}) }

// ruleCase is one source that breaks a rule, or does not.
type ruleCase struct {
	name  string
	check func([]*file) []finding
	tree  sources
	want  string // part of the one finding; "" wants none
}

// a package comment long enough to pass.
const fullComment = "// Package store owns the records and the verbs on them and says which are atomic.\n// It leaves how they are kept to the engines below it, and what they mean to others.\n"

var ruleCases = []ruleCase{
	{"arrow kept", checkArrows, sources{"internal/idtoken/a.go": importing(module+"/internal/jose", "errors")}, ""},
	{"arrow up", checkArrows, sources{"internal/jose/a.go": importing(module + "/internal/idtoken")}, "internal/jose may not import internal/idtoken"},
	{"endpoint to endpoint", checkArrows, sources{"platform/internal/grant/a.go": importing(module + "/platform/internal/revoke")}, "may not import platform/internal/revoke"},
	{"root to platform", checkArrows, sources{"verify.go": "package tegata\n" + importing(module+"/platform")}, ". may not import platform"},
	{"engine to root", checkArrows, sources{"store/memory/a.go": importing(module)}, "store/memory may not import ."},
	{"platform to root", checkArrows, sources{"platform/a.go": importing(module)}, "platform may not import ."},
	{"command past the fence", checkArrows, sources{"cmd/tegata/a.go": importing(module + "/platform/internal/grant")}, "may not import platform/internal/grant"},
	{"command to engine", checkArrows, sources{"cmd/tegata/a.go": importing(module + "/store/memory")}, ""},
	{"house imported by a test", checkArrows, sources{"store/a_test.go": importing(module + "/internal/housetest")}, "only tests"},
	{"list of attacks in a test", checkArrows, sources{"strictness_test.go": "package tegata_test\n" + importing(module+"/internal/wrongtoken")}, ""},
	{"list of attacks in shipped code", checkArrows, sources{"verify.go": "package tegata\n" + importing(module+"/internal/wrongtoken")}, ". may not import internal/wrongtoken"},
	{"unknown package", checkArrows, sources{"internal/novelty/a.go": ""}, "has no row"},

	{"dependency in its place", checkModules, sources{"cmd/tegata/a.go": importing("github.com/alecthomas/kong")}, ""},
	{"dependency elsewhere", checkModules, sources{"store/a.go": importing("github.com/alecthomas/kong")}, "store may not import"},
	{"oracle in a test", checkModules, sources{"internal/jose/a_test.go": importing("github.com/go-jose/go-jose/v4/json")}, ""},
	{"comparison in a kit of tests", checkModules, sources{"store/storetest/a.go": importing("github.com/google/go-cmp/cmp")}, ""},
	{"oracle in shipped code", checkModules, sources{"internal/jose/a.go": importing("github.com/go-jose/go-jose/v4")}, "may not import"},
	{"unknown dependency", checkModules, sources{"store/a_test.go": importing("example.com/assert")}, "no dependency of this house"},

	{"file size", checkSizes, sources{"store/a.go": long(maxFile+1, "// x")}, "at most 500"},
	{"file of the limit", checkSizes, sources{"web/a.css": long(maxFile, "a{}")}, ""},
	{"style sheet size", checkSizes, sources{"web/a.css": long(maxFile+1, "a{}")}, "at most 500"},
	{"built file", checkSizes, sources{"web/liff/dist/a.mjs": long(2*maxFile, "x")}, ""},
	{"test file size", checkSizes, sources{"store/a_test.go": long(maxTest+1, "// x")}, "at most 800"},
	{"function size", checkSizes, sources{"store/a.go": "func f() {\n" + long(maxFunc, "_ = 1") + "}"}, "f has 102 lines"},
	{"package size", checkSizes, sources{
		"store/a.go": long(490, "// x"), "store/b.go": long(490, "// x"), "store/c.go": long(490, "// x"),
		"store/d.go": long(490, "// x"), "store/e.go": long(490, "// x"), "store/f.go": long(490, "// x"),
	}, "split the package"},

	{"vague name", names, sources{"internal/util/a.go": ""}, "says nothing"},
	{"standard name", names, sources{"internal/http/a.go": ""}, "standard library has"},
	{"two names", names, sources{"internal/wire/a.go": "package wires"}, "called otherwise"},
	{"capitals", names, sources{"internal/wireShape/a.go": ""}, "lower-case"},
	{"good name", names, sources{"audit/a.go": "", "audit/a_test.go": "package audit_test"}, ""},

	{"no package comment", checkPackageComments, sources{"store/a.go": ""}, "there is none"},
	{"comment elsewhere", checkPackageComments, sources{"store/a.go": fullComment + "package store"}, "there is none"},
	{"short comment", checkPackageComments, sources{"store/doc.go": "// Package store has records.\npackage store"}, "says too little"},
	{"wrong start", checkPackageComments, sources{"store/doc.go": strings.Replace(fullComment, "store", "stores", 1) + "package store"}, "must begin"},
	{"good comment", checkPackageComments, sources{"store/doc.go": fullComment + "package store"}, ""},

	{"no comment on a function", checkDocComments, sources{"store/a.go": "func Open() {}"}, "Open is exported"},
	{"comment of another name", checkDocComments, sources{"store/a.go": "// Opens it.\nfunc Open() {}\n// Shut shuts it.\nfunc Shut() {}"}, "Open is exported"},
	{"no comment on a method", checkDocComments, sources{"store/a.go": "// A Key is one.\ntype Key struct{}\nfunc (k *Key) ID() string { return \"\" }"}, "ID is exported"},
	{"method of a hidden type", checkDocComments, sources{"store/a.go": "type key struct{}\nfunc (k key) ID() string { return \"\" }"}, ""},
	{"no comment on a type in a group", checkDocComments, sources{"store/a.go": "// Things.\ntype (\n\tKey struct{}\n)"}, "Key is exported"},
	{"group of constants", checkDocComments, sources{"store/a.go": "// Sizes.\nconst (\n\tSmall = 1\n\tLarge = 2\n)"}, ""},
	{"bare constant", checkDocComments, sources{"store/a.go": "const Small = 1"}, "Small is exported"},

	{"init", checkState, sources{"store/a.go": "func init() {}"}, "do the work in New"},
	{"method called init", checkState, sources{"store/a.go": "type t int\nfunc (t) init() {}"}, ""},
	{"sentinel", checkState, sources{"store/a.go": "import \"errors\"\nvar ErrGone = errors.New(\"gone\")"}, ""},
	{"assertion", checkState, sources{"store/a.go": "type t int\nvar _ interface{} = t(0)"}, ""},
	{"embedded", checkState, sources{"web/a.go": "import \"embed\"\n//go:embed *.css\nvar FS embed.FS"}, ""},
	{"no value", checkState, sources{"store/a.go": "var count int"}, "something must change it"},
	{"a lock", checkState, sources{"store/a.go": "import \"sync\"\nvar mu = &sync.Mutex{}"}, "holds a sync.Mutex"},
	{"a made thing", checkState, sources{"store/a.go": "var db = open()\nfunc open() int { return 1 }"}, "the result of open"},
	{"table", checkState, sources{"store/a.go": "var names = map[string]bool{\"a\": true}\nfunc f() bool { names := map[string]bool{}; names[\"b\"] = true; return names[\"a\"] }"}, ""},
	{"table written to", checkState, sources{"store/a.go": "var names = map[string]bool{}\nfunc f() { names[\"a\"] = true }"}, "names changes here"},
	{"written from another file", checkState, sources{"store/a.go": "var limit = 3", "store/b.go": "func f() { limit = 4 }"}, "limit changes here"},
	{"address taken", checkState, sources{"store/a.go": "var limit = 3\nfunc f() *int { return &limit }"}, "limit changes here"},

	{"environment", checkEnvironment, sources{"store/a.go": "import \"os\"\nvar x = os.Getenv(\"A\")"}, "os.Getenv"},
	{"environment renamed", checkEnvironment, sources{"store/a.go": "import o \"os\"\nfunc f() { o.LookupEnv(\"A\") }"}, "os.LookupEnv"},
	{"flags", checkEnvironment, sources{"platform/a.go": "import \"flag\"\nfunc f() { flag.Parse() }"}, "flag.Parse"},
	{"environment of the command", checkEnvironment, sources{"cmd/tegata/a.go": "package main\nimport \"os\"\nfunc f() { os.Getenv(\"A\") }"}, ""},

	{"clock", checkClock, sources{"platform/internal/grant/a.go": "import \"time\"\nfunc f() { _ = time.Now() }"}, "time.Now"},
	{"clock as a value", checkClock, sources{"store/memory/a.go": "import \"time\"\nvar now = time.Now"}, "time.Now"},
	{"elapsed", checkClock, sources{"internal/idtoken/a.go": "import \"time\"\nfunc f(t time.Time) { _ = time.Since(t) }"}, "time.Since"},
	{"default of the library", checkClock, sources{"a.go": "package tegata\nimport \"time\"\nvar now = time.Now"}, ""},
	{"sleep", checkClock, sources{"cmd/tegata/a.go": "package main\nimport \"time\"\nfunc f() { time.Sleep(1) }"}, "time.Sleep"},

	{"skip", checkTests, sources{"store/a_test.go": "import \"testing\"\nfunc TestA(t *testing.T) { t.Skip() }"}, "t.Skip"},
	{"sleep in a test", checkTests, sources{"store/a_test.go": "import \"time\"\nfunc f() { time.Sleep(1) }"}, "injected clock"},
	{"sleep in a kit of tests", checkTests, sources{"store/storetest/a.go": "import \"time\"\nfunc f() { time.Sleep(1) }"}, "injected clock"},
	{"sleep in a bubble", checkTests, sources{"store/a_test.go": "import (\"time\"; \"testing\"; \"testing/synctest\")\nfunc TestA(t *testing.T) { synctest.Test(t, func(*testing.T) { time.Sleep(1) }) }"}, ""},

	{"unfinished", words, sources{"store/a.go": "// TO" + "DO: more"}, "finish it"},
	{"unfinished in a page", words, sources{"web/a.tmpl": "Coming s" + "oon"}, "finish it"},
	{"machine path", words, sources{"docs/a.md": "see /ro" + "ot/x"}, "one machine only"},
	{"path of a URL", words, sources{"docs/a.md": "https://example.com/wo" + "rk/x"}, ""},
	{"workplace", words, sources{"docs/a.md": "see ../sha" + "red/design.md"}, "means nothing"},
	{"registry host", words, sources{"package-lock.json": "https://registry.np" + "mjs.org/x"}, "package registry"},
	{"this machine's registry", words, sources{".ci/run": "curl mirror.example.test"}, "package registry"},
	{"vendored SDK", words, sources{"web/liff/a.ts": "liffClient" + "Extension"}, "official SDK"},
	{"logo", checkPictures, sources{"web/login/line_lo" + "go.png": ""}, "branding"},
	{"own picture", checkPictures, sources{"web/login/outline.svg": "", "docs/login.png": ""}, ""},
}

func TestRulesCanFail(t *testing.T) {
	t.Parallel()
	for _, c := range ruleCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := c.check(parseSources(t, c.tree))
			if c.want == "" {
				for _, f := range got {
					t.Errorf("%v: finding %v, want none", c.tree, f)
				}
				return
			}
			if len(got) != 1 || !strings.Contains(got[0].String(), c.want) {
				t.Errorf("%v: findings %v, want one that says %q", c.tree, got, c.want)
			}
		})
	}
}

func TestGoModRuleCanFail(t *testing.T) {
	t.Parallel()
	const text = "module x\n\nrequire (\n\tgithub.com/alecthomas/kong v1.17.0\n\texample.com/assert v1.0.0\n\texample.com/far v1.0.0 // indirect\n)\n"
	got := checkGoMod(text)
	if len(got) != 1 || got[0].place != "go.mod:5" {
		t.Errorf("findings %v, want one at go.mod:5", got)
	}
}

func TestClosureRulesCanFail(t *testing.T) {
	t.Parallel()
	std := link{path: "net/http", standard: true}
	cases := []struct {
		name string
		rule closure
		link link
		want string
	}{
		{"standard library", library, std, ""},
		{"own core", library, link{path: module + "/internal/jose", module: module}, ""},
		{"third party", library, link{path: "golang.org/x/text/language", module: "golang.org/x/text"}, "only the standard library"},
		{"platform", library, link{path: module + "/platform/internal/grant", module: module}, "never may"},
		{"sql", library, link{path: "database/sql", standard: true}, "never may"},
		{"root from platform", closures["platform"], link{path: module, module: module}, "never may"},
		{"driver", closures["tegatatest"], link{path: "github.com/jackc/pgx/v5/pgxpool", module: "github.com/jackc/pgx/v5"}, "never may"},
	}
	for _, c := range cases {
		got := checkClosure("tegatahttp", c.rule, []link{std, c.link})
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0].fix, c.want)) {
			t.Errorf("%s: findings %v, want %q", c.name, got, c.want)
		}
	}
	var many []link
	for i := range maxModules + 1 {
		many = append(many, link{module: strings.Repeat("m", i+1)})
	}
	if got := checkBudget(many); len(got) != 1 {
		t.Errorf("a binary of %d modules: findings %v, want one", len(many), got)
	}
	if got := checkBudget(many[1:]); len(got) != 0 {
		t.Errorf("a binary of %d modules: findings %v, want none", maxModules, got)
	}
}
