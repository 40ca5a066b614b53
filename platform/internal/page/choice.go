package page

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

const (
	languageParam  = "lang"
	languageCookie = "tegata_lang"
	themeParam     = "theme"
	themeCookie    = "tegata_theme"
	yearSeconds    = 365 * 24 * 60 * 60
	maxLanguages   = 512 // characters of a language list that are looked at
)

// menuItem is one link of the language or theme menu.
type menuItem struct {
	URL, Tag, Name, Key string
	Current             bool
}

// languages are those that pages speak.
type languages struct {
	tags       []string // in the order of the menu, english first
	matcher    language.Matcher
	catalogues map[string]catalogue
}

// menuOrder has the languages in the order of the menu, with their own names.
func menuOrder() [][2]string {
	return [][2]string{{english, "English"}, {"ja", "日本語"}, {"th", "ไทย"}, {"zh-Hant", "繁體中文"}, {"ko", "한국어"}}
}

func newLanguages(catalogues map[string]catalogue) (*languages, error) {
	if err := checkCatalogues(catalogues); err != nil {
		return nil, err
	}
	l := &languages{catalogues: catalogues}
	var tags []language.Tag
	for _, m := range menuOrder() {
		if catalogues[m[0]] == nil {
			return nil, fmt.Errorf("messages of %s are missing", m[0])
		}
		l.tags = append(l.tags, m[0])
		tags = append(tags, language.MustParse(m[0]))
	}
	if len(catalogues) != len(l.tags) {
		return nil, fmt.Errorf("messages of %v: a language is not in the menu", slices.Sorted(maps.Keys(catalogues)))
	}
	l.matcher = language.NewMatcher(tags)
	return l, nil
}

// match returns the best of our languages for a list of tags, or nothing.
func (l *languages) match(wanted []language.Tag) string {
	if len(wanted) == 0 {
		return ""
	}
	_, i, confidence := l.matcher.Match(wanted...)
	if confidence == language.No {
		return ""
	}
	return l.tags[i]
}

// fromHeader matches an Accept-Language header.
func (l *languages) fromHeader(value string) string {
	if len(value) > maxLanguages {
		return ""
	}
	tags, _, err := language.ParseAcceptLanguage(value)
	if err != nil {
		return ""
	}
	return l.match(tags)
}

// fromUILocales matches a ui_locales parameter (OpenID Connect Core 3.1.2.1). Tags
// that are none are passed over.
func (l *languages) fromUILocales(value string) string {
	if len(value) > maxLanguages {
		return ""
	}
	var tags []language.Tag
	for one := range strings.FieldsSeq(value) {
		if tag, err := language.Parse(one); err == nil {
			tags = append(tags, tag)
		}
	}
	return l.match(tags)
}

// chooseLanguage takes what the reader chooses now, what the app asks for, what the
// reader chose before, what the browser is set to, or English, in this order. A choice
// that was made against the same wish of an app holds against it on the next page too.
func (s *shell) chooseLanguage(l *languages, r *http.Request) {
	asked := s.visit.UILocales
	chosen := ""
	if c, err := r.Cookie(languageCookie); err == nil {
		tag, against, _ := strings.Cut(c.Value, ".")
		if slices.Contains(l.tags, tag) {
			chosen = tag
			if against != "" && against == url.QueryEscape(asked) {
				asked = ""
			}
		}
	}
	now := r.URL.Query().Get(languageParam)
	if slices.Contains(l.tags, now) {
		s.remember(languageCookie, now+against(s.visit.UILocales))
	} else {
		now = ""
	}
	for _, tag := range []string{now, l.fromUILocales(asked), chosen, l.fromHeader(r.Header.Get("Accept-Language")), english} {
		if tag != "" {
			s.Lang, s.messages = tag, l.catalogues[tag]
			return
		}
	}
}

// against is the part of the cookie that names the app's wish, if there is one.
func against(uiLocales string) string {
	if uiLocales == "" || len(uiLocales) > maxLanguages {
		return ""
	}
	return "." + url.QueryEscape(uiLocales)
}

// chooseTheme takes the reader's choice of light, dark or the system's setting.
func (s *shell) chooseTheme(r *http.Request) {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		s.Theme = c.Value
	}
	switch now := r.URL.Query().Get(themeParam); now {
	case "light", "dark":
		s.Theme = now
		s.remember(themeCookie, now)
	case "auto":
		s.Theme = ""
		s.remember(themeCookie, now)
	}
}

// remember sets a cookie for a year. It says nothing about who somebody is.
func (s *shell) remember(name, value string) {
	s.cookies = append(s.cookies, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: yearSeconds, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

// menus sets the menus: links to this page again with another language or theme. An
// empty path is the page's own.
func (s *shell) menus(path, query string) {
	s.Languages, s.Themes = nil, nil
	if path != "" && !ownPath(path) {
		return
	}
	for _, m := range menuOrder() {
		s.Languages = append(s.Languages, menuItem{
			URL: path + "?" + withParam(query, languageParam, m[0]), Tag: m[0], Name: m[1], Current: m[0] == s.Lang,
		})
	}
	for _, theme := range []string{"auto", "light", "dark"} {
		s.Themes = append(s.Themes, menuItem{
			URL: path + "?" + withParam(query, themeParam, theme), Key: "theme." + theme,
			Current: theme == s.Theme || theme == "auto" && s.Theme == "",
		})
	}
}

// menusOfForm sets the menus of a page that answers a refused form: the form's page is
// got again by its action with the token in the query.
func (s *shell) menusOfForm(action, token string) {
	path, query, _ := strings.Cut(action, "?")
	if query == "" {
		query = "loginState=" + url.QueryEscape(token)
	}
	s.menus(path, query)
}

// withParam replaces a parameter in a query that otherwise stays as it was sent. A
// choice that was just made is in a cookie already and need not be carried on.
func withParam(query, name, value string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if pair != "" && key != languageParam && key != themeParam {
			// A colon in a relative URL could be taken for the end of a scheme.
			kept = append(kept, strings.ReplaceAll(pair, ":", "%3A"))
		}
	}
	return strings.Join(append(kept, name+"="+value), "&")
}
