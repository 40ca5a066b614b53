package page

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// part is a piece of a value; Differs marks what is not in the other one.
type part struct {
	Text    string
	Differs bool
}

// compared is a registered value, marked where the given one differs from it.
type compared struct {
	Text []part
	At   int // number of the first differing character; 0: none differs
}

// Limits of what an error page shows.
const (
	maxShown      = 2000 // characters of a value
	maxRegistered = 20
)

// comparison is what an error page says of a value that is not registered.
type comparison struct {
	Given      []part
	Registered []compared
	More       int // registered values that are left out
}

// compare marks the characters in which a given value differs from the registered
// ones, the nearest first. The given value is marked against the nearest.
func compare(given string, registered []string) comparison {
	a := characters(given)
	var all []difference
	for _, r := range registered {
		if r != "" {
			all = append(all, differ(a, characters(r)))
		}
	}
	slices.SortStableFunc(all, func(x, y difference) int { return x.size() - y.size() })
	var c comparison
	if len(all) > maxRegistered {
		c.More, all = len(all)-maxRegistered, all[:maxRegistered]
	}
	for _, d := range all {
		one := compared{Text: []part{{Text: visible(d.b)}}}
		if given != "" && d.from >= 0 {
			one = compared{Text: parts(d.b, d.inB, d.from), At: d.from + 1}
		}
		c.Registered = append(c.Registered, one)
	}
	switch {
	case given == "":
	case len(all) == 0 || all[0].from < 0:
		c.Given = []part{{Text: visible(a)}}
	default:
		c.Given = parts(a, all[0].inA, all[0].from)
	}
	return c
}

// characters are those of a value that are shown.
func characters(s string) []rune {
	r := []rune(s)
	return r[:min(len(r), maxShown)]
}

// edges counts the characters that two values share at the beginning and at the end.
func edges(a, b []rune) (head, tail int) {
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// difference says which characters of two values the other one has too, at the same
// place in the order.
type difference struct {
	b        []rune
	inA, inB []bool // true: in both
	from     int    // first place where they differ; -1: nowhere
}

// size is how many characters differ.
func (d difference) size() int {
	n := 0
	for _, in := range append(slices.Clone(d.inA), d.inB...) {
		if !in {
			n++
		}
	}
	return n
}

// Limits of the comparison: the work that it may make, and how many equal characters
// in a row count as the same, since fewer are chance.
const (
	maxTable = 512 * 512
	minSame  = 3
)

// differ compares two values: what they share at both ends, and between these the
// longest common subsequence.
func differ(a, b []rune) difference {
	d := difference{b: b, inA: make([]bool, len(a)), inB: make([]bool, len(b)), from: -1}
	head, tail := edges(a, b)
	if head < max(len(a), len(b)) {
		d.from = head
	}
	endA, endB := len(a)-tail, len(b)-tail
	for i := range a {
		d.inA[i] = i < head || i >= endA
	}
	for i := range b {
		d.inB[i] = i < head || i >= endB
	}
	middle(a[head:endA], b[head:endB], d.inA[head:endA], d.inB[head:endB])
	return d
}

// middle marks the longest common subsequence of two values that share no end.
func middle(a, b []rune, inA, inB []bool) {
	if len(a)*len(b) > maxTable {
		return
	}
	longest := make([][]int32, len(a)+1)
	for i := range longest {
		longest[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		n := 0
		for i+n < len(a) && j+n < len(b) && a[i+n] == b[j+n] {
			n++
		}
		for k := 0; k < n && n >= minSame; k++ {
			inA[i+k], inB[j+k] = true, true
		}
		switch {
		case n > 0:
			i, j = i+n, j+n
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
}

// parts cuts a value into what is and what is not in the other one. If nothing of it
// differs, something is missing at the place where the other one goes on, and an
// empty part marks that.
func parts(value []rune, in []bool, from int) []part {
	if !slices.Contains(in, false) {
		return []part{{Text: visible(value[:from])}, {Differs: true}, {Text: visible(value[from:])}}
	}
	var out []part
	begin := 0
	for i := 1; i <= len(value); i++ {
		if i == len(value) || in[i] != in[begin] {
			out = append(out, part{Text: visible(value[begin:i]), Differs: !in[begin]})
			begin = i
		}
	}
	return out
}

// visible writes out what cannot be seen, or would change how the rest is seen: in a
// callback URL a blank at the end or a zero-width character is the whole riddle.
func visible(value []rune) string {
	var b strings.Builder
	for _, c := range value {
		if unicode.IsGraphic(c) && !unicode.IsSpace(c) && !unicode.Is(unicode.Bidi_Control, c) {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "[U+%04X]", c)
		}
	}
	return b.String()
}
