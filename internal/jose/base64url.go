package jose

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// b64 writes segments.
var b64 = base64.RawURLEncoding

// sixBits has for each byte its six bits in the alphabet for URLs (RFC 4648 section 5),
// or ff.
const sixBits = "" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x3e\xff\xff" +
	"\x34\x35\x36\x37\x38\x39\x3a\x3b\x3c\x3d\xff\xff\xff\xff\xff\xff" +
	"\xff\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e" +
	"\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\xff\xff\xff\xff\x3f" +
	"\xff\x1a\x1b\x1c\x1d\x1e\x1f\x20\x21\x22\x23\x24\x25\x26\x27\x28" +
	"\x29\x2a\x2b\x2c\x2d\x2e\x2f\x30\x31\x32\x33\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" +
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"

// decode writes the bytes of a segment to dst, which must have room for them, and says
// how many they are. It takes the one spelling that RFC 7515 section 2 leaves: no padding, no
// line breaks, which encoding/base64 skips, and no bit set that belongs to no byte.
func decode(dst []byte, segment string) (n int, ok bool) {
	var all byte // a high bit in it comes from a byte outside the alphabet
	for len(segment) >= 8 && len(dst)-n >= 8 {
		s := segment[:8]
		a, b, c, d := sixBits[s[0]], sixBits[s[1]], sixBits[s[2]], sixBits[s[3]]
		e, f, g, h := sixBits[s[4]], sixBits[s[5]], sixBits[s[6]], sixBits[s[7]]
		all |= a | b | c | d | e | f | g | h
		binary.BigEndian.PutUint64(dst[n:], uint64(a)<<58|uint64(b)<<52|uint64(c)<<46|uint64(d)<<40|
			uint64(e)<<34|uint64(f)<<28|uint64(g)<<22|uint64(h)<<16)
		segment, n = segment[8:], n+6
	}
	for len(segment) >= 4 {
		a, b, c, d := sixBits[segment[0]], sixBits[segment[1]], sixBits[segment[2]], sixBits[segment[3]]
		all |= a | b | c | d
		dst[n], dst[n+1], dst[n+2] = a<<2|b>>4, b<<4|c>>2, c<<6|d
		segment, n = segment[4:], n+3
	}
	spare := byte(0)
	switch len(segment) {
	case 1:
		return 0, false
	case 2:
		a, b := sixBits[segment[0]], sixBits[segment[1]]
		all |= a | b
		spare = b & 0x0f
		dst[n] = a<<2 | b>>4
		n++
	case 3:
		a, b, c := sixBits[segment[0]], sixBits[segment[1]], sixBits[segment[2]]
		all |= a | b | c
		spare = c & 0x03
		dst[n], dst[n+1] = a<<2|b>>4, b<<4|c>>2
		n += 2
	}
	if all >= 0x80 || spare != 0 {
		return 0, false
	}
	return n, true
}

// decodedLen is how many bytes a segment of n characters holds at most.
func decodedLen(n int) int { return n*6/8 + 1 }

// decodeSegment decodes a segment into memory of its own.
func decodeSegment(name, segment string) ([]byte, error) {
	data := make([]byte, decodedLen(len(segment)))
	n, ok := decode(data, segment)
	if !ok {
		return nil, notCanonical(name)
	}
	return data[:n], nil
}

// decodeText decodes a segment into a text, by way of the stack if it fits there.
func decodeText(name, segment string) (string, error) {
	var short [1 << 10]byte
	data := short[:]
	if decodedLen(len(segment)) > len(short) {
		data = make([]byte, decodedLen(len(segment)))
	}
	n, ok := decode(data, segment)
	if !ok {
		return "", notCanonical(name)
	}
	return string(data[:n]), nil
}

func notCanonical(name string) error {
	return fmt.Errorf("%w: %s segment is not canonical base64url", ErrMalformed, name)
}
