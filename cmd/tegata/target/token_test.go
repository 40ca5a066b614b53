//go:build unix

package target_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/target"
)

const at = "http://localhost:4800"

// TestTokenFile: the token is for this user alone, at every name of loopback, and replaces
// what a killed process has left.
func TestTokenFile(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", folder)
	for _, token := range []string{"first", "second"} {
		path, err := target.WriteToken(at, token)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]fs.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v; want mode %o", name, info.Mode(), err, want)
			}
		}
		for _, url := range []string{at, "http://127.0.0.1:4800", "http://[::1]:4800/"} {
			if c, err := (target.Target{URL: url}).Client(); err != nil || c.Token != token {
				t.Errorf("%s: %+v, %v; want %s", url, c, err, token)
			}
		}
		if err := os.Chmod(path, 0o644); err != nil { // of the next round's leftover
			t.Fatal(err)
		}
	}
}

// TestTokenFolderOfOthers: in a folder that somebody else can write to, or has put in place
// of ours, no token is left, and none is read: his link could lead to any file of the user's.
func TestTokenFolderOfOthers(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("geheim"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, lay := range map[string]func(dir string) error{
		"open to all":       func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o777)) },
		"open to the group": func(dir string) error { return errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o770)) },
		"a link":            func(dir string) error { return errors.Join(os.Mkdir(dir+"2", 0o700), os.Symlink(dir+"2", dir)) },
	} {
		for _, variable := range []string{"XDG_RUNTIME_DIR", "TMPDIR"} {
			parent := t.TempDir()
			t.Setenv("XDG_RUNTIME_DIR", "")
			t.Setenv(variable, parent)
			dir := filepath.Join(parent, "tegata")
			if variable == "TMPDIR" {
				dir = filepath.Join(parent, "tegata-"+strconv.Itoa(os.Getuid()))
			}
			if err := errors.Join(lay(dir), os.Symlink(secret, filepath.Join(dir, "localhost_4800.token"))); err != nil {
				t.Fatal(err)
			}
			c, err := (target.Target{URL: at}).Client()
			var refused *exit.Error
			if !errors.As(err, &refused) || refused.Code != exit.Config || !strings.Contains(err.Error(), dir) {
				t.Errorf("%s by %s: token %v, %v", name, variable, c, err)
			}
			if path, err := target.WriteToken(at, "tgadm_x"); err == nil {
				t.Errorf("%s by %s: a token was left at %s", name, variable, path)
			}
		}
	}
}
