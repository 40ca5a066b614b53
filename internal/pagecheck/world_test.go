package pagecheck_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// world is what the pages are served by: one platform with long names, one without LIFF
// apps and without users.
type world struct {
	*stage.Dev
	empty   *stage.Dev
	browser *stage.Browser
	demo    string // where the demo app's port serves it
}

// Apps of testdata/world.yaml.
const (
	demoApp  = "2000000001-demo0001"
	orderApp = "2000000001-demo0002"
	longApp  = "2000000002-long0001"
	aloneApp = "2000000001-alone001" // the log is one for all tabs: its calls are one state's
	downApp  = "2000000001-down0001"
)

// callback is a registered redirect URI; nobody answers there.
const callback = "http://localhost:3000/callback"

func startWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		Dev:   built.StartDev(t, "--seed", "testdata/world.yaml"),
		empty: built.StartDev(t, "--seed", "testdata/empty.yaml"), browser: built.StartBrowser(t),
	}
	w.demo = w.served(demoApp) + "/"
	return w
}

// served returns the origin at which an app runs with the script in front; empty: none.
func (w *world) served(liffID string) string {
	for _, a := range w.LIFFApps {
		if a.LIFFID == liffID && len(a.ServedOrigins) > 0 {
			return a.ServedOrigins[0]
		}
	}
	return ""
}

// authorize is the URL at which a web app begins a login; more are names and values by
// turns, which go over the usual ones.
func (w *world) authorize(channel, locale string, more ...string) string {
	q := url.Values{
		"response_type": {"code"}, "client_id": {channel}, "redirect_uri": {callback}, "state": {"s"},
		"scope": {"openid profile email"}, "ui_locales": {locale},
	}
	for i := 0; i < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return w.BaseURL + "/oauth2/v2.1/authorize?" + q.Encode()
}

// phone opens the simulator with its settings: names and values by turns.
func (w *world) phone(t *testing.T, settings ...string) *stage.Tab {
	t.Helper()
	q := url.Values{"user": {"hanako"}}
	for i := 0; i < len(settings); i += 2 {
		q.Set(settings[i], settings[i+1])
	}
	b := w.browser.Open(t, w.SimulatorURL+"?"+q.Encode())
	b.Await("the simulator to be ready", `!!document.querySelector("#card h2") && document.querySelector("#people").childElementCount > 0`)
	return b
}

// opened does so and opens the demo app, or the one that the settings name, in the phone.
func (w *world) opened(t *testing.T, settings ...string) *stage.Tab {
	t.Helper()
	b := w.phone(t, settings...)
	b.Press("#open")
	b.Await("the tokens of the open app", `document.querySelector("#panel-tokens table") !== null`)
	frame := b.Frame(w.framed(b))
	b.AwaitIn(frame, "the app to have verified the user", `[...document.querySelectorAll('[data-result="ok"]')].length === 2`)
	return b
}

// framed returns the origin of the app in the phone.
func (w *world) framed(b *stage.Tab) string {
	var src string
	b.Call(`document.querySelector("#frame iframe").src`, &src)
	u, err := url.Parse(src)
	if err != nil {
		return src
	}
	return u.Scheme + "://" + u.Host
}

// told has the script in front of the app say something to the simulator, as it does when
// the app calls the SDK.
func (w *world) told(b *stage.Tab, what map[string]any) {
	text, _ := json.Marshal(what) // strings and their lists
	b.AwaitIn(b.Frame(w.framed(b)), "the app to speak", `(parent.postMessage({ tegata: `+string(text)+` }, "*"), true)`)
}

// inside presses a button of the app in the phone.
func (w *world) inside(b *stage.Tab, selector string) {
	b.AwaitIn(b.Frame(w.framed(b)), "the app's button "+selector,
		`((e) => e && !e.hidden && (e.click(), true))(document.querySelector("`+selector+`"))`)
}

// asked is a script: what the simulator's page gets for a call of its server.
func asked(call, body string) string {
	return `fetch("` + simulatorAPI + call + `", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(` + body + `) }).then((r) => r.json())`
}

const simulatorAPI = "/_tegata/simulator/api/"

// link reads a URL from what a command printed.
func link(t *testing.T, out []byte) string {
	t.Helper()
	for _, word := range strings.Fields(string(out)) {
		if strings.HasPrefix(word, "http://") {
			return word
		}
	}
	t.Fatalf("no link in %q", out)
	return ""
}
