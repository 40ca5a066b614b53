package tegatahttp

import (
	"net/url"
	"path"
	"strings"
)

// maxNext is the longest path in bytes that a login remembers.
const maxNext = 512

// nextPath returns the path of this website, with query and fragment, that a parameter
// asks for; / for anything that could lead a browser, or a server that decodes it once
// more, elsewhere.
func nextPath(raw string) string {
	// Browsers drop tabs and line breaks.
	if len(raw) > maxNext || !strings.HasPrefix(raw, "/") || strings.ContainsFunc(raw, notVisible) {
		return "/"
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return "/"
	}
	// The path is decoded here: no //, no dot segments, and no \ which browsers read as /,
	// nor any of these encoded.
	clean := path.Clean(u.Path)
	if clean != u.Path && clean+"/" != u.Path || strings.ContainsFunc(u.Path, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return "/"
	}
	return raw
}
