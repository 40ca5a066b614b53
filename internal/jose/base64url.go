package jose

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"sync"
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

// sextets has sixBits once more for each place that a character can have among four,
// moved to where its bits stand in the three bytes; outside is set for a byte that is
// not in the alphabet.
type sextets [4][256]uint32

const outside = 1 << 31

var places = sync.OnceValue(func() *sextets {
	t := new(sextets)
	for c := range 256 {
		for place := range 4 {
			bits := uint32(sixBits[c])
			t[place][c] = bits << (6 * (3 - place))
			if bits > 63 {
				t[place][c] = outside
			}
		}
	}
	return t
})

// decode writes the bytes of a segment to dst, which must have room for them, and says
// how many they are. It takes the one spelling that RFC 7515 section 2 leaves: no padding, no
// line breaks, which encoding/base64 skips, and no bit set that belongs to no byte.
func decode(dst []byte, segment string) (n int, ok bool) {
	t := places()
	var all uint32
	for len(segment) >= 8 && len(dst)-n >= 8 {
		s := segment[:8]
		high := t[0][s[0]] | t[1][s[1]] | t[2][s[2]] | t[3][s[3]]
		low := t[0][s[4]] | t[1][s[5]] | t[2][s[6]] | t[3][s[7]]
		all |= high | low
		binary.BigEndian.PutUint64(dst[n:], uint64(high)<<40|uint64(low)<<16)
		segment, n = segment[8:], n+6
	}
	for len(segment) >= 4 {
		v := t[0][segment[0]] | t[1][segment[1]] | t[2][segment[2]] | t[3][segment[3]]
		all |= v
		dst[n], dst[n+1], dst[n+2] = byte(v>>16), byte(v>>8), byte(v)
		segment, n = segment[4:], n+3
	}
	switch len(segment) {
	case 1:
		return 0, false
	case 2:
		v := t[0][segment[0]] | t[1][segment[1]]
		all |= v
		dst[n] = byte(v >> 16)
		if v&0xffff != 0 { // bits that belong to no byte
			return 0, false
		}
		n++
	case 3:
		v := t[0][segment[0]] | t[1][segment[1]] | t[2][segment[2]]
		all |= v
		dst[n], dst[n+1] = byte(v>>16), byte(v>>8)
		if v&0xff != 0 {
			return 0, false
		}
		n += 2
	}
	return n, all < outside
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
