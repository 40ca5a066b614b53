package simulator

import (
	"bytes"
	"io"
)

// maxHead is how far into a page the proxy looks for the place of the script, in bytes.
const maxHead = 64 << 10

// scriptTag is the element of the script. It runs at once, before any script of the app.
func scriptTag(nonce string) []byte {
	attr := ""
	if nonce != "" {
		attr = ` nonce="` + nonce + `"`
	}
	return []byte(`<script src="` + ownPath + `inapp.js"` + attr + `></script>`)
}

// injected is a page with the script in it.
type injected struct {
	source io.ReadCloser
	tag    []byte
	ready  []byte // read and changed, not yet given
	done   bool   // the script is in
	err    error  // of source
}

// Read gives the page. It waits for its beginning, up to where the script belongs.
func (i *injected) Read(p []byte) (int, error) {
	for !i.done && i.err == nil {
		chunk := make([]byte, 4<<10)
		n, err := i.source.Read(chunk)
		i.ready, i.err = append(i.ready, chunk[:n]...), err
		if at, found := scriptPlace(i.ready); found || i.err != nil || len(i.ready) >= maxHead {
			i.ready = bytes.Join([][]byte{i.ready[:at], i.tag, i.ready[at:]}, nil)
			i.done = true
		}
	}
	if len(i.ready) > 0 {
		n := copy(p, i.ready)
		i.ready = i.ready[n:]
		return n, nil
	}
	if i.err != nil {
		return 0, i.err
	}
	return i.source.Read(p)
}

// Close closes the source.
func (i *injected) Close() error { return i.source.Close() }

// scriptPlace returns where the script belongs: behind the opening tag of head, or else
// before the first element that is neither html nor head. found is false while that is
// not seen yet; then the place is behind the doctype, if the page has one.
func scriptPlace(page []byte) (at int, found bool) {
	pos := 0
	for pos < len(page) {
		open := bytes.IndexByte(page[pos:], '<')
		if open < 0 {
			return at, false
		}
		pos += open
		rest := page[pos:]
		if bytes.HasPrefix(rest, []byte("<!--")) {
			end := bytes.Index(rest, []byte("-->"))
			if end < 0 {
				return at, false
			}
			pos += end + len("-->")
			continue
		}
		end := bytes.IndexByte(rest, '>')
		if end < 0 {
			return at, false
		}
		switch name := tagName(rest[1:end]); name {
		case "head":
			return pos + end + 1, true
		case "html", "!doctype", "?xml":
			at = pos + end + 1
			pos = at
		default:
			return pos, true
		}
	}
	return at, false
}

// tagName returns the name of a tag in lower case.
func tagName(tag []byte) string {
	end := bytes.IndexAny(tag, " \t\r\n\f/")
	if end < 0 {
		end = len(tag)
	}
	return string(bytes.ToLower(tag[:end]))
}
