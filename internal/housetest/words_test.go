package housetest_test

import (
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The words themselves are put together here from pieces, so that this file does not
// hold what it forbids.
var (
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b|(?i:not implemen` + `ted|unimplemen` + `ted|coming s` + `oon)`)
	machine    = regexp.MustCompile(`(^|[\s"'=(` + "`" + `:])(/wo` + `rk/|/ro` + `ot/|/ho` + `me/[a-z]|/Us` + `ers/[a-z]|/tmp/te` + `gata)`)
	workplace  = regexp.MustCompile(`\.\./sha` + `red\b|\biss` + `ue [0-9]+\b|\bHELP` + `ER\.md`)
	hosts      = regexp.MustCompile(`(?i)\b(proxy\.gol` + `ang\.org|sum\.gol` + `ang\.org|registry\.np` + `mjs\.org|registry\.yarn` + `pkg\.com|deb\.deb` + `ian\.org|pypi\.o` + `rg|files\.pythonho` + `sted\.org|crates\.i` + `o/api)\b`)
	vendored   = regexp.MustCompile(`liffClient` + `Extension|static\.line-sc` + `dn\.net/liff`)
	logo       = regexp.MustCompile(`(?i)(^|[/_.-])(line|liff)[_-]?(logo|icon|btn|button|login|symbol|appicon)|btn[_-]login|(logo|icon)[_-]?line\b`)
)

// localHosts asks this machine's clients where they fetch from: those names must not
// be committed either. A client that is not there names none.
func localHosts() []string {
	var text strings.Builder
	for _, c := range [][]string{{"go", "env", "GOPROXY"}, {"npm", "config", "get", "registry"}} {
		if out, err := exec.Command(c[0], c[1:]...).Output(); err == nil {
			text.WriteString(string(out) + "\n")
		}
	}
	var names []string
	for _, m := range regexp.MustCompile(`https?://([^\s/:,|]+)`).FindAllStringSubmatch(text.String(), -1) {
		names = append(names, m[1])
	}
	return names
}

// checkWords looks for what must not be committed.
func checkWords(files []*file, local []string) []finding {
	var all []finding
	for _, f := range files {
		if f.text == nil || path.Base(f.path) == "go.sum" || f.path == "LICENSE" {
			continue
		}
		code := slices.Contains([]string{".go", ".ts", ".mts", ".tmpl", ".css", ".sh", ".sql"}, path.Ext(f.path)) && !f.isTest() && !strings.HasSuffix(f.path, ".test.ts")
		i := 0
		for line := range strings.Lines(string(f.text)) {
			i++
			place := f.path + ":" + strconv.Itoa(i)
			switch {
			case code && !f.built() && unfinished.MatchString(line):
				all = append(all, found("unfinished work", place, "%q: finish it, or leave it out", unfinished.FindString(line)))
			case machine.MatchString(line):
				all = append(all, found("machine path", place, "%q exists on one machine only: use a relative path or a temporary folder", strings.TrimSpace(machine.FindString(line))))
			case workplace.MatchString(line):
				all = append(all, found("workplace word", place, "%q means nothing to a reader of this tree: say the thing itself", workplace.FindString(line)))
			case hosts.MatchString(line) || slices.ContainsFunc(local, func(h string) bool { return strings.Contains(line, h) }):
				all = append(all, found("registry host", place, "names the host of a package registry: name the package and let the client find it (for npm: omit-lockfile-registry-resolved in .npmrc)"))
			case under(f.path, "web") && vendored.MatchString(line):
				all = append(all, found("nothing of LINE's", place, "this looks like the official SDK's code, which its licence does not let us ship"))
			}
		}
	}
	return all
}

// pictures are the kinds of file that could hold a logo or a font.
var pictures = []string{".png", ".svg", ".jpg", ".jpeg", ".webp", ".gif", ".ico"}

// checkPictures refuses LINE's branding by file name.
func checkPictures(files []*file) []finding {
	var all []finding
	for _, f := range files {
		if slices.Contains(pictures, path.Ext(f.path)) && logo.MatchString(f.path) {
			all = append(all, found("nothing of LINE's", f.path, "a picture of this name looks like LINE's branding, which we may not ship"))
		}
	}
	return all
}

func TestWords(t *testing.T) {
	t.Parallel()
	files := tree(t)
	report(t, checkWords(files, localHosts()))
	report(t, checkPictures(files))
}
