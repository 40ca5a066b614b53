package appfind

import (
	"bytes"
	"html"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"unicode"
)

// isPage says whether an answer is a page, or leads to one. An error in HTML is what servers
// say that have an API and no front page; of a known kind it is an app's own.
func isPage(r *http.Response, kind string) bool {
	if r.StatusCode >= 300 && r.StatusCode < 400 && r.Header.Get("Location") != "" {
		return true
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "text/html" && (r.StatusCode < 400 || kind != "")
}

// kind tells the tool by what its pages have in them.
func kind(h http.Header, body []byte) string {
	for _, mark := range []struct{ kind, header, text string }{
		{"Nuxt", "Nuxt", "/_nuxt/"},
		{"Next.js", "Next.js", "/_next/"},
		{"Astro", "", `name="generator" content="Astro`},
		{"Angular", "", "<app-root"},
		{"Gatsby", "", `id="___gatsby"`},
		{"Vite", "", "/@vite/client"},
		{"webpack", "", "webpack-dev-server"},
	} {
		if mark.header != "" && h.Get("X-Powered-By") == mark.header || bytes.Contains(body, []byte(mark.text)) {
			return mark.kind
		}
	}
	return ""
}

// titleElement finds the title of a page.
var titleElement = regexp.MustCompile(`(?i)<title[^>]*>([^<]*)</title>`)

// maxTitle is how many characters of a title are shown.
const maxTitle = 60

// title returns the title of a page in one line that is safe on a terminal.
func title(body []byte) string {
	found := titleElement.FindSubmatch(body)
	if found == nil {
		return ""
	}
	text := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, html.UnescapeString(string(found[1])))
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > maxTitle {
		runes = append(runes[:maxTitle-1], '…')
	}
	return string(runes)
}
