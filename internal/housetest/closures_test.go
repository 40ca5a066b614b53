package housetest_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// closure says what a package may never link, however far away.
type closure struct {
	stdlib bool     // links nobody else's code
	never  []string // patterns of ours below the module, or import paths of others
}

// drivers are the database drivers' import paths.
var drivers = []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5/...", "github.com/mattn/go-sqlite3", "github.com/lib/pq"}

// engines are our packages that link a driver.
var engines = []string{"store/sqlite", "store/postgres"}

// library is what people import: it costs them nothing.
var library = closure{stdlib: true, never: []string{
	"platform", "platform/...", "store", "store/...", "web",
	"database/sql", "html/template", "embed", "testing", "flag",
}}

// closures has a row for each package whose closure the design bounds; a row of a
// package that does not exist yet waits for it.
var closures = map[string]closure{
	".":                    library,
	"tegatahttp":           library,
	"gateway":              {never: []string{"platform", "platform/...", "store", "store/..."}},
	"audit":                {never: []string{"internal/jose", "platform", "platform/...", "store", "store/..."}},
	"audit/internal/forge": {stdlib: true, never: []string{"internal/jose"}},
	"internal/control":     {never: []string{"platform", "platform/...", "store", "store/..."}},
	"internal/jose":        {stdlib: true, never: []string{"testing", "net/http"}},
	"internal/idtoken":     {stdlib: true, never: []string{"testing", "net/http"}},
	"internal/wire":        {stdlib: true, never: []string{"testing"}},
	"internal/wrongtoken":  {stdlib: true, never: []string{".", "internal/jose", "internal/idtoken"}},
	"simulator":            {never: []string{"platform", "platform/...", "store", "store/..."}},
	"platform":             {never: slices.Concat(drivers, engines, []string{"testing", ".", "gateway", "audit", "simulator"})},
	"store/memory":         {stdlib: true, never: []string{"database/sql"}},
	"tegatatest":           {never: slices.Concat(drivers, engines, []string{"database/sql"})},
	"cmd/tegata":           {never: []string{"testing", "store/storetest", "tegatatest"}},
}

// maxModules is how many modules the binary may link, our own included.
const maxModules = 40

// link is one package in a closure.
type link struct {
	path     string
	standard bool
	module   string
}

// linked asks the go command for the closure of a package of ours.
func linked(t *testing.T, pkg string) []link {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{.Standard}} {{with .Module}}{{.Path}}{{end}}", "./"+pkg)
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -deps ./%s: %v\n%s", pkg, err, stderr.String())
	}
	var all []link
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		l := link{path: fields[0], standard: fields[1] == "true"}
		if len(fields) > 2 {
			l.module = fields[2]
		}
		all = append(all, l)
	}
	return all
}

// checkClosure holds what a package links to its row.
func checkClosure(pkg string, rule closure, links []link) []finding {
	var all []finding
	for _, l := range links {
		name, is := ours(l.path)
		if !is {
			name = l.path
		}
		if rule.stdlib && !is && !l.standard {
			all = append(all, found("closure", pkg, "links %s; only the standard library may be linked here (go list -deps ./%s; go mod why -m %s)", l.path, pkg, l.module))
		}
		for _, n := range rule.never {
			// "." as a pattern is the root package alone, never "everything".
			if name != pkg && (n == name || strings.HasSuffix(n, "/...") && match(n, name)) {
				all = append(all, found("closure", pkg, "links %s, which it never may: find the import with go list -deps ./%s and turn it round", l.path, pkg))
			}
		}
	}
	return all
}

// checkBudget counts the modules that the binary links.
func checkBudget(links []link) []finding {
	var names []string
	for _, l := range links {
		if l.module != "" {
			names = append(names, l.module)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) <= maxModules {
		return nil
	}
	return []finding{found("module budget", "cmd/tegata", "links %d modules, at most %d may be: drop one of %s", len(names), maxModules, strings.Join(names, " "))}
}

func TestClosures(t *testing.T) {
	t.Parallel()
	here := packages(tree(t))
	for pkg, rule := range closures {
		if !slices.Contains(here, pkg) {
			continue
		}
		t.Run(fmt.Sprint("of ", pkg), func(t *testing.T) {
			t.Parallel()
			links := linked(t, pkg)
			report(t, checkClosure(pkg, rule, links))
			if pkg == "cmd/tegata" {
				report(t, checkBudget(links))
			}
		})
	}
}
