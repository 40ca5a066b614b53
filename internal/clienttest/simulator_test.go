package clienttest_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/tegata-id/tegata/examples"
	"github.com/tegata-id/tegata/internal/control"
	tegataplatform "github.com/tegata-id/tegata/platform"
	"github.com/tegata-id/tegata/simulator"
	"github.com/tegata-id/tegata/store/memory"
)

// phoneWorld is a platform with the simulator, and the test app on both versions of the
// SDK beside the example server, all in this process. Each version has two LIFF apps of
// one channel: SDK/ and SDK/second/.
type phoneWorld struct {
	*site
	base    string // of the platform
	sim     *simulator.Simulator
	control *control.Client
	browser context.Context

	mu    sync.Mutex
	posts []string // guarded by mu: what the app's server got at /order
}

const (
	simulatorToken = "simulator-test-token"
	phoneChannel   = "2000000001"
)

// liffIDs of the apps by their paths.
var liffIDs = map[string]string{
	"/liff-new/": phoneChannel + "-new00001", "/liff-new/second/": phoneChannel + "-new00002",
	"/liff-old/": phoneChannel + "-old00001", "/liff-old/second/": phoneChannel + "-old00002",
}

// verifyPath is where the example server verifies tokens.
const verifyPath = "/verify/"

// startPhoneWorld starts it. No name of LINE's exists in its browser: whatever the SDK
// asks for must come to the platform by the script in front of the app.
func startPhoneWorld(t *testing.T) *phoneWorld {
	t.Helper()
	w := &phoneWorld{site: &site{ids: map[string]string{}}}
	app := http.NewServeMux()
	appServer := httptest.NewServer(app)
	t.Cleanup(appServer.Close)
	w.origin = strings.Replace(appServer.URL, "127.0.0.1", "localhost", 1)
	plain := httptest.NewUnstartedServer(nil)
	w.base = "http://localhost:" + strings.Split(plain.Listener.Addr().String(), ":")[1]
	p := w.newPlatform(t)
	front := http.NewServeMux()
	front.Handle("/", p.Public())
	plain.Config.Handler = front
	plain.Start()
	t.Cleanup(plain.Close)
	w.control = control.NewClient(w.base, simulatorToken)
	var err error
	if w.sim, err = simulator.New(t.Context(), simulator.Config{Platform: w.control}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.sim.Close(); err != nil {
			t.Error(err)
		}
	})
	front.Handle(simulator.Path, w.sim.Handler())
	front.Handle("/oauth2/", w.sim.Watch(p.Public()))
	front.Handle("/liff/", w.sim.Watch(p.Public()))
	front.Handle("/v2/", w.sim.Watch(p.Public()))
	front.Handle("/message/", w.sim.Watch(p.Public()))
	app.Handle("/", w.site)
	app.HandleFunc("POST /order", w.takeOrder)
	app.Handle(verifyPath, w.example(t))
	app.Handle("/static/", w.example(t))
	w.register("liff-new", liffIDs["/liff-new/"])
	w.register("liff-old", liffIDs["/liff-old/"])
	w.browser = startBrowser(t)
	return w
}

func (w *phoneWorld) newPlatform(t *testing.T) *tegataplatform.Platform {
	t.Helper()
	seed, err := tegataplatform.DefaultSeed()
	if err != nil {
		t.Fatal(err)
	}
	for path, id := range liffIDs {
		seed.LIFFApps = append(seed.LIFFApps, tegataplatform.SeedLIFFApp{
			ID: id, EndpointURL: w.origin + path, Description: "Test app " + path, View: "full", QRCode: true,
			Scopes: []string{"openid", "profile", "email", "chat_message.write"},
		})
	}
	sealer, err := tegataplatform.NewSealer("test", make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	p, err := tegataplatform.New(t.Context(), tegataplatform.Config{
		Store: memory.New(memory.Config{}), Sealer: sealer, BaseURL: w.base, Issuer: tegataplatform.IssuerLINE,
		AdminTokens: [][32]byte{sha256.Sum256([]byte(simulatorToken))}, Lab: &tegataplatform.Lab{Seed: seed, DemoOrigin: w.origin},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// example is the example server, which believes verified tokens only.
func (w *phoneWorld) example(t *testing.T) http.Handler {
	t.Helper()
	h, err := examples.New(examples.Config{BaseURL: w.base, Issuer: "https://access.line.me", Apps: []examples.App{
		{LIFFID: liffIDs["/liff-new/"], Path: verifyPath, Title: "verifies"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// takeOrder is a server that believes whatever it is sent.
func (w *phoneWorld) takeOrder(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts = append(w.posts, string(body))
	_, _ = io.WriteString(rw, "{}")
}

// served returns the origin at which the apps run with the script in front.
func (w *phoneWorld) served(t *testing.T) string {
	t.Helper()
	for _, s := range w.sim.Served() {
		if s.Upstream == w.origin {
			return s.Origin
		}
	}
	t.Fatalf("the test app has no port: %+v", w.sim.Served())
	return ""
}

// phone is the simulator's page in a tab.
type phone struct {
	*tab
	*phoneWorld
	sdk string
}

// openPhone opens the page with an app chosen, and opens the app.
func (w *phoneWorld) openPhone(t *testing.T, sdk string, settings url.Values) *phone {
	t.Helper()
	p := &phone{tab: openTab(t, w.browser), phoneWorld: w, sdk: sdk}
	settings.Set("app", liffIDs["/"+sdk+"/"])
	p.open(t, w.base+simulator.Path+"?"+settings.Encode())
	p.press(t, "open", "#open")
	return p
}

// inApp runs an expression in the app's frame. The frame is another origin's, so the
// script of the test asks it by a message that the test app answers.
func (p *phone) inApp(t *testing.T, expression string, out any) {
	t.Helper()
	var r result
	p.await(t, "the app in the phone to answer "+expression, func() bool {
		raw, err := p.eval(askFrame(expression))
		if err != nil || raw.Failed || string(raw.Value) == "null" {
			return false
		}
		return json.Unmarshal(raw.Value, &r) == nil
	})
	if r.Failed {
		t.Fatalf("%s in the phone: %s: %s", expression, r.Code, r.Message)
	}
	if out != nil {
		if err := json.Unmarshal(r.Value, out); err != nil {
			t.Fatalf("%s in the phone = %s: %v", expression, r.Value, err)
		}
	}
}

// askFrame asks the topmost frame of the phone; null if it does not answer soon.
func askFrame(expression string) string {
	asked, _ := json.Marshal(expression) // a string
	return `new Promise((done) => {
		const frame = [...document.querySelectorAll("#frame iframe")].findLast((f) => !f.hidden);
		if (!frame) return done(null);
		const { port1, port2 } = new MessageChannel();
		port1.onmessage = (e) => done(e.data);
		setTimeout(() => done(null), 5000);
		frame.contentWindow.postMessage({ evaluate: ` + string(asked) + ` }, "*", [port2]);
	})`
}

// ready waits for liff.init in the phone and wants it to have worked.
func (p *phone) ready(t *testing.T) {
	t.Helper()
	var o outcome
	p.inApp(t, `new Promise((done) => { const ask = () => window.outcome ? done(window.outcome) : setTimeout(ask, 20); ask() })`, &o)
	if !o.OK {
		t.Fatalf("liff.init of %s in the phone: %s: %s", p.sdk, o.Code, o.Message)
	}
}

// TestPhone runs the official SDK, both versions, in the phone of the simulator.
func TestPhone(t *testing.T) {
	t.Parallel()
	w := startPhoneWorld(t)
	for sdk, version := range sdks {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			for name, test := range map[string]func(*testing.T, *phoneWorld, string){
				"LIFF browser":        testPhoneStart,
				"messages":            testPhoneMessages,
				"share target picker": testPhonePicker,
				"close":               testPhoneClose,
				"sub window":          testPhoneSubWindow,
				"QR code":             testPhoneScan,
				"deep link":           testPhoneDeepLink,
				"alarm":               testPhoneAlarm,
				"external browser":    testPhoneExternal,
				"windows":             testPhoneWindows,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(t, w, sdk)
				})
			}
		})
	}
}

func testPhoneStart(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"user": {"taro"}, "os": {"android"}, "line": {"15.1.0"}, "lang": {"th"}, "chat": {"group"}, "view": {"tall"}})
	p.ready(t)
	var got struct {
		InClient bool
		OS       string
		Language string
		Line     string
		LoggedIn bool
		Context  struct{ Type, ViewType, LiffID, GroupID string }
		Profile  struct{ UserID, DisplayName string }
		Decoded  struct {
			Sub string
			AMR []string
		}
		IDToken string
	}
	p.inApp(t, `(async () => ({ inClient: liff.isInClient(), os: liff.getOS(), language: liff.getLanguage(), line: liff.getLineVersion(), loggedIn: liff.isLoggedIn(),
		context: liff.getContext(), profile: await liff.getProfile(), decoded: liff.getDecodedIDToken(), idToken: liff.getIDToken() }))()`, &got)
	if !got.InClient || got.OS != "android" || got.Language != "th" || got.Line != "15.1.0" || !got.LoggedIn {
		t.Errorf("in the phone: %+v, want a LIFF browser on Android, in Thai, LINE 15.1.0, logged in", got)
	}
	if got.Context.Type != "group" || got.Context.ViewType != "tall" || got.Context.GroupID == "" || got.Context.LiffID != liffIDs["/"+sdk+"/"] {
		t.Errorf("context %+v, want that of a group chat, tall", got.Context)
	}
	if got.Profile.DisplayName != "山田 太郎" || got.Decoded.Sub != got.Profile.UserID || got.Decoded.AMR != nil {
		t.Errorf("profile %+v, ID token %+v: want taro's, without amr", got.Profile, got.Decoded)
	}
	if status := p.verify(t, "id-token", got.IDToken); status != http.StatusOK {
		t.Errorf("the example server answered %d to the ID token, want 200", status)
	}
	p.wantQuiet(t)
}

// verify asks the example server about a token.
func (w *phoneWorld) verify(t *testing.T, way, token string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.origin+verifyPath+"api/"+way, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(r)
	return readJSON(t, res, err, nil)
}

func testPhoneMessages(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	p.inApp(t, `liff.sendMessages([{ type: "text", text: "お茶をください" }])`, nil)
	p.await(t, "the message in the chat", func() bool {
		return p.is(`document.querySelector("#bubbles").textContent.includes("お茶をください")`)
	})
}

func testPhonePicker(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	p.inApp(t, `void (window.shared = liff.shareTargetPicker([{ type: "text", text: "tea?" }])) ?? true`, nil)
	p.press(t, "a friend", `#sheet input[type=checkbox]`)
	p.press(t, "share", `#sheet button[value=send]`)
	var got struct{ Status string }
	if p.inApp(t, `window.shared`, &got); got.Status != "success" {
		t.Errorf("liff.shareTargetPicker() = %+v, want success", got)
	}
}

func testPhoneClose(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	var token string
	p.inApp(t, `liff.getAccessToken()`, &token)
	if status := p.verify(t, "access-token", token); status != http.StatusOK {
		t.Fatalf("before the close: the example server answered %d, want 200", status)
	}
	p.inApp(t, `void setTimeout(() => liff.closeWindow(), 0) ?? true`, nil)
	p.await(t, "the card that says closed", func() bool {
		return p.is(`!document.querySelector("#card").hidden && document.querySelector("#card").textContent.includes("revoked at")`)
	})
	if status := p.verify(t, "access-token", token); status != http.StatusUnauthorized {
		t.Errorf("after the close: the example server answered %d, want 401", status)
	}
}

func testPhoneSubWindow(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	p.inApp(t, `(() => { window.submitted = new Promise((done) => liff.subWindow.on("submit", done));
		return liff.subWindow.open({ url: "https://liff.line.me/`+liffIDs["/"+sdk+"/second/"]+`", appData: { cup: 1 } }).then(() => true) })()`, nil)
	p.await(t, "the sub window", func() bool { return p.is(`document.querySelectorAll("#frame iframe").length === 2`) })
	p.ready(t)
	var data struct{ Cup int }
	if p.inApp(t, `liff.subWindow.getAppData()`, &data); data.Cup != 1 {
		t.Errorf("app data in the sub window %+v, want what the main window gave", data)
	}
	p.inApp(t, `liff.subWindow.submit({ tea: "sencha" }).then(() => { setTimeout(() => liff.subWindow.close(), 0); return true })`, nil)
	p.await(t, "the sub window to close", func() bool { return p.is(`document.querySelectorAll("#frame iframe").length === 1`) })
	var got struct{ Tea string }
	if p.inApp(t, `window.submitted`, &got); got.Tea != "sencha" {
		t.Errorf("what the sub window submitted: %+v, want sencha", got)
	}
}

func testPhoneScan(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{})
	p.ready(t)
	p.inApp(t, `void (window.scanned = liff.scanCodeV2()) ?? true`, nil)
	p.await(t, "the reader", func() bool { return p.is(`document.querySelector("#sheet input[type=text]") !== null`) })
	p.call(t, `(document.querySelector("#sheet input").value = "table 7", true)`, nil)
	p.press(t, "read", `#sheet button[value=read]`)
	var got struct{ Value string }
	if p.inApp(t, `window.scanned`, &got); got.Value != "table 7" {
		t.Errorf("liff.scanCodeV2() = %+v, want what was typed", got)
	}
}

func testPhoneDeepLink(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"link": {"https://liff.line.me/" + liffIDs["/"+sdk+"/second/"] + "/shelf?tea=1#cup"}})
	p.ready(t)
	var at string
	p.inApp(t, `location.pathname + location.search + location.hash`, &at)
	if want := "/" + sdk + "/second/shelf?tea=1#cup"; at != want {
		t.Errorf("the deep link led to %s, want %s", at, want)
	}
}

func testPhoneAlarm(t *testing.T, w *phoneWorld, sdk string) {
	p := w.openPhone(t, sdk, url.Values{"tab": {"checks"}})
	p.ready(t)
	p.inApp(t, `liff.getProfile().then((profile) => fetch("/order", { method: "POST", body: JSON.stringify({ by: profile }) })).then(() => true)`, nil)
	p.await(t, "the alarm", func() bool {
		return p.is(`document.querySelector(".finding.grave")?.textContent.includes("POST /order") === true &&
			document.querySelector(".finding.grave").textContent.includes("userId")`)
	})
}

func testPhoneExternal(t *testing.T, w *phoneWorld, sdk string) {
	b := openTab(t, w.browser)
	b.open(t, w.served(t)+"/"+sdk+"/")
	b.await(t, "liff.init in an ordinary browser", func() bool { return b.is(`window.outcome?.ok === true`) })
	b.start(t, "liff.login()")
	b.press(t, "the persona's card", `button[name="persona"][value="somchai"]`)
	b.pressOr(t, "consent", "#allow", "#options")
	b.await(t, "the app, logged in", func() bool { return b.is(`window.outcome?.ok === true && liff.isLoggedIn()`) })
	var got struct{ DisplayName string }
	if b.call(t, `liff.getProfile()`, &got); got.DisplayName != "สมชาย ใจดี" {
		t.Errorf("liff.getProfile() = %+v, want somchai's", got)
	}
	b.wantQuiet(t)
}
