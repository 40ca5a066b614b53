package show_test

import (
	"testing"

	"github.com/tegata-id/tegata/cmd/tegata/show"
)

// TestTable: columns stand in line on a terminal, whatever script the cells are in.
func TestTable(t *testing.T) {
	t.Parallel()
	got := show.Table([]string{"A", "B"}, [][]string{{"abcdef", "1"}, {"例え", "2"}, {"ดี", "3"}, {"x\x1b[2Jy", "4"}, {"e\u0301", ""}})
	const want = "A       B\n" +
		"abcdef  1\n" +
		"例え    2\n" + // two columns each
		"ดี       3\n" + // a consonant with a vowel above it
		"x\uFFFD[2Jy  4\n" +
		"e\u0301\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := show.Table(nil, [][]string{{"a", "b"}}); got != "a  b\n" {
		t.Errorf("without a head: %q", got)
	}
}
