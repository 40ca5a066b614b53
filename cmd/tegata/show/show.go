package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"
	"golang.org/x/text/width"
)

// Streams are where a command writes: data to Out, talk to Err.
type Streams struct{ Out, Err io.Writer }

// Of returns the streams of a command that kong runs.
func Of(k *kong.Context) Streams { return Streams{k.Stdout, k.Stderr} }

// Output is the flag of a command that prints data as text or as JSON.
type Output struct {
	JSON bool `help:"Print JSON."`
}

// Print prints v as JSON, or text.
func (o Output) Print(s Streams, v any, text string) error {
	if o.JSON {
		return JSON(s, v)
	}
	_, err := io.WriteString(s.Out, text)
	return err
}

// JSON prints v as indented JSON.
func JSON(s Streams, v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Line prints v as one line of JSON.
func Line(s Streams, v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// Talk prints a line for people on standard error.
func Talk(s Streams, format string, a ...any) error {
	_, err := fmt.Fprintf(s.Err, format+"\n", a...)
	return err
}

// Lines writes names and values one below the other; empty values are left out.
func Lines(pairs ...[2]string) string {
	var b strings.Builder
	for _, p := range pairs {
		if value := strings.TrimSpace(Clean(p[1])); value != "" {
			fmt.Fprintf(&b, "%-14s %s\n", p[0], value)
		}
	}
	return b.String()
}

// Table writes rows under a head, columns in line; without a head, the rows alone.
func Table(head []string, rows [][]string) string {
	all := rows
	if head != nil {
		all = append([][]string{head}, rows...)
	}
	var widths []int
	for _, row := range all {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(Clean(cell)))
		}
	}
	var b strings.Builder
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			cell = Clean(cell)
			line.WriteString(cell + strings.Repeat(" ", widths[i]-columns(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// columns is how many columns of a terminal a text takes. Names of people may be in any
// script: a kanji takes two, a Thai vowel above its consonant none.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// Clean keeps control characters away from the terminal.
func Clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' || c == 0x7f || c >= 0x80 && c < 0xa0 {
			return '\uFFFD'
		}
		return c
	}, s)
}
