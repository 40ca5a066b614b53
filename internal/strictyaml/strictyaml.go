package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
)

// MaxSize is the largest file in bytes.
const MaxSize = 4 << 20

// Error is a fault in a file.
type Error struct {
	File    string
	Line    int // from 1; zero: not known
	Problem string
}

// Error returns "FILE:LINE: PROBLEM".
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Problem
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Problem)
}

// Unmarshal reads exactly one YAML document into v, a pointer to a struct with yaml
// tags. The error is an *Error that calls the file name. An empty document leaves v
// as it is.
func Unmarshal(file string, data []byte, v any) error {
	if len(data) > MaxSize {
		return &Error{File: file, Problem: fmt.Sprintf("larger than %d MiB", MaxSize>>20)}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	if err := dec.Decode(v); err != nil && !errors.Is(err, io.EOF) {
		return describe(file, err, reflect.TypeOf(v))
	}
	var more any
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return &Error{File: file, Problem: "holds more than one document; keep the first and remove what follows ---"}
	}
	return nil
}

// describe turns the parser's error into ours.
func describe(file string, err error, t reflect.Type) error {
	out := &Error{File: file, Problem: err.Error()}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		tk := unknown.GetToken()
		out.Line = tk.Position.Line
		out.Problem = fmt.Sprintf("unknown key %q", tk.Value)
		if near := nearest(tk.Value, keys(t, map[reflect.Type]bool{})); near != "" {
			out.Problem += fmt.Sprintf("; did you mean %q?", near)
		}
		return out
	}
	var at yaml.Error
	if errors.As(err, &at) {
		out.Problem = at.GetMessage()
		if tk := at.GetToken(); tk != nil {
			out.Line = tk.Position.Line
		}
	}
	return out
}

// keys returns every yaml key of t and of what it contains.
func keys(t reflect.Type, seen map[reflect.Type]bool) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
		names = append(names, keys(f.Type, seen)...)
	}
	return names
}

// nearest returns the name that differs least from s, or nothing if all differ by
// more than a third of its letters and more than two.
func nearest(s string, names []string) string {
	best, least := "", max(2, len(s)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(s), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
