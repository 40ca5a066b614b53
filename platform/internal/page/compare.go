package page

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a stretch of a value that is or is not in the other value.
type piece struct {
	Text    string
	Differs bool
}

// compare marks in each registered value what differs from the given one, and in the
// given one what differs from the registered value that is nearest to it.
func compare(given string, registered []string) ([]piece, [][]piece) {
	given = shorten(given)
	if given == "" || len(registered) == 0 {
		var plain [][]piece
		for _, value := range registered {
			plain = append(plain, []piece{{Text: visible(shorten(value))}})
		}
		if given == "" {
			return nil, plain
		}
		return []piece{{Text: visible(given)}}, plain
	}
	var nearest []piece
	best := -1
	all := make([][]piece, 0, len(registered))
	for _, value := range registered {
		a, b := difference([]rune(given), []rune(shorten(value)))
		all = append(all, b)
		if n := marked(a) + marked(b); best < 0 || n < best {
			nearest, best = a, n
		}
	}
	return nearest, all
}

func marked(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		if p.Differs {
			n += utf8.RuneCountInString(p.Text)
		}
	}
	return n
}

func shorten(s string) string {
	if len(s) <= maxShownBytes {
		return s
	}
	return strings.ToValidUTF8(s[:maxShownBytes], "") + "…"
}

// maxTable bounds the work of one comparison; longer middles are marked whole.
const maxTable = 512 * 512

// minSame is how many equal characters in a row count as the same: fewer are chance.
const minSame = 3

// difference cuts two values into equal and differing pieces.
func difference(a, b []rune) (inA, inB []piece) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	sameA, sameB := common(a[head:len(a)-tail], b[head:len(b)-tail])
	return pieces(a, sameA, head, tail), pieces(b, sameB, head, tail)
}

// common finds what two values share in the same order (the longest common
// subsequence), without stretches so short that they say nothing.
func common(a, b []rune) (inA, inB []bool) {
	inA, inB = make([]bool, len(a)), make([]bool, len(b))
	if len(a)*len(b) > maxTable {
		return inA, inB
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
		switch {
		case a[i] == b[j]:
			n := 0
			for i+n < len(a) && j+n < len(b) && a[i+n] == b[j+n] {
				n++
			}
			for k := 0; k < n && n >= minSame; k++ {
				inA[i+k], inB[j+k] = true, true
			}
			i, j = i+n, j+n
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return inA, inB
}

// pieces joins the head, the middle and the tail of a value.
func pieces(value []rune, same []bool, head, tail int) []piece {
	var out []piece
	for i, r := range value {
		differs := i >= head && i < len(value)-tail && !same[i-head]
		if n := len(out); n == 0 || out[n-1].Differs != differs {
			out = append(out, piece{Differs: differs})
		}
		out[len(out)-1].Text += visible(string(r))
	}
	return out
}

// visible writes out what cannot be seen, or would change how the rest is seen.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "[U+%04X]", r)
		}
	}
	return b.String()
}
