package clienttest_test

import (
	"maps"
	"net/http"
	"net/url"
	"testing"
)

// TestPhone runs the official SDK, both versions, in the phone of the simulator.
func TestPhone(t *testing.T) {
	t.Parallel()
	w := startPhoneWorld(t)
	for sdk, version := range sdks {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			tests := map[string]func(*testing.T, *phoneWorld, string){
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
				"auto login":          testPhoneAutoLogin,
				"persona":             testPhonePersona,
			}
			if sdk == "liff-new" { // the page is the same, whatever the SDK
				maps.Copy(tests, pageTests)
			}
			for name, test := range tests {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(t, w, sdk)
				})
			}
		})
	}
}

// pageTests are about the simulator's page rather than the SDK.
var pageTests = map[string]func(*testing.T, *phoneWorld, string){
	"auto login that fails": testPhoneAutoLoginFails,
	"login page":            testPhoneLoginPage,
	"login by the server":   testPhoneServerLogin,
	"more scopes":           testPhoneConsent,
	"resume":                testPhoneRest,
	"add friend":            testPhoneFriend,
	"picture of a QR code":  testPhonePicture,
	"links":                 testPhoneLinks,
	"controls":              testPhoneControls,
	"network":               testPhoneNetwork,
	"keys":                  testPhoneKeys,
	"too early":             testPhoneEarly,
	"own client":            testPhoneOwnClient,
	"twice":                 testPhoneTwice,
	"chats":                 testPhoneChats,
	"offline at once":       testPhoneOfflineAtOnce,
	"one target":            testPhonePickOne,
	"the server ends":       testPhoneServerEnds,
	"lost":                  testPhoneLost,
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
		// Other apps of this world raise theirs meanwhile, and the newest stands first.
		return p.is(`[...document.querySelectorAll('.finding.grave[data-code="profile-without-token"]')]
			.some(({ textContent }) => textContent.includes("POST /order") && textContent.includes("userId"))`)
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
