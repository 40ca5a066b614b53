package jose

import (
	"fmt"
	"math/bits"
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
	return ScanText(string(data), member)
}

// ScanText is ScanObject for a text, which names and values then share memory with.
func ScanText(text string, member func(name string, v Value) error) error {
	s := scanner{text: text}
	s.space()
	if !s.take('{') {
		return s.fault("not a JSON object")
	}
	var seen nameSet
	if err := s.object(1, &seen, member); err != nil {
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

// space skips white space. Tokens have none, so the common case must stay inlined.
func (s *scanner) space() {
	if s.pos < len(s.text) && s.text[s.pos] <= ' ' {
		s.skipSpace()
	}
}

func (s *scanner) skipSpace() {
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

// object reads members up to the closing brace; the opening one is taken. A nil member
// only checks the syntax.
func (s *scanner) object(depth int, seen *nameSet, member func(string, Value) error) error {
	s.space()
	if s.take('}') {
		return nil
	}
	for {
		name, v, err := s.member(depth)
		if err != nil {
			return err
		}
		if member != nil {
			if !seen.add(name) {
				return s.fault("member appears twice")
			}
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

// member reads one member. Most names and values in tokens are plain, and have a short
// way; every other one, right or wrong, is looked at again by the long way.
func (s *scanner) member(depth int) (name string, v Value, err error) {
	name, next := plainName(s.text, s.pos)
	if next > 0 {
		s.pos = next
	} else if name, err = s.name(); err != nil {
		return "", Value{}, err
	}
	if v, next = plainValue(s.text, s.pos); next > 0 {
		s.pos = next
		return name, v, nil
	}
	v, err = s.value(depth)
	return name, v, err
}

// name reads a name and the colon.
func (s *scanner) name() (string, error) {
	s.space()
	if s.pos >= len(s.text) || s.text[s.pos] != '"' {
		return "", s.fault("no name")
	}
	quoted, err := s.str()
	if err != nil {
		return "", err
	}
	name, err := quoted.String()
	if err != nil {
		return "", err
	}
	s.space()
	if !s.take(':') {
		return "", s.fault("no colon after the name")
	}
	return name, nil
}

// plainName reads a name of letters, digits and a few signs, and a colon directly
// behind it. For everything else next is 0.
func plainName(text string, pos int) (name string, next int) {
	if pos >= len(text) || text[pos] != '"' {
		return "", 0
	}
	end := pos + 1
	for end < len(text) && text[end] >= '0' && text[end] <= 'z' && text[end] != '\\' {
		end++
	}
	if end+1 >= len(text) || text[end] != '"' || text[end+1] != ':' {
		return "", 0
	}
	return text[pos+1 : end], end + 2
}

// plainText reads a text of ASCII without escapes. For everything else next is 0.
func plainText(text string, pos int) (v Value, next int) {
	if pos >= len(text) || text[pos] != '"' {
		return Value{}, 0
	}
	end := plain(text, pos+1)
	if end >= len(text) || text[end] != '"' {
		return Value{}, 0
	}
	return Value{kind: String, text: text[pos : end+1]}, end + 1
}

// plainValue reads a text of ASCII without escapes, or a whole number that a comma or a
// brace follows. For everything else next is 0.
func plainValue(text string, pos int) (v Value, next int) {
	if v, next = plainText(text, pos); next > 0 {
		return v, next
	}
	end := pos
	for end < len(text) && text[end] >= '0' && text[end] <= '9' {
		end++
	}
	if end == pos || text[pos] == '0' || end == len(text) || text[end] != ',' && text[end] != '}' {
		return Value{}, 0
	}
	return Value{kind: Number, text: text[pos:end]}, end
}

// elements reads up to the closing bracket; the opening one is taken.
func (s *scanner) elements(depth int, element func(Value) error) error {
	s.space()
	if s.take(']') {
		return nil
	}
	for {
		v, next := plainText(s.text, s.pos)
		if next > 0 {
			s.pos = next
		} else {
			var err error
			if v, err = s.value(depth); err != nil {
				return err
			}
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
			err = s.object(depth+1, nil, nil)
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
	for s.pos++; ; {
		s.pos = plain(s.text, s.pos)
		if s.pos >= len(s.text) {
			return Value{}, s.fault("string has no end")
		}
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
			// Not ASCII; what follows mostly is not either. UTF-8 is looked at behind
			// the end of the string.
			for ascii = false; s.pos < len(s.text) && s.text[s.pos] >= utf8.RuneSelf; {
				s.pos++
			}
		}
	}
}

// plain returns the first position from pos that holds a quote, a backslash, a control
// character or something else than ASCII, or the length of text. It looks at eight
// bytes at a time: in each of the words below the lowest high bit that is set marks the
// first such byte; only above that one may others be set wrongly.
func plain(text string, pos int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for pos+8 <= len(text) {
		w := text[pos : pos+8]
		x := uint64(w[0]) | uint64(w[1])<<8 | uint64(w[2])<<16 | uint64(w[3])<<24 |
			uint64(w[4])<<32 | uint64(w[5])<<40 | uint64(w[6])<<48 | uint64(w[7])<<56
		quote, backslash := x^(ones*'"'), x^(ones*'\\')
		found := (x - ones*' ') &^ x // less than a blank
		found |= (quote - ones) &^ quote
		found |= (backslash - ones) &^ backslash
		if found = (found | x) & highs; found != 0 {
			return pos + bits.TrailingZeros64(found)/8
		}
		pos += 8
	}
	for pos < len(text) && text[pos] >= ' ' && text[pos] != '"' && text[pos] != '\\' && text[pos] < utf8.RuneSelf {
		pos++
	}
	return pos
}

// nameSet holds the names that an object has shown so far.
type nameSet struct {
	marks uint64 // a bit for each name, the same for some: no bit, no such name
	few   [fewNames]string
	count int
	many  map[string]struct{}
}

// add returns false if the name was there already. It stays linear for hostile
// objects with thousands of members.
func (n *nameSet) add(name string) bool {
	mark := uint64(1)
	if len(name) > 0 {
		mark = 1 << ((uint(name[0]) ^ uint(name[len(name)-1])<<2 ^ uint(len(name))<<3) % 64)
	}
	if n.marks&mark != 0 {
		for _, old := range n.few[:n.count] {
			if old == name {
				return false
			}
		}
	}
	n.marks |= mark
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
