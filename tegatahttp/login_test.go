package tegatahttp_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// loginCases are settings under which somebody can log in.
var loginCases = map[string]struct {
	origin   string
	change   func(*tegatahttp.LoginConfig)
	wantAlg  string // of the ID token; empty: there is none
	isJWK    bool   // the token request asks for ES256
	wantAuth bool   // the ID token tells when the user authenticated
}{
	"https":             {httpsOrigin, func(*tegatahttp.LoginConfig) {}, "ES256", true, false},
	"loopback":          {httpOrigin, func(*tegatahttp.LoginConfig) {}, "ES256", true, false},
	"HS256":             {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.KeyTypes = tegata.HS256 }, "HS256", false, false},
	"HS256 on loopback": {httpOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.KeyTypes = tegata.HS256 }, "HS256", false, false},
	"both types":        {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.KeyTypes = tegata.ES256 | tegata.HS256 }, "ES256", true, false},
	"verified online":   {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.Way, c.Channel.KeyTypes = tegata.Online, tegata.HS256 }, "HS256", false, false},
	"max age":           {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.MaxAge = time.Minute }, "ES256", true, true},
	"openid alone":      {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"openid"} }, "ES256", true, false},
	"profile alone":     {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"profile"} }, "", true, false},
	"a key for cookies": {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.CookieKey = bytes.Repeat([]byte{9}, 32) }, "ES256", true, false},
	"a query":           {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.RedirectURI += "?tenant=a%26b" }, "ES256", true, false},
	"every setting": {httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.Scopes = []string{"profile", "openid", "email", "phone"}
		c.Prompt, c.BotPrompt, c.UILocales, c.QRCode, c.NoSwitch, c.NoAutoLogin = "consent", "aggressive", []string{"ja", "zh-Hant"}, true, true, true
	}, "ES256", true, false},
}

// TestLogin goes through the platform's real pages.
func TestLogin(t *testing.T) {
	t.Parallel()
	for name, c := range loginCases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site, b, p := newShop(t, c.origin, c.change)
			page := b.visit(c.origin + "/login?next=%2Fcart%3Fid%3D7")
			in := site.in
			if site.err != nil || in == nil || site.ended != 1 {
				t.Fatalf("nobody is logged in: %v\n%s", site.err, page)
			}
			if page != "page /cart?id=7" || in.Next != "/cart?id=7" {
				t.Errorf("the browser ends at %q with next %q", page, in.Next)
			}
			if len(in.User.UserID) != 33 || in.AccessToken == "" || in.RefreshToken == "" || !in.Expires.Equal(p.Now().Add(30*24*time.Hour)) {
				t.Errorf("logged in: %+v", in)
			}
			if asked := strings.Fields(b.asked[0].Query().Get("scope")); !slices.Contains(asked, in.Scopes[0]) || in.User.Name == "" && slices.Contains(asked, "profile") {
				t.Errorf("scopes %v, name %q", in.Scopes, in.User.Name)
			}
			token := p.sent("/oauth2/v2.1/token")
			if (token.Get("id_token_key_type") == "JWK") != c.isJWK || token.Get("redirect_uri") != b.asked[0].Query().Get("redirect_uri") || len(token.Get("code_verifier")) != 43 {
				t.Errorf("token request %v", token)
			}
			if id := in.User.IDToken; (id != nil) != (c.wantAlg != "") || id != nil && (id.Nonce != b.asked[0].Query().Get("nonce") || id.AuthTime.IsZero() == c.wantAuth) {
				t.Errorf("ID token %+v", id)
			}
			if n := p.count("/oauth2/v2.1/certs"); (n > 0) != (c.wantAlg == "ES256") {
				t.Errorf("keys were asked for %d times with %s", n, c.wantAlg)
			}
			if left := b.kept(); len(left) != 0 {
				t.Errorf("cookies are left: %v", left)
			}
			if text := fmt.Sprintf("%v %+v %#v", in, *in, *in); strings.Contains(text, string(in.AccessToken)) || strings.Contains(text, string(in.RefreshToken)) {
				t.Error("a token shows itself")
			}
		})
	}
}

// TestLoginOverTLS is a login with net/http's own client and jar, and both servers on ports.
func TestLoginOverTLS(t *testing.T) {
	t.Parallel()
	app := httptest.NewUnstartedServer(nil)
	app.StartTLS()
	t.Cleanup(app.Close)
	p := newLoginPlatform(t, app.URL+"/callback")
	site := newWebsite(t, app.URL, func(c *tegatahttp.LoginConfig) { c.Channel.BaseURL, c.Channel.Now = p.url, p.Now })
	app.Config.Handler = site.handler
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := app.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	client := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	t.Cleanup(client.CloseIdleConnections)

	get := func(target string, form url.Values) (*http.Response, string) {
		t.Helper()
		method, in := http.MethodGet, io.Reader(nil)
		if form != nil {
			method, in = http.MethodPost, strings.NewReader(form.Encode())
		}
		r, err := http.NewRequestWithContext(t.Context(), method, target, in)
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(body)
	}
	res, body := get(app.URL+"/login?next=/cart", nil)
	at, err := url.Parse(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	under := func() (n int) { // both servers have the same host, so there are the platform's too
		for _, c := range jar.Cookies(at) {
			if strings.HasPrefix(c.Name, "__Host-tegata_login_") {
				n++
			}
		}
		return n
	}
	if n := under(); n != 1 {
		t.Errorf("%d cookies of a login that is under way", n)
	}
	for range 3 {
		action := formAction.FindStringSubmatch(body)
		if action == nil {
			break
		}
		next, err := res.Request.URL.Parse(html.UnescapeString(action[1]))
		if err != nil {
			t.Fatal(err)
		}
		res, body = get(next.String(), url.Values{"loginState": {res.Request.URL.Query().Get("loginState")}, "persona": {"hanako"}, "decision": {"allow"}})
	}
	if body != "page /cart" || site.in == nil || site.in.User.Name != "鈴木 花子" {
		t.Errorf("%q, %+v, %v", body, site.in, site.err)
	}
	if n := under(); n != 0 {
		t.Errorf("%d cookies are left", n)
	}
}

// TestLoginRequest looks at the authorization request and the cookie.
func TestLoginRequest(t *testing.T) {
	t.Parallel()
	site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL, c.LoginURL = "https://api.example.com", "https://login.example.com/"
		c.ChannelSecret = secret32
	})
	b := newBrowser(t, site)
	seen := map[string]bool{}
	for range 5 {
		to := b.start("/login")
		q := to.Query()
		for _, random := range []string{q.Get("state"), q.Get("nonce"), q.Get("code_challenge")} {
			if len(random) < 43 || seen[random] {
				t.Errorf("%q is not fresh and random", random)
			}
			seen[random] = true
		}
		if strings.Trim(q.Get("state"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			t.Errorf("state %q has more than letters and digits", q.Get("state"))
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			q.Del(name)
		}
		const want = "client_id=2000000001&code_challenge_method=S256&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&response_type=code&scope=openid+profile"
		if got := q.Encode(); to.Scheme+"://"+to.Host+to.Path != "https://login.example.com/oauth2/v2.1/authorize" || got != want || !strings.Contains(to.RawQuery, "scope=openid%20profile") {
			t.Errorf("authorization request %s", to)
		}
		c := b.answer.Cookies()[0]
		for _, hidden := range []string{to.Query().Get("state"), to.Query().Get("nonce")} {
			if strings.Contains(c.Value, hidden) {
				t.Error("the cookie is not sealed")
			}
		}
		if h := b.answer.Header; h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers %v", h)
		}
	}
}

// TestLoginSettings: every setting is sent as LINE's page has it.
func TestLoginSettings(t *testing.T) {
	t.Parallel()
	site := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) {
		c.ChannelSecret, c.Scopes, c.MaxAge, c.Prompt, c.BotPrompt = secret32, []string{"profile", "openid", "email"}, time.Hour, "login", "normal"
		c.UILocales, c.QRCode, c.NoSwitch, c.NoAutoLogin = []string{"ja", "en"}, true, true, true
	})
	to := newBrowser(t, site).start("/login")
	q := to.Query()
	for name, want := range map[string]string{
		"scope": "profile openid email", "max_age": "3600", "prompt": "login", "bot_prompt": "normal", "ui_locales": "ja en",
		"initial_amr_display": "lineqr", "switch_amr": "false", "disable_auto_login": "true",
	} {
		if got := q.Get(name); got != want {
			t.Errorf("%s=%q, want %q", name, got, want)
		}
	}
	if origin := to.Scheme + "://" + to.Host; origin != "https://access.line.me" {
		t.Errorf("the login page of %s, want LINE's", origin)
	}
}

// TestLoginTabs begins logins in many tabs: the latest few can be ended, in any order.
func TestLoginTabs(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	var tabs []*url.URL
	for i := range 7 {
		tabs = append(tabs, b.start(fmt.Sprintf("/login?next=/tab%d", i)))
		p.advance(time.Second)
	}
	if n := len(b.kept()); n != 4 {
		t.Errorf("%d cookies, want 4", n)
	}
	for _, i := range []int{4, 6, 5} {
		b.visit(tabs[i].String())
		if site.in == nil || site.in.Next != fmt.Sprintf("/tab%d", i) {
			t.Errorf("tab %d: %+v, %v", i, site.in, site.err)
		}
	}
}

// TestLoginOnManyServers begins a login at one server of a website and ends it at another.
func TestLoginOnManyServers(t *testing.T) {
	t.Parallel()
	first, b, p := newShop(t, httpsOrigin)
	second := newWebsite(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.BaseURL, c.Channel.Now = p.url, p.Now })
	to := b.start("/login?next=/cart")
	b.site = second
	b.visit(to.String())
	if second.in == nil || second.in.Next != "/cart" || first.ended != 0 {
		t.Errorf("%+v, %v", second.in, second.err)
	}
}

// TestFriendship: who becomes a friend at login, and who was one.
func TestFriendship(t *testing.T) {
	t.Parallel()
	site, b, _ := newShop(t, httpsOrigin, func(c *tegatahttp.LoginConfig) { c.BotPrompt = "normal" })
	state := b.start("/login").Query().Get("state")
	b.visit(httpsOrigin + "/callback?friendship_status_changed=true&code=invalid&state=" + state)
	if site.in != nil {
		t.Error("a friend without a login")
	}
	b.visit(httpsOrigin + "/login")
	if site.in == nil || site.in.FriendshipChanged {
		t.Errorf("hanako, who is a friend already: %+v, %v", site.in, site.err)
	}
	b = newBrowser(t, site)
	b.persona, b.friend = "taro", true
	b.visit(httpsOrigin + "/login")
	if site.in == nil || !site.in.FriendshipChanged {
		t.Errorf("taro, who has become a friend: %+v, %v", site.in, site.err)
	}
}

// TestNewLogin refuses what cannot be meant, and names the field.
func TestNewLogin(t *testing.T) {
	t.Parallel()
	done := func(http.ResponseWriter, *http.Request, *tegatahttp.LoggedIn) {}
	for want, change := range map[string]func(*tegatahttp.LoginConfig){
		"":                                  func(*tegatahttp.LoginConfig) {},
		"Config.ChannelID":                  func(c *tegatahttp.LoginConfig) { c.Channel.ChannelID = "" },
		"Config.BaseURL":                    func(c *tegatahttp.LoginConfig) { c.Channel.BaseURL = "http://login.example.com" },
		"Channel.ChannelSecret is given":    func(c *tegatahttp.LoginConfig) { c.Channel.ChannelSecret = secret32 },
		"the channel secret is empty":       func(c *tegatahttp.LoginConfig) { c.ChannelSecret = "" },
		"has 5 bytes":                       func(c *tegatahttp.LoginConfig) { c.ChannelSecret = "short" },
		"a line break":                      func(c *tegatahttp.LoginConfig) { c.ChannelSecret = secret32 + "\n" },
		"tegata dev":                        func(c *tegatahttp.LoginConfig) { c.ChannelSecret = tegata.Secret(seeded[channelID]) },
		`RedirectURI "": want the URL`:      func(c *tegatahttp.LoginConfig) { c.RedirectURI = "" },
		"/callback\": want https":           func(c *tegatahttp.LoginConfig) { c.RedirectURI = "http://app.example.com/callback" },
		`RedirectURI "https://a.example/#x`: func(c *tegatahttp.LoginConfig) { c.RedirectURI = "https://a.example/#x" },
		`RedirectURI "https://a@b.example/`: func(c *tegatahttp.LoginConfig) { c.RedirectURI = "https://a@b.example/" },
		`RedirectURI "https://a.example\\`:  func(c *tegatahttp.LoginConfig) { c.RedirectURI = `https://a.example\@b.example/` },
		`RedirectURI "/callback"`:           func(c *tegatahttp.LoginConfig) { c.RedirectURI = "/callback" },
		"parameter state belongs":           func(c *tegatahttp.LoginConfig) { c.RedirectURI += "?state=x" },
		"parameter tegata_retry belongs":    func(c *tegatahttp.LoginConfig) { c.RedirectURI += "?tegata_retry=1" },
		"query cannot be read":              func(c *tegatahttp.LoginConfig) { c.RedirectURI += "?a=%zz" },
		"want https, since people":          func(c *tegatahttp.LoginConfig) { c.LoginURL = "http://login.example.com" },
		"want an origin":                    func(c *tegatahttp.LoginConfig) { c.LoginURL = "https://login.example.com/login" },
		`"friends" is none of LINE Login`:   func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"openid", "friends"} },
		`"profile email" is none`:           func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"openid", "profile email"} },
		"email needs openid":                func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"profile", "email"} },
		"openid is there twice":             func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"openid", "openid"} },
		"neither openid nor profile":        func(c *tegatahttp.LoginConfig) { c.Scopes = []string{} },
		"MaxAge needs":                      func(c *tegatahttp.LoginConfig) { c.Scopes, c.MaxAge = []string{"profile"}, time.Hour },
		"MaxAge -1ns":                       func(c *tegatahttp.LoginConfig) { c.MaxAge = -1 },
		"MaxAge 1.5s":                       func(c *tegatahttp.LoginConfig) { c.MaxAge = 1500 * time.Millisecond },
		"MaxAge 876000h0m0s":                func(c *tegatahttp.LoginConfig) { c.MaxAge = 100 * 365 * 24 * time.Hour },
		"Prompt":                            func(c *tegatahttp.LoginConfig) { c.Prompt = "select_account" },
		"without a page":                    func(c *tegatahttp.LoginConfig) { c.Prompt, c.NoAutoLogin = "none", true },
		"BotPrompt":                         func(c *tegatahttp.LoginConfig) { c.BotPrompt = "please" },
		"is no language tag":                func(c *tegatahttp.LoginConfig) { c.UILocales = []string{"ja en"} },
		"more than 256 bytes":               func(c *tegatahttp.LoginConfig) { c.UILocales = slices.Repeat([]string{"ja"}, 100) },
		"Done":                              func(c *tegatahttp.LoginConfig) { c.Done = nil },
		"CookieKey":                         func(c *tegatahttp.LoginConfig) { c.CookieKey = []byte("short") },
	} {
		cfg := tegatahttp.LoginConfig{
			Channel: tegata.Config{ChannelID: channelID}, ChannelSecret: secret32, RedirectURI: httpsOrigin + "/callback", Done: done,
		}
		change(&cfg)
		l, err := tegatahttp.NewLogin(cfg)
		if (want == "") != (err == nil) || (err == nil) != (l != nil) || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret32)) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

// TestLoginMethods: nothing but what a browser sends for a link is answered, and nothing
// is begun or ended by it.
func TestLoginMethods(t *testing.T) {
	t.Parallel()
	site := newWebsite(t, httpOrigin, func(c *tegatahttp.LoginConfig) { c.ChannelSecret = secret32 })
	for _, path := range []string{"/login", "/callback?code=a&state=b"} {
		for _, method := range []string{"HEAD", "POST", "PUT", "DELETE", "OPTIONS"} {
			rec := httptest.NewRecorder()
			site.handler.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, nil))
			if rec.Code != http.StatusMethodNotAllowed || len(rec.Result().Cookies()) > 0 {
				t.Errorf("%s %s: %d", method, path, rec.Code)
			}
		}
	}
	if site.ended != 0 {
		t.Error("a login has ended")
	}
}

// BenchmarkStart is what a website does to begin a login.
func BenchmarkStart(b *testing.B) {
	login, err := tegatahttp.NewLogin(tegatahttp.LoginConfig{
		Channel: loginChannel(), ChannelSecret: secret32, RedirectURI: httpsOrigin + "/callback",
		Done: func(http.ResponseWriter, *http.Request, *tegatahttp.LoggedIn) {},
	})
	if err != nil {
		b.Fatal(err)
	}
	start, r := login.Start(), httptest.NewRequestWithContext(b.Context(), http.MethodGet, "/login?next=/cart", nil)
	for b.Loop() {
		w := httptest.NewRecorder()
		start.ServeHTTP(w, r)
		if w.Code != http.StatusSeeOther {
			b.Fatal(w.Code)
		}
	}
}
