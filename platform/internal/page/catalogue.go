package page

import (
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// languages are those that the pages speak; the first is for everybody else.
func languages() []string { return []string{"en", "ja", "th", "zh-Hant", "ko"} }

// catalogue has the messages of one language by key. Placeholders are names in braces.
type catalogue map[string]string

// catalogues has the messages of all languages.
type catalogues struct {
	order   []string // of the menu
	by      map[string]catalogue
	matcher language.Matcher
}

// readCatalogues reads locales/*.json. Every language must have the same keys, with
// the same placeholders.
func readCatalogues(files fs.FS) (*catalogues, error) {
	by := map[string]catalogue{}
	for _, tag := range languages() {
		data, err := fs.ReadFile(files, "locales/"+tag+".json")
		if err != nil {
			return nil, fmt.Errorf("read messages: %w", err)
		}
		c := catalogue{}
		if err := json.Unmarshal(data, &c); err != nil {
			return nil, fmt.Errorf("read messages of %s: %w", tag, err)
		}
		by[tag] = c
	}
	return newCatalogues(languages(), by)
}

func newCatalogues(order []string, by map[string]catalogue) (*catalogues, error) {
	tags := make([]language.Tag, 0, len(order))
	for _, tag := range order {
		parsed, err := language.Parse(tag)
		if err != nil {
			return nil, fmt.Errorf("language %q: %w", tag, err)
		}
		tags = append(tags, parsed)
		if err := by[tag].matches(by[order[0]]); err != nil {
			return nil, fmt.Errorf("messages of %s and %s differ: %w", order[0], tag, err)
		}
	}
	return &catalogues{order: order, by: by, matcher: language.NewMatcher(tags)}, nil
}

// matches compares keys and placeholders.
func (c catalogue) matches(reference catalogue) error {
	for _, key := range slices.Sorted(maps.Keys(reference)) {
		message, ok := c[key]
		if !ok || message == "" {
			return fmt.Errorf("%s is missing", key)
		}
		if got, want := placeholders(message), placeholders(reference[key]); !slices.Equal(got, want) {
			return fmt.Errorf("%s has the placeholders %v, not %v", key, got, want)
		}
	}
	for key := range c {
		if _, ok := reference[key]; !ok {
			return fmt.Errorf("%s is in one only", key)
		}
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// placeholders returns the placeholders of a message, sorted, each once.
func placeholders(message string) []string {
	if !strings.Contains(message, "{") {
		return nil
	}
	found := placeholder.FindAllString(message, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// text fills a message. pairs are names of placeholders and their values.
func (c catalogue) text(key string, pairs []string) (string, error) {
	message, ok := c[key]
	if !ok {
		return "", fmt.Errorf("no message %q", key)
	}
	replace, err := replacements(key, message, pairs, func(s string) string { return s })
	if err != nil {
		return "", err
	}
	return strings.NewReplacer(replace...).Replace(message), nil
}

// markup fills a message for HTML. Values are isolated, so that a name in another
// direction, or with marks of direction, cannot turn the sentence around.
func (c catalogue) markup(key string, pairs []string) (template.HTML, error) {
	message, ok := c[key]
	if !ok {
		return "", fmt.Errorf("no message %q", key)
	}
	escaped := template.HTMLEscapeString(message)
	replace, err := replacements(key, message, pairs, func(s string) string {
		return `<bdi class="name">` + template.HTMLEscapeString(s) + `</bdi>`
	})
	if err != nil {
		return "", err
	}
	return template.HTML(strings.NewReplacer(replace...).Replace(escaped)), nil //nolint:gosec // message and values are escaped above
}

func replacements(key, message string, pairs []string, form func(string) string) ([]string, error) {
	if len(pairs)%2 != 0 || len(pairs)/2 != len(placeholders(message)) {
		return nil, fmt.Errorf("message %q has the placeholders %v, given %d values", key, placeholders(message), len(pairs)/2)
	}
	replace := make([]string, 0, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(message, "{"+pairs[i]+"}") {
			return nil, fmt.Errorf("message %q has no placeholder %q", key, pairs[i])
		}
		replace = append(replace, "{"+pairs[i]+"}", form(pairs[i+1]))
	}
	return replace, nil
}
