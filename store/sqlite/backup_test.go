package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/sqlite"
	"github.com/tegata-id/tegata/store/storetest"
)

// loaded is a store to which some stories have been written, and what it acknowledged.
func loaded(t *testing.T, s *sqlite.Store, first, atLeast int) []storetest.Fact {
	t.Helper()
	if err := storetest.Prepare(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex // guards facts
	var facts []storetest.Fact
	err := storetest.Load(ctx, s, first, 8, func(f storetest.Fact) {
		mu.Lock()
		defer mu.Unlock()
		if facts = append(facts, f); len(facts) >= atLeast {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestRestoreWhileUsed: a store whose files were moved away under a process that uses it is
// not restored: the process would go on with what was moved, and nobody would have it.
func TestRestoreWhileUsed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	c := sqlite.Config{Path: filepath.Join(folder, "tegata.db")}
	s := open(t, c)
	t.Cleanup(func() { s.Close() })
	backup := filepath.Join(folder, "backup.db")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for _, of := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(c.Path+of, filepath.Join(folder, "moved.db"+of)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sqlite.Restore(t.Context(), backup, c); !errors.Is(err, sqlite.ErrLocked) {
		t.Errorf("got error %v, want %v", err, sqlite.ErrLocked)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Restore(t.Context(), backup, c); err != nil {
		t.Errorf("when the process has ended: %v", err)
	}
	again := open(t, c)
	t.Cleanup(func() { again.Close() })
}

// TestBackup: a backup that is made while others write holds everything that had been
// acknowledged when it began, is verified, and can be restored.
func TestBackup(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, sqlite.Config{Path: filepath.Join(folder, "tegata.db")})
	t.Cleanup(func() { s.Close() })
	before := loaded(t, s, 1, 500)

	ctx, cancel := context.WithCancel(t.Context())
	var writer sync.WaitGroup
	writing := make(chan struct{})
	var once sync.Once
	writer.Go(func() {
		if err := storetest.Load(ctx, s, 10_000, 4, func(storetest.Fact) { once.Do(func() { close(writing) }) }); err != nil {
			t.Error(err)
		}
	})
	<-writing
	to := filepath.Join(folder, "backup.db")
	if err := s.Backup(t.Context(), to); err != nil {
		t.Error(err)
	}
	cancel()
	writer.Wait()

	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := s.Backup(t.Context(), to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto a file: got error %v, want %v", err, fs.ErrExist)
	}
	restored := sqlite.Config{Path: filepath.Join(folder, "restored.db")}
	report, err := sqlite.Restore(t.Context(), to, restored)
	if err != nil || report.Pending != 0 || report.Bytes == 0 {
		t.Fatalf("Restore: got %+v, %v", report, err)
	}
	if _, err := sqlite.Restore(t.Context(), to, restored); !errors.Is(err, fs.ErrExist) {
		t.Errorf("onto a store: got error %v, want %v", err, fs.ErrExist)
	}
	again := open(t, restored)
	t.Cleanup(func() { again.Close() })
	for _, left := range []string{"-wal", "-journal"} {
		stray := filepath.Join(folder, "stray"+left+".db")
		if err := os.WriteFile(stray+left, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := sqlite.Restore(t.Context(), to, sqlite.Config{Path: stray}); !errors.Is(err, fs.ErrExist) {
			t.Errorf("beside the %s of another store, which SQLite would read into it: got error %v, want %v", left, err, fs.ErrExist)
		}
	}
	kinds, err := again.Tally(t.Context())
	if err != nil || !slices.Equal(kinds, report.Kinds) {
		t.Errorf("the restored store holds %v, %v; the backup %v", kinds, err, report.Kinds)
	}
	if a, err := storetest.Check(t.Context(), again, before); err != nil || !a.OK() {
		t.Errorf("after the restore: %v, %v", a, err)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*partial*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestVerify: a file is intact, also while it is in use, or the report says what is wrong.
func TestVerify(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tegata.db")
	s := open(t, sqlite.Config{Path: path})
	loaded(t, s, 1, 300)
	if err := s.ReplaceKeyRing(t.Context(), 0, []store.Key{{ID: "k", Use: "sign", Sealed: []byte{0, 255}}}); err != nil {
		t.Fatal(err)
	}
	want, err := s.Tally(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sqlite.Verify(t.Context(), path); err != nil || !slices.Equal(got.Kinds, want) {
		t.Errorf("in use: got %v, %v; want %v", got.Kinds, err, want)
	} else if k := got.Keys.Keys; len(k) != 1 || k[0].ID != "k" || !slices.Equal(k[0].Sealed, []byte{0, 255}) {
		t.Errorf("key ring: got %+v, want the key that was put in, sealed", got.Keys)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := sqlite.Verify(t.Context(), path); err != nil || !slices.Equal(got.Kinds, want) {
		t.Errorf("closed: got %v, %v; want %v", got.Kinds, err, want)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func([]byte) []byte{
		"cut off":      func(b []byte) []byte { return b[:len(b)/2] },
		"page of zero": func(b []byte) []byte { clear(b[8*4096 : 9*4096]); return b },
		"header":       func(b []byte) []byte { b[3] = 'x'; return b },
	} {
		spoiled := filepath.Join(t.TempDir(), "spoiled.db")
		write(t, spoiled, 0o600, string(spoil(slices.Clone(content))))
		if _, err := sqlite.Verify(t.Context(), spoiled); !errors.Is(err, sqlite.ErrDamaged) {
			t.Errorf("%s: got error %v, want %v", name, err, sqlite.ErrDamaged)
		}
		restored := filepath.Join(t.TempDir(), "restored.db")
		if _, err := sqlite.Restore(t.Context(), spoiled, sqlite.Config{Path: restored}); !errors.Is(err, sqlite.ErrDamaged) {
			t.Errorf("%s, Restore: got error %v, want %v", name, err, sqlite.ErrDamaged)
		}
		if _, err := os.Stat(restored); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: something was restored", name)
		}
	}
	// SQLite has no sums of its pages: what changes inside a record shows in its digest alone.
	changed := filepath.Join(t.TempDir(), "changed.db")
	write(t, changed, 0o600, strings.ReplaceAll(string(content), `"id":"k"`, `"id":"j"`))
	if got, err := sqlite.Verify(t.Context(), changed); err != nil || slices.Equal(got.Kinds, want) {
		t.Errorf("a letter in a record has changed: got the same digests (%v), want others", err)
	}
	other := filepath.Join(t.TempDir(), "other.db")
	run(t, other, "CREATE TABLE diary (day TEXT)")
	if _, err := sqlite.Verify(t.Context(), other); err == nil {
		t.Error("the database of another program was verified")
	}
	if _, err := sqlite.Verify(t.Context(), other+"x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got error %v, want %v", err, fs.ErrNotExist)
	}
}
