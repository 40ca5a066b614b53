package authorize_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/authorize"
	"github.com/tegata-id/tegata/store"
)

func callbacks() []string {
	return []string{
		"https://app.example/callback", "https://app.example/with?key=value", "https://shop.example",
		"http://localhost:3000/cb", "http://127.0.0.1:3000/cb", "http://[::1]:3000/cb",
		"http://plain.example/cb", "javascript://app.example/%0aalert(1)", "https://user@odd.example/cb", "https://frag.example/cb#x",
	}
}

func TestCallbackMatch(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]bool{
		"https://app.example/callback":                              true,
		"https://app.example/callback?next=%2Fhome":                 true,
		"https://app.example/callback?a=1&b=2":                      true,
		"https://app.example/callback?":                             true,
		"https://app.example/with?key=value":                        true,
		"https://app.example/with?key=value&more=1":                 true,
		"https://shop.example":                                      true,
		"https://shop.example?a=1":                                  true,
		"http://localhost:3000/cb":                                  true,
		"http://127.0.0.1:3000/cb?a=1":                              true,
		"http://[::1]:3000/cb":                                      true,
		"":                                                          false,
		"https://app.example/callback/":                             false,
		"https://app.example/callback/more":                         false,
		"https://app.example/callbackx":                             false,
		"https://app.example/Callback":                              false,
		"https://APP.example/callback":                              false,
		"http://app.example/callback":                               false,
		"https://app.example:443/callback":                          false,
		"https://app.example:8443/callback":                         false,
		"https://app.example.evil.example/callback":                 false,
		"https://app.example@evil.example/callback":                 false,
		"https://evil.example/https://app.example/callback":         false,
		"//app.example/callback":                                    false,
		"/callback":                                                 false,
		"https:/app.example/callback":                               false,
		"https:\\\\app.example\\callback":                           false,
		"https://app.example\\@evil.example/callback":               false,
		"https://app.example/callback\\..\\x":                       false,
		"https://app.example/callback/../x":                         false,
		"https://app.example/callback%2f..%2fx":                     false,
		"https://app.example/x/../callback":                         false,
		"https://app.example/%63allback":                            false,
		"https://app.example/callback#fragment":                     false,
		"https://app.example/callback?a=1#fragment":                 false,
		"https://app.example/callback?#":                            false,
		"https://app.example/callback;x=1":                          false,
		"https://app.example/callback&a=1":                          false,
		"https://app.example/callback?a=1 b":                        false,
		"https://app.example/callback?a=\r\nSet-Cookie:x=1":         false,
		"https://app.example/callback?a=\"><script>":                false,
		"https://app.example/callback?a=ü":                          false,
		"https://app.example/callback?a=%zz":                        false,
		"https://app.example/callback?a=1;b=2":                      false,
		"https://app.example/callback?code=stolen":                  false,
		"https://app.example/callback?a=1&%63ode=stolen":            false,
		"https://app.example/callback?state=x":                      false,
		"https://app.example/callback?error=x":                      false,
		"https://app.example/callback?response=x":                   false,
		"https://app.example/with":                                  false,
		"https://app.example/with?":                                 false,
		"https://app.example/with?key=value2":                       false,
		"https://app.example/with?key=valu":                         false,
		"https://app.example/with?more=1&key=value":                 false,
		"https://app.example/with?key=value?more=1":                 false,
		"https://shop.example/":                                     false,
		"https://shop.example/any":                                  false,
		"https://shop.example.evil.example":                         false,
		"https://shop.example:1":                                    false,
		"https://shop.example@evil.example":                         false,
		"http://localhost:3001/cb":                                  false,
		"http://localhost/cb":                                       false,
		"http://127.0.0.2:3000/cb":                                  false,
		"https://localhost:3000/cb":                                 false,
		"http://plain.example/cb":                                   false, // registered, but codes would travel in the clear
		"javascript://app.example/%0aalert(1)":                      false,
		"https://user@odd.example/cb":                               false,
		"https://frag.example/cb#x":                                 false,
		"https://frag.example/cb":                                   false,
		"https://app.example/callback?" + strings.Repeat("a", 5000): false,
	} {
		if got := authorize.MatchCallback(callbacks(), given); got != want {
			t.Errorf("%q: %v, want %v", given, got, want)
		}
	}
}

// Whatever matches must send a browser to a registered scheme, host and path, without
// user information or fragment, and the registered query must still be there.
func FuzzCallbackMatch(f *testing.F) {
	for _, s := range callbacks() {
		f.Add(s, "?a=1")
	}
	f.Add("https://app.example/callback", "@evil.example/")
	f.Add("https://shop.example", "\\@evil.example")
	f.Add("https://shop.example", ".evil.example/")
	f.Fuzz(func(t *testing.T, given, more string) {
		for _, uri := range []string{given, given + more} {
			if !authorize.MatchCallback(callbacks(), uri) {
				continue
			}
			u, err := url.Parse(uri)
			if err != nil || u.User != nil || strings.ContainsAny(uri, "#\\ \r\n") {
				t.Fatalf("%q matches, but is no plain URL: %v", uri, err)
			}
			if !slices.ContainsFunc(callbacks(), func(r string) bool {
				known, err := url.Parse(r)
				return err == nil && u.Scheme == known.Scheme && u.Host == known.Host && u.EscapedPath() == known.EscapedPath() &&
					strings.HasPrefix(u.RawQuery, known.RawQuery)
			}) {
				t.Fatalf("%q matches no registered callback in scheme, host, path and query", uri)
			}
			if len(u.Query()["code"]) > 0 {
				t.Fatalf("%q brings a code along", uri)
			}
		}
	})
}

func TestEndpointMatch(t *testing.T) {
	t.Parallel()
	app := store.LIFFApp{EndpointURL: "https://example.com/path1/path2?key=value", ServedOrigins: []string{"http://localhost:4801"}}
	slash := store.LIFFApp{EndpointURL: "https://example.com/app/"}
	root := store.LIFFApp{EndpointURL: "https://Example.com"}
	for _, c := range []struct {
		app   store.LIFFApp
		given string
		want  bool
	}{
		// The table of liff.login() in LINE's reference.
		{app, "https://example.com/path1/path2", true},
		{app, "https://example.com/path1/path2/", true},
		{app, "https://example.com/path1/path2/path3", true},
		{app, "https://example.com/path1/path2?query1=value1", true},
		{app, "https://example.com/path1/path2#URL-fragment", true},
		{app, "https://example.com/path1", false},
		{app, "https://example.com/", false},
		{app, "https://example.com", false},
		{app, "https://example.com/path2/path1", false},
		// What development serves.
		{app, "http://localhost:4801/path1/path2/x", true},
		{app, "http://localhost:4802/path1/path2/x", false},
		{app, "http://localhost:4801/other", false},
		{app, "http://localhost:48010/path1/path2", false},
		// Attacks.
		{app, "https://example.com/path1/path22", false},
		{app, "https://example.com/path1/path2x/", false},
		{app, "https://example.com.evil.example/path1/path2", false},
		{app, "https://example.com@evil.example/path1/path2", false},
		{app, "https://example.com:443/path1/path2", false},
		{app, "https://example.com:8443/path1/path2", false},
		{app, "http://example.com/path1/path2", false},
		{app, "//example.com/path1/path2", false},
		{app, "https://evil.example/https://example.com/path1/path2", false},
		{app, "https://example.com\\.evil.example/path1/path2", false},
		{app, "https://example.com/path1/path2/..", false},
		{app, "https://example.com/path1/path2/../../evil", false},
		{app, "https://example.com/path1/path2/%2e%2e/evil", false},
		{app, "https://example.com/path1/path2/.%2E/evil", false},
		{app, "https://example.com/path1/path2/..%2fevil", false},
		{app, "https://example.com/path1/path2/x%2f..%2f..", false},
		{app, "https://example.com/path1/path2/%5c..%5cevil", false},
		{app, "https://example.com/path1/path2/..;/evil", false},
		{app, "https://example.com/path1/path2/%00", false},
		{app, "https://example.com/path1/path2/%zz", false},
		{app, "https://example.com/path1/path2/a b", false},
		{app, "https://example.com/path1/path2/\r\nx", false},
		{app, "https://example.com/path1/path2/a..b", true},
		{app, "https://example.com/path1/path2/https%3A%2F%2Fx.example", true},
		{app, "https://example.com/path1/path2?next=/../x", true},
		{app, "javascript:alert(1)", false},
		{slash, "https://example.com/app/", true},
		{slash, "https://example.com/app/x", true},
		{slash, "https://example.com/app", false}, // our choice
		{slash, "https://example.com/apple", false},
		{root, "https://example.com", true},
		{root, "https://example.com/", true},
		{root, "https://example.com/any", true},
		{root, "https://example.com?a=1", true},
		{root, "https://example.com.evil.example", false},
		{root, "https://Example.com/", false}, // browsers write hosts in lower case
		{store.LIFFApp{EndpointURL: "http://plain.example/"}, "http://plain.example/", false},
		{store.LIFFApp{}, "https://example.com/", false},
	} {
		if got := authorize.MatchEndpoint(c.app, c.given); got != c.want {
			t.Errorf("endpoint %q, given %q: %v, want %v", c.app.EndpointURL, c.given, got, c.want)
		}
	}
}

func FuzzEndpointMatch(f *testing.F) {
	app := store.LIFFApp{EndpointURL: "https://example.com/path1/path2"}
	f.Add("https://example.com/path1/path2/../x")
	f.Add("https://example.com/path1/path2/%2e%2e%2fx")
	f.Add("https://example.com/path1/path2/x?y#z")
	f.Fuzz(func(t *testing.T, given string) {
		if !authorize.MatchEndpoint(app, given) {
			return
		}
		// Query and fragment are as a browser had them, be they well-formed or not.
		head, _, _ := strings.Cut(given, "#")
		head, _, _ = strings.Cut(head, "?")
		u, err := url.Parse(head)
		if err != nil || u.Scheme != "https" || u.Host != "example.com" || u.User != nil {
			t.Fatalf("%q matches, but leads elsewhere: %v", given, err)
		}
		clean := u.JoinPath().Path
		if clean != "/path1/path2" && !strings.HasPrefix(clean, "/path1/path2/") {
			t.Fatalf("%q matches, but resolves to %q", given, clean)
		}
	})
}

func TestNativeRedirectURI(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"line3rdp.com.example.teahouse://auth":                                                      "com.example.teahouse",
		"line3rdp.com.example.teahouse://":                                                          "com.example.teahouse",
		"intent://result#Intent;package=com.example.teahouse;scheme=lineauth;end":                   "com.example.teahouse",
		"intent://result#Intent;package=com.example.a;package=com.evil;scheme=lineauth;end":         "",
		"intent://result#Intent;package=com.example.a;scheme=lineauth;S.browser_fallback_url=x;end": "",
		"intent://evil#Intent;package=com.example.a;scheme=lineauth;end":                            "",
		"intent://result#Intent;package=;scheme=lineauth;end":                                       "",
		"line3rdp.://auth":                       "",
		"line3rdp.com.example:auth":              "",
		"line3rdp.com.example/evil://auth":       "",
		"line3rdp.com.example://auth?x=1":        "",
		"line3rdp.com.example://auth#x":          "",
		"line3rdp.com.example://user@host":       "",
		"LINE3RDP.com.example://auth":            "",
		"lineauth://result":                      "",
		"javascript:line3rdp.com.example://auth": "",
		"https://app.example/line3rdp.com://x":   "",
	} {
		app, ok := authorize.NativeApp(given)
		if ok != (want != "") || ok && app != want {
			t.Errorf("%q: %q, %v; want %q", given, app, ok, want)
		}
	}
}

func TestReturnURI(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"/oauth2/v2.1/authorize/consent?a=1":                       "a=1",
		"/oauth2/v2.1/authorize?a=1&b=%3F":                         "a=1&b=%3F",
		"/oauth2/v2.1/authorize/consent":                           "",
		"/oauth2/v2.1/authorize/consent?":                          "",
		"/oauth2/v2.1/authorize/consent/?a=1":                      "",
		"/oauth2/v2.1/authorize/consent?a=1#x":                     "",
		"/oauth2/v2.1/authorize/../token?a=1":                      "",
		"/oauth2/v2.1/login?returnUri=x":                           "",
		"//evil.example/oauth2/v2.1/authorize/consent?a=1":         "",
		"/\\evil.example/oauth2/v2.1/authorize/consent?a=1":        "",
		"https://evil.example/oauth2/v2.1/authorize/consent?a=1":   "",
		"https://access.line.me/oauth2/v2.1/authorize/consent?a=1": "",
		"oauth2/v2.1/authorize?a=1":                                "",
		"/oauth2/v2.1/authorize%2fconsent?a=1":                     "",
		"":                                                         "",
		"/oauth2/v2.1/authorize?" + strings.Repeat("a", 20000):     "",
	} {
		query, ok := authorize.ParseReturnURI(given)
		if ok != (want != "") || query != want {
			t.Errorf("%q: %q, %v; want %q", given, query, ok, want)
		}
	}
}

func FuzzReturnURI(f *testing.F) {
	f.Add("/oauth2/v2.1/authorize/consent?response_type=code")
	f.Add("//evil.example/oauth2/v2.1/authorize?x")
	f.Fuzz(func(t *testing.T, s string) {
		query, ok := authorize.ParseReturnURI(s)
		if !ok {
			if query != "" {
				t.Fatalf("%q is refused, yet %q is returned", s, query)
			}
			return
		}
		if s != "/oauth2/v2.1/authorize?"+query && s != "/oauth2/v2.1/authorize/consent?"+query {
			t.Fatalf("%q gives the query %q", s, query)
		}
	})
}

func TestAppendParams(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://a.example/cb":            "https://a.example/cb?p=1",
		"https://a.example/cb?":           "https://a.example/cb?p=1",
		"https://a.example/cb?k=v":        "https://a.example/cb?k=v&p=1",
		"https://a.example/cb?k=v&":       "https://a.example/cb?k=v&p=1",
		"https://a.example":               "https://a.example?p=1",
		"https://a.example/cb#x?y":        "https://a.example/cb?p=1#x?y",
		"https://a.example/cb?k=v#/route": "https://a.example/cb?k=v&p=1#/route",
		"line3rdp.com.example://auth":     "line3rdp.com.example://auth?p=1",
		"intent://result#Intent;package=com.example;scheme=lineauth;end": "intent://result?p=1#Intent;package=com.example;scheme=lineauth;end",
	} {
		if got := authorize.AppendParams(given, "p=1"); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

func TestWithoutAnswer(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"":                         "",
		"https://a.example/":       "https://a.example/",
		"https://a.example/?":      "https://a.example/?",
		"https://a.example/?k=v#h": "https://a.example/?k=v#h",
		"https://a.example/?k=v&code=1&state=2&liffClientId=3&liffRedirectUri=https%3A%2F%2Fa&x=1#/route": "https://a.example/?k=v&x=1#/route",
		"https://a.example/?code=1":                                           "https://a.example/",
		"https://a.example/?%63ode=1&liff.hback=2":                            "https://a.example/?liff.hback=2",
		"https://a.example/#context_token=a&access_token=b":                   "https://a.example/",
		"https://a.example/?error=x&liffOAuth2Error=true&error_description=y": "https://a.example/",
	} {
		if got := authorize.WithoutAnswer(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}

// The page says which of the rules a redirect URI breaks.
func TestCallbackFaultIsNamed(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://app.example/callback#x":             "fragment",
		"https://app.example/callback?a=ü":           "characters",
		"http://plain.example/cb":                    "in the clear",
		"https://app.example/callback?code=x":        "the answer uses",
		"https://app.example/with?key=value&state=x": "the answer uses",
		"https://app.example/callback/":              "not registered",
		"https://evil.example/":                      "not registered",
	} {
		if check, fix := authorize.WhyNoMatch(callbacks(), given); !strings.Contains(check, want) || fix == "" {
			t.Errorf("%q: %q, %q; want %q", given, check, fix, want)
		}
	}
}

func TestFormTarget(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"https://a.example/cb?x":          "https://a.example",
		"https://a.example":               "https://a.example",
		"http://localhost:3000/cb":        "http://localhost:3000",
		"line3rdp.com.example://auth":     "line3rdp.com.example:",
		"intent://result#Intent;package=": "intent:",
	} {
		if got := authorize.FormTarget(given); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
}
