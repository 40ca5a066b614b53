package setting_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/setting"
)

// TestPage: the page for operators has a row for every setting, with its default, and none
// for another.
func TestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(page), "\n| setting | default | |\n|---|---|---|\n")
	table, _, ended := strings.Cut(table, "\n\n")
	if !ok || !ended {
		t.Fatal("docs/operate.md has no table of settings")
	}
	folders := setting.Folders{Config: t.TempDir(), Data: "/var/lib/tegata"}
	s, err := setting.Load(setting.Sources{Folders: folders})
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(table, "\n")
	for _, one := range s.List() {
		want := "| `" + one.Name + "` | "
		if v := fmt.Sprint(one.Value); v != "" && v != "[]" {
			want += "`" + v + "` "
		}
		want += "| "
		if n := count(rows, want); n != 1 {
			t.Errorf("docs/operate.md has %d rows that begin with %q, want 1", n, want)
		}
	}
	if len(rows) != len(s.List()) {
		t.Errorf("docs/operate.md has %d settings, there are %d", len(rows), len(s.List()))
	}
}

// count says how many rows begin so.
func count(rows []string, beginning string) int {
	n := 0
	for _, row := range rows {
		if strings.HasPrefix(row, beginning) {
			n++
		}
	}
	return n
}
