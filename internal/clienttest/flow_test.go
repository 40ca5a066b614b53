package clienttest_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// world is what every LIFF test shares: one platform, one site with the test app on
// both versions of the SDK, and one browser for each version.
type world struct {
	*platform
	*site
	browsers map[string]context.Context // by the SDK's name
}

// startWorld starts all three and registers the apps with --app.
func startWorld(t *testing.T) *world {
	t.Helper()
	w := &world{site: startSite(t)}
	args := []string{"--issuer", "line"}
	for sdk := range sdks {
		args = append(args, "--app", w.endpoint(sdk))
	}
	w.platform = startPlatform(t, args...)
	for sdk := range sdks {
		w.register(sdk, w.liffID(t, w.endpoint(sdk)))
	}
	w.browsers = map[string]context.Context{}
	for sdk := range sdks {
		w.browsers[sdk] = startBrowser(t, w.asLINE(t)...)
	}
	return w
}

// visit is one person's way through the app with one version of the SDK.
type visit struct {
	*tab
	*world
	sdk, id  string // the SDK's name, the LIFF ID of its app
	endpoint string
}

// visit opens a fresh browser profile; the tab is still empty.
func (w *world) visit(t *testing.T, sdk string) *visit {
	t.Helper()
	v := &visit{tab: openTab(t, w.browsers[sdk]), world: w, sdk: sdk, endpoint: w.endpoint(sdk)}
	v.id = w.liffID(t, v.endpoint)
	return v
}

// outcome is what liff.init came to.
type outcome struct {
	OK      bool   `json:"ok"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// settled waits until the app is there and init has come to an end.
func (v *visit) settled(t *testing.T) outcome {
	t.Helper()
	v.await(t, "liff.init of "+v.sdk+" to settle", func() bool {
		return v.is(`location.origin === "` + v.origin + `" && window.outcome !== undefined`)
	})
	var o outcome
	v.call(t, "window.outcome", &o)
	return o
}

// wantOK waits for init and wants it to have worked.
func (v *visit) wantOK(t *testing.T) {
	t.Helper()
	if o := v.settled(t); !o.OK {
		t.Fatalf("liff.init at %s: %s: %s", v.location(t), o.Code, o.Message)
	}
}

// openApp opens a path below the endpoint URL and wants init to work.
func (v *visit) openApp(t *testing.T, path string) {
	t.Helper()
	v.open(t, v.endpoint+path)
	v.wantOK(t)
}

// loginPage waits for the login page under LINE's host name.
func (v *visit) loginPage(t *testing.T) {
	t.Helper()
	v.await(t, "the login page", func() bool {
		return v.is(`location.host === "access.line.me" && document.readyState === "complete" && document.querySelector("#login") !== null`)
	})
}

// fillIn types a persona's e-mail address and password and sends the form.
func (v *visit) fillIn(t *testing.T, handle string) {
	t.Helper()
	v.loginPage(t)
	u := v.user(t, handle)
	if err := chromedp.Do(v.ctx,
		chromedp.SendKeys(chromedp.CSS(`input[name=email]`), u.Email),
		chromedp.SendKeys(chromedp.CSS(`input[name=password]`), u.Password),
		chromedp.Click(chromedp.CSS(`#login`)),
	); err != nil {
		t.Fatalf("fill in the login form at %s: %v", v.location(t), err)
	}
}

// decide waits for the consent page and presses one of its buttons: allow or deny.
func (v *visit) decide(t *testing.T, button string) {
	t.Helper()
	v.await(t, "the consent page", func() bool { return v.hasConsent() })
	if err := chromedp.Do(v.ctx, chromedp.Click(chromedp.CSS("#"+button))); err != nil {
		t.Fatalf("press %s: %v", button, err)
	}
}

func (v *visit) hasConsent() bool {
	return v.is(`document.readyState === "complete" && document.querySelector("#allow") !== null`)
}

// signIn logs a persona in at the login page and consents, if asked to.
func (v *visit) signIn(t *testing.T, handle string) {
	t.Helper()
	v.fillIn(t, handle)
	consent := false
	v.await(t, "consent, or the way back to the app", func() bool {
		consent = v.hasConsent()
		return consent || v.is(`location.origin === "`+v.origin+`"`)
	})
	if consent {
		v.decide(t, "allow")
	}
	v.wantOK(t)
}

// loggedIn opens the app, calls liff.login and signs the persona in.
func (v *visit) loggedIn(t *testing.T, handle string) {
	t.Helper()
	v.openApp(t, "")
	v.start(t, "liff.login()")
	v.signIn(t, handle)
	v.wantLoggedIn(t, true)
}

// wantLoggedIn compares liff.isLoggedIn.
func (v *visit) wantLoggedIn(t *testing.T, want bool) {
	t.Helper()
	var got bool
	if v.call(t, "liff.isLoggedIn()", &got); got != want {
		t.Errorf("liff.isLoggedIn() = %v, want %v", got, want)
	}
}

// accessToken returns what liff.getAccessToken gives.
func (v *visit) accessToken(t *testing.T) string {
	t.Helper()
	var token string
	v.call(t, "liff.getAccessToken()", &token)
	return token
}

// query returns the query of where the tab is.
func (v *visit) query(t *testing.T) url.Values {
	t.Helper()
	u, err := url.Parse(v.location(t))
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// wantCode wants an expression to be refused with one of the error codes.
func (v *visit) wantCode(t *testing.T, expression string, codes ...string) {
	t.Helper()
	r, err := v.eval(expression)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	for _, c := range codes {
		if r.Failed && r.Code == c {
			return
		}
	}
	t.Errorf("%s = %s, failed %v with code %q (%s), want code %s", expression, r.Value, r.Failed, r.Code, r.Message, strings.Join(codes, " or "))
}
