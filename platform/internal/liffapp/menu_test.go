package liffapp_test

import (
	"fmt"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/liffapp"
)

// TestHeaderColors: whatever colour the header has, its text can be read.
func TestHeaderColors(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"#06C755": "#000000", "#111111": "#FFFFFF", "#ffffff": "#000000", "#0000ff": "#FFFFFF"} {
		light, dark, err := liffapp.HeaderColors(control.LIFFLaunchRequest{HeaderColor: name})
		for _, colors := range []map[string]string{light, dark} {
			if err != nil || colors["titleBackgroundColor"] != name || colors["titleTextColor"] != want || colors["titleSubtextColor"] != want {
				t.Errorf("%s: %v %v, want the text in %s", name, colors, err, want)
			}
		}
	}
	for r := 0; r < 256; r += 15 {
		for g := 0; g < 256; g += 15 {
			for b := 0; b < 256; b += 15 {
				if c := liffapp.BestContrast(fmt.Sprintf("#%02x%02x%02x", r, g, b)); c < 4.5 {
					t.Fatalf("#%02x%02x%02x: contrast %.2f, want 4.5", r, g, b, c)
				}
			}
		}
	}
	for _, bad := range []string{"green", "#fff", "#12345g", "#1234567", " #123456", "#123456\n"} {
		if _, _, err := liffapp.HeaderColors(control.LIFFLaunchRequest{HeaderColor: bad}); err == nil {
			t.Errorf("%q is taken for a colour", bad)
		}
	}
}
