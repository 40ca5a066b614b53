package vitetest_test

import (
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// project is a LIFF app as LINE's scaffold makes it.
type project struct {
	dir  string
	port string // of its dev server
	url  string
}

// newProject makes one, with a LIFF ID that is not known yet. Beside it is a folder with
// the packages, where Node.js looks for them.
func newProject(t *testing.T) *project {
	t.Helper()
	top := t.TempDir()
	modules, err := filepath.Abs("npm/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(modules, filepath.Join(top, "node_modules")); err != nil {
		t.Fatal(err)
	}
	bin, err := filepath.Abs("testdata/bin")
	if err != nil {
		t.Fatal(err)
	}
	asked := filepath.Join(top, "asked")
	cmd := exec.Command(filepath.Join(modules, ".bin", "create-liff-app"), "my-app", "-t", "react", "--ts", "-l", "liffId", "--npm")
	cmd.Dir = top
	cmd.Env = append(cmd.Environ(), "TEGATA_ASKED="+asked, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("create-liff-app: %v\n%s", err, out)
	}
	wantLocked(t, asked)
	p := &project{dir: filepath.Join(top, "my-app"), port: freePort(t)}
	p.url = "http://localhost:" + p.port
	return p
}

// wantLocked wants each package that the scaffold asked for in package.json, by which the
// lock file was made.
func wantLocked(t *testing.T, asked string) {
	t.Helper()
	var manifest struct{ Dependencies, DevDependencies map[string]string }
	text, err := os.ReadFile("npm/package.json")
	if err == nil {
		err = json.Unmarshal(text, &manifest)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	for line := range strings.Lines(string(lines)) {
		words := strings.Fields(line)
		prefix := slices.Index(words, "--prefix")
		for i, word := range words {
			if i == 0 || i == prefix+1 || strings.HasPrefix(word, "--") {
				continue
			}
			names++
			if manifest.Dependencies[word] == "" && manifest.DevDependencies[word] == "" {
				t.Errorf("the scaffold asks for %s: add it to npm/package.json and run npm install there", word)
			}
		}
	}
	if names < 5 {
		t.Errorf("the scaffold asked for %d packages: %s", names, lines)
	}
}

// freePort finds a port for a dev server, which, unlike our own servers, has to be told.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// set puts the LIFF ID where the scaffold has put it: into .env. Nothing else is touched.
func (p *project) set(t *testing.T, liffID string) {
	t.Helper()
	file := filepath.Join(p.dir, ".env")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != "VITE_LIFF_ID=liffId" {
		t.Fatalf("the scaffold's .env is %q, want the LIFF ID that was given", text)
	}
	if err := os.WriteFile(file, []byte("VITE_LIFF_ID="+liffID), 0o644); err != nil {
		t.Fatal(err)
	}
}

// dev runs the app's own dev server, as `npm run dev` does.
func (p *project) dev(t *testing.T) {
	t.Helper()
	cmd := exec.Command("npm", "run", "dev", "--", "--port", p.port, "--strictPort")
	cmd.Dir = p.dir
	cmd.Env = append(cmd.Environ(), "NO_COLOR=1")
	stage.Start(t, cmd).Await(t, "Local:")
}

// edit changes the source of the app, as a developer does in an editor.
func (p *project) edit(t *testing.T, from, to string) {
	t.Helper()
	file := filepath.Join(p.dir, "src", "App.tsx")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), from) != 1 {
		t.Fatalf("App.tsx has %q not once:\n%s", from, text)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), from, to, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}
