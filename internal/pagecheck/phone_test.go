package pagecheck_test

import (
	"testing"

	"github.com/tegata-id/tegata/internal/stage"
)

// phoneStates are those of the simulator: what is in the phone, and each of the tabs.
func phoneStates() []state {
	with := func(settings ...string) func(*testing.T, *world) *stage.Tab {
		return func(t *testing.T, w *world) *stage.Tab { return w.opened(t, settings...) }
	}
	return []state{
		{name: "simulator without apps and users", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.browser.Open(t, w.empty.SimulatorURL)
			b.Await("the empty state", `document.querySelector("#card h2")?.textContent.startsWith("No LIFF app")`)
			return b
		}},
		{name: "simulator ready", open: func(t *testing.T, w *world) *stage.Tab { return w.phone(t) }},
		{name: "simulator, app not up", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.phone(t, "app", downApp)
			b.Press("#open")
			b.Await("the frame", `document.querySelector("#frame iframe") !== null`)
			frame := b.Frame(w.framed(b))
			b.AwaitIn(frame, "the page that says so", `document.body.innerText.includes("does not answer")`)
			return b
		}},
		at("an app that is not up, at its own port", "h1", func(w *world) string { return w.served(downApp) + "/shop/" }),
		{name: "simulator running", open: with("app", demoApp)},
		{name: "simulator running, the checks of the ID token", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp)
			b.Press("#panel-tokens summary")
			b.Await("the checks", `document.querySelector("#panel-tokens details").open`)
			return b
		}},
		{name: "simulator running tall in a dark phone", open: with("app", orderApp, "theme", "dark", "os", "android", "device", "360", "user", "jiwoo", "bar", "#2f5d50", "scheme", "both")},
		{name: "simulator running compact, long names", open: with("app", longApp, "user", "nagai", "chat", "group")},
		{name: "simulator on a tablet", open: with("app", demoApp, "device", "768")},
		{name: "simulator, slow and stale", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "net", "slow")
			b.Call(`(() => { const e = document.querySelector("#view"); e.value = "tall"; e.dispatchEvent(new Event("change", { bubbles: true })); return true })()`, nil)
			b.Await("the note", `!document.querySelector("#stale").hidden`)
			return b
		}},
		{name: "simulator, its server gone", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", orderApp, "view", "compact")
			// The platform is one for all states: the texts are put here, and
			// clienttest.TestPhone sees when they come.
			b.Call(`(() => { for (const [at, text] of [["#gone p", "tegata dev was started anew, and knows nothing of what is open here. Reload this page: every choice is in its address."],
				["#notice", "The platform signs with its next key: open the app again for a token by it. Tokens by the old key stay good."]]) {
				const e = document.querySelector(at); e.textContent = text; e.closest("[hidden]").hidden = false; } return true })()`, nil)
			return b
		}},
		{name: "simulator, network", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "tab", "network")
			w.inside(b, "#send-profile")
			b.Press(`#panel-network [data-seq] button`)
			b.Await("the details", `document.querySelector(".details pre") !== null`)
			return b
		}},
		{name: "simulator, checks with findings", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "tab", "checks")
			w.inside(b, "#send-profile")
			b.Await("the alarm", `document.querySelector(".finding.grave") !== null`)
			return b
		}},
		{name: "simulator, checks without findings", open: with("app", orderApp, "tab", "checks")},
		{name: "simulator, console", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "tab", "console")
			for level, what := range map[string]string{
				"log": "liff.init() has ended", "warn": "liff.init() was called with a current URL that is not related to the endpoint URL: https://example.com/a/very/long/path/that/does/not/break",
				"error": "Uncaught (in promise) TypeError: お茶の在庫を読み込めませんでした",
			} {
				w.told(b, map[string]any{"kind": "console", "level": level, "what": what})
			}
			b.Await("the lines", `document.querySelectorAll(".console li").length >= 3`)
			return b
		}},
		{name: "simulator, storage", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "tab", "storage")
			w.told(b, map[string]any{"kind": "storage", "keys": map[string]string{
				"LIFF_STORE:" + demoApp + ":context": `{"type":"utou","viewType":"full","endpointUrl":"http://localhost:5173/"}`,
				"LIFF_STORE:" + demoApp + ":IDToken": "eyJraWQiOiJ0ZWdhdGEiLCJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY2Vzcy5saW5lLm1lIn0.c2lnbmF0dXJl",
			}})
			b.Await("the keys", `document.querySelector(".storage") !== null`)
			return b
		}},
		{name: "simulator, as an in-app browser", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.phone(t, "app", demoApp, "as", "inapp")
			b.Press("#open")
			b.Await("the frame", `document.querySelector("#frame iframe") !== null`)
			b.AwaitIn(b.Frame(w.framed(b)), "the login button", `document.querySelector("#login")?.hidden === false`)
			return b
		}},
	}
}

// troubleStates are those after the app was closed, or has lost its tokens.
func troubleStates() []state {
	return []state{
		{name: "simulator closed", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp)
			b.Press("#close")
			b.Await("the card", `document.querySelector("#card").textContent.includes("revoked at")`)
			return b
		}},
		{name: "simulator, old token refused", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", aloneApp, "tab", "network")
			b.Press("#close")
			b.Await("the card", `document.querySelector("#card").textContent.includes("revoked at")`)
			b.Call(`([...document.querySelectorAll("#panel-network .line")].find((e) => e.textContent.includes("/noodles/api/access-token")).click(), true)`, nil)
			b.Call(`([...document.querySelectorAll(".details button")].find((e) => e.textContent.includes("old token")).click(), true)`, nil)
			b.Press(`#sheet button[value=go]`)
			b.Await("the verdict", `document.querySelector(".verdict.good") !== null`)
			return b
		}},
		{name: "simulator, may be resumed", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "keep", "yes")
			b.Press("#close")
			b.Await("the card and the bubble", `document.querySelector("#card").textContent.includes("lives on") && document.querySelector(".bubble") !== null`)
			return b
		}},
		{name: "simulator, a sub window", open: func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp)
			var msit string
			b.Call(`(() => {
				const given = new URLSearchParams(new URL(document.querySelector("#frame iframe").src).hash.slice(1));
				return fetch("/liff/v2/sub/msit", { method: "POST", headers: { "Content-Type": "application/json", Authorization: "Bearer " + given.get("access_token") },
					body: JSON.stringify({ mainLiffId: "`+demoApp+`", subLiffId: "`+orderApp+`", mstChallenge: given.get("mst_challenge"), appData: {} }) })
					.then((r) => r.json()).then((a) => a.msit);
			})()`, &msit)
			w.told(b, map[string]any{"kind": "subwindow", "url": "https://liff.line.me/" + orderApp + "/tea?cup=1", "msit": msit})
			b.Await("the other app above", `document.querySelectorAll("#frame iframe").length === 2 && document.querySelector("#title").textContent === "Tea House order form"`)
			return b
		}},
	}
}

// sheetStates are the sheets above the page.
func sheetStates() []state {
	when := func(name string, bring func(*testing.T, *world) *stage.Tab) state {
		return state{name: "sheet: " + name, sheet: true, open: func(t *testing.T, w *world) *stage.Tab {
			b := bring(t, w)
			b.Await("the sheet", `document.querySelector("#sheet").open`)
			return b
		}}
	}
	told := func(what map[string]any) func(*testing.T, *world) *stage.Tab {
		return func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp)
			w.told(b, what)
			return b
		}
	}
	own := func(id string) map[string]any {
		return map[string]any{"kind": "subwindow", "url": "https://liff.line.me/" + id, "msit": "none"}
	}
	return []state{
		when("keys", func(t *testing.T, w *world) *stage.Tab {
			b := w.phone(t)
			b.Press("#help")
			return b
		}),
		when("share", told(map[string]any{"kind": "picker", "ott": "none", "messages": []map[string]string{
			{"type": "text", "text": "全国どこでも翌日お届けする静岡県産煎茶と和菓子の定期便はいかがですか"},
			{"type": "text", "text": "https://liff.line.me/2000000001-demo0001/a/path/that/has/no/place/to/break?cup=1"},
		}})),
		when("QR code", told(own("1656359117-jxmx5e11"))),
		when("friend", told(own("1656032314-CWSCEjzU"))),
		when("more scopes", func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "scopes", "openid profile", "consent", "yes")
			w.told(b, own("1656032314-Xgrw5Pmk"))
			return b
		}),
		when("an address in a tab", told(map[string]any{"kind": "open", "external": true, "what": "https://example.com/a/path/that/has/no/place/to/break/and/goes/on/and/on?and=on"})),
		when("login", func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp)
			w.told(b, map[string]any{"kind": "login", "what": w.BaseURL + "/oauth2/v2.1/authorize"})
			b.Await("the question", `document.querySelector("#sheet button[value=go]") !== null`)
			return b
		}),
		when("a LIFF app that is not here", told(map[string]any{"kind": "leave", "what": "https://liff.line.me/2999999999-nobody00/a/path/that/has/no/place/to/break/and/goes/on/and/on"})),
		when("not simulated", told(map[string]any{"kind": "missing", "what": "line://nv/bluetooth"})),
		when("menu", func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp)
			b.Press("#action")
			return b
		}),
		when("about", func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", longApp, "user", "nagai")
			b.Press("#action")
			b.Press(`#sheet button[value=about]`)
			return b
		}),
		when("send again", func(t *testing.T, w *world) *stage.Tab {
			b := w.opened(t, "app", demoApp, "tab", "network")
			b.Await("a call with a token", `[...document.querySelectorAll("#panel-network .line")].some((e) => e.textContent.includes("api/access-token"))`)
			b.Call(`([...document.querySelectorAll("#panel-network .line")].find((e) => e.textContent.includes("api/access-token")).click(), true)`, nil)
			b.Call(`([...document.querySelectorAll(".details button")].find((e) => e.textContent.includes("neighbour")).click(), true)`, nil)
			return b
		}),
		when("trouble", func(t *testing.T, w *world) *stage.Tab {
			b := w.phone(t, "app", demoApp, "user", "hanako")
			b.Call(`(() => { const fetched = window.fetch; window.fetch = (...a) => String(a[0]).includes("/launch") ? Promise.reject(new TypeError("Failed to fetch")) : fetched(...a); return true })()`, nil)
			b.Press("#open")
			return b
		}),
	}
}
