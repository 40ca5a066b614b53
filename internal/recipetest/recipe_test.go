package recipetest_test

import (
	"bufio"
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// page is where the recipes are written. What is run is its text.
const page = "../../docs/recipes.md"

// block is a block of code with a file name; blocks of one name make one file.
var block = regexp.MustCompile("(?ms)^```[a-z]+ (\\S+)\n(.*?)^```$")

// recipes returns the files of the page by name.
func recipes(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		if files[m[1]] != "" {
			files[m[1]] += "\n"
		}
		files[m[1]] += m[2]
	}
	return files
}

// kitchen is a folder in which recipes are run, against a platform of its own.
type kitchen struct {
	folder string
	env    []string
}

// newKitchen starts a platform and lays out the named files of the page.
func newKitchen(t *testing.T, names ...string) *kitchen {
	t.Helper()
	k := &kitchen{folder: t.TempDir()}
	files := recipes(t)
	for _, name := range names {
		if files[name] == "" {
			t.Fatalf("%s has no block with the name %s", page, name)
		}
		k.write(t, name, files[name])
	}
	const token = "recipes-0123456789abcdef0123456789abcdef"
	base := startPlatform(t, token)
	k.env = append(os.Environ(), "TEGATA_URL="+base, "TEGATA_ADMIN_TOKEN="+token, "LINE_API_URL="+base, "LINE_CHANNEL_ID=2000000001", "NO_COLOR=1", "FORCE_COLOR=0")
	return k
}

func (k *kitchen) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(k.folder, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// naive puts a server in the place of the recipes' own that believes everything.
func (k *kitchen) naive(t *testing.T, name string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "naive", name))
	if err != nil {
		t.Fatal(err)
	}
	k.write(t, name, string(text))
}

// run runs a program in the folder.
func (k *kitchen) run(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = k.folder, k.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// patience bounds what should happen at once.
const patience = time.Minute

// startPlatform runs `tegata dev` until the test ends and returns its base URL.
func startPlatform(t *testing.T, token string) string {
	t.Helper()
	cmd := exec.Command(built.tegata, "dev", "--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--demo-listen", "127.0.0.1:0", "--json", "--log-level", "error")
	cmd.Env = append(os.Environ(), "TEGATA_ADMIN_TOKEN="+token)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		kill.Reset(patience)
		_ = cmd.Process.Signal(syscall.SIGINT)
		if err := cmd.Wait(); err != nil {
			t.Errorf("tegata dev after an interrupt: %v", err)
		}
		kill.Stop()
	})
	out := bufio.NewReader(stdout)
	line, err := out.ReadBytes('\n')
	var env struct {
		BaseURL string `json:"baseUrl"`
	}
	if err == nil {
		err = json.Unmarshal(line, &env)
	}
	if err != nil {
		t.Fatalf("tegata dev did not become ready: %v in %q", err, line)
	}
	kill.Stop()
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return env.BaseURL
}

// language is how the recipes of a language are run.
type language struct {
	files  []string
	server string // which of files a naive server takes the place of
	lay    func(t *testing.T, k *kitchen)
	run    func(t *testing.T, k *kitchen) (string, error)
	good   *regexp.Regexp // what is said when five have passed
	bad    *regexp.Regexp // and when all five have failed
}

// languages are those whose recipes need no browser.
func languages() map[string]language {
	return map[string]language{
		"node": {
			files: []string{"server.mjs", "lab.mjs", "tokens.test.mjs"}, server: "server.mjs",
			lay: func(t *testing.T, k *kitchen) {
				modules, err := filepath.Abs("npm/node_modules")
				if err == nil {
					err = os.Symlink(modules, filepath.Join(k.folder, "node_modules"))
				}
				if err != nil {
					t.Fatal(err)
				}
			},
			run: func(t *testing.T, k *kitchen) (string, error) {
				return k.run(t, "node", "node_modules/vitest/vitest.mjs", "run", "--testTimeout=60000", "--hookTimeout=60000")
			},
			good: regexp.MustCompile(`Tests +5 passed \(5\)`), bad: regexp.MustCompile(`Tests +5 failed \(5\)`),
		},
		"python": {
			files: []string{"app.py", "conftest.py", "test_tokens.py"}, server: "app.py",
			run: func(t *testing.T, k *kitchen) (string, error) {
				return k.run(t, built.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--color=no")
			},
			good: regexp.MustCompile(`(?m)^5 passed in`), bad: regexp.MustCompile(`(?m)^5 failed in`),
		},
		"php": {
			files: []string{"app.php", "TokensTest.php"}, server: "app.php",
			run:  func(t *testing.T, k *kitchen) (string, error) { return k.run(t, "phpunit", "TokensTest.php") },
			good: regexp.MustCompile(`OK \(5 tests,`), bad: regexp.MustCompile(`Tests: 5, Assertions: \d+, Failures: 5\.`),
		},
	}
}

// cook runs the recipes of a language.
func cook(t *testing.T, name string) {
	t.Helper()
	l := languages()[name]
	k := newKitchen(t, l.files...)
	if l.lay != nil {
		l.lay(t, k)
	}
	if out, err := l.run(t, k); err != nil || !l.good.MatchString(out) {
		t.Errorf("%v, want five recipes that hold\n%s", err, out)
	}
}

func TestNode(t *testing.T) { t.Parallel(); cook(t, "node") }

func TestPython(t *testing.T) { t.Parallel(); cook(t, "python") }

func TestPHP(t *testing.T) { t.Parallel(); cook(t, "php") }

// TestRecipesCanFail: a server that believes everything passes none of them.
func TestRecipesCanFail(t *testing.T) {
	t.Parallel()
	for name, l := range languages() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKitchen(t, l.files...)
			if l.lay != nil {
				l.lay(t, k)
			}
			k.naive(t, l.server)
			if out, err := l.run(t, k); err == nil || !l.bad.MatchString(out) {
				t.Errorf("%v, want five recipes that fail\n%s", err, out)
			}
		})
	}
}

// TestEveryBlockIsRun: no file of the page is left out by all of these.
func TestEveryBlockIsRun(t *testing.T) {
	t.Parallel()
	left := maps.Clone(recipes(t))
	delete(left, browserRecipes)
	for _, l := range languages() {
		for _, name := range l.files {
			delete(left, name)
		}
	}
	if len(left) > 0 {
		t.Errorf("blocks of the page that nothing runs: %v", left)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if lang, ok := strings.CutPrefix(strings.TrimSpace(line), "```"); ok && lang != "" && lang != "sh" && !strings.Contains(lang, " ") {
			t.Errorf("a block of %s without a file name is run by nothing", lang)
		}
	}
}
