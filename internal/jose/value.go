package jose

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Kind is the kind of a JSON value. The zero value is no kind.
type Kind uint8

// The kinds of RFC 8259 section 3.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Array
	Object
)

// Value is a JSON value that ScanObject has checked. Its methods give ErrMalformed
// for a value of another kind; nothing is converted.
type Value struct {
	kind    Kind
	escaped bool // of a string: it holds a backslash
	text    string
}

// Kind returns the kind of the value.
func (v Value) Kind() Kind { return v.kind }

// Raw returns the JSON text of the value, without white space around it. The bytes
// are the caller's own.
func (v Value) Raw() []byte { return []byte(v.text) }

// Escaped reports whether the value is a string written with an escape. One without
// holds no control character, which JSON does not allow as it is.
func (v Value) Escaped() bool { return v.escaped }

// String returns the text of a string, with escapes resolved.
func (v Value) String() (string, error) {
	if v.kind == String && !v.escaped {
		return v.text[1 : len(v.text)-1], nil
	}
	return v.unescaped()
}

func (v Value) unescaped() (string, error) {
	if v.kind != String {
		return "", fmt.Errorf("%w: not a string", ErrMalformed)
	}
	inner := v.text[1 : len(v.text)-1]
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); {
		if inner[i] != '\\' {
			out = append(out, inner[i])
			i++
			continue
		}
		r, n := unescape(inner[i:])
		if n == 0 {
			return "", fmt.Errorf("%w: escape is not valid", ErrMalformed)
		}
		out = utf8.AppendRune(out, r)
		i += n
	}
	return string(out), nil
}

// Int64 returns a number that is written as an integer: no fraction, no exponent,
// within 64 bits.
func (v Value) Int64() (int64, error) {
	if v.kind != Number {
		return 0, fmt.Errorf("%w: not a number", ErrMalformed)
	}
	if n, ok := seconds(v.text); ok {
		return n, nil
	}
	n, err := strconv.ParseInt(v.text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w: not an integer of 64 bits", ErrMalformed)
	}
	return n, nil
}

// seconds reads a number of up to eighteen digits, as all times in tokens are.
func seconds(text string) (n int64, ok bool) {
	if len(text) > 18 {
		return 0, false
	}
	for i := range len(text) {
		digit := text[i] - '0'
		if digit > 9 {
			return 0, false
		}
		n = n*10 + int64(digit)
	}
	return n, true
}

// Bool returns a boolean.
func (v Value) Bool() (bool, error) {
	if v.kind != Bool {
		return false, fmt.Errorf("%w: not a boolean", ErrMalformed)
	}
	return v.text == "true", nil
}

// Strings returns an array of strings; of an empty array a slice that is not nil.
func (v Value) Strings() ([]string, error) {
	list := make([]string, 0, 2)
	err := scanArray(v, func(e Value) error {
		s, err := e.String()
		list = append(list, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

// unescape reads the escape at the start of text and returns its rune and length,
// or a length of 0. A surrogate counts only as the first of a pair.
func unescape(text string) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch c := text[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	}
	r, ok := hexEscape(text)
	if !ok {
		return 0, 0
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	low, ok := hexEscape(text[6:])
	if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
		return pair, 12
	}
	return 0, 0
}

// hexEscape reads \uXXXX at the start of text.
func hexEscape(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(text[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// AppendString appends s to dst as a JSON string. Only what JSON demands is
// escaped: quote, backslash and control characters. Bytes that are not UTF-8
// become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for _, r := range s { // yields U+FFFD for each byte that is not UTF-8
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
