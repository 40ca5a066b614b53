package clienttest_test

import (
	"net/url"
	"strings"
	"testing"
)

// signInHere logs hanako in at the demo app that the tab shows.
func (b *tab) signInHere(t *testing.T) {
	t.Helper()
	b.press(t, "the app's button", "#login")
	b.press(t, "the persona's card", `button[name="persona"][value="hanako"]`)
	b.pressOr(t, "consent, unless it was given", "#allow", "#greeting:not([hidden])")
	b.wantWays(t, "ok", "ok")
}

// wantWays waits for the results of both ways of verifying.
func (b *tab) wantWays(t *testing.T, idToken, accessToken string) {
	t.Helper()
	b.await(t, "ID token "+idToken+", access token "+accessToken, func() bool {
		return b.is(`document.querySelector("[data-way=id-token]").dataset.result === "` + idToken +
			`" && document.querySelector("[data-way=access-token]").dataset.result === "` + accessToken + `"`)
	})
}

// TestDemoDeepLink: a login that begins at a page below the endpoint URL comes back
// there, and no code stays in the address bar.
func TestDemoDeepLink(t *testing.T) {
	t.Parallel()
	p := startPlatform(t)
	var order string
	for _, a := range p.LIFFApps {
		if strings.HasSuffix(a.EndpointURL, "/order/") {
			order = a.EndpointURL + "table/7"
		}
	}
	b := openTab(t, startBrowser(t))
	b.open(t, order)
	b.signInHere(t)
	if at := b.location(t); at != order {
		t.Errorf("back at %s, want %s", at, order)
	}
	b.wantQuiet(t)
}

// TestDemoRevoked: an access token that was revoked behind the app's back no longer
// proves anything, while the ID token is good for its hour; the page shows both.
func TestDemoRevoked(t *testing.T) {
	t.Parallel()
	p := startPlatform(t)
	app := p.LIFFApps[0]
	b := openTab(t, startBrowser(t))
	b.open(t, app.EndpointURL)
	b.signInHere(t)
	var raw string
	b.call(t, "tegataLiff.getAccessToken()", &raw)
	channel, _, _ := strings.Cut(app.LIFFID, "-")
	if status := p.post(t, "/oauth2/v2.1/revoke", url.Values{"access_token": {raw}, "client_id": {channel}, "client_secret": {p.secret(t, channel)}}, nil); status != 200 {
		t.Fatalf("revoke answers %d", status)
	}
	b.open(t, app.EndpointURL)
	b.wantWays(t, "ok", "failed")
	if !b.is(`document.querySelector("[data-way=access-token]").textContent.includes("log in again") && !document.querySelector("#login").hidden`) {
		t.Error("the page does not say that the access token is dead, or offers no login")
	}
}
