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

// candidate is a registered value and what differs between it and the given one.
type candidate struct {
	value             []rune
	from, to, givenTo int
	same              bool
}

// size is how much differs.
func (c candidate) size() int { return max(c.to, c.givenTo) - c.from }

// compare marks the characters in which a given value differs from the registered
// ones, the nearest first. The given value is marked against the nearest.
func compare(given string, registered []string) comparison {
	a := characters(given)
	var all []candidate
	for _, r := range registered {
		if r == "" {
			continue
		}
		b := characters(r)
		from, tail := edges(a, b)
		all = append(all, candidate{b, from, len(b) - tail, len(a) - tail, slices.Equal(a, b)})
	}
	slices.SortStableFunc(all, func(x, y candidate) int { return x.size() - y.size() })
	var c comparison
	if len(all) > maxRegistered {
		c.More, all = len(all)-maxRegistered, all[:maxRegistered]
	}
	for _, r := range all {
		one := compared{Text: []part{{Text: visible(r.value)}}}
		if given != "" && !r.same {
			one = compared{Text: split(r.value, r.from, r.to), At: r.from + 1}
		}
		c.Registered = append(c.Registered, one)
	}
	switch {
	case given == "":
	case len(all) == 0 || all[0].same:
		c.Given = []part{{Text: visible(a)}}
	default:
		c.Given = split(a, all[0].from, all[0].givenTo)
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

// split cuts a value into what is before, at and after the difference. The middle may
// be empty: then something is missing there, and the mark shows where.
func split(r []rune, from, to int) []part {
	return []part{{Text: visible(r[:from])}, {Text: visible(r[from:to]), Differs: true}, {Text: visible(r[to:])}}
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
