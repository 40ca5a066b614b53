package clienttest_test

import (
	"bufio"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
)

// hostile is what a page of another origin tries at a running tegata dev, with the cookies
// that the browser has for it. Each try says what came of it.
const hostile = `(async (platform, app) => {
	const out = {};
	const asked = (url, init) => fetch(url, { credentials: "include", ...init }).then((r) => r.type === "opaque" ? "unread" : "read " + r.status, () => "blocked");
	const json = { method: "POST", headers: { "Content-Type": "application/json" } };
	const plain = { method: "POST", mode: "no-cors" };
	const move = JSON.stringify({ at: "2040-01-01T00:00:00Z" });
	const api = platform + "/_tegata/simulator/api/";
	out.world = await asked(api + "world");
	out.unreadWorld = await asked(api + "world", { mode: "no-cors" });
	out.clock = await asked(api + "clock", { ...json, body: move });
	out.plainClock = await asked(api + "clock", { ...plain, body: move });
	out.labClock = await asked(platform + "/_tegata/lab/v1/clock", { ...plain, body: JSON.stringify({ do: "jump", at: "2040-01-01T00:00:00Z" }) });
	out.admin = await asked(platform + "/_tegata/admin/v1/env");
	out.adminByToken = await asked(platform + "/_tegata/admin/v1/env", { headers: { Authorization: "Bearer x" } });
	out.report = await asked(app + "/_tegata/report", { ...plain, body: JSON.stringify({ code: "token-in-url", where: "hostile" }) });
	out.page = await asked(app + "/");
	const once = (it, good, bad) => new Promise((done) => { it[good] = () => done("open"); it[bad] = () => done("blocked"); });
	out.events = await once(new EventSource(api + "events", { withCredentials: true }), "onopen", "onerror");
	out.socket = await once(new WebSocket(api.replace("http", "ws") + "events"), "onopen", "onerror");
	out.script = await new Promise((done) => {
		const tag = document.createElement("script");
		tag.onload = () => done("ran, and of the world is known " + JSON.stringify(window.__tegata?.token ?? null));
		tag.onerror = () => done("blocked");
		tag.src = api + "world";
		document.head.append(tag);
	});
	const heard = [];
	addEventListener("message", (e) => heard.push(e.origin));
	const frame = document.createElement("iframe");
	frame.name = "tegata-phone:" + JSON.stringify({ as: "liff", agent: "", language: "en", sub: false, liffId: "x", opening: "1", alone: true });
	await new Promise((done) => { frame.onload = done; frame.src = app + "/"; document.body.append(frame); });
	frame.contentWindow.postMessage({ tegata: { go: "about:blank#hostile" } }, "*");
	await asked(app + "/"); // the script has told that the app is loaded: it would have come by now
	out.heard = heard.length;
	out.cookies = document.cookie;
	return out;
})`

// TestHostilePage: a page of another port, which is the same site and so has the cookies, and
// one of another site reach nothing of a running tegata dev.
func TestHostilePage(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("tea", 20)
	p := startPlatformIn(t, append(os.Environ(), "TEGATA_ADMIN_TOKEN="+token))
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>evil</title><body>"))
	}))
	t.Cleanup(evil.Close)
	app := p.LIFFApps[0].ServedOrigins[0]
	sites := map[string]string{"another port": strings.Replace(evil.URL, "127.0.0.1", "localhost", 1), "another site": evil.URL}
	browser := startBrowser(t)
	for name, at := range sites {
		b := openTab(t, browser)
		b.also = net.IPv4(127, 0, 0, 1)
		b.open(t, p.BaseURL+"/_tegata/simulator/")
		b.await(t, "the simulator's page", func() bool { return b.is(`document.title !== ""`) })
		b.open(t, at)
		b.await(t, "the hostile page", func() bool { return b.is(`document.title === "evil"`) })
		var got map[string]any
		b.call(t, hostile+`("`+p.BaseURL+`", "`+app+`")`, &got)
		for try, want := range map[string]any{
			"world": "blocked", "unreadWorld": "unread", "clock": "blocked", "plainClock": "unread", "labClock": "unread",
			"admin": "blocked", "adminByToken": "blocked", "report": "unread", "page": "blocked",
			"events": "blocked", "socket": "blocked", "script": "blocked", "heard": 0.0, "cookies": "",
		} {
			if got[try] != want {
				t.Errorf("%s, %s: %v, want %v", name, try, got[try], want)
			}
		}
	}
	wantUntouched(t, p, token)
}

// wantUntouched wants what the hostile page could not read to have had no effect.
func wantUntouched(t *testing.T, p *platform, token string) {
	t.Helper()
	clock, err := control.NewClient(p.BaseURL, token).PlatformClock(t.Context())
	if err != nil || clock.Now.Year() == 2040 {
		t.Errorf("the platform's clock: %+v, %v", clock, err)
	}
	ask := func(method, at, body string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, at, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	ask(http.MethodPost, p.LIFFApps[0].ServedOrigins[0]+"/_tegata/report", `{"code":"token-in-url","where":"our own"}`)
	log := bufio.NewScanner(ask(http.MethodGet, p.BaseURL+"/_tegata/simulator/api/events", "").Body)
	for log.Scan() && !strings.Contains(log.Text(), "our own") {
		if strings.Contains(log.Text(), "hostile") {
			t.Errorf("the simulator believes a report of another page: %s", log.Text())
		}
	}
	if err := log.Err(); err != nil {
		t.Errorf("the log of the simulator: %v", err)
	}
}
