package page_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/platform/internal/page"
)

// marked writes parts with the differing ones in brackets.
func marked(parts []page.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Differs {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given      string
		registered []string
		want       string
		shown      []string
		at         []int
	}{
		"port":       {"http://localhost:5174/cb", []string{"http://localhost:5173/cb"}, "http://localhost:517[4]/cb", []string{"http://localhost:517[3]/cb"}, []int{21}},
		"missing":    {"https://a.example/cb", []string{"https://a.example/cb/"}, "https://a.example/cb[]", []string{"https://a.example/cb[/]"}, []int{21}},
		"too much":   {"https://a.example/cb ", []string{"https://a.example/cb"}, "https://a.example/cb[[U+0020]]", []string{"https://a.example/cb[]"}, []int{21}},
		"nearest":    {"abcd", []string{"xyz", "abcx"}, "abc[d]", []string{"abc[x]", "[xyz]"}, []int{4, 1}},
		"same":       {"abc", []string{"abd", "abc"}, "abc", []string{"abc", "ab[d]"}, []int{0, 3}},
		"none":       {"abc", []string{""}, "abc", nil, nil},
		"no given":   {"", []string{"abc"}, "", []string{"abc"}, []int{0}},
		"repetition": {"aaa", []string{"aa"}, "aa[a]", []string{"aa[]"}, []int{3}},
		"unseen":     {"a\u200bb", []string{"ab"}, "a[[U+200B]]b", []string{"a[]b"}, []int{2}},
		"direction":  {"a\u202eb", []string{"ab"}, "a[[U+202E]]b", []string{"a[]b"}, []int{2}},
		"two places": {"http://localhost:5174/callback ", []string{"http://localhost:5173/callback"}, "http://localhost:517[4]/callback[[U+0020]]", []string{"http://localhost:517[3]/callback"}, []int{21}},
		"by chance":  {"https://a.example/xaybzc", []string{"https://a.example/1a2b3c4"}, "https://a.example/[xaybzc]", []string{"https://a.example/[1a2b3c4]"}, []int{19}},
		"languages":  {"茶屋", []string{"茶室"}, "茶[屋]", []string{"茶[室]"}, []int{2}},
	} {
		given, registered, more := page.Compare(c.given, c.registered)
		var shown []string
		var at []int
		for _, r := range registered {
			shown, at = append(shown, marked(r.Text)), append(at, r.At)
		}
		if got := marked(given); got != c.want || more != 0 {
			t.Errorf("%s: given %s, want %s; %d more", name, got, c.want, more)
		}
		if d := cmp.Diff(c.shown, shown) + cmp.Diff(c.at, at); d != "" {
			t.Errorf("%s: registered (-want +got)\n%s", name, d)
		}
	}
	_, registered, more := page.Compare(strings.Repeat("x", 5000), strings.Fields(strings.Repeat("y ", 25)))
	if len(registered) != 20 || more != 5 {
		t.Errorf("%d of 25 shown, %d more", len(registered), more)
	}
}

// What is marked is always the whole value, and at its place.
func FuzzCompare(f *testing.F) {
	f.Add("http://localhost:5174/cb", "http://localhost:5173/cb")
	f.Add("aaa", "aa")
	f.Add("", "x")
	f.Add("a\u200b", "\xff")
	f.Fuzz(func(t *testing.T, given, registered string) {
		a, all, _ := page.Compare(given, []string{registered})
		for value, parts := range map[string][]page.Part{given: a, registered: func() []page.Part {
			if len(all) == 0 {
				return nil
			}
			return all[0].Text
		}()} {
			var joined string
			for _, p := range parts {
				joined += p.Text
			}
			if len(value) < 2000 && joined != page.Visible([]rune(value)) {
				t.Errorf("%q against %q: shown as %q", given, registered, joined)
			}
		}
	})
}
