package housetest_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// everyTest is the place of a module that only tests may import.
const everyTest = "tests"

// modules says of each dependency who may import it in shipped code, or that only
// tests may. A module without a row may not be in go.mod.
var modules = map[string][]string{
	"github.com/alecthomas/kong":          {"cmd/..."},
	"github.com/goccy/go-yaml":            {"internal/strictyaml"},
	"github.com/jackc/pgx/v5":             {"store/postgres"},
	"modernc.org/sqlite":                  {"store/sqlite"},
	"golang.org/x/crypto":                 {"platform/internal/login", "platform/internal/lab", "platform", "cmd/..."},
	"golang.org/x/net":                    {"cmd/tegata/lineproxy"},
	"golang.org/x/text":                   {"platform/internal/page", "platform/internal/router", "platform/internal/authorize", "platform/internal/login", "cmd/tegata/show"},
	"github.com/prometheus/client_golang": {"platform/internal/metric"},
	"golang.org/x/time":                   {"platform/internal/journal", "platform/internal/lobby", "platform/internal/login", "platform/internal/router", "platform"},
	"github.com/smallstep/truststore":     {"cmd/tegata/trust"},
	"rsc.io/qr":                           {"cmd/tegata/lan"},

	"github.com/c2sp/wycheproof":         {everyTest},
	"github.com/chromedp/chromedp":       {everyTest},
	"github.com/chromedp/cdproto":        {everyTest},
	"github.com/coreos/go-oidc/v3":       {everyTest},
	"github.com/go-jose/go-jose/v4":      {everyTest},
	"github.com/google/go-cmp":           {everyTest},
	"github.com/line/line-bot-sdk-go/v8": {everyTest},
	"github.com/rogpeppe/go-internal":    {everyTest},
	"golang.org/x/oauth2":                {everyTest},
	"modernc.org/libc":                   {everyTest},
	"pgregory.net/rapid":                 {everyTest},
}

// moduleOf finds the row of an import that is neither ours nor the standard library's.
func moduleOf(importPath string) (name string, ok bool) {
	for m := range modules {
		if under(importPath, m) && len(m) > len(name) {
			name, ok = m, true
		}
	}
	return name, ok
}

// foreignImport tells other people's packages: the standard library's have no dot in
// the first element.
func foreignImport(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	_, is := ours(importPath)
	return !is && strings.Contains(first, ".")
}

// checkModules holds the imports of other people's packages to the table.
func checkModules(files []*file) []finding {
	const rule = "dependency"
	var all []finding
	for _, f := range files {
		if !f.isGo() || f.foreign() {
			continue
		}
		for _, spec := range f.ast.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			if !foreignImport(p) {
				continue
			}
			m, ok := moduleOf(p)
			if !ok {
				all = append(all, found(rule, f.at(spec.Pos()), "%s is no dependency of this house: use the standard library or what is there already; a new one needs a reason, a licence and a row in modules", p))
				continue
			}
			if f.forTests() || slices.ContainsFunc(modules[m], func(a string) bool { return match(a, f.dir()) }) {
				continue
			}
			all = append(all, found(rule, f.at(spec.Pos()), "%s may not import %s (allowed: %s)", f.dir(), p, strings.Join(modules[m], ", ")))
		}
	}
	return all
}

// checkGoMod holds the direct requirements of go.mod to the table.
func checkGoMod(text string) []finding {
	var all []finding
	for i, line := range strings.Split(text, "\n") {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) < 2 || !strings.Contains(fields[0], ".") || !strings.HasPrefix(fields[1], "v") || strings.Contains(line, "// indirect") {
			continue
		}
		if _, ok := modules[fields[0]]; !ok {
			all = append(all, found("dependency", "go.mod:"+strconv.Itoa(i+1), "%s has no row in modules: say who may import it, or drop it", fields[0]))
		}
	}
	return all
}

func TestModules(t *testing.T) {
	t.Parallel()
	files := tree(t)
	report(t, checkModules(files))
	for _, f := range files {
		if f.path == "go.mod" {
			report(t, checkGoMod(string(f.text)))
		}
	}
}
