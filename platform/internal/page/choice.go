package page

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Cookies and parameters by which people choose a language and an appearance.
const (
	langParam, langCookie   = "lang", "tegata_lang"
	themeParam, themeCookie = "theme", "tegata_theme"
	themeAuto               = "auto"
	remembered              = 365 * 24 * 3600 // seconds
	maxLocales              = 512             // bytes of a list of languages that are looked at
)

// choice is one link of a menu.
type choice struct {
	Href, Value, Name string
	Current           bool
}

// language returns the language of a page: the one that was chosen by the menu's
// link, else the first that we speak of ui_locales, of the cookie, and of
// Accept-Language. chosen is what the cookie must remember, or nothing.
func (c *catalogues) language(r *http.Request, uiLocales string) (tag, chosen string) {
	if asked := queryValue(r, langParam); slices.Contains(c.order, asked) {
		return asked, asked
	}
	wishes := []string{strings.Join(strings.Fields(clip(uiLocales)), ",")}
	if cookie, err := r.Cookie(langCookie); err == nil {
		wishes = append(wishes, cookie.Value)
	}
	wishes = append(wishes, r.Header.Get("Accept-Language"))
	for _, wish := range wishes {
		if tag, ok := c.match(wish); ok {
			return tag, ""
		}
	}
	return c.order[0], ""
}

// match finds the first of a list of languages that we speak.
func (c *catalogues) match(list string) (string, bool) {
	if list == "" {
		return "", false
	}
	var tags []language.Tag
	for one := range strings.SplitSeq(clip(list), ",") {
		// One by one: a tag that is no tag must not spoil the others.
		if parsed, weights, err := language.ParseAcceptLanguage(one); err == nil && len(parsed) == 1 && weights[0] > 0 {
			tags = append(tags, parsed...)
		}
	}
	if len(tags) == 0 {
		return "", false
	}
	_, index, confidence := c.matcher.Match(tags...)
	return c.order[index], confidence != language.No
}

// clip bounds what is parsed of what a stranger sent.
func clip(list string) string {
	if len(list) > maxLocales {
		return list[:maxLocales]
	}
	return list
}

// theme returns "light", "dark", or nothing for the system's.
func theme(r *http.Request) (name, chosen string) {
	switch asked := queryValue(r, themeParam); asked {
	case "light", "dark":
		return asked, asked
	case themeAuto:
		return "", asked
	}
	if cookie, err := r.Cookie(themeCookie); err == nil && (cookie.Value == "light" || cookie.Value == "dark") {
		return cookie.Value, ""
	}
	return "", ""
}

func queryValue(r *http.Request, name string) string {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ""
	}
	return values.Get(name)
}

// menuLink returns a link to the same page with one parameter changed. It has no
// path: a browser keeps the one that it has.
func menuLink(rawQuery, name, value string) string {
	var kept []string
	for part := range strings.SplitSeq(rawQuery, "&") {
		key, _, _ := strings.Cut(part, "=")
		if part != "" && key != name {
			kept = append(kept, part)
		}
	}
	return "?" + strings.Join(append(kept, name+"="+value), "&")
}

// remember sets a cookie for what was chosen.
func remember(w http.ResponseWriter, r *http.Request, name, value string) {
	cookie := http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: remembered, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
	}
	if value == themeAuto {
		cookie.Value, cookie.MaxAge = "", -1
	}
	http.SetCookie(w, &cookie)
}
