package lan

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// quiet is the empty rim that readers need around a code, in modules (ISO/IEC 18004 wants 4;
// phones do with 2, and a terminal has few lines).
const quiet = 2

// QR draws a text as a QR code for a terminal: two modules a character, one above the other,
// dark on light whatever the terminal's colours are.
func QR(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", fmt.Errorf("QR code: %w", err)
	}
	dark := func(x, y int) bool {
		x, y = x-quiet, y-quiet
		return x >= 0 && y >= 0 && x < code.Size && y < code.Size && code.Black(x, y)
	}
	size := code.Size + 2*quiet
	var b strings.Builder
	for y := 0; y < size; y += 2 {
		b.WriteString("\x1b[30;107m") // black on bright white
		for x := range size {
			switch above, below := dark(x, y), dark(x, y+1); {
			case above && below:
				b.WriteString("█")
			case above:
				b.WriteString("▀")
			case below:
				b.WriteString("▄")
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String(), nil
}
