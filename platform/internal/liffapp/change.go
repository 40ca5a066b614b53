package liffapp

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

const (
	maxDescription = 100  // characters; our choice, LINE's limit of the API is not known
	maxURL         = 2000 // bytes
)

// applyChange writes what was given over app.
func applyChange(app *store.LIFFApp, c wire.LIFFChange) error {
	if v := c.View; v != nil {
		if v.Type != nil {
			if !slices.Contains([]string{"compact", "tall", "full"}, *v.Type) {
				return invalid("view.type", *v.Type, "compact, tall or full")
			}
			app.ViewType = *v.Type
		}
		if v.URL != nil {
			if err := checkEndpoint(*v.URL); err != nil {
				return err
			}
			app.EndpointURL, app.ServedOrigins = *v.URL, nil
		}
		if v.ModuleMode != nil {
			app.ModuleMode = *v.ModuleMode
		}
	}
	if d := c.Description; d != nil {
		if utf8.RuneCountInString(*d) > maxDescription || strings.ContainsFunc(*d, unicode.IsControl) || namesLINE(*d) {
			return invalid("description", *d, fmt.Sprintf("at most %d characters, without the word LINE", maxDescription))
		}
		app.Description = *d
	}
	if f := c.Features; f != nil && f.QRCode != nil {
		app.QRCode = *f.QRCode
	}
	if p := c.PermanentLinkPattern; p != nil && *p != "concat" {
		return invalid("permanentLinkPattern", *p, "concat")
	}
	if c.Scope != nil {
		if err := setScopes(app, *c.Scope); err != nil {
			return err
		}
	}
	if b := c.BotPrompt; b != nil {
		if !slices.Contains([]string{"normal", "aggressive", "none"}, *b) {
			return invalid("botPrompt", *b, "normal, aggressive or none")
		}
		app.BotPrompt = *b
	}
	return nil
}

func setScopes(app *store.LIFFApp, names []string) error {
	known := []string{oauth2.ScopeOpenID, oauth2.ScopeEmail, oauth2.ScopeProfile, oauth2.ScopeChatMessageWrite}
	app.Scopes = []string{}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return invalid("scope", name, strings.Join(known, ", "))
		}
		if !slices.Contains(app.Scopes, name) {
			app.Scopes = append(app.Scopes, name)
		}
	}
	return nil
}

// checkEndpoint holds LINE's rule: https, and no fragment. What else browsers and
// servers read differently is refused too (our choice): blanks, control characters,
// backslashes, markup, and bytes that are not UTF-8.
func checkEndpoint(raw string) error {
	u, err := url.Parse(raw)
	bad := func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == utf8.RuneError || strings.ContainsRune("\\\"<>#", r)
	}
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.ContainsFunc(raw, bad) || len(raw) > maxURL {
		return invalid("view.url", raw, "an https URL without a fragment")
	}
	return nil
}

// lookAlikes folds what looks like a letter of LINE's name into it, in lower case. l
// and i are one: which is which, a small l and a capital I do not tell.
var lookAlikes = strings.NewReplacer(
	"i", "l", "1", "l", "|", "l", "!", "l", "ı", "l", "ɪ", "l", "і", "l", "ι", "l", "ӏ", "l", "ʟ", "l", "ⅰ", "l", "ⅼ", "l",
	"í", "l", "ì", "l", "î", "l", "ï", "l", "ī", "l", "ĺ", "l", "ñ", "n", "ń", "n", "é", "e", "è", "e", "ê", "e", "ë", "e", "ē", "e",
	"ν", "n", "ɴ", "n", "3", "e", "е", "e", "ε", "e", "є", "e", "ᴇ", "e",
)

// namesLINE finds LINE's name, also in letters that look alike, which LINE forbids in
// names. As a part of another word (online, deadline) it is no name.
func namesLINE(s string) bool {
	plain := strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Mn): // invisible, or an accent
			return -1
		case r >= '！' && r <= '～': // full width
			r -= '！' - '!'
		}
		return unicode.ToLower(r)
	}, s)
	words := strings.FieldsFunc(lookAlikes.Replace(plain), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.Contains(words, "llne")
}

func invalid(member, given, expected string) error {
	return &oauth2.Error{
		Description: "invalid value: " + member, Check: member, Given: oauth2.Clip(given), Expected: expected, Fix: "mend " + member,
	}
}
