package liffapp_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/store"
)

// api asks the LIFF server API with a short-lived token of the channel.
func (w *world) api(method, path, body string) answer {
	w.t.Helper()
	return w.ask(method, "/liff/v1/apps"+path, body, "Authorization", "Bearer "+w.channelToken(channelID, store.ChannelTokenShortLived))
}

// create adds an app and returns its LIFF ID.
func (w *world) create(body string) string {
	w.t.Helper()
	a := w.api("POST", "", body)
	var out wire.LIFFCreated
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != 200 {
		w.t.Fatalf("create %s: %d %s, %v", body, a.status, a.body, err)
	}
	return out.LIFFID
}

// list returns the apps of the channel by LIFF ID.
func (w *world) list() map[string]wire.LIFFApp {
	w.t.Helper()
	a := w.api("GET", "", "")
	var out wire.LIFFApps
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != 200 {
		w.t.Fatalf("list: %d %s, %v", a.status, a.body, err)
	}
	all := map[string]wire.LIFFApp{}
	for _, app := range out.Apps {
		all[app.LIFFID] = app
	}
	return all
}

func TestCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	least := w.create(`{"view":{"type":"tall","url":"https://example.com/app?x=1"}}`)
	if !regexp.MustCompile(`^2000000001-[0-9A-Za-z]{8}$`).MatchString(least) {
		t.Errorf("LIFF ID %q", least)
	}
	all := w.create(`{"view":{"type":"full","url":"https://example.com/","moduleMode":true},"description":"お茶","features":{"qrCode":true,"ble":true},
		"permanentLinkPattern":"concat","scope":["openid","email","openid"],"botPrompt":"aggressive","newer":{"than":["ours"]}}`)
	empty := w.create(`{"view":{"type":"compact","url":"https://example.com/"},"scope":[],"description":null,"features":null}`)
	want := map[string]wire.LIFFApp{
		least: {
			LIFFID: least, View: wire.LIFFView{Type: "tall", URL: "https://example.com/app?x=1"}, PermanentLinkPattern: "concat",
			Scope: []string{"profile", "chat_message.write"}, BotPrompt: "none",
		},
		all: {
			LIFFID: all, View: wire.LIFFView{Type: "full", URL: "https://example.com/", ModuleMode: true}, Description: "お茶",
			Features: wire.LIFFFeatures{QRCode: true}, PermanentLinkPattern: "concat", Scope: []string{"openid", "email"}, BotPrompt: "aggressive",
		},
		empty: {LIFFID: empty, View: wire.LIFFView{Type: "compact", URL: "https://example.com/"}, PermanentLinkPattern: "concat", Scope: []string{}, BotPrompt: "none"},
	}
	got := w.list()
	delete(got, appID)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("apps (-want +got):\n%s", diff)
	}
}

// TestChangeRefused has bodies with one fault each. POST and PUT name the member, and
// PUT has changed nothing.
func TestChangeRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.list()
	for body, member := range map[string]string{
		``:                                      "body",
		`null`:                                  "body",
		`[]`:                                    "body",
		`{`:                                     "body",
		`{"description":"a","description":"b"}`: "body",
		`{} {}`:                                 "body",
		`{}}`:                                   "body",
		"{\"description\":\"\xff\"}":            "body",
		strings.Repeat(`{"view":`, 20):          "body",
		`{"view":{"url":"https://a.example","url":"https://b"}}`: "body",
		`{"view":7}`:                     "view",
		`{"view":[]}`:                    "view",
		`{"view":{"type":7}}`:            "view.type",
		`{"view":{"type":""}}`:           "view.type",
		`{"view":{"type":"Full"}}`:       "view.type",
		`{"view":{"url":{}}}`:            "view.url",
		`{"view":{"moduleMode":"true"}}`: "view.moduleMode",
		`{"description":7}`:              "description",
		`{"description":"a\u0000b"}`:     "description",
		`{"description":"` + strings.Repeat("茶", 101) + `"}`: "description",
		`{"features":[]}`:                    "features",
		`{"features":{"qrCode":1}}`:          "features.qrCode",
		`{"features":{"ble":"no"}}`:          "features.ble",
		`{"permanentLinkPattern":"replace"}`: "permanentLinkPattern",
		`{"scope":"openid"}`:                 "scope",
		`{"scope":[7]}`:                      "scope",
		`{"scope":["openid","friends"]}`:     "scope",
		`{"scope":["OPENID"]}`:               "scope",
		`{"botPrompt":true}`:                 "botPrompt",
		`{"botPrompt":"often"}`:              "botPrompt",
	} {
		a := w.api("PUT", "/"+appID, body)
		if want := fmt.Sprintf(`{"message":"invalid value: %s"}`, member); a.status != 400 || a.body != want {
			t.Errorf("PUT %.60s: %d %s, want 400 %s", body, a.status, a.body, want)
		}
		if a := w.api("POST", "", body); a.status != 400 || !strings.HasPrefix(a.body, `{"message":"invalid value: `) {
			t.Errorf("POST %.60s: %d %s, want 400", body, a.status, a.body)
		}
	}
	for _, body := range []string{`{}`, `{"view":null}`, `{"view":{}}`, `{"view":{"type":"full"}}`, `{"view":{"url":"https://example.com/"}}`, `{"VIEW":{"type":"full","url":"https://example.com/"}}`} {
		if a := w.api("POST", "", body); a.status != 400 || a.body != `{"message":"invalid value: view"}` {
			t.Errorf("POST %s: %d %s, want 400 for view", body, a.status, a.body)
		}
	}
	if diff := cmp.Diff(before, w.list()); diff != "" {
		t.Errorf("refused changes have changed something (-before +after):\n%s", diff)
	}
}

func TestEndpointURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for raw, ok := range map[string]bool{
		"https://example.com": true, "https://example.com/": true, "https://example.com:8443/a/b?c=d&e=%20": true, "https://[2001:db8::1]/": true,
		"HTTPS://Example.com/": true, "https://例え.テスト/茶": true,
		"": false, "http://example.com/": false, "http://localhost:3000/": false, "http://127.0.0.1/": false, "//example.com/": false, "example.com": false,
		"https:///path": false, "https://:443/": false, "https://example.com/#": false, "https://example.com/#top": false,
		"https://user@example.com/": false, "https://example.com@evil.example/": false, "https://example.com:port/": false,
		"javascript:alert(1)": false, "data:text/html,x": false, "https://example.com/a b": false, " https://example.com/": false,
		`https://example.com\@evil.example/`: false, "https://example.com/\r\nSet-Cookie:x": false, "https://example.com/\t": false,
		`https://example.com/"><script>`: false, "https://example.com/%zz": false, "https://example.com/" + strings.Repeat("a", 2000): false,
		"https://example.com/\u0000": false,
	} {
		body, err := json.Marshal(map[string]any{"view": map[string]string{"url": raw}})
		if err != nil {
			t.Fatal(err)
		}
		a := w.api("PUT", "/"+appID, string(body))
		switch {
		case ok && (a.status != 200 || w.list()[appID].View.URL != raw):
			t.Errorf("%q: %d %s, want it taken as it is", raw, a.status, a.body)
		case !ok && (a.status != 400 || a.body != `{"message":"invalid value: view.url"}`):
			t.Errorf("%q: %d %s, want 400 for view.url", raw, a.status, a.body)
		}
	}
}

func TestDescription(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for text, ok := range map[string]bool{
		"Tea House": true, "Online shop": true, "Deadlines": true, "リネン": true, "L i n e n": true, "": true, strings.Repeat("茶", 100): true,
		"LINE": false, "My line app": false, "LINEアプリ": false, "Line's": false, "L1NE": false, "LlNE": false, "ＬＩＮＥ": false, "lіnе": false,
		"L\u200bINE": false, "LÍNE": false, "LI\u0301NE": false, "ΙΙΝΕ": false, "LIN3 Pay": false, "ʟɪɴᴇ": false, "-line-": false,
	} {
		body, err := json.Marshal(map[string]string{"description": text})
		if err != nil {
			t.Fatal(err)
		}
		if a := w.api("PUT", "/"+appID, string(body)); (a.status == 200) != ok {
			t.Errorf("description %q: %d %s, want it taken: %v", text, a.status, a.body, ok)
		}
	}
}

// TestUpdate changes one member at a time; the rest stays.
func TestUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.create(`{"view":{"type":"tall","url":"https://example.com/","moduleMode":true},"description":"before","scope":["openid"],"botPrompt":"normal"}`)
	want := w.list()[id]
	for _, step := range []struct {
		body   string
		change func(*wire.LIFFApp)
	}{
		{`{}`, func(*wire.LIFFApp) {}},
		{`{"view":{"type":"compact"}}`, func(a *wire.LIFFApp) { a.View.Type = "compact" }},
		{`{"view":{"url":"https://example.com/next"}}`, func(a *wire.LIFFApp) { a.View.URL = "https://example.com/next" }},
		{`{"view":{"moduleMode":false}}`, func(a *wire.LIFFApp) { a.View.ModuleMode = false }},
		{`{"description":""}`, func(a *wire.LIFFApp) { a.Description = "" }},
		{`{"features":{"qrCode":true}}`, func(a *wire.LIFFApp) { a.Features.QRCode = true }},
		{`{"scope":["profile"]}`, func(a *wire.LIFFApp) { a.Scope = []string{"profile"} }},
		{`{"botPrompt":"none"}`, func(a *wire.LIFFApp) { a.BotPrompt = "none" }},
	} {
		if a := w.api("PUT", "/"+id, step.body); a.status != 200 || a.body != "" {
			t.Errorf("PUT %s: %d %q, want 200 and nothing", step.body, a.status, a.body)
		}
		step.change(&want)
		if diff := cmp.Diff(want, w.list()[id]); diff != "" {
			t.Errorf("after PUT %s (-want +got):\n%s", step.body, diff)
		}
	}
}

// TestUpdateTogether: changes of different members at the same time all hold.
func TestUpdateTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all sync.WaitGroup
	for range 20 {
		for _, body := range []string{`{"description":"new"}`, `{"features":{"qrCode":true}}`, `{"botPrompt":"normal"}`, `{"view":{"type":"tall"}}`} {
			token := w.channelToken(channelID, store.ChannelTokenStateless)
			all.Go(func() {
				if a := w.ask("PUT", "/liff/v1/apps/"+appID, body, "Authorization", "Bearer "+token); a.status != 200 {
					t.Errorf("PUT %s: %d %s", body, a.status, a.body)
				}
			})
		}
	}
	all.Wait()
	if got := w.list()[appID]; got.Description != "new" || !got.Features.QRCode || got.BotPrompt != "normal" || got.View.Type != "tall" {
		t.Errorf("after all: %+v, want every change", got)
	}
}

func TestNobodysApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app(store.LIFFApp{ID: otherID + "-demo0003", EndpointURL: endpoint})
	for _, id := range []string{channelID + "-nobody00", otherID + "-demo0003", "x", "2000000001-demo0001x", "2000000001-DEMO0001"} {
		for _, method := range []string{"PUT", "DELETE"} {
			if a := w.api(method, "/"+id, `{"description":"x"}`); a.status != 404 || a.body != `{"message":"Not found"}` {
				t.Errorf("%s %s: %d %s, want 404", method, id, a.status, a.body)
			}
		}
	}
	if a := w.api("DELETE", "/"+appID, ""); a.status != 200 || a.body != "" {
		t.Errorf("DELETE: %d %q, want 200 and nothing", a.status, a.body)
	}
	for _, c := range [][2]string{{"GET", ""}, {"DELETE", "/" + appID}, {"PUT", "/" + appID}} {
		if a := w.api(c[0], c[1], `{}`); a.status != 404 {
			t.Errorf("%s after the last app was deleted: %d %s, want 404", c[0], a.status, a.body)
		}
	}
	if _, err := w.store.LIFFApp(t.Context(), otherID+"-demo0003"); err != nil {
		t.Errorf("the other channel's app: %v", err)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const body = `{"view":{"type":"full","url":"https://example.com/"}}`
	ids := map[string]bool{}
	for range 29 {
		ids[w.create(body)] = true
	}
	if len(ids) != 29 {
		t.Errorf("29 apps have %d LIFF IDs", len(ids))
	}
	if a := w.api("POST", "", body); a.status != 400 {
		t.Errorf("app 31: %d %s, want 400", a.status, a.body)
	}
	if a := w.api("DELETE", "/"+appID, ""); a.status != 200 {
		t.Errorf("DELETE: %d %s", a.status, a.body)
	}
	w.create(body)
}

func TestTokenKinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	expired, err := w.issue.NewChannelToken(t.Context(), channelID, store.ChannelTokenShortLived, "", -time.Second)
	w.must(err)
	for name, c := range map[string]struct {
		authorization string
		status        int
	}{
		"short-lived":      {"Bearer " + w.channelToken(channelID, store.ChannelTokenShortLived), 200},
		"stateless":        {"Bearer " + w.channelToken(channelID, store.ChannelTokenStateless), 200},
		"v2.1":             {"Bearer " + w.channelToken(channelID, store.ChannelTokenV21), 401},
		"a user's":         {"Bearer " + w.userToken(channelID), 401},
		"expired":          {"Bearer " + expired, 401},
		"none":             {"", 401},
		"another scheme":   {"Basic eA==", 401},
		"garbage":          {"Bearer garbage", 401},
		"channel's secret": {"Bearer " + strings.Repeat("s", 32), 401},
	} {
		for _, m := range [][2]string{{"GET", ""}, {"PUT", "/" + appID}} {
			headers := []string{"Authorization", c.authorization}
			if c.authorization == "" {
				headers = nil
			}
			a := w.ask(m[0], "/liff/v1/apps"+m[1], `{}`, headers...)
			if a.status != c.status || c.status == 401 && (a.header.Get("WWW-Authenticate") == "" || !strings.HasPrefix(a.body, `{"message":`)) {
				t.Errorf("%s, %s: %d %s, want %d", name, m[0], a.status, a.body, c.status)
			}
		}
	}
}
