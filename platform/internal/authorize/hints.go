package authorize

import (
	"strings"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// readHints reads what changes the look of the pages or is kept for login methods
// that do not exist yet.
func (a *ask) readHints(p oauth2.Params) *oauth2.Error {
	if e := a.readLocales(p.Get("ui_locales")); e != nil {
		return e
	}
	switch bot := p.Get("bot_prompt"); bot {
	case "", "normal", "aggressive":
		a.req.BotPrompt = bot
	default:
		return invalid("bot_prompt", bot, "normal or aggressive", "send one of these, or leave bot_prompt out")
	}
	switch amr := p.Get("initial_amr_display"); amr {
	case "", "lineqr":
		a.req.InitialAMR = amr
	default:
		return invalid("initial_amr_display", amr, "lineqr", "leave initial_amr_display out")
	}
	for _, flag := range []struct {
		name string
		set  func(bool)
	}{
		{"switch_amr", func(on bool) { a.req.KeepAMR = !on }},
		{"disable_auto_login", func(on bool) { a.req.DisableAutoLogin = on }},
		{"disable_ios_auto_login", func(on bool) {
			a.iosOnly = on && !a.req.DisableAutoLogin
			a.req.DisableAutoLogin = a.req.DisableAutoLogin || on
		}},
	} {
		switch v := p.Get(flag.name); strings.ToLower(v) {
		case "":
		case "true":
			flag.set(true)
		case "false":
			flag.set(false)
		default:
			return invalid(flag.name, v, "true or false", "send true or false")
		}
	}
	return nil
}

func (a *ask) readLocales(locales string) *oauth2.Error {
	if len(locales) > maxShort || !all(locales, func(c byte) bool { return base64url(c) && c != '_' || c == ' ' }) {
		return invalid("ui_locales", locales, "BCP 47 tags separated by spaces", "send tags such as ja or zh-Hant")
	}
	a.req.UILocales = locales
	return nil
}

// readNative reads the iOS SDK's Universal Link, which the token call repeats. Nothing
// is sent to it.
func (a *ask) readNative(p oauth2.Params) *oauth2.Error {
	link := p.Get("optional_redirect_uri")
	if link != "" && (!plainURL(link) || !strings.HasPrefix(link, "https://")) {
		return invalid("optional_redirect_uri", safeGiven(link), "an https URL", "send the app's Universal Link, or leave it out")
	}
	a.req.OptionalRedirectURI = link
	return nil
}
