package clienttest_test

import (
	"io"
	"net/http"
	"net/url"
)

// callbackPath is where the app's own server gets the answer of a login.
const callbackPath = "/callback"

// serverLoginPath begins a login that the app's own server asks for.
const serverLoginPath = "/server-login"

// answering is the script of a page without the SDK: it answers the test's expressions.
const answering = `addEventListener("message", async (event) => {
	const [port] = event.ports;
	if (typeof event.data?.evaluate !== "string" || !port) return;
	try { port.postMessage({ value: (await (0, eval)(event.data.evaluate)) ?? null, failed: false, code: "", message: "" }); }
	catch (error) { port.postMessage({ value: null, failed: true, code: String(error.code), message: String(error.message) }); }
});`

// addPages serves what is beside the apps on the SDK: a server that logs in by LINE Login,
// the app on the open client, and a page with a policy of its own.
func (w *phoneWorld) addPages(app *http.ServeMux) {
	html := func(body string) http.HandlerFunc {
		return func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(rw, `<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,"><body>`+body+`</body></html>`)
		}
	}
	app.HandleFunc("GET "+serverLoginPath, func(rw http.ResponseWriter, r *http.Request) {
		q := url.Values{
			"response_type": {"code"}, "client_id": {phoneChannel}, "redirect_uri": {w.origin + callbackPath},
			"state": {"of-the-server"}, "scope": {"openid profile"}, "nonce": {"n-1"},
		}
		for name, values := range r.URL.Query() {
			q[name] = values
		}
		http.Redirect(rw, r, "https://access.line.me/oauth2/v2.1/authorize?"+q.Encode(), http.StatusFound)
	})
	app.HandleFunc("GET "+callbackPath, html(`<script>`+answering+`</script>`))
	own := html(`<script src="/static/liff.js"></script><script>` + answering + `
		window.liff = tegataLiff;
		liff.init({ liffId: "` + liffIDs[ownPath] + `", baseUrl: "` + w.base + `" }).then(() => (window.outcome = { ok: true }),
			(error) => (window.outcome = { ok: false, code: String(error.code), message: error.message }));</script>`)
	app.HandleFunc("GET "+ownPath, own)
	app.HandleFunc("GET /beside-own/", own) // not below the endpoint URL
	app.HandleFunc("GET /policy/", html(`<meta http-equiv="Content-Security-Policy" content="img-src *"><script>`+answering+`</script>`))
}
