package inspect_test

import (
	"os"
	"strings"
	"testing"
)

// TestPage: what docs/cli.md shows of the example is what the command prints.
func TestPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	printed, err := os.ReadFile("testdata/example.txt")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for block := range strings.SplitSeq(string(page), "\n```") {
		shown, ok := strings.CutPrefix(block, "\n") // what stands behind it in its line is a language
		if !ok || !strings.Contains(shown, "subject (sub)") {
			continue
		}
		found = true
		if !strings.Contains(string(printed), "\n"+shown+"\n") {
			t.Errorf("docs/cli.md shows this, which is not in testdata/example.txt:\n%s", shown)
		}
	}
	if !found {
		t.Error("docs/cli.md shows nothing of the example")
	}
}
