package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// source copies the sources that webbuild reads into a folder of the test's own.
func source(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for _, part := range []string{"liff", "playwright", "simulator"} {
		from := filepath.Join("..", "..", "..", "web", part, "src")
		if err := os.CopyFS(filepath.Join(root, "web", part, "src"), os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestCommittedFilesAreBuiltFromTheSources(t *testing.T) {
	t.Parallel()
	var talk bytes.Buffer
	if code := run([]string{"-root", "../../..", "-check"}, &talk); code != exitDone {
		t.Errorf("exit code %d, want %d:\n%s", code, exitDone, &talk)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dist := func(root, name string) string { return filepath.Join(root, "web", "liff", "dist", name) }
	tests := []struct {
		name  string
		spoil func(root string) error
		code  int
		says  string
	}{
		{"fresh", func(string) error { return nil }, exitDone, ""},
		{"changed output", func(root string) error {
			return os.WriteFile(dist(root, "liff.js"), []byte("x"), 0o644)
		}, exitStale, "web/liff/dist/liff.js is not what its sources build"},
		{"changed source", func(root string) error {
			return os.WriteFile(filepath.Join(root, "web", "liff", "src", "version.ts"), []byte("export const version = \"9.9.9\";\n"), 0o644)
		}, exitStale, "web/liff/dist/liff.mjs is not what its sources build"},
		{"missing output", func(root string) error { return os.Remove(dist(root, "index.d.ts")) }, exitStale, "web/liff/dist/index.d.ts is missing"},
		{"stray output", func(root string) error {
			return os.WriteFile(dist(root, "old.js"), nil, 0o644)
		}, exitStale, "web/liff/dist/old.js is built by nothing"},
		{"broken source", func(root string) error {
			return os.WriteFile(filepath.Join(root, "web", "liff", "src", "version.ts"), []byte("export const ="), 0o644)
		}, exitBuild, "version.ts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := source(t)
			var talk bytes.Buffer
			if code := run([]string{"-root", root}, &talk); code != exitDone {
				t.Fatalf("build: exit code %d:\n%s", code, &talk)
			}
			if err := tt.spoil(root); err != nil {
				t.Fatal(err)
			}
			code := run([]string{"-root", root, "-check"}, &talk)
			if code != tt.code || !strings.Contains(talk.String(), tt.says) {
				t.Errorf("exit code %d, want %d; said %q, want %q in it", code, tt.code, &talk, tt.says)
			}
			if code == exitStale && !strings.Contains(talk.String(), "go run ./cmd/webbuild ") {
				t.Errorf("does not name the command to run: %q", &talk)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-chek"}, {"check"}} {
		var talk bytes.Buffer
		if code := run(args, &talk); code != exitUsage || talk.Len() == 0 {
			t.Errorf("run(%q) = %d, said %q; want %d and a reason", args, code, &talk, exitUsage)
		}
	}
}
