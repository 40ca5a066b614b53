package jose

import (
	"fmt"
	"unicode/utf8"
)

const (
	// maxDepth bounds the nesting of objects and arrays, the outer object included.
	maxDepth = 8
	// fewNames is how many names are compared one by one before a map is cheaper.
	fewNames = 16
)

// ScanObject reads data as exactly one JSON object (RFC 8259) and calls member for
// each of its members, in order. It is stricter than encoding/json: names keep
// their case, a name that comes twice is refused, text must be valid UTF-8 without
// lone surrogates, nesting ends at depth 8, nothing but white space may follow.
// Names inside nested objects are compared when these are scanned in turn.
//
// It stops at the first fault with ErrMalformed, or at the first error of member,
// which it returns unchanged. Members seen before a fault have been handed out, so
// a caller must drop what it collected when an error comes back.
func ScanObject(data []byte, member func(name string, v Value) error) error {
	return scanObject(string(data), member)
}

func scanObject(text string, member func(name string, v Value) error) error {
	s := scanner{text: text}
	s.space()
	if !s.take('{') {
		return s.fault("not a JSON object")
	}
	var seen nameSet
	err := s.members(1, func(name string, v Value) error {
		if !seen.add(name) {
			return s.fault("member appears twice")
		}
		return member(name, v)
	})
	if err != nil {
		return err
	}
	s.space()
	if s.pos != len(s.text) {
		return s.fault("text after the object")
	}
	return nil
}

// scanArray calls element for each element of an array that a scan has accepted.
func scanArray(v Value, element func(v Value) error) error {
	if v.kind != Array {
		return fmt.Errorf("%w: not an array", ErrMalformed)
	}
	s := scanner{text: v.text, pos: 1}
	return s.elements(1, element)
}

// scanner walks over a JSON text. Its errors name places, never content: the text
// may be a secret.
type scanner struct {
	text string
	pos  int
}

func (s *scanner) fault(what string) error {
	return fmt.Errorf("%w: JSON at byte %d: %s", ErrMalformed, s.pos, what)
}

func (s *scanner) space() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

func (s *scanner) take(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// members reads up to the closing brace; the opening one is taken. A nil member
// only checks the syntax.
func (s *scanner) members(depth int, member func(string, Value) error) error {
	s.space()
	if s.take('}') {
		return nil
	}
	for {
		s.space()
		name, err := s.name(member != nil)
		if err != nil {
			return err
		}
		s.space()
		if !s.take(':') {
			return s.fault("no colon after the name")
		}
		v, err := s.value(depth)
		if err != nil {
			return err
		}
		if member != nil {
			if err := member(name, v); err != nil {
				return err
			}
		}
		s.space()
		if s.take('}') {
			return nil
		}
		if !s.take(',') {
			return s.fault("neither comma nor brace after a member")
		}
	}
}

func (s *scanner) name(wanted bool) (string, error) {
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return "", s.fault("no name")
	}
	v, err := s.str()
	if err != nil || !wanted {
		return "", err
	}
	return v.String()
}

// elements reads up to the closing bracket; the opening one is taken.
func (s *scanner) elements(depth int, element func(Value) error) error {
	s.space()
	if s.take(']') {
		return nil
	}
	for {
		v, err := s.value(depth)
		if err != nil {
			return err
		}
		if element != nil {
			if err := element(v); err != nil {
				return err
			}
		}
		s.space()
		if s.take(']') {
			return nil
		}
		if !s.take(',') {
			return s.fault("neither comma nor bracket after an element")
		}
	}
}

// value reads one value inside an object or array of the given depth.
func (s *scanner) value(depth int) (Value, error) {
	s.space()
	if s.pos >= len(s.text) {
		return Value{}, s.fault("no value")
	}
	start := s.pos
	switch c := s.text[s.pos]; c {
	case '"':
		return s.str()
	case '{', '[':
		if depth == maxDepth {
			return Value{}, s.fault("nested too deep")
		}
		s.pos++
		kind, err := Object, error(nil)
		if c == '[' {
			kind, err = Array, s.elements(depth+1, nil)
		} else {
			err = s.members(depth+1, nil)
		}
		if err != nil {
			return Value{}, err
		}
		return Value{kind: kind, text: s.text[start:s.pos]}, nil
	case 't':
		return s.word("true", Bool)
	case 'f':
		return s.word("false", Bool)
	case 'n':
		return s.word("null", Null)
	default:
		return s.number()
	}
}

func (s *scanner) word(word string, kind Kind) (Value, error) {
	end := s.pos + len(word)
	if end > len(s.text) || s.text[s.pos:end] != word {
		return Value{}, s.fault("not a value")
	}
	s.pos = end
	return Value{kind: kind, text: word}, nil
}

func (s *scanner) number() (Value, error) {
	start := s.pos
	s.take('-')
	if !s.take('0') && !s.digits() {
		return Value{}, s.fault("not a value")
	}
	if s.take('.') && !s.digits() {
		return Value{}, s.fault("no digit after the point")
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		if !s.digits() {
			return Value{}, s.fault("no digit in the exponent")
		}
	}
	return Value{kind: Number, text: s.text[start:s.pos]}, nil
}

func (s *scanner) digits() bool {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}

// str reads a string; the opening quote is at pos. The value keeps the quotes.
func (s *scanner) str() (Value, error) {
	start := s.pos
	escaped, ascii := false, true
	for s.pos++; s.pos < len(s.text); {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			v := Value{kind: String, text: s.text[start:s.pos], escaped: escaped}
			if !ascii && !utf8.ValidString(v.text) {
				return Value{}, s.fault("string is not UTF-8")
			}
			return v, nil
		case c == '\\':
			escaped = true
			_, n := unescape(s.text[s.pos:])
			if n == 0 {
				return Value{}, s.fault("escape is not valid")
			}
			s.pos += n
		case c < ' ':
			return Value{}, s.fault("control character in a string")
		default:
			ascii = ascii && c < utf8.RuneSelf
			s.pos++
		}
	}
	return Value{}, s.fault("string has no end")
}

// nameSet holds the names that an object has shown so far.
type nameSet struct {
	few   [fewNames]string
	count int
	many  map[string]struct{}
}

// add returns false if the name was there already. It stays linear for hostile
// objects with thousands of members.
func (n *nameSet) add(name string) bool {
	for _, old := range n.few[:min(n.count, fewNames)] {
		if old == name {
			return false
		}
	}
	if n.count < fewNames {
		n.few[n.count] = name
		n.count++
		return true
	}
	if _, ok := n.many[name]; ok {
		return false
	}
	if n.many == nil {
		n.many = make(map[string]struct{})
	}
	n.many[name] = struct{}{}
	return true
}
