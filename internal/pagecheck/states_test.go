package pagecheck_test

import (
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// state is one thing to look at: what a person has on the screen, and the way there.
type state struct {
	name string
	open func(*testing.T, *world) *stage.Tab
	// sheet: a dialog is open, which stands in the middle of the window.
	sheet bool
}

// states are all of them.
func states() []state {
	all := append(loginStates(), errorStates()...)
	all = append(all, passwordStates()...)
	all = append(all, appStates()...)
	all = append(all, phoneStates()...)
	all = append(all, troubleStates()...)
	all = append(all, networkStates()...)
	return append(all, sheetStates()...)
}

// at is a state that a URL alone makes.
func at(name, ready string, url func(*world) string) state {
	return state{name: name, open: func(t *testing.T, w *world) *stage.Tab {
		b := w.browser.Open(t, url(w))
		b.Await(name, `document.readyState === "complete" && document.querySelector('`+ready+`') !== null`)
		return b
	}}
}

const (
	tea    = "2000000001"
	parcel = "2000000002" // the channel with the long names
)

func loginStates() []state {
	persona := func(b *stage.Tab, handle string) { b.Press(`button[name="persona"][value="` + handle + `"]`) }
	return []state{
		at("login", "#login", func(w *world) string { return w.authorize(tea, "en") }),
		at("login, Japanese, long names", "#login", func(w *world) string { return w.authorize(parcel, "ja") }),
		at("login without users", "#login", func(w *world) string {
			nobody := *w
			nobody.Dev = w.empty
			return nobody.authorize(tea, "en", "scope", "openid profile")
		}),
		{name: "login refused", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.authorize(tea, "ja"))
			b.Await("the form", `document.querySelector("#password") !== null`)
			b.Call(`(document.querySelector("#email").value = "hanako@example.com", document.querySelector("#password").value = "wrong", true)`, nil)
			b.Press("#login")
			b.Await("the refusal", `document.querySelector("#alert") !== null`)
			return b
		}},
		{name: "login again", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.authorize(tea, "ja", "prompt", "consent"))
			persona(b, "nagai")
			b.Await("consent", `document.querySelector("#allow") !== null`)
			b.Go(w.authorize(tea, "ja", "prompt", "login"))
			b.Await("the form with a reason", `document.querySelector("#login") !== null && document.querySelector(".note") !== null`)
			return b
		}},
		{name: "continue as", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.authorize(tea, "en", "prompt", "consent"))
			persona(b, "nagai")
			b.Await("consent", `document.querySelector("#allow") !== null`)
			b.Go(w.authorize(tea, "en", "state", "again"))
			b.Await("the card of the session", `document.querySelector("#continue") !== null`)
			return b
		}},
		{name: "consent", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.authorize(tea, "en", "bot_prompt", "normal", "prompt", "consent"))
			persona(b, "hanako")
			b.Await("consent", `document.querySelector("#allow") !== null`)
			return b
		}},
		{name: "consent, Japanese, long names", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.authorize(parcel, "ja", "bot_prompt", "normal", "prompt", "consent",
				"scope", "openid profile email real_name gender birthdate phone address"))
			persona(b, "nagai")
			b.Await("consent", `document.querySelector("#allow") !== null`)
			return b
		}},
		{name: "add friend, Japanese, long names", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.authorize(parcel, "ja", "bot_prompt", "aggressive", "prompt", "consent", "scope", "openid"))
			persona(b, "nagai")
			b.Press("#allow")
			b.Await("the offer", `document.querySelector('button[value="add"]') !== null`)
			return b
		}},
	}
}

func errorStates() []state {
	return []state{
		at("error: unknown channel", "h1", func(w *world) string { return w.authorize("2999999999", "en") }),
		at("error: callback URL, Japanese", "mark", func(w *world) string {
			return w.authorize(tea, "ja", "redirect_uri", "http://localhost:3001/callback/of/a/long/path?with=a-query-that-is-longer-than-any-screen-of-a-phone")
		}),
		at("error: callback URL", "mark", func(w *world) string {
			return w.authorize(tea, "en", "redirect_uri", "http://localhost:3001/callbacks")
		}),
		at("error: unknown LIFF app", "h1", func(w *world) string { return w.BaseURL + "/2000000001-nobody00" }),
		at("error: no such page", "body", func(w *world) string { return w.BaseURL + "/oauth2/v2.1/authorize/consent" }),
	}
}

func passwordStates() []state {
	form := func(t *testing.T, w *world) *stage.Tab {
		b := w.browser.Open(t, link(t, w.Tegata(t, "user", "reset-password", "mei@example.com")))
		b.Await("the form", `document.querySelector("input[name=password]") !== null`)
		return b
	}
	fill := func(b *stage.Tab, password, repeat string) {
		b.Call(`(document.querySelector("input[name=password]").value = "`+password+`", document.querySelector("input[name=repeat]").value = "`+repeat+`", true)`, nil)
		b.Press("button.main")
	}
	return []state{
		{name: "password", open: form},
		{name: "password refused", open: func(t *testing.T, w *world) *stage.Tab {
			b := form(t, w)
			fill(b, "correct horse battery", "correct horse batteries")
			b.Await("the refusal", `document.querySelector(".alert") !== null`)
			return b
		}},
		{name: "password set", open: func(t *testing.T, w *world) *stage.Tab {
			b := form(t, w)
			fill(b, "correct horse battery", "correct horse battery")
			b.Await("the end", `document.readyState === "complete" && document.querySelector("input[name=password]") === null`)
			return b
		}},
		at("password link is over", "h1", func(w *world) string { return w.BaseURL + "/_tegata/password/over" }),
	}
}

// logIn goes through login and consent of an app in an ordinary browser.
func logIn(b *stage.Tab, handle string) {
	b.Press("#login")
	b.Press(`button[name="persona"][value="` + handle + `"]`)
	b.PressUnless("#allow", "#greeting:not([hidden])") // another state may have given consent
	b.Await("the app to have verified the user", `[...document.querySelectorAll('[data-result="ok"]')].length === 2`)
}

func appStates() []state {
	app := func(t *testing.T, w *world) *stage.Tab {
		b := w.browser.Open(t, w.demo)
		b.Await("the login button", `document.querySelector("#login")?.hidden === false`)
		return b
	}
	in := func(handle string) func(*testing.T, *world) *stage.Tab {
		return func(t *testing.T, w *world) *stage.Tab {
			b := app(t, w)
			logIn(b, handle)
			return b
		}
	}
	return []state{
		{name: "demo app", open: app},
		{name: "demo app, logged in", open: in("hanako")},
		{name: "demo app, long name", open: in("wolfe")},
		{name: "demo app, profile refused", open: func(t *testing.T, w *world) *stage.Tab {
			b := in("nagai")(t, w)
			b.Press("#send-profile")
			b.Await("the refusal", `document.querySelector("#refusal")?.hidden === false`)
			return b
		}},
		{name: "demo app, logged out", open: func(t *testing.T, w *world) *stage.Tab {
			b := in("taro")(t, w)
			b.Press("#logout")
			b.Await("the end of the login", `document.querySelector("#greeting").hidden`)
			return b
		}},
		{name: "share target picker", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.phone(t)
			var ott string
			b.Call(asked("launch", `{ liffId: "`+demoApp+`", person: "hanako", chat: "utou", rest: "" }`)+
				`.then((one) => fetch("/liff/v2/apps/`+demoApp+`/ott", { headers: { Authorization: "Bearer " + one.accessToken } })).then((r) => r.json()).then((a) => a.ott)`, &ott)
			b.Go(w.BaseURL + "/oauth2/v2.1/liff/shareTargetPicker?liffId=" + demoApp + "&ott=" + ott)
			b.Await("the picker", `document.querySelectorAll("input[name=chat]").length > 3`)
			return b
		}},
	}
}
