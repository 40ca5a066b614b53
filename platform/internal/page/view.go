package page

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// view is what a template sees. Its methods speak the language of the page.
type view struct {
	Name, Title, Lang, Theme, Script string
	RequestID                        string
	Dev                              bool
	Languages, Themes                []choice
	Page                             any

	messages    catalogue
	all         *catalogues
	assets      *assets
	keepLang    string // what the cookies must remember
	keepTheme   string
	err         error
}

func (p *Renderer) view(r *http.Request, v Visit, name string, data any) *view {
	lang, keepLang := p.messages.language(r, v.UILocales)
	look, keepTheme := theme(r)
	shown := &view{
		Name: name, Lang: lang, Theme: look, RequestID: v.RequestID, Dev: p.dev, Page: data,
		messages: p.messages.by[lang], all: p.messages, assets: p.assets, keepLang: keepLang, keepTheme: keepTheme,
	}
	shown.menus(r.URL.RawQuery)
	return shown
}

// menus makes the links by which people choose; query is that of this page.
func (v *view) menus(query string) {
	v.Languages, v.Themes = nil, nil
	for _, tag := range v.all.order {
		v.Languages = append(v.Languages, choice{
			Href: menuLink(query, langParam, tag), Value: tag, Name: v.all.by[tag]["language.name"], Current: tag == v.Lang,
		})
	}
	for _, name := range []string{themeAuto, "light", "dark"} {
		v.Themes = append(v.Themes, choice{
			Href: menuLink(query, themeParam, name), Value: name, Name: v.messages["theme."+name],
			Current: name == v.Theme || name == themeAuto && v.Theme == "",
		})
	}
}

// title sets the title; an error comes out when the page is written.
func (v *view) title(key string, pairs ...string) {
	v.Title, v.err = v.T(key, pairs...)
}

func (v *view) remember(w http.ResponseWriter, r *http.Request) {
	if v.keepLang != "" {
		remember(w, r, langCookie, v.keepLang)
	}
	if v.keepTheme != "" {
		remember(w, r, themeCookie, v.keepTheme)
	}
}

// T returns a message as text. pairs are names of placeholders and their values.
func (v *view) T(key string, pairs ...string) (string, error) { return v.messages.text(key, pairs) }

// H returns a message with its values set apart.
func (v *view) H(key string, pairs ...string) (template.HTML, error) {
	return v.messages.markup(key, pairs)
}

// Asset returns the URL of a file of ours.
func (v *view) Asset(name string) string { return v.assets.url(name) }

// In returns the view with other data, for a template within the page.
func (v *view) In(data any) *view {
	inner := *v
	inner.Page = data
	return &inner
}

// Main returns the consent items that are not LINE Profile+, and Plus those that are.
func (v *view) Main() []ConsentItem { return v.items(false) }

// Plus returns the consent items of LINE Profile+.
func (v *view) Plus() []ConsentItem { return v.items(true) }

func (v *view) items(plus bool) []ConsentItem {
	var found []ConsentItem
	if c, ok := v.Page.(Consent); ok {
		for _, item := range c.Items {
			if isPlus(item.Scope) == plus {
				found = append(found, item)
			}
		}
	}
	return found
}

func isPlus(scope string) bool {
	for _, s := range oauth2.ProfilePlusScopes() {
		if s == scope {
			return true
		}
	}
	return false
}

// Scope returns the name of a scope, and ScopeText what it means.
func (v *view) Scope(scope string) (string, error) {
	if name, ok := v.messages["scope."+scope]; ok && scope != "other" {
		return name, nil
	}
	return v.T("scope.other", "scope", scope)
}

// ScopeText returns the sentence about a scope.
func (v *view) ScopeText(scope string) (string, error) {
	if text, ok := v.messages["scope."+scope+".text"]; ok && scope != "other" {
		return text, nil
	}
	return v.T("scope.other.text")
}

// Shared returns what an item shares today. Genders that have a word in every
// language are given in the page's.
func (v *view) Shared(item ConsentItem) string {
	if item.Scope == oauth2.ScopeGender {
		if word, ok := v.messages["gender."+item.Value]; ok {
			return word
		}
	}
	return item.Value
}

// initial is the first letter of a name, for where there is no picture.
func initial(name string) string {
	for _, r := range strings.TrimSpace(name) {
		if r != utf8.RuneError && unicode.IsGraphic(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

// shownPost is FormPost with its checked action.
type shownPost struct {
	FormPost
	Action template.URL
}

// shownOpen is LIFFOpen with the refresh for browsers without script.
type shownOpen struct {
	LIFFOpen
	Refresh template.HTML
}

// refresh returns the element that goes on to a URL, which link has checked.
func refresh(target string) template.HTML {
	return template.HTML(`<meta http-equiv="refresh" content="0; url=` + template.HTMLEscapeString(target) + `">`) //nolint:gosec // escaped
}

// Limits of what an error page shows.
const (
	maxShown      = 20   // registered values
	maxShownBytes = 2048 // of each value
)

// shownError is Error as a page shows it.
type shownError struct {
	Status, Message, Advice string
	Check, Fix, More        string
	Compared                bool
	Given                   []piece
	Registered              [][]piece
}

// explain adds what is for development only.
func (s *shownError) explain(d Error) {
	s.Check, s.Fix = d.Check, d.Fix
	var registered []string
	for _, value := range d.Registered {
		if value != "" {
			registered = append(registered, value)
		}
	}
	if len(registered) > maxShown {
		s.More = strconv.Itoa(len(registered) - maxShown)
		registered = registered[:maxShown]
	}
	s.Compared = d.Given != "" || len(registered) > 0
	s.Given, s.Registered = compare(d.Given, registered)
}
