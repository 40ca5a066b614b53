package clienttest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// TestPhoneAlarm is an app that does everything right, then everything wrong, and the
// troubles that the tab of tokens makes. The platform's clock moves: it has a platform of
// its own, and its parts come one after the other.
func TestPhoneAlarm(t *testing.T) {
	t.Parallel()
	w := startPhoneWorld(t)
	p := w.openPhone(t, "liff-new", url.Values{"tab": {"checks"}, "user": {"hanako"}})
	p.ready(t)
	for _, step := range []struct {
		name string
		test func(*testing.T, *phone)
	}{
		{"right", testAlarmSilent},
		{"wrong", testAlarmRaised},
		{"proof of the server", testPhoneProof},
		{"expiry and rotation", testPhoneTrouble},
		{"expired ID token", testPhoneExpired},
		{"twelve hours", testPhoneTwelveHours},
	} {
		t.Run(step.name, func(t *testing.T) { step.test(t, p) })
	}
}

// found lists the findings that the page shows, as code and place.
func (p *phone) found(t *testing.T) map[[2]string]bool {
	t.Helper()
	var list [][2]string
	p.call(t, `[...document.querySelectorAll(".finding")].map((f) => [f.dataset.code, f.querySelector(".where code").textContent])`, &list)
	out := map[[2]string]bool{}
	for _, one := range list {
		out[one] = true
	}
	return out
}

// awaitFinding waits for a finding, and wants LINE's page and a fix beside it.
func (p *phone) awaitFinding(t *testing.T, code, where string) {
	t.Helper()
	p.await(t, "the finding "+code+" at "+where, func() bool { return p.found(t)[[2]string{code, where}] })
	if !p.is(`[...document.querySelectorAll('.finding[data-code="` + code + `"]')].every((f) => /LINE: “.+”/.test(f.textContent) && f.querySelector(".fix").textContent.length > 20)`) {
		t.Errorf("the finding %s has no page of LINE's or no fix", code)
	}
}

// testAlarmSilent: an app that sends tokens in headers and bodies, and profile fields only
// beside a token, raises nothing. That storage was looked at is known by a last finding
// that is meant.
func testAlarmSilent(t *testing.T, p *phone) {
	p.inApp(t, `(async () => {
		const profile = await liff.getProfile();
		const post = (headers, body) => fetch("/order", { method: "POST", headers, body: JSON.stringify(body) });
		await post({ Authorization: "Bearer " + liff.getAccessToken() }, { tea: "sencha" });
		await post({}, { idToken: liff.getIDToken() });
		await post({ "X-Access-Token": liff.getAccessToken() }, { greet: profile.displayName });
		await fetch("/callback?tea=sencha");
		localStorage.setItem("order", JSON.stringify({ tea: "sencha" }));
		history.replaceState(null, "", location.pathname + "?tea=1");
		localStorage.setItem("mine", liff.getAccessToken());
		return true;
	})()`, nil)
	p.awaitFinding(t, "token-copied", "localStorage mine")
	if all := p.found(t); len(all) != 1 {
		t.Errorf("an app that does right raised %v", all)
	}
	p.inApp(t, `(localStorage.clear(), true)`, nil)
}

// alarms are what an app does wrong, and the finding that must come of it.
var alarms = []struct{ code, where, expression string }{
	{"profile-without-token", "POST /order/fetch", `fetch("/order/fetch", { method: "POST", body: JSON.stringify({ by: await liff.getProfile() }) })`},
	{"profile-without-token", "POST /order/xhr", `(() => { const x = new XMLHttpRequest(); x.open("POST", "/order/xhr"); x.send("name=" + encodeURIComponent(liff.getDecodedIDToken().name)) })()`},
	{"profile-without-token", "POST /order/beacon", `navigator.sendBeacon("/order/beacon", JSON.stringify({ email: liff.getDecodedIDToken().email }))`},
	{"profile-without-token", "POST /order/form", `(() => {
		document.body.insertAdjacentHTML("beforeend", '<iframe name="sink"></iframe><form method="post" action="/order/form" target="sink"><input name="user"><button>');
		document.querySelector("form input").value = liff.getContext().userId; document.querySelector("form button").click(); })()`},
	{"profile-without-token", "WEBSOCKET /order/socket", `new WebSocket(location.origin.replace("http", "ws") + "/order/socket?user=" + liff.getContext().userId)`},
	{"profile-without-token", "GET /order/picture", `(() => { new Image().src = "/order/picture?user=" + liff.getContext().userId })()`},
	{"token-in-url", "GET /order/query", `fetch("/order/query?token=" + liff.getAccessToken())`},
	{"token-in-url", "GET /order/(access token)", `fetch("/order/" + liff.getAccessToken())`},
	{"token-in-url", "GET /order/image", `(() => { new Image().src = "/order/image?t=" + liff.getIDToken() })()`},
	{"token-in-page-url", "/liff-new/", `history.replaceState(null, "", "/liff-new/?t=" + liff.getAccessToken())`},
	{"token-in-referer", "GET /order/next", `fetch("/order/next")`}, // the page's address has the token still
	{"token-copied", "sessionStorage copy", `(history.replaceState(null, "", "/liff-new/"), sessionStorage.setItem("copy", "Bearer " + liff.getIDToken()))`},
	{"expired-id-token-sent", "POST /order/old", `(() => {
		const part = (o) => btoa(JSON.stringify(o)).replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_");
		const old = part({ alg: "ES256" }) + "." + part({ iss: "https://access.line.me", exp: 1 }) + ".AAAA";
		sessionStorage.setItem("LIFF_STORE:` + "2000000001-new00001" + `:IDToken", JSON.stringify(old));
		return fetch("/order/old", { method: "POST", body: old }); })()`},
	{"expired-id-token-stored", "LIFF_STORE:2000000001-new00001:IDToken", `true`},
	{"init-failed", "/liff-new/", `(void liff.init({ liffId: "" }), true)`},
	{"init-outside-endpoint", "/elsewhere", `(history.replaceState(null, "", "/elsewhere"), void liff.init({ liffId: "2000000001-new00001" }), true)`},
	{"policy-in-page", "/policy/", `void setTimeout(() => location.assign("/policy/"), 0) ?? true`},
}

func testAlarmRaised(t *testing.T, p *phone) {
	for _, a := range alarms {
		p.inApp(t, `(async () => { await (`+a.expression+`); return true })()`, nil)
		p.awaitFinding(t, a.code, a.where)
	}
	// To another origin, where the app's own server is not.
	p.press(t, "open", "#open")
	p.ready(t)
	p.inApp(t, `fetch("`+p.origin+`/order/far", { method: "POST", mode: "no-cors", body: JSON.stringify([liff.getContext().userId]) }).then(() => true)`, nil)
	p.awaitFinding(t, "profile-without-token", "POST "+p.origin+"/order/far")
	for _, e := range p.posts {
		if e == "" {
			t.Error("a request of the app did not arrive")
		}
	}
}

// testPhoneProof: a request of the app is sent again with the token of the closed app, and
// with a neighbour's; the server refuses both.
func testPhoneProof(t *testing.T, p *phone) {
	p.inApp(t, `fetch("`+verifyPath+`api/access-token", { method: "POST", headers: { Authorization: "Bearer " + liff.getAccessToken() } }).then((r) => r.status)`, nil)
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "revoked at")
	p.press(t, "the network's tab", "#tab-network")
	p.await(t, "the request in the log", func() bool {
		return p.is(`(() => { const at = [...document.querySelectorAll("#panel-network .line")].find((l) => l.textContent.includes("` + verifyPath + `api/access-token")); at?.click(); return at !== undefined })()`)
	})
	for _, label := range []string{"old", "neighbour"} {
		if !p.is(`(() => { const at = [...document.querySelectorAll(".details button")].find((b) => b.textContent.includes("` + label + `")); at?.click(); return at !== undefined })()`) {
			t.Fatalf("no button to send again with the %s token", label)
		}
		p.awaitShown(t, "#sheet", "may change something")
		p.press(t, "send again", `#sheet button[value=go]`)
		p.await(t, "the verdict on the "+label+" token", func() bool {
			want := map[string]string{"old": "the token of the closed app", "neighbour": "issued to channel"}[label]
			return p.shows(".verdict.good", "refused") && p.shows(".verdict.good", want)
		})
	}
}

// testPhoneTrouble presses the buttons of the tab of tokens.
func testPhoneTrouble(t *testing.T, p *phone) {
	p.press(t, "the tokens' tab", "#tab-tokens")
	p.press(t, "open", "#open")
	p.ready(t)
	var idToken, before, after string
	p.inApp(t, `liff.getIDToken()`, &idToken)
	verify := func() int {
		res, err := http.PostForm(p.base+"/oauth2/v2.1/verify", url.Values{"id_token": {idToken}, "client_id": {phoneChannel}})
		return readJSON(t, res, err, nil)
	}
	press := func(label string) {
		t.Helper()
		if !p.is(`(() => { const at = [...document.querySelectorAll("#panel-tokens button")].find((b) => b.textContent === "` + label + `"); at?.click(); return at !== undefined })()`) {
			t.Fatalf("no button %s", label)
		}
	}
	if status := verify(); status != http.StatusOK {
		t.Fatalf("a fresh ID token: %d", status)
	}
	p.await(t, "the checks of a good token", func() bool {
		return p.is(`[...document.querySelectorAll("[data-check]")].filter((r) => r.classList.contains("pass")).map((r) => r.dataset.check).join() === "structure,alg,kid,signature,iss,aud,exp,iat,sub"`)
	})
	press("1 s before expiry")
	p.await(t, "the countdown near its end", func() bool {
		return p.is(`/0 h 00 min 0\d s left|expired/.test(document.querySelectorAll(".countdown")[1].textContent)`)
	})
	press("Expire now")
	p.await(t, "the ID token to expire", func() bool {
		return p.is(`document.querySelectorAll(".countdown")[1].textContent.includes("expired")`) && verify() == http.StatusBadRequest
	})
	p.await(t, "the check that fails", func() bool {
		return p.is(`document.querySelector("[data-check=exp]")?.className === "fail" && document.querySelector("[data-check=iat]").className === "not-run"`)
	})
	press("Real time")
	p.await(t, "the real time", func() bool { return verify() == http.StatusOK })
	const kid = `JSON.parse(atob(liff.getIDToken().split(".")[0])).kid`
	p.inApp(t, kid, &before)
	press("Rotate key")
	p.press(t, "open", "#open")
	p.await(t, "the app with a token by the next key", func() bool {
		return p.inAppIs(`window.outcome?.ok === true && ` + kid + ` !== "` + before + `"`)
	})
	if p.inApp(t, kid, &after); after == before || after == "" {
		t.Errorf("the key was rotated from %q to %q", before, after)
	}
	press("Close and revoke")
	p.awaitShown(t, "#card", "revoked at")
}

// moveClock sets the platform's clock ahead of the real time; zero: back to it.
func (p *phone) moveClock(t *testing.T, by time.Duration) {
	t.Helper()
	change := control.ClockChange{Do: control.ClockReset}
	if by != 0 {
		change = control.ClockChange{Do: control.ClockJump, At: time.Now().Add(by)}
	}
	if _, err := p.control.MoveClock(t.Context(), change); err != nil {
		t.Fatal(err)
	}
}

// testPhoneExpired: the SDK refuses an ID token that has expired, and the alarm says that
// it is stored all the same.
func testPhoneExpired(t *testing.T, p *phone) {
	if _, err := p.eval(`fetch(document.body.dataset.path + "api/clear", { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" })`); err != nil {
		t.Fatal(err)
	}
	p.moveClock(t, -2*time.Hour)
	p.press(t, "the checks' tab", "#tab-checks")
	p.press(t, "open", "#open")
	p.await(t, "liff.init to refuse", func() bool {
		return p.inAppIs(`window.outcome?.ok === false && window.outcome.code === "INVALID_ID_TOKEN"`)
	})
	p.awaitFinding(t, "expired-id-token-stored", "LIFF_STORE:"+liffIDs["/liff-new/"]+":IDToken")
	p.moveClock(t, 0)
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "revoked at")
}

// testPhoneTwelveHours: an app that rests longer than LINE allows starts anew, and its old
// token is worth nothing.
func testPhoneTwelveHours(t *testing.T, p *phone) {
	p.choose(t, "keep", "yes")
	p.press(t, "open", "#open")
	p.ready(t)
	var token, next string
	p.inApp(t, `(window.mark = "kept", liff.getAccessToken())`, &token)
	p.press(t, "close", "#close")
	p.awaitShown(t, "#card", "can be resumed until")
	p.moveClock(t, 12*time.Hour+time.Minute)
	p.press(t, "the bubble", "#resting button")
	p.await(t, "the app, anew", func() bool {
		return p.inAppIs(`window.mark === undefined && typeof liff.getAccessToken() === "string"`)
	})
	if p.inApp(t, `liff.getAccessToken()`, &next); next == token {
		t.Error("the app was given its old access token")
	}
	if status := p.verify(t, "access-token", token); status != http.StatusUnauthorized {
		t.Errorf("after twelve hours: the example server answered %d to the old token, want 401", status)
	}
	p.moveClock(t, 0)
	raw, _ := json.Marshal(next)
	if len(raw) < 20 {
		t.Errorf("the new access token is %q", next)
	}
}
