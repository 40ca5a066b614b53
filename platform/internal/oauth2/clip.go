package oauth2

import "strings"

// maxClip is the most of a client's value that an event shows, in bytes.
const maxClip = 300

// Clip shortens a client's value for the event log, never in the middle of a character.
func Clip(s string) string {
	if len(s) > maxClip {
		return strings.ToValidUTF8(s[:maxClip], "") + "…"
	}
	return s
}
