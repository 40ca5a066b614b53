package store

import (
	"encoding/hex"
	"fmt"
)

// MarshalText writes the hash as hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(text []byte) error { return fromHex(h[:], text) }

// MarshalText writes the ID as hexadecimal digits.
func (id ID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText reads what MarshalText writes.
func (id *ID) UnmarshalText(text []byte) error { return fromHex(id[:], text) }

func fromHex(dst, text []byte) error {
	if hex.DecodedLen(len(text)) != len(dst) || len(text)%2 != 0 {
		return fmt.Errorf("%d characters; want %d hexadecimal digits", len(text), hex.EncodedLen(len(dst)))
	}
	raw, err := hex.AppendDecode(nil, text)
	if err != nil {
		return fmt.Errorf("want %d hexadecimal digits: %w", hex.EncodedLen(len(dst)), err)
	}
	copy(dst, raw)
	return nil
}
