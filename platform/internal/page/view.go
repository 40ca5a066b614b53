package page

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"html"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// shell is what the layout needs. Every page's view has one.
type shell struct {
	name      string
	messages  catalogue
	visit     Visit
	host      string // of the request
	secure    bool   // the request came over TLS
	cookies   []*http.Cookie
	images    []string // origins of pictures
	err       error    // the first message that could not be written
	referrer  string   // Referrer-Policy, if it is not the usual one
	Lang      string
	Theme     string // light or dark; empty: as the system has it
	Title     string
	Dev       bool
	RequestID string
	Style     string
	Icon      string
	Script    string // empty: none
	Languages []menuItem
	Themes    []menuItem
}

// The views of the pages: the layout's part, the page's data, and what is worked out
// of them.
type (
	loginView struct {
		*shell
		D       Login
		Invalid bool   // the fields are what is wrong
		Other   string // links; empty: none
		Cancel  string
	}
	consentView struct {
		*shell
		D           Consent
		Plain, Plus []scopeLine
	}
	passwordView struct {
		*shell
		D       Password
		Invalid bool
	}
	friendView struct {
		*shell
		D Friend
	}
	errorView struct {
		*shell
		comparison
		D       Error
		Advice  string
		Details bool
	}
	formPostView struct {
		*shell
		D      FormPost
		Action template.HTMLAttr
	}
	liffOpenView struct {
		*shell
		D             LIFFOpen
		Link, Refresh template.HTMLAttr
	}
)

// scopeLine is one line of the consent page, in the reader's language.
type scopeLine struct {
	ConsentItem
	Name, Text, Mark string
}

// visit begins a page: the reader's language and theme, and what the layout links to.
func (p *Renderer) visit(name string, r *http.Request, v Visit) *shell {
	s := &shell{
		name: name, visit: v, host: r.Host, secure: r.TLS != nil, Dev: p.dev, RequestID: clean(v.RequestID),
		Style: p.assets.url(styleName), Icon: p.assets.url(iconName), Script: p.assets.url(name + ".js"),
	}
	s.chooseLanguage(p.languages, r)
	s.chooseTheme(r)
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		s.menus("", r.URL.RawQuery)
	}
	return s
}

// T returns a message as text; pairs are its placeholders' names and their values.
func (s *shell) T(key string, pairs ...any) (string, error) { return s.messages.text(key, pairs) }

// M returns a message as markup, its values isolated from the sentence.
func (s *shell) M(key string, pairs ...any) (template.HTML, error) {
	return s.messages.markup(key, pairs)
}

// say is T for the code of views; an error comes out when the page is written.
func (s *shell) say(key string, pairs ...any) string {
	text, err := s.messages.text(key, pairs)
	if s.err == nil {
		s.err = err
	}
	return text
}

// person prepares somebody for the page: without a picture that may be shown, the
// initial is drawn.
func (s *shell) person(p Person) Person {
	shown, origin := shownPicture(p.Picture, s.host)
	if p.Picture = shown; origin != "" && !slices.Contains(s.images, origin) {
		s.images = append(s.images, origin)
	}
	p.Name, p.Note = clean(p.Name), clean(p.Note)
	return p
}

// scope puts a line of the consent page into words.
func (s *shell) scope(item ConsentItem) scopeLine {
	item.Value = clean(item.Value)
	line := scopeLine{ConsentItem: item, Mark: s.say("consent.required")}
	if item.Optional {
		line.Mark = s.say("consent.optional")
	}
	if !slices.Contains(worded(), item.Scope) {
		line.Name, line.Text = s.say("scope.other.name", "scope", item.Scope), s.say("scope.other.text")
		return line
	}
	line.Name, line.Text = s.say("scope."+item.Scope+".name"), s.say("scope."+item.Scope+".text")
	switch {
	case item.Scope == oauth2.ScopeGender && (item.Value == "male" || item.Value == "female"):
		line.Value = s.say("gender." + item.Value)
	case item.Value == "" && (item.Scope == oauth2.ScopeEmail || profilePlus(item.Scope)):
		line.Text = s.say("consent.nothing")
	}
	return line
}

// worded are the scopes that have messages of their own.
func worded() []string {
	return append(oauth2.ProfilePlusScopes(), oauth2.ScopeProfile, oauth2.ScopeOpenID, oauth2.ScopeEmail, oauth2.ScopeChatMessageWrite)
}

// profilePlus says whether a scope is of LINE Profile+; these stand in a group.
func profilePlus(scope string) bool { return slices.Contains(oauth2.ProfilePlusScopes(), scope) }

// errorKind is the part of an error page's message keys that stands for its status.
func errorKind(status int) string {
	switch {
	case status >= http.StatusInternalServerError:
		return "500"
	case status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusTooManyRequests:
		return strconv.Itoa(status)
	}
	return "400"
}

// functions are what templates may call beside the methods of their view.
func functions() template.FuncMap {
	return template.FuncMap{"initial": initial, "hue": hue, "weblink": weblink}
}

// initial returns the first letter of a name, for those without a picture.
func initial(name string) string {
	for _, c := range name {
		if unicode.IsLetter(c) || unicode.IsNumber(c) {
			return string(unicode.ToUpper(c))
		}
	}
	return "?"
}

// hue gives each person one of six colours.
func hue(name string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(name))
	return h.Sum32() % 6
}

// attribute writes an attribute whose value must reach the browser byte for byte; the
// template package would rewrite some characters of a URL.
func attribute(name, value string) template.HTMLAttr {
	return template.HTMLAttr(" " + name + `="` + html.EscapeString(value) + `"`) //nolint:gosec // escaped, and callers check the scheme
}

// clean takes what could deceive a reader out of a name: control characters and marks
// that turn the direction of writing.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return -1
		}
		return c
	}, s)
}

// write renders the page to a buffer, then sends headers, status and body: a fault in
// a template never leaves half a page.
func (p *Renderer) write(w http.ResponseWriter, status int, s *shell, view any) error {
	var body bytes.Buffer
	if s.err != nil {
		return fmt.Errorf("page %s: %w", s.name, s.err)
	}
	if err := p.pages[s.name].ExecuteTemplate(&body, "layout", view); err != nil {
		return fmt.Errorf("page %s: %w", s.name, err)
	}
	if err := s.setHeaders(w); err != nil {
		return err
	}
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the browser may have gone: nobody is left to tell
	return nil
}
