package tegata

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is how a Secret shows itself.
const redacted = "[redacted]"

// Secret is a channel secret. It shows itself as [redacted] in fmt with any verb, in
// JSON and other text encodings, and in slog. Convert it to string where the secret
// itself is wanted. Two places are out of its reach: an unexported field of a struct
// that is printed by fmt, and the key of a map that is written as JSON.
type Secret string

// String returns [redacted].
func (s Secret) String() string { return redacted }

// GoString returns [redacted].
func (s Secret) GoString() string { return redacted }

// Format writes [redacted], whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns [redacted]: encoding/json and others ask it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns [redacted].
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
