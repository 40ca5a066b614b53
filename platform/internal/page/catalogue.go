package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// english is the language to whose messages the others are held, and the last choice.
const english = "en"

// catalogue has the messages of one language by key. A message may hold placeholders
// such as {app}.
type catalogue map[string]string

var (
	placeholder = regexp.MustCompile(`\{[a-z]+\}`)
	messageCall = regexp.MustCompile(`[.$][TM] "([a-z0-9_.]+)"`)
)

// readCatalogues reads locales/TAG.json.
func readCatalogues(files fs.FS) (map[string]catalogue, error) {
	names, err := fs.Glob(files, "locales/*.json")
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	all := map[string]catalogue{}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("messages: %w", err)
		}
		var c catalogue
		if err := json.Unmarshal(text, &c); err != nil {
			return nil, fmt.Errorf("messages of %s: %w", name, err)
		}
		all[strings.TrimSuffix(path.Base(name), ".json")] = c
	}
	return all, nil
}

// checkCatalogues wants each language to have the same keys and placeholders.
func checkCatalogues(all map[string]catalogue) error {
	var errs []error
	want := all[english]
	for _, tag := range slices.Sorted(maps.Keys(all)) {
		c := all[tag]
		for _, key := range slices.Sorted(maps.Keys(want)) {
			if strings.TrimSpace(c[key]) == "" {
				errs = append(errs, fmt.Errorf("messages of %s: %s is missing", tag, key))
			} else if g, w := placeholders(c[key]), placeholders(want[key]); !slices.Equal(g, w) {
				errs = append(errs, fmt.Errorf("messages of %s: %s has the placeholders %v, want %v", tag, key, g, w))
			}
		}
		for _, key := range slices.Sorted(maps.Keys(c)) {
			if _, ok := want[key]; !ok {
				errs = append(errs, fmt.Errorf("messages of %s: %s is unknown to %s", tag, key, english))
			}
		}
	}
	return errors.Join(errs...)
}

func placeholders(message string) []string {
	found := placeholder.FindAllString(message, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// checkTemplates wants a message for every key that a template names.
func checkTemplates(files fs.FS, templates []string, c catalogue) error {
	for _, name := range templates {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("messages of a template: %w", err)
		}
		for _, m := range messageCall.FindAllSubmatch(text, -1) {
			if _, ok := c[string(m[1])]; !ok {
				return fmt.Errorf("%s: message %s is missing", name, m[1])
			}
		}
	}
	return nil
}

// text returns a message with its placeholders filled; pairs are their names and
// values.
func (c catalogue) text(key string, pairs []any) (string, error) {
	message, err := c.message(key, pairs)
	if err != nil {
		return "", err
	}
	return fill(message, pairs, clean), nil
}

// markup is text as HTML in which each value stands isolated: a name in another script
// or with direction marks cannot disturb the sentence around it.
func (c catalogue) markup(key string, pairs []any) (template.HTML, error) {
	message, err := c.message(key, pairs)
	if err != nil {
		return "", err
	}
	isolated := func(v string) string { return "<bdi>" + html.EscapeString(clean(v)) + "</bdi>" }
	return template.HTML(fill(html.EscapeString(message), pairs, isolated)), nil //nolint:gosec // message and values are escaped
}

func (c catalogue) message(key string, pairs []any) (string, error) {
	message, ok := c[key]
	if !ok {
		return "", fmt.Errorf("no message %q", key)
	}
	var names []string
	for i := 0; i < len(pairs); i += 2 {
		names = append(names, fmt.Sprintf("{%v}", pairs[i]))
	}
	slices.Sort(names)
	if want := placeholders(message); len(pairs)%2 != 0 || !slices.Equal(names, want) {
		return "", fmt.Errorf("message %q is given %v, has %v", key, names, want)
	}
	return message, nil
}

// fill puts values into placeholders, all at once: a value that looks like a
// placeholder stays what it is.
func fill(message string, pairs []any, form func(string) string) string {
	replace := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		replace = append(replace, fmt.Sprintf("{%v}", pairs[i]), form(fmt.Sprint(pairs[i+1])))
	}
	return strings.NewReplacer(replace...).Replace(message)
}
