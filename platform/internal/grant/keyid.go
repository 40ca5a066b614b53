package grant

import "encoding/base64"

// newKeyID returns the key_id of a channel access token v2.1: 22 letters of base64url,
// the form of LINE's example.
func (e *Endpoints) newKeyID() string {
	var raw [16]byte
	e.Random.Fill(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}
