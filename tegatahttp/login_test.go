package tegatahttp_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/store/memory"
	"github.com/tegata-id/tegata/tegatahttp"
)

// website is one that logs its users in at the real platform, and what became of the last
// login.
type website struct {
	*tegatahttp.Login
	origin  string
	handler http.Handler
	in      *tegatahttp.LoggedIn
	err     error
	ended   int
}

const httpsOrigin = "https://app.example.com"

// newShop returns a platform with a website that is registered there.
func newShop(t *testing.T, origin string, change ...func(*tegatahttp.LoginConfig)) (*website, *browser) {
	t.Helper()
	srv := httptest.NewUnstartedServer(nil)
	base := "http://" + srv.Listener.Addr().String()
	sealer, err := platform.NewSealer("test", bytes.Repeat([]byte{1}, 32))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := platform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	seed.Channels[0].Callbacks = append(seed.Channels[0].Callbacks, httpsOrigin+"/callback")
	issuer, err := platform.New(t.Context(), platform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: base, Issuer: platform.IssuerLINE,
		Lab: &platform.Lab{Seed: seed, DemoOrigin: "http://localhost:4801"},
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Config.Handler = issuer.Public()
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		if err := issuer.Close(); err != nil {
			t.Error(err)
		}
	})
	w := newWebsite(t, origin, func(c *tegatahttp.LoginConfig) {
		c.Channel.BaseURL = base
		for _, f := range change {
			f(c)
		}
	})
	return w, newBrowser(t, w)
}

// newWebsite returns a website; change names at least its platform.
func newWebsite(t *testing.T, origin string, change func(*tegatahttp.LoginConfig)) *website {
	t.Helper()
	w := &website{origin: origin}
	cfg := tegatahttp.LoginConfig{
		Channel: tegata.Config{ChannelID: channelID}, ChannelSecret: tegata.Secret(seeded[channelID]), RedirectURI: origin + "/callback",
		Done: func(rw http.ResponseWriter, r *http.Request, in *tegatahttp.LoggedIn) {
			w.in, w.err = in, nil
			w.ended++
			http.Redirect(rw, r, in.Next, http.StatusSeeOther)
		},
		Failed: func(rw http.ResponseWriter, _ *http.Request, err error) {
			w.in, w.err = nil, err
			w.ended++
			rw.WriteHeader(http.StatusBadRequest)
		},
	}
	change(&cfg)
	login, err := tegatahttp.NewLogin(cfg)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/login", login.Start())
	mux.Handle("/callback", login.Callback())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page "+r.URL.RequestURI()) })
	w.Login, w.handler = login, mux
	return w
}

// browser follows redirects, keeps cookies and fills in the platform's pages. The website is
// in this process, the platform on its port.
type browser struct {
	t       *testing.T
	site    *website
	cookies *cookiejar.Jar
	off     bool           // keeps no cookies of the website
	visited []string       // URLs of the website
	answer  *http.Response // the website's last
}

func newBrowser(t *testing.T, site *website) *browser {
	t.Helper()
	cookies, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: site, cookies: cookies}
}

// visit opens a URL as hanako, who allows everything, and returns the last page.
func (b *browser) visit(target string) string {
	b.t.Helper()
	var form url.Values
	for range 25 {
		u, err := url.Parse(target)
		if err != nil {
			b.t.Fatal(err)
		}
		res, body := b.ask(u, form)
		form = nil
		if loc := res.Header.Get("Location"); loc != "" {
			next, err := u.Parse(loc)
			if err != nil {
				b.t.Fatal(err)
			}
			target = next.String()
			continue
		}
		if strings.HasPrefix(target, b.site.origin) {
			return body
		}
		action := formAction.FindStringSubmatch(body)
		if action == nil {
			return body
		}
		form = url.Values{"loginState": {u.Query().Get("loginState")}, "decision": {"allow"}}
		if strings.HasSuffix(u.Path, "/login") {
			form = url.Values{"loginState": {u.Query().Get("loginState")}, "persona": {"hanako"}}
		}
		next, err := u.Parse(html.UnescapeString(action[1]))
		if err != nil {
			b.t.Fatal(err)
		}
		target = next.String()
	}
	b.t.Fatal("the browser is sent round in circles")
	return ""
}

func (b *browser) ask(u *url.URL, form url.Values) (*http.Response, string) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, u.String(), nil)
	if form != nil {
		r = httptest.NewRequestWithContext(b.t.Context(), http.MethodPost, u.String(), strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	isSite := strings.HasPrefix(u.String(), b.site.origin)
	if !isSite || !b.off {
		for _, c := range b.cookies.Cookies(u) {
			r.AddCookie(c)
		}
	}
	var res *http.Response
	if isSite {
		b.visited = append(b.visited, u.String())
		rec := httptest.NewRecorder()
		b.site.handler.ServeHTTP(rec, r)
		res = rec.Result()
		b.answer = res
	} else {
		r.RequestURI = ""
		var err error
		if res, err = http.DefaultTransport.RoundTrip(r); err != nil {
			b.t.Fatal(err)
		}
	}
	defer func() { _ = res.Body.Close() }()
	b.cookies.SetCookies(u, res.Cookies())
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, string(body)
}

// start begins a login and returns the authorization request that it makes.
func (b *browser) start(path string) *url.URL {
	b.t.Helper()
	u, err := url.Parse(b.site.origin + path)
	if err != nil {
		b.t.Fatal(err)
	}
	res, _ := b.ask(u, nil)
	to, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("start: %d, %v", res.StatusCode, err)
	}
	return to
}

const httpOrigin = "http://localhost:3000"

// TestLogin goes through the platform's real pages, with either key type, on https and on
// this machine, with and without an ID token.
func TestLogin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		origin string
		change func(*tegatahttp.LoginConfig)
		token  bool
	}{
		"https":    {httpsOrigin, func(*tegatahttp.LoginConfig) {}, true},
		"loopback": {httpOrigin, func(*tegatahttp.LoginConfig) {}, true},
		"HS256":    {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.KeyTypes = tegata.HS256 }, true},
		"both":     {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Channel.KeyTypes = tegata.ES256 | tegata.HS256 }, true},
		"max age":  {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.MaxAge = time.Minute }, true},
		"profile":  {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"profile"} }, false},
		"own key":  {httpsOrigin, func(c *tegatahttp.LoginConfig) { c.CookieKey = bytes.Repeat([]byte{9}, 32) }, true},
		"settings": {httpsOrigin, func(c *tegatahttp.LoginConfig) {
			c.Prompt, c.BotPrompt, c.UILocales, c.QRCode, c.NoSwitch, c.NoAutoLogin = "consent", "normal", []string{"ja", "en"}, true, true, true
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site, b := newShop(t, c.origin, c.change)
			page := b.visit(c.origin + "/login?next=%2Fcart%3Fid%3D7")
			in := site.in
			if site.err != nil || in == nil {
				t.Fatalf("nobody is logged in: %v\n%s", site.err, page)
			}
			if page != "page /cart?id=7" || in.Next != "/cart?id=7" {
				t.Errorf("the browser ends at %q with next %q", page, in.Next)
			}
			if in.User.UserID == "" || in.User.Name == "" || in.AccessToken == "" || in.RefreshToken == "" || !in.Expires.After(time.Now()) {
				t.Errorf("logged in: %+v", in)
			}
			if (in.User.IDToken != nil) != c.token || c.token && (in.User.IDToken.Nonce == "" || name == "max age" && in.User.IDToken.AuthTime.IsZero()) {
				t.Errorf("ID token %+v", in.User.IDToken)
			}
			if text := fmt.Sprintf("%v %+v", in, *in); strings.Contains(text, string(in.AccessToken)) {
				t.Error("a token shows itself")
			}
			left := b.cookies.Cookies(&url.URL{Scheme: "https", Host: strings.TrimPrefix(httpsOrigin, "https://"), Path: "/"})
			if c.origin == httpsOrigin && len(left) != 0 {
				t.Errorf("cookies are left: %v", left)
			}
		})
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
	for range 3 {
		to := b.start("/login")
		q := to.Query()
		for _, random := range []string{q.Get("state"), q.Get("nonce"), q.Get("code_challenge")} {
			if len(random) < 43 || seen[random] {
				t.Errorf("%q is not fresh and random", random)
			}
			seen[random] = true
		}
		if to.Scheme+"://"+to.Host+to.Path != "https://login.example.com/oauth2/v2.1/authorize" || q.Get("code_challenge_method") != "S256" ||
			q.Get("redirect_uri") != httpsOrigin+"/callback" || q.Get("response_type") != "code" || q.Get("client_id") != channelID || strings.Contains(to.RawQuery, "+") || !strings.Contains(to.RawQuery, "scope=openid%20profile") {
			t.Errorf("authorization request %s", to)
		}
		for _, absent := range []string{"max_age", "prompt", "bot_prompt", "ui_locales", "disable_auto_login", "switch_amr", "initial_amr_display"} {
			if q.Has(absent) {
				t.Errorf("%s is sent though nobody asked for it", absent)
			}
		}
		c := b.answer.Cookies()[0]
		if !strings.HasPrefix(c.Name, "__Host-tegata_login_") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 600 {
			t.Errorf("cookie %s", c)
		}
		if strings.Contains(c.Value, q.Get("nonce")) || strings.Contains(c.Value, q.Get("state")) {
			t.Error("the cookie is not sealed")
		}
		if h := b.answer.Header; h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("headers %v", h)
		}
	}
}

// TestLoginTabs begins logins in many tabs: the latest few can be ended, in any order.
func TestLoginTabs(t *testing.T) {
	t.Parallel()
	site, b := newShop(t, httpsOrigin)
	var tabs []*url.URL
	for i := range 7 {
		tabs = append(tabs, b.start(fmt.Sprintf("/login?next=/tab%d", i)))
	}
	all := b.cookies.Cookies(&url.URL{Scheme: "https", Host: "app.example.com", Path: "/"})
	if len(all) > 4 {
		t.Errorf("%d cookies, want at most 4", len(all))
	}
	for _, i := range []int{4, 6, 5} {
		b.visit(tabs[i].String())
		if site.in == nil || site.in.Next != fmt.Sprintf("/tab%d", i) {
			t.Errorf("tab %d: %+v, %v", i, site.in, site.err)
		}
	}
}

// TestAutoLoginFailure is LINE's recipe: a browser that comes back without its login is sent
// round once more, without auto login, and no more than once.
func TestAutoLoginFailure(t *testing.T) {
	t.Parallel()
	t.Run("a foreign state", func(t *testing.T) {
		t.Parallel()
		site, b := newShop(t, httpsOrigin)
		b.start("/login?next=/cart")
		page := b.visit(httpsOrigin + "/callback?code=invalid&state=somebody-elses")
		if site.in == nil || site.ended != 1 || page != "page /cart" {
			t.Errorf("the second try ends in %q, %v, after %d ends", page, site.err, site.ended)
		}
	})
	t.Run("the second try is without auto login", func(t *testing.T) {
		t.Parallel()
		_, b := newShop(t, httpsOrigin)
		if q := b.start("/callback?code=invalid&state=somebody-elses").Query(); q.Get("disable_auto_login") != "true" {
			t.Errorf("authorization request of the second try: %v", q)
		}
	})
	t.Run("foreign twice", func(t *testing.T) {
		t.Parallel()
		site, b := newShop(t, httpsOrigin)
		b.start("/callback?code=invalid&state=somebody-elses")
		b.visit(httpsOrigin + "/callback?code=invalid&state=another-one")
		if !errors.Is(site.err, tegatahttp.ErrState) || site.ended != 1 {
			t.Errorf("%v, want ErrState", site.err)
		}
	})
	for name, first := range map[string]string{"begun here": "/login", "begun by a foreign callback": "/callback?code=invalid&state=somebody-elses"} {
		t.Run("no cookies, "+name, func(t *testing.T) {
			t.Parallel()
			site, b := newShop(t, httpsOrigin)
			b.off = true
			b.visit(httpsOrigin + first)
			if !errors.Is(site.err, tegatahttp.ErrState) || site.in != nil || len(b.visited) > 4 {
				t.Errorf("%v after %d visits, want ErrState after few", site.err, len(b.visited))
			}
		})
	}
}

// TestLoginAttacks: a callback URL logs in nobody but the browser that began its login, and
// that once.
func TestLoginAttacks(t *testing.T) {
	t.Parallel()
	site, attacker := newShop(t, httpsOrigin)
	// The attacker stops before the last step, and sends its URL to a victim.
	attacker.site = &website{origin: httpsOrigin, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/callback" {
			return
		}
		site.handler.ServeHTTP(w, r)
	})}
	attacker.visit(httpsOrigin + "/login")
	stolen := attacker.visited[len(attacker.visited)-1]
	if !strings.Contains(stolen, "code=") {
		t.Fatalf("no code in %s", stolen)
	}
	victim := newBrowser(t, site)
	u, err := url.Parse(stolen)
	if err != nil {
		t.Fatal(err)
	}
	res, _ := victim.ask(u, nil)
	if site.ended != 0 || !strings.Contains(res.Header.Get("Location"), "/authorize?") || strings.Contains(res.Header.Get("Location"), u.Query().Get("code")) {
		t.Errorf("the victim is logged in by the attacker's URL, or sent to %q", res.Header.Get("Location"))
	}
	// The attacker's own browser uses it, once.
	attacker.site = site
	attacker.visit(stolen)
	if site.in == nil {
		t.Fatalf("the browser that began it: %v", site.err)
	}
	before := site.ended
	if res, _ := attacker.ask(u, nil); site.ended != before || !strings.Contains(res.Header.Get("Location"), "/authorize?") {
		t.Error("a callback URL was used twice")
	}
	for name, query := range map[string]string{
		"state twice": "?code=a&state=b&state=c", "code twice": "?code=a&code=b&state=c", "not to be read": "?code=%zz",
		"an error nobody began": "?error=ACCESS_DENIED&state=somebody-elses",
	} {
		b := newBrowser(t, site)
		b.visit(httpsOrigin + "/callback" + query)
		if site.in != nil || site.err == nil {
			t.Errorf("%s: %+v", name, site.in)
		}
	}
}

// TestLoginRefused has what the platform's redirect may say.
func TestLoginRefused(t *testing.T) {
	t.Parallel()
	site, b := newShop(t, httpsOrigin)
	for query, want := range map[string]error{
		"error=ACCESS_DENIED&error_description=x": tegatahttp.ErrDenied,
		"error=access_denied":                     tegatahttp.ErrDenied,
		"error=SERVER_ERROR":                      tegatahttp.ErrLogin,
		"error=%3Cscript%3E":                      tegatahttp.ErrLogin,
		"code=invalid":                            tegatahttp.ErrLogin,
		"":                                        tegatahttp.ErrLogin,
	} {
		state := b.start("/login").Query().Get("state")
		b.visit(httpsOrigin + "/callback?" + query + "&state=" + url.QueryEscape(state))
		if site.in != nil || !errors.Is(site.err, want) || strings.Contains(site.err.Error(), "<") {
			t.Errorf("%q: %v, want %v", query, site.err, want)
		}
	}
}

// TestLoginTokens refreshes, revokes and withdraws what a login gave.
func TestLoginTokens(t *testing.T) {
	t.Parallel()
	site, b := newShop(t, httpsOrigin)
	b.visit(httpsOrigin + "/login")
	first := site.in
	if first == nil {
		t.Fatal(site.err)
	}
	again, err := site.Refresh(t.Context(), first.RefreshToken)
	if err != nil || again.User.UserID != first.User.UserID || again.AccessToken == first.AccessToken || again.RefreshToken == "" {
		t.Fatalf("Refresh = %+v, %v", again, err)
	}
	if err := site.Revoke(t.Context(), again.AccessToken); err != nil {
		t.Fatal(err)
	}
	if _, err := site.Refresh(t.Context(), "no-such-token"); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("a refresh token that is none: %v, want ErrInactive", err)
	}
	cfg := tegata.Config{ChannelID: channelID, BaseURL: platformOf(b)}
	d, err := tegatahttp.NewDeauthorizer(cfg, tegata.Secret(seeded[channelID]))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Deauthorize(t.Context(), again.AccessToken); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("a revoked token: %v, want ErrInactive", err)
	}
	cfg.ChannelID = "2000000002"
	other, err := tegatahttp.NewDeauthorizer(cfg, tegata.Secret(seeded["2000000002"]))
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Deauthorize(t.Context(), first.AccessToken); !errors.Is(err, tegata.ErrOtherChannel) {
		t.Errorf("another channel's token: %v, want ErrOtherChannel", err)
	}
	if err := d.Deauthorize(t.Context(), first.AccessToken); err != nil {
		t.Fatal(err)
	}
	if err := d.Deauthorize(t.Context(), first.AccessToken); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("the second time: %v, want ErrInactive", err)
	}
	if _, err := site.Refresh(t.Context(), first.RefreshToken); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("refresh after it: %v, want ErrInactive", err)
	}
	wrong, err := tegatahttp.NewDeauthorizer(tegata.Config{ChannelID: channelID, BaseURL: platformOf(b)}, secret32)
	if err != nil {
		t.Fatal(err)
	}
	b.visit(httpsOrigin + "/login")
	if err := wrong.Deauthorize(t.Context(), site.in.AccessToken); !errors.Is(err, tegatahttp.ErrLogin) || strings.Contains(err.Error(), secret32) {
		t.Errorf("a wrong channel secret: %v, want ErrLogin", err)
	}
}

const secret32 = "0123456789abcdef0123456789abcdef"

// platformOf is the origin of the platform at which a browser logs in.
func platformOf(b *browser) string {
	to := b.start("/login")
	return to.Scheme + "://" + to.Host
}

// TestNewLogin refuses what cannot be meant, and names the field.
func TestNewLogin(t *testing.T) {
	t.Parallel()
	done := func(http.ResponseWriter, *http.Request, *tegatahttp.LoggedIn) {}
	for want, change := range map[string]func(*tegatahttp.LoginConfig){
		"":                                     func(*tegatahttp.LoginConfig) {},
		"ChannelID":                            func(c *tegatahttp.LoginConfig) { c.Channel.ChannelID = "" },
		"Way":                                  func(c *tegatahttp.LoginConfig) { c.Channel.Way = tegata.Online },
		"Channel.ChannelSecret are":            func(c *tegatahttp.LoginConfig) { c.Channel.ChannelSecret = secret32 },
		"ChannelSecret has 5 bytes":            func(c *tegatahttp.LoginConfig) { c.ChannelSecret = "short" },
		"tegata dev":                           func(c *tegatahttp.LoginConfig) { c.ChannelSecret = tegata.Secret(seeded[channelID]) },
		"RedirectURI \"\"":                     func(c *tegatahttp.LoginConfig) { c.RedirectURI = "" },
		"want https, since codes":              func(c *tegatahttp.LoginConfig) { c.RedirectURI = "http://app.example.com/callback" },
		"RedirectURI \"https://a.example/#x\"": func(c *tegatahttp.LoginConfig) { c.RedirectURI = "https://a.example/#x" },
		"LoginURL":                             func(c *tegatahttp.LoginConfig) { c.LoginURL = "http://login.example.com" },
		"Scopes has neither":                   func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"email"} },
		"is not one word":                      func(c *tegatahttp.LoginConfig) { c.Scopes = []string{"openid", "profile email"} },
		"neither":                              func(c *tegatahttp.LoginConfig) { c.Scopes = []string{} },
		"Prompt":                               func(c *tegatahttp.LoginConfig) { c.Prompt = "none" },
		"BotPrompt":                            func(c *tegatahttp.LoginConfig) { c.BotPrompt = "please" },
		"MaxAge":                               func(c *tegatahttp.LoginConfig) { c.MaxAge = -1 },
		"Done":                                 func(c *tegatahttp.LoginConfig) { c.Done = nil },
		"CookieKey":                            func(c *tegatahttp.LoginConfig) { c.CookieKey = []byte("short") },
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

// TestLoginMethods: nothing but what a browser sends for a link is answered.
func TestLoginMethods(t *testing.T) {
	t.Parallel()
	site := newWebsite(t, httpOrigin, func(c *tegatahttp.LoginConfig) { c.ChannelSecret = secret32 })
	for _, path := range []string{"/login", "/callback"} {
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
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
