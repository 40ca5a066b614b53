package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// curl writes a call as a command to be pasted into bash or zsh. Tokens are variables; a
// secret in a form stays out. Everything else is text to the shell: a page of any site can
// make a call, and so write what somebody pastes.
func curl(origin, method string, u *url.URL, header http.Header, body []byte) string {
	b := &strings.Builder{}
	b.WriteString("curl -i -g") // -g: brackets in a URL are no ranges
	if method != http.MethodGet {
		b.WriteString(" -X " + word(method))
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if slices.Contains([]string{"Authorization", "Content-Type", "Accept"}, name) || strings.HasPrefix(name, "X-") {
			b.WriteString(" \\\n  -H " + word(name+": "+header.Get(name)))
		}
	}
	if len(body) > 0 {
		b.WriteString(" \\\n  --data-raw " + word(string(body)))
	}
	b.WriteString(" \\\n  " + word(origin+u.RequestURI()))
	return b.String()
}

// word writes a text as one word of a shell, with variables in place of tokens.
func word(text string) string {
	var b strings.Builder
	end := 0
	for _, at := range secretShape.FindAllStringIndex(text, -1) {
		b.WriteString(quote(text[end:at[0]]) + `"` + masked(text[at[0]:at[1]]) + `"`)
		end = at[1]
	}
	b.WriteString(quote(text[end:]))
	return b.String()
}

// quote quotes a text so that a shell changes nothing in it. What a terminal or the history
// would act on before the shell reads it, control characters and the exclamation mark, is
// written in octal digits.
func quote(text string) string {
	switch {
	case text == "":
		return ""
	case !strings.ContainsFunc(text, special):
		return "'" + text + "'"
	}
	var b strings.Builder
	b.WriteString("$'")
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '\'' || r == '\\':
			b.WriteString(`\` + text[:size])
		case special(r):
			for _, c := range []byte(text[:size]) {
				fmt.Fprintf(&b, `\%03o`, c)
			}
		default:
			b.WriteString(text[:size])
		}
		text = text[size:]
	}
	b.WriteString("'")
	return b.String()
}

// special says whether a character is not good between plain quotes. Bytes that are no UTF-8
// are read as the replacement character.
func special(r rune) bool {
	return r == '\'' || r == '!' || r == utf8.RuneError || !unicode.IsPrint(r)
}
