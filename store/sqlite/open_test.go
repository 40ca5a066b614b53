package sqlite_test

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/sqlite"
)

// write makes a file with this mode and content.
func write(t *testing.T, path string, mode os.FileMode, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// run runs statements on a database that no store has open.
func run(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// TestOpenRefuses: each file that cannot be a store is refused, with what to do about it,
// and is left as it is.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		path    string // below a folder of its own; its default is tegata.db
		prepare func(t *testing.T, path string)
		want    string
		is      error
	}{
		"no path":        {path: "-", want: "give the file of the store"},
		"folder":         {prepare: func(t *testing.T, p string) { _ = os.Mkdir(p, 0o700) }, want: "it is a folder: give a file in it"},
		"no such folder": {path: "none/tegata.db", want: "its folder is not there: mkdir -m 700"},
		"file as folder": {path: "file/tegata.db", prepare: func(t *testing.T, p string) { write(t, filepath.Dir(p), 0o600, "") }, want: "not a"},
		"open folder": {path: "open/tegata.db", prepare: func(t *testing.T, p string) {
			_ = os.Mkdir(filepath.Dir(p), 0o700)
			_ = os.Chmod(filepath.Dir(p), 0o777)
		}, want: "everybody may replace files in its folder: chmod o-w"},
		"open file":   {prepare: func(t *testing.T, p string) { write(t, p, 0o644, "") }, want: "other users may open it (mode 0644), and may have read it: chmod 600"},
		"other file":  {prepare: func(t *testing.T, p string) { write(t, p, 0o600, "dear diary, today I wrote") }, want: "it is not a SQLite database"},
		"short file":  {prepare: func(t *testing.T, p string) { write(t, p, 0o600, "x") }, want: "it is not a SQLite database"},
		"other's":     {prepare: func(t *testing.T, p string) { write(t, p, 0o600, ""); run(t, p, "CREATE TABLE diary (day TEXT)") }, want: "it is the database of another program"},
		"marked":      {prepare: func(t *testing.T, p string) { write(t, p, 0o600, ""); run(t, p, "PRAGMA application_id = 7") }, want: "it is the database of another program"},
		"device":      {prepare: func(t *testing.T, p string) { _ = os.Symlink("/dev/null", p) }, want: "it is not a file"},
		"newer":       {prepare: later("INSERT INTO schema_migrations VALUES (99, 'x', 'x', 0)"), is: store.ErrSchemaNewer, want: "it is at step 2, this program knows 1"},
		"other steps": {prepare: later("UPDATE schema_migrations SET digest = 'x'"), is: store.ErrSchemaOther, want: "step 1 differs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), strings.TrimPrefix(tt.path, "-"))
			switch tt.path {
			case "":
				path = filepath.Join(path, "tegata.db")
			case "-":
				path = ""
			}
			if tt.prepare != nil {
				tt.prepare(t, path)
			}
			before, _ := os.ReadFile(path)
			_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got error %v, want one that is %v and says %q", err, tt.is, tt.want)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

// later makes a store in which a statement was run afterwards.
func later(statement string) func(t *testing.T, path string) {
	return func(t *testing.T, path string) {
		if err := open(t, sqlite.Config{Path: path}).Close(); err != nil {
			t.Fatal(err)
		}
		run(t, path, statement)
	}
}

// TestSecond: neither this process nor another one opens a store a second time; when the
// first has closed it, it can be opened.
func TestSecond(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tegata.db")
	s := open(t, sqlite.Config{Path: path})
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}); !errors.Is(err, sqlite.ErrLocked) {
		t.Errorf("in this process: got error %v, want %v", err, sqlite.ErrLocked)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childFile+"="+path, childFirst+"=1")
	if out, _ := cmd.CombinedOutput(); !strings.Contains(string(out), sqlite.ErrLocked.Error()) {
		t.Errorf("in another process: got %q, want %q", out, sqlite.ErrLocked)
	}
	// The attempts have not taken the lock from the one that has it.
	if _, err := sqlite.Open(t.Context(), sqlite.Config{Path: path}); !errors.Is(err, sqlite.ErrLocked) {
		t.Errorf("once more: got error %v, want %v", err, sqlite.ErrLocked)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, sqlite.Config{Path: path}).Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFileModes: only the owner may open what the store writes, also where names are
// strange.
func TestFileModes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tegata.db", "a b?mode=memory&x=%41#y.db", "日本語.db", "file:x.db"} {
		folder := t.TempDir()
		s := open(t, sqlite.Config{Path: filepath.Join(folder, name)})
		if err := s.CreateProvider(t.Context(), store.Provider{ID: "p"}); err != nil {
			t.Error(err)
		}
		files, err := os.ReadDir(folder)
		if err != nil || len(files) != 4 {
			t.Errorf("%s: got files %v, %v; want the database and its -wal, -shm and -lock", name, files, err)
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(f.Name(), name) {
				t.Errorf("%s: mode %v, %v; want 0600", f.Name(), info.Mode(), err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestPending: the steps that a file lacks are told with their text, refused if asked to,
// and applied once.
func TestPending(t *testing.T) {
	t.Parallel()
	c := sqlite.Config{Path: filepath.Join(t.TempDir(), "tegata.db"), RefusePending: true}
	if steps, err := sqlite.Pending(t.Context(), c); err != nil || len(steps) != 1 {
		t.Errorf("no file: got %d steps, %v; want 1", len(steps), err)
	}
	if _, err := os.Lstat(c.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Pending made the file (%v)", err)
	}
	if _, err := sqlite.Open(t.Context(), c); !errors.Is(err, store.ErrSchemaPending) {
		t.Errorf("Open: got error %v, want %v", err, store.ErrSchemaPending)
	}
	for _, call := range []struct {
		name string
		got  func() ([]store.Migration, error)
		want int
	}{
		{"Pending", func() ([]store.Migration, error) { return sqlite.Pending(t.Context(), c) }, 1},
		{"Migrate", func() ([]store.Migration, error) { return sqlite.Migrate(t.Context(), c) }, 1},
		{"Pending afterwards", func() ([]store.Migration, error) { return sqlite.Pending(t.Context(), c) }, 0},
		{"Migrate afterwards", func() ([]store.Migration, error) { return sqlite.Migrate(t.Context(), c) }, 0},
	} {
		steps, err := call.got()
		if err != nil || len(steps) != call.want {
			t.Fatalf("%s: got %d steps, %v; want %d", call.name, len(steps), err, call.want)
		}
		if call.want == 1 && (steps[0].Number != 1 || !strings.Contains(steps[0].SQL, "CREATE TABLE access_tokens")) {
			t.Errorf("%s: got step %d: %.40q…", call.name, steps[0].Number, steps[0].SQL)
		}
	}
	if err := open(t, c).Close(); err != nil {
		t.Fatal(err)
	}
}
