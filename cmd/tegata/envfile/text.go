package envfile

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// What begins and ends the lines that are ours.
const (
	// It has no quote in it: one would end a value that somebody has left open.
	begin = "# tegata dev: begin. Replaced at each start of tegata dev --write-env"
	end   = "# tegata dev: end"

	beginMark = "# tegata dev: begin"
)

// Conflict says that a file cannot be written, because of a line that somebody else wrote.
type Conflict struct {
	Line int // from 1
	Name string
	Why  string
}

// Error says what stands in the way, and where.
func (c *Conflict) Error() string { return fmt.Sprintf("line %d %s", c.Line, c.Why) }

// Variable is a name and its value. A value needs no quotes: it has neither blanks nor any
// of the characters " ' ` # $ and \.
type Variable struct{ Name, Value string }

// Replace returns the text of a dotenv file with a block of ours that holds the variables,
// in place of the block that is there, or at the end. Everything else stays, byte by byte;
// the error is a *Conflict.
func Replace(text []byte, variables []Variable) ([]byte, error) {
	rest, marked := bytes.CutPrefix(text, []byte(byteOrderMark))
	entries := parse(rest)
	from, to, err := ours(entries)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if (i < from || i >= to) && slices.ContainsFunc(variables, func(v Variable) bool { return v.Name == e.name }) {
			return nil, &Conflict{Line: e.line, Name: e.name, Why: "sets " + e.name + " already"}
		}
	}
	var out bytes.Buffer
	if marked {
		out.WriteString(byteOrderMark)
	}
	for _, e := range entries[:from] {
		out.WriteString(e.text)
	}
	eol := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		eol = "\r\n"
	}
	if from > 0 && !strings.ContainsAny(entries[from-1].text[len(entries[from-1].text)-1:], "\r\n") {
		out.WriteString(eol)
	}
	out.WriteString(begin + eol)
	for _, v := range variables {
		out.WriteString(v.Name + "=" + v.Value + eol)
	}
	out.WriteString(end + eol)
	for _, e := range entries[to:] {
		out.WriteString(e.text)
	}
	return out.Bytes(), nil
}

// ours finds the block: the entries from and up to to, which are equal if there is none.
func ours(entries []entry) (from, to int, err error) {
	from, to = len(entries), len(entries)
	open := 0 // line at which the block begins
	for i, e := range entries {
		bare := strings.TrimSpace(e.text)
		switch {
		case strings.HasPrefix(bare, beginMark):
			if open != 0 || to != len(entries) || from != len(entries) {
				return 0, 0, &Conflict{Line: e.line, Why: "begins a second block of tegata's: remove one of them"}
			}
			from, open = i, e.line
		case bare == end:
			if open == 0 {
				return 0, 0, &Conflict{Line: e.line, Why: "ends a block of tegata's that does not begin: remove the line"}
			}
			to, open = i+1, 0
		case open != 0 && !written(e):
			return 0, 0, &Conflict{Line: e.line, Why: "is in tegata's block and not tegata's: move it out of the block"}
		}
	}
	if open != 0 {
		return 0, 0, &Conflict{Line: open, Why: "begins a block of tegata's that does not end: remove it, or add the line " + end}
	}
	return from, to, nil
}

// ownName is the form of every name that Variables gives.
var ownName = regexp.MustCompile(`^([A-Z]+_)*(LIFF_ID|TEGATA_URL|LINE_CHANNEL_ID|LINE_CHANNEL_SECRET)$`)

// written says whether an entry may be one that a block of ours had.
func written(e entry) bool {
	text := strings.TrimRight(e.text, "\r\n")
	return text == "" || ownName.MatchString(e.name) && strings.HasPrefix(text, e.name+"=") && !strings.ContainsAny(text, "\"'`# \t\n")
}

// entry is a line, or the lines of a value in quotes.
type entry struct {
	text string // with the end of the line
	line int    // from 1
	name string // that it sets; empty: none
}

const byteOrderMark = "\uFEFF"

// assignment is how dotenv files set a name.
var assignment = regexp.MustCompile(`^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:(?:\s|$))[ \t]*`)

// parse reads a dotenv file as the usual readers do: a value that begins with a quote goes
// on to the next one of its kind, over several lines; without that it ends with its line.
func parse(text []byte) []entry {
	var entries []entry
	for line := 1; len(text) > 0; {
		size := lineSize(text)
		e := entry{line: line}
		if m := assignment.FindSubmatchIndex(text[:size]); m != nil {
			e.name = string(text[m[2]:m[3]])
			size = valueSize(text, m[1], size)
		}
		e.text = string(text[:size])
		entries = append(entries, e)
		for rest := text[:size]; len(rest) > 0; rest = rest[lineSize(rest):] {
			line++
		}
		text = text[size:]
	}
	return entries
}

// lineSize returns the length of the first line, with its end: a line feed, a carriage
// return, or both.
func lineSize(text []byte) int {
	switch i := bytes.IndexAny(text, "\r\n"); {
	case i < 0:
		return len(text)
	case bytes.HasPrefix(text[i:], []byte("\r\n")):
		return i + 2
	default:
		return i + 1
	}
}

// valueSize returns the length of the lines that the value at an offset takes; size is that
// of the first.
func valueSize(text []byte, at, size int) int {
	if at >= size {
		return size
	}
	quote := text[at]
	if quote != '"' && quote != '\'' && quote != '`' {
		return size
	}
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case quote:
			return i + lineSize(text[i:])
		}
	}
	return size
}
