package grant

import (
	"crypto/rand"
	"encoding/base64"
)

// newKeyID returns the key_id of a channel access token v2.1: 22 letters of base64url,
// the form of LINE's example.
func newKeyID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
