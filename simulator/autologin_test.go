package simulator_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/simulator"
)

// TestRedirects: where a developer's server sends the browser, it finds the app's port, or
// the platform in place of LINE. In the phone a login page becomes a jump that the script
// can catch.
func TestRedirects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Security-Policy", "default-src 'none'")
		rw.Header().Set("Location", r.URL.Query().Get("to"))
		rw.WriteHeader(http.StatusFound)
	}))
	const query = `/oauth2/v2.1/authorize?state="><script>&client_id=1`
	for to, want := range map[string]string{
		w.upstream + "/app/x?y":          w.origin + "/app/x?y",
		w.upstream:                       w.origin,
		w.upstream + "1/":                w.upstream + "1/",
		"/app/":                          "/app/",
		"https://example.com/":           "https://example.com/",
		"https://access.line.me" + query: w.base + query,
		"https://liff.line.me/2000000001-test0001/a#b": w.base + "/2000000001-test0001/a#b",
		"http://access.line.me/oauth2/":                "http://access.line.me/oauth2/",
		w.base + query:                                 w.base + query,
	} {
		a := w.send(http.MethodGet, w.origin+"/?to="+url.QueryEscape(to), "")
		got, _ := url.PathUnescape(a.header.Get("Location"))
		if a.status != http.StatusFound || got != want {
			t.Errorf("%s: %d to %q, want %q", to, a.status, got, want)
		}
		inPhone := w.send(http.MethodGet, w.origin+"/?to="+url.QueryEscape(to), "", "Sec-Fetch-Dest", "iframe")
		if !strings.HasPrefix(want, w.base) {
			if inPhone.status != http.StatusFound {
				t.Errorf("%s in the phone: %d, want the redirect", to, inPhone.status)
			}
			continue
		}
		script, jump := strings.Index(inPhone.body, tag), strings.Index(inPhone.body, `content="0;url=https://`)
		if inPhone.status != http.StatusOK || inPhone.header.Get("Location") != "" || inPhone.header.Get("Content-Security-Policy") != "" || script < 0 || jump < script {
			t.Errorf("%s in the phone: %d %v %s, want a page that jumps, behind the script", to, inPhone.status, inPhone.header, inPhone.body)
		}
		if strings.Contains(inPhone.body, "<script>&") || strings.Contains(inPhone.body, `state=">`) {
			t.Errorf("%s in the phone: the page holds the URL as it came: %s", to, inPhone.body)
		}
	}
}

// TestAutoLogin: without a page the answer is the callback at the app's port, with a page
// the request itself.
func TestAutoLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.NotFoundHandler())
	at := "https://access.line.me/liff/v1/authorize?" + url.Values{
		"app_id": {appID}, "state": {"abcdefghijkl"}, "response_type": {"code"}, "code_challenge_method": {"S256"},
		"code_challenge": {strings.Repeat("A", 43)}, "redirect_uri": {w.upstream + "/app/"},
	}.Encode()
	var out control.AutoLogin
	w.call("autologin", control.AutoLoginRequest{URL: at, From: w.origin, Person: "taro"}, &out)
	if out.Page || !strings.HasPrefix(out.URL, w.origin+"/app/?code=") {
		t.Errorf("the auto login: %+v, want the callback at %s", out, w.origin)
	}
	w.call("autologin", control.AutoLoginRequest{URL: at + "&disable_auto_login=true", Person: "taro"}, &out)
	if !out.Page || !strings.HasPrefix(out.URL, w.base+"/liff/v1/authorize?") || !strings.Contains(out.Why, "disable_auto_login") {
		t.Errorf("turned off: %+v, want the login page, and why", out)
	}
	if a := w.call("autologin", control.AutoLoginRequest{URL: at, Person: "nobody"}, nil); a.status != http.StatusBadRequest {
		t.Errorf("nobody: %d %s, want 400", a.status, a.body)
	}
	if entries := w.entries(1); entries[0].From != "app" || !strings.HasPrefix(entries[0].URL, "/liff/v1/authorize") || strings.Contains(entries[0].URL, "tegata_auto_login=") && !strings.Contains(entries[0].URL, "AAAA") {
		t.Errorf("the log says %+v, want the app's request", entries[0])
	}
}

// TestGrant: what is granted while an app is open is known by the proof of the server, too.
func TestGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }))
	var opened, more control.LIFFLaunch
	w.call("launch", control.LIFFLaunchRequest{LIFFID: appID, Person: "taro", Scopes: &[]string{"openid"}}, &opened)
	w.call("launch/"+opened.ID+"/grant", control.LIFFGrantRequest{Scopes: []string{"profile"}}, &more)
	if more.AccessToken == "" || more.AccessToken == opened.AccessToken || len(more.Scopes) != 2 {
		t.Fatalf("granted %+v, want a new token with two scopes", more)
	}
	w.send(http.MethodPost, w.origin+"/order", "tea", "Authorization", "Bearer "+more.AccessToken)
	e := w.entries(1)[0]
	if e.Token != "access token" {
		t.Errorf("the log says %+v, want that it carries the access token", e)
	}
	w.call("launch/"+opened.ID+"/close", control.LIFFCloseRequest{}, nil)
	var verdict struct{ Refused bool }
	if w.call("replay", map[string]any{"entry": e.Seq, "with": "old", "confirmed": true}, &verdict); !verdict.Refused {
		t.Error("the new token counts as that of an open app after the close")
	}
}

// FuzzRedirected: a redirect stays what it is, leads to the app's port or to the platform,
// or becomes a page whose only address is one of LINE's, with nothing of it as markup.
func FuzzRedirected(f *testing.F) {
	for _, s := range []string{
		"http://localhost:5173/a", "https://access.line.me/oauth2/v2.1/authorize?a=\"><script>", "http://localhost:4800/liff/v1/authorize?x#y",
		"//access.line.me/", "https://access.line.me:443/", "https://user@liff.line.me/", "http://[::1", "/a", "",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, location string, inPhone bool) {
		dest := "document"
		if inPhone {
			dest = "iframe"
		}
		to, page := simulator.Redirected(location, dest)
		switch {
		case page != "":
			if !inPhone || strings.Count(page, "<") != 9 || !strings.Contains(page, `content="0;url=https://`) {
				t.Fatalf("%q: page %s", location, page)
			}
		case to != location && !strings.HasPrefix(to, "http://localhost:4900") && !strings.HasPrefix(to, "http://localhost:4800/"):
			t.Fatalf("%q leads to %q", location, to)
		}
	})
}
