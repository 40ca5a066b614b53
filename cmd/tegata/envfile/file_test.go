package envfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/envfile"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// wantFile wants a file with a text and, where there are modes, a mode.
func wantFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != text {
		t.Errorf("%s: %q, %v; want %q", path, got, err, text)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != mode {
		t.Errorf("%s: mode %v, %v; want %v", path, info.Mode().Perm(), err, mode)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, ".env.local")
	for i, want := range []bool{true, false} {
		if changed, err := envfile.Write(path, liffID); err != nil || changed != want {
			t.Fatalf("write %d: changed %t, %v", i, changed, err)
		}
		wantFile(t, path, block, 0o600)
	}
	write(t, path, "A=1\n", 0o644)
	link := filepath.Join(folder, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if changed, err := envfile.Write(link, liffID); err != nil || !changed {
		t.Fatalf("through a link: changed %t, %v", changed, err)
	}
	wantFile(t, path, "A=1\n"+block, 0o644)
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	write(t, path, "LIFF_ID=1\n", 0o644)
	var conflict *envfile.Conflict
	if changed, err := envfile.Write(path, liffID); changed || !errors.As(err, &conflict) || conflict.Name != "LIFF_ID" {
		t.Errorf("a foreign line: changed %t, %v", changed, err)
	}
	wantFile(t, path, "LIFF_ID=1\n", 0o644)
	if _, err := envfile.Write(folder, liffID); err == nil || !strings.Contains(err.Error(), "is not a file") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := envfile.Write(filepath.Join(folder, "none", ".env"), liffID); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("in a folder that is not there: %v", err)
	}
	write(t, path, strings.Repeat("#", 1<<20+1), 0o600)
	if _, err := envfile.Write(path, liffID); err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("a large file: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(folder, ".tegata-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for manifest, want := range map[string]string{
		`{"devDependencies":{"vite":"^8"},"dependencies":{"@line/liff":"2"}}`:                "VITE_",
		`{"dependencies":{"next":"16"},"devDependencies":{"vite":"8","vitest":"4"}}`:         "NEXT_PUBLIC_",
		`{"dependencies":{"nuxt":"4"}}`:                                                      "NUXT_PUBLIC_",
		`{"dependencies":{"@sveltejs/kit":"2","vite":"8"}}`:                                  "PUBLIC_",
		`{"dependencies":{"astro":"6"}}`:                                                     "PUBLIC_",
		`{"dependencies":{"gatsby":"5"}}`:                                                    "GATSBY_",
		`{"dependencies":{"react-scripts":"5"}}`:                                             "REACT_APP_",
		`{"devDependencies":{"@vue/cli-service":"5"}}`:                                       "VUE_APP_",
		`{"dependencies":{"@angular/core":"21"},"devDependencies":{"@ngx-env/builder":"1"}}`: "NG_APP_",
		`{"devDependencies":{"@rsbuild/core":"1"}}`:                                          "PUBLIC_",
		`{"dependencies":{"express":"5"}}`:                                                   "",
		`{}`:                                                                                 "",
	} {
		folder := t.TempDir()
		write(t, filepath.Join(folder, "package.json"), manifest, 0o644)
		if got, err := envfile.Detect(folder); err != nil || got.Prefix != want || (got.Name == "") != (want == "") {
			t.Errorf("%s: %+v, %v; want %s", manifest, got, err, want)
		}
	}
	folder := t.TempDir()
	if got, err := envfile.Detect(folder); err != nil || got.Prefix != "" || !got.Server {
		t.Errorf("no package.json: %+v, %v", got, err)
	}
	write(t, filepath.Join(folder, "package.json"), `{"dependencies":{"@angular/core":"21"}}`, 0o644)
	if got, err := envfile.Detect(folder); err != nil || !strings.Contains(got.Reads, "reads no dotenv file") {
		t.Errorf("Angular: %+v, %v", got, err)
	}
	write(t, filepath.Join(folder, "package.json"), `{"dependencies":`, 0o644)
	if got, err := envfile.Detect(folder); err == nil || got != (envfile.Framework{}) {
		t.Errorf("half a file: %+v, %v", got, err)
	}
}
