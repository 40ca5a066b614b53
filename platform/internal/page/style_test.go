package page_test

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/platform/internal/page"
)

var property = regexp.MustCompile(`(--[a-z-]+): ([^;]+);`)

// theme reads the colours of the block that begins with a selector.
func theme(t *testing.T, style, selector string) map[string]string {
	t.Helper()
	_, block, ok := strings.Cut(style, selector+" {")
	if !ok {
		t.Fatalf("no %s in the style", selector)
	}
	block, _, _ = strings.Cut(block, "}")
	colours := map[string]string{}
	for _, m := range property.FindAllStringSubmatch(block, -1) {
		colours[m[1]] = m[2]
	}
	if len(colours) < 10 {
		t.Fatalf("%s has %d colours", selector, len(colours))
	}
	return colours
}

// luminance is the relative luminance of #rrggbb (WCAG 2.2).
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("colour %q is not #rrggbb", colour)
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		c := float64(n>>(16-8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Text has a contrast of 4.5 and what bounds a control one of 3 (WCAG 2.2, 1.4.3 and
// 1.4.11, level AA), in both themes.
func TestContrast(t *testing.T) {
	t.Parallel()
	style, err := page.Style()
	if err != nil {
		t.Fatal(err)
	}
	themes := map[string]map[string]string{
		"light": theme(t, style, "\n:root"), "dark": theme(t, style, `:root[data-theme="dark"]`),
	}
	if d := cmp.Diff(themes["dark"], theme(t, style, ":root:not([data-theme])")); d != "" {
		t.Errorf("the chosen dark theme and the system's differ:\n%s", d)
	}
	for name, colours := range themes {
		for _, c := range []struct {
			over  string
			under []string
			least float64
		}{
			{"--ink", []string{"--paper", "--card", "--tint"}, 7},
			{"--soft", []string{"--paper", "--card", "--tint"}, 4.5},
			{"--link", []string{"--paper", "--card", "--tint"}, 4.5},
			{"--on-seal", []string{"--seal", "--seal-deep"}, 4.5},
			{"--on-alert", []string{"--alert", "--card"}, 4.5},
			{"--on-mark", []string{"--mark"}, 4.5},
			{"--mark", []string{"--card"}, 1.2},
			{"--edge", []string{"--paper", "--card", "--tint"}, 3},
			{"--seal", []string{"--paper", "--card"}, 3},
			{"--focus", []string{"--paper", "--card", "--tint"}, 3},
		} {
			for _, under := range c.under {
				if got := contrast(t, colours[c.over], colours[under]); got < c.least {
					t.Errorf("%s: %s on %s has the contrast %.2f, want %.1f", name, c.over, under, got, c.least)
				}
			}
		}
	}
	for _, m := range regexp.MustCompile(`\.hue[0-9]\s*\{[^#}]*(#[0-9a-f]{6});[^#}]*(#[0-9a-f]{6});`).FindAllStringSubmatch(style, -1) {
		if got := contrast(t, m[1], m[2]); got < 4.5 {
			t.Errorf("initials %s: contrast %.2f", m[0], got)
		}
	}
}

// Styles load nothing, and name no colour outside the themes but the initials'.
func TestStyle(t *testing.T) {
	t.Parallel()
	style, err := page.Style()
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"url(", "@import", "http:", "https:", "@font-face"} {
		if strings.Contains(style, word) {
			t.Errorf("the style has %s", word)
		}
	}
	for _, want := range []string{"forced-colors", "prefers-reduced-motion", ":focus-visible", "keep-all"} {
		if !strings.Contains(style, want) {
			t.Errorf("the style has no %s", want)
		}
	}
	if n := len(regexp.MustCompile(`\.hue[0-5] `).FindAllString(style, -1)); n != 6 {
		t.Errorf("%d colours of initials, want 6", n)
	}
}
