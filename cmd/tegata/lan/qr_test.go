package lan

import (
	"strings"
	"testing"

	"rsc.io/qr"
)

// TestQR reads the drawing back, module by module.
func TestQR(t *testing.T) {
	t.Parallel()
	const text = "https://192.168.1.5:4810/_tegata/lan?code=12345678"
	drawn, err := QR(text)
	if err != nil {
		t.Fatal(err)
	}
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(drawn, "\n"), "\n")
	for y, line := range lines {
		line = strings.TrimSuffix(strings.TrimPrefix(line, "\x1b[30;107m"), "\x1b[0m")
		row := []rune(line)
		if len(row) != code.Size+2*quiet {
			t.Fatalf("line %d is %d wide; want %d", y, len(row), code.Size+2*quiet)
		}
		for x, r := range row {
			for half, dark := range []bool{r == '█' || r == '▀', r == '█' || r == '▄'} {
				at := [2]int{x - quiet, 2*y + half - quiet}
				want := at[0] >= 0 && at[1] >= 0 && at[0] < code.Size && at[1] < code.Size && code.Black(at[0], at[1])
				if dark != want {
					t.Fatalf("module %v dark %v, want %v", at, dark, want)
				}
			}
		}
	}
	if 2*len(lines) < code.Size+2*quiet {
		t.Errorf("%d lines for %d rows", len(lines), code.Size+2*quiet)
	}
	if _, err := QR(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that is too long became a code")
	}
}
