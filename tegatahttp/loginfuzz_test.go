package tegatahttp_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/tegatahttp"
)

// waysOut are what somebody may give for the path to come back to, so that the browser ends
// at another website.
var waysOut = []string{
	"//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "https://evil.example", "https:evil.example", "//evil.example/%2f..",
	"javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "/\t/evil.example", "\t//evil.example", "/\r/evil.example", "/\n/evil.example", " //evil.example",
	"/%2f%2fevil.example", "/%2Fevil.example", "/%5cevil.example", "/%5Cevil.example", "/%09/evil.example", "/%0d%0aLocation:%20//evil.example", "/\x00/evil.example",
	"/..//evil.example", "/.//evil.example", "/a/..//evil.example", "/%2e%2e//evil.example", "/a//b", "@evil.example", "//@evil.example", "/https://evil.example", "//app.example.com@evil.example",
	"evil.example", "?next=//evil.example", "#//evil.example", "/ä", "/a b", "/a%zz", "/／evil.example", "", "cart",
}

// TestNext: what leads elsewhere counts as /, and a path of the website as itself.
func TestNext(t *testing.T) {
	t.Parallel()
	for _, raw := range waysOut {
		if got := tegatahttp.NextPath(raw); got != "/" {
			t.Errorf("NextPath(%q) = %q, want /", raw, got)
		}
	}
	if got := tegatahttp.NextPath("/" + strings.Repeat("a", 512)); got != "/" {
		t.Errorf("a long path leads to %q", got)
	}
	for _, raw := range []string{
		"/", "/cart", "/cart/", "/cart?id=7&of=%2F%2Fx#top", "/?u=https://example.com//a", "/%E8%8C%B6?q=%2f%2f", "/@hanako", "/a:b", "/a;b=c", "/" + strings.Repeat("a", 511),
	} {
		if got := tegatahttp.NextPath(raw); got != raw {
			t.Errorf("NextPath(%q) = %q, want it unchanged", raw, got)
		}
	}
}

// TestLoginStaysHere: Start takes no way out to the end of a login.
func TestLoginStaysHere(t *testing.T) {
	t.Parallel()
	site, b, _ := newShop(t, httpsOrigin)
	for _, raw := range []string{"//evil.example", "https://evil.example", "/%5cevil.example", "javascript:alert(1)"} {
		page := b.visit(httpsOrigin + "/login?next=" + url.QueryEscape(raw))
		if site.in == nil || site.in.Next != "/" || page != "page /" {
			t.Errorf("next=%s: %+v ends at %q", raw, site.in, page)
		}
	}
}

// FuzzNext: what a browser is sent to after a login is a path of this website, however it
// is sent there.
func FuzzNext(f *testing.F) {
	for _, s := range waysOut {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "app.example.com", Path: "/callback"}
	f.Fuzz(func(t *testing.T, raw string) {
		got := tegatahttp.NextPath(raw)
		if got != "/" && got != raw {
			t.Fatalf("%q became %q", raw, got)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, base.String(), nil)
		w := httptest.NewRecorder()
		http.Redirect(w, r, got, http.StatusSeeOther)
		unescaped, err := url.PathUnescape(got)
		if err != nil {
			unescaped = got
		}
		file, _, _ := strings.Cut(got, "?")
		for _, location := range []string{got, w.Header().Get("Location"), path.Clean(file)} {
			to, err := base.Parse(location)
			if err != nil || to.Scheme != "https" || to.Host != "app.example.com" || to.User != nil || strings.HasPrefix(location, "//") || strings.HasPrefix(location, `/\`) {
				t.Errorf("%q leads to %q", raw, location)
			}
		}
		if strings.HasPrefix(unescaped, "//") || strings.HasPrefix(unescaped, `/\`) {
			t.Errorf("%q leads to %q once it is decoded", raw, unescaped)
		}
	})
}

// FuzzLoginCookie: what a login reads of a cookie it writes the same, and it takes no
// longer than one that it could have written.
func FuzzLoginCookie(f *testing.F) {
	f.Add([]byte{})
	f.Add(make([]byte, 106))
	f.Add(make([]byte, 107))
	f.Add(append(make([]byte, 107), "/cart?id=7"...))
	f.Add(make([]byte, 107+513))
	f.Fuzz(func(t *testing.T, data []byte) {
		again, ok := tegatahttp.Reseal(data)
		if ok && (!bytes.Equal(data, again) || len(data) > 107+512) {
			t.Errorf("%x was read, and written as %x", data, again)
		}
		if !ok && len(data) >= 107 && len(data) <= 107+512 {
			t.Errorf("%x was not read", data)
		}
	})
}

// FuzzCallback: whatever comes to a callback without its cookie, nobody is logged in, and
// nothing that came is sent on.
func FuzzCallback(f *testing.F) {
	for _, s := range []string{"", "code=a&state=b", "code=a&state=" + strings.Repeat("A", 56), "error=ACCESS_DENIED&state=a", "tegata_retry=1", "code=a&code=b", "a=%zz", "state=\xff&code=\xff"} {
		f.Add(s, "__Host-tegata_login_AAAAAAAAAAAAAAAA", base64.RawURLEncoding.EncodeToString(make([]byte, 135)))
	}
	var got *tegatahttp.LoggedIn
	login, err := tegatahttp.NewLogin(tegatahttp.LoginConfig{
		Channel: loginChannel(), ChannelSecret: secret32, RedirectURI: httpsOrigin + "/callback",
		Done: func(_ http.ResponseWriter, _ *http.Request, in *tegatahttp.LoggedIn) { got = in },
	})
	if err != nil {
		f.Fatal(err)
	}
	h := login.Callback()
	f.Fuzz(func(t *testing.T, query, name, value string) {
		if tegatahttp.IsRetryState(query) {
			t.Errorf("%q is a state with a MAC", query)
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/callback", nil)
		r.URL.RawQuery = query
		r.Header.Set("Cookie", name+"="+value)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		to := w.Header().Get("Location")
		isOurs := to == "" || to == httpsOrigin+"/callback?tegata_retry=1" || strings.HasPrefix(to, "https://access.line.me/oauth2/v2.1/authorize?")
		if got != nil || !isOurs || (to == "") != (w.Code == http.StatusBadRequest) {
			t.Errorf("%q with %q: %d to %q", query, name, w.Code, to)
		}
		all, err := tegatahttp.ReadAnswer(query)
		values, other := url.ParseQuery(query)
		if err == nil && (other != nil || all["code"] != values.Get("code") || len(values["state"]) > 1) || err != nil && all != nil {
			t.Errorf("%q is read as %v, %v", query, all, err)
		}
	})
}
