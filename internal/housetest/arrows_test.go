package housetest_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// core is what both the issuer and the verifier stand on.
var core = []string{"internal/jose", "internal/idtoken", "internal/wire"}

// below is what the lower packages of the platform may use.
var below = append(slices.Clone(core), "store", "web", "platform/internal/oauth2", "platform/internal/entropy")

// endpoint is what an endpoint package of the platform may use: everything below it,
// never another endpoint.
var endpoint = append(slices.Clone(below), "internal/control", "platform/internal/keyring",
	"platform/internal/page", "platform/internal/router", "platform/internal/issue", "platform/internal/login")

// speaksSQL is what an engine of the store that speaks SQL stands on, beside the verbs.
var speaksSQL = []string{"store", "store/internal/database", "store/internal/migration", "store/internal/carry"}

// arrows says of each package which packages of ours its shipped code may import. A
// key ending in /... speaks of everything below it; the longest key wins. A package
// without a row may not exist.
var arrows = map[string][]string{
	"internal/jose":             {},
	"internal/wire":             {},
	"internal/strictyaml":       {},
	"platform/internal/entropy": {},
	"platform/internal/oauth2":  {},
	"store":                     {},
	"web":                       {},

	"internal/idtoken": {"internal/jose"},
	// lineapi asks LINE's API and reads the answers strictly, for the library alone.
	"internal/lineapi": {"internal/jose", "internal/wire"},
	".":                append(slices.Clone(core), "internal/lineapi"),
	// The login helper of tegatahttp redeems codes, which is no duty of a verifier.
	"tegatahttp":  {".", "internal/lineapi", "internal/wire"},
	"gateway":     {".", "tegatahttp", "internal/wire"},
	"gateway/...": {".", "gateway/...", "tegatahttp", "internal/wire"},
	"audit":       {"internal/wire", "audit/internal/forge"},
	"audit/...":   {"internal/wire", "audit", "audit/internal/..."},

	"audit/internal/forge": {},
	"internal/control":     {"internal/wire"},

	"platform/internal/keyring": below,
	"platform/internal/page":    below,
	"platform/internal/router":  below,
	// router.Base is the URL through which a request came: issuer and pictures follow it.
	"platform/internal/issue":           append(slices.Clone(below), "platform/internal/keyring", "platform/internal/router"),
	"platform/internal/issue/issuetest": append(slices.Clone(endpoint), "store/memory"),
	"platform/internal/login":           append(slices.Clone(below), "platform/internal/page", "platform/internal/router"),
	// It bounds the logins that strangers begin.
	"platform/internal/authorize":    append(slices.Clone(endpoint), "platform/internal/lobby"),
	"platform/internal/grant":        endpoint,
	"platform/internal/resource":     endpoint,
	"platform/internal/revoke":       endpoint,
	"platform/internal/discovery":    endpoint,
	"platform/internal/liffapp":      endpoint,
	"platform/internal/console":      endpoint,
	"platform/internal/passwordlink": endpoint,
	"platform/internal/forwarded":    {},
	"platform/internal/journal":      {"store"},
	"platform/internal/lobby":        {"store"},
	"platform/internal/metric":       {"store"},
	// The lab reads seed files, and nothing else of the platform reads YAML.
	"platform/internal/lab":     append(slices.Clone(endpoint), "internal/strictyaml", "platform/internal/lab/..."),
	"platform/internal/lab/...": endpoint,

	// wire names the hosts of LINE under which the platform answers.
	"platform":  {"platform/internal/...", "store", "internal/control", "internal/wire", "web"},
	"simulator": {"internal/wire", "internal/control", "web"},
	"store/...": {"store"},
	// The engines that speak SQL share every statement; package memory has none of it.
	"store/sqlite": append(slices.Clone(speaksSQL), "store/internal/sqlstore"),
	// It keeps the log of revocations that package lease follows.
	"store/postgres":           append(slices.Clone(speaksSQL), "store/internal/sqlstore", "store/lease"),
	"store/internal/database":  {},
	"store/internal/migration": {"store", "store/internal/database"},
	"store/internal/carry":     {"store", "store/internal/database"},
	"store/internal/sqlstore":  {"store", "store/internal/database", "store/internal/carry"},
	// It stands between the verbs and an engine, in tests.
	"store/internal/faulty": {"store/internal/database"},
	"examples":              {".", "tegatahttp", "web"},
	"examples/...":          {".", "tegatahttp", "web", "examples/..."},
	"tegatatest":            {"platform", "store/memory", "internal/control", "internal/wire", ".", "audit"},
	"cmd/...": {
		".", "tegatahttp", "gateway/...", "audit", "platform", "simulator", "store", "store/...",
		"internal/control", "internal/strictyaml", "internal/wire", "web", "examples/...", "cmd/...",
	},

	// It explains tokens by the parsers of the library, so that the two cannot disagree.
	"cmd/tegata/inspect": {"internal/jose", "internal/idtoken", "internal/wire", "cmd/tegata/show", "cmd/tegata/when"},
	// It reads the keys that inspect verifies with.
	"cmd/tegata/tokencmd": {".", "internal/control", "internal/jose", "internal/wire", "cmd/..."},

	"internal/housetest":  {},
	"internal/clienttest": {},
	"internal/issuertest": {},
	"internal/recipetest": {},
	"internal/runtest":    {},
	"internal/pagecheck":  {},
	"internal/vitetest":   {},
	// A kit of tests in browsers: it runs the built command.
	"internal/stage": {},
	// For tests of the root, and for the comparison with other libraries under tools.
	"internal/wrongtoken": {},
}

// match says whether the package is meant by the pattern.
func match(pattern, pkg string) bool {
	if below, ok := strings.CutSuffix(pattern, "/..."); ok {
		return under(pkg, below)
	}
	return pattern == pkg
}

// row finds the arrows of a package.
func row(pkg string) (allowed []string, ok bool) {
	best := ""
	for key := range arrows {
		if match(key, pkg) && (!ok || key == pkg || len(key) > len(best) && best != pkg) {
			best, ok = key, true
		}
	}
	return arrows[best], ok
}

// ours returns the path below the module of an import of ours.
func ours(importPath string) (string, bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

// checkArrows holds each package to its row.
func checkArrows(files []*file) []finding {
	const rule = "import rule"
	var all []finding
	for _, pkg := range packages(files) {
		if _, ok := row(pkg); !ok {
			all = append(all, found(rule, pkg, "this package has no row in arrows: decide what it may import and add the row here and in the design"))
		}
	}
	for _, f := range files {
		if !f.isGo() || f.foreign() || strings.Contains(f.path, "testdata/") {
			continue
		}
		allowed, _ := row(f.dir())
		for _, spec := range f.ast.Imports {
			p, _ := strconv.Unquote(spec.Path.Value)
			dep, is := ours(p)
			switch {
			case !is:
			case f.isTest():
				if slices.Contains([]string{"internal/housetest", "internal/clienttest", "internal/issuertest", "internal/runtest", "internal/pagecheck", "internal/vitetest"}, dep) {
					all = append(all, found(rule, f.at(spec.Pos()), "%s only tests: nothing may import it", dep))
				}
			case !slices.ContainsFunc(allowed, func(a string) bool { return match(a, dep) }):
				all = append(all, found(rule, f.at(spec.Pos()), "%s may not import %s (allowed of ours: %s): move the code to the package whose duty it is, or take what is needed through an interface",
					f.dir(), dep, strings.Join(allowed, ", ")))
			}
		}
	}
	return all
}

func TestImports(t *testing.T) {
	t.Parallel()
	report(t, checkArrows(tree(t)))
}
