package liffapp_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/store"
)

const contextPath = "/liff/v2/apps/" + appID + "/contextToken"

// payload returns what a context token says, which was signed by a key of ours that
// is not in the JWK Set.
func (w *world) payload(a answer) map[string]any {
	w.t.Helper()
	var out wire.ContextTokenResponse
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != 200 {
		w.t.Fatalf("context token: %d %s, %v", a.status, a.body, err)
	}
	token, err := jose.Parse(out.ContextToken)
	w.must(err)
	key, err := w.ring.Signer(store.SignContext)
	w.must(err)
	raw, err := token.Verify(key.Public())
	w.must(err)
	if _, ok := w.ring.Set().Key(token.Header().KeyID); ok {
		w.t.Error("the context token's key is in the JWK Set: the token could pass for an ID token")
	}
	for _, b := range raw {
		if b >= 0x80 {
			w.t.Errorf("the context is not ASCII: %s", raw)
			break
		}
	}
	var payload map[string]any
	w.must(json.Unmarshal(raw, &payload))
	return payload
}

func TestContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	off := func(version string) map[string]any { return map[string]any{"permission": false, "minVer": version} }
	want := map[string]any{
		"type": "external", "liffId": appID, "endpointUrl": endpoint, "permanentLinkPattern": "concat", "scope": []any{"openid", "profile"},
		"availability": map[string]any{
			"shareTargetPicker": off("10.3.0"), "multipleLiffTransition": off("10.18.0"), "subwindowOpen": off("11.7.0"),
			"scanCodeV2": off("11.7.0"), "skipChannelVerificationScreen": off("11.14.0"),
		},
		"menuColorSetting": map[string]any{"adaptableColorSchemes": []any{"light"}}, "miniDomainAllowed": false, "utsTracking": map[string]any{"mode": "none"},
	}
	a := w.ask("GET", contextPath, "", "Content-Type", "application/json", "Origin", "https://liff.example")
	if diff := cmp.Diff(want, w.payload(a)); diff != "" {
		t.Errorf("before login (-want +got):\n%s", diff)
	}
	if a.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("headers %v, want CORS", a.header)
	}
	raw := w.userToken(channelID)
	sum := sha256.Sum256([]byte(raw))
	want["userId"], want["accessTokenHash"] = userID, base64.RawURLEncoding.EncodeToString(sum[:16])
	if diff := cmp.Diff(want, w.payload(w.ask("GET", contextPath, "", "Authorization", "Bearer "+raw))); diff != "" {
		t.Errorf("after login (-want +got):\n%s", diff)
	}
}

// TestContextOrigin: links and redirects stay at the origin at which the app was
// opened, if it is one of the app's.
func TestContextOrigin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.app(store.LIFFApp{ID: channelID + "-bare0001", EndpointURL: "https://liff.example", ServedOrigins: []string{served}})
	w.app(store.LIFFApp{ID: channelID + "-query001", EndpointURL: "https://liff.example/茶?a=b", ServedOrigins: []string{served}})
	for _, c := range []struct{ id, header, value, want string }{
		{"demo0001", "Origin", served, served + "/app/"},
		{"demo0001", "Referer", served + "/app/page?x=1", served + "/app/"},
		{"demo0001", "Origin", "https://liff.example", endpoint},
		{"demo0001", "Origin", "http://localhost:9999", endpoint},
		{"demo0001", "Origin", served + ".evil.example", endpoint},
		{"demo0001", "Origin", "null", endpoint},
		{"demo0001", "Referer", "https://evil.example/" + served, endpoint},
		{"demo0001", "Referer", "://", endpoint},
		{"bare0001", "Origin", served, served + "/"},
		{"query001", "Origin", served, served + "/%E8%8C%B6?a=b"},
		{"query001", "Origin", "https://liff.example", "https://liff.example/茶?a=b"},
	} {
		got := w.payload(w.ask("GET", "/liff/v2/apps/"+channelID+"-"+c.id+"/contextToken", "", c.header, c.value))
		if got["endpointUrl"] != c.want {
			t.Errorf("%s, %s %q: endpoint URL %v, want %s", c.id, c.header, c.value, got["endpointUrl"], c.want)
		}
	}
}

// TestRuntimeRefused: no context and no feature token for what is not a live access
// token of the app's channel.
func TestRuntimeRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good, other := w.userToken(channelID), w.userToken(otherID)
	for name, c := range map[string]struct {
		path, authorization string
		context, feature    int
	}{
		"live token":         {appID, "Bearer " + good, 200, 200},
		"nobody":             {appID, "", 200, 401},
		"another channel's":  {appID, "Bearer " + other, 401, 401},
		"garbage":            {appID, "Bearer garbage", 401, 401},
		"another scheme":     {appID, "Basic eA==", 401, 401},
		"channel token":      {appID, "Bearer " + w.channelToken(channelID, store.ChannelTokenShortLived), 401, 401},
		"unknown LIFF ID":    {channelID + "-nobody00", "Bearer " + good, 404, 404},
		"no LIFF ID":         {"hello", "", 404, 404},
		"LIFF ID and more":   {appID + "x", "", 404, 404},
		"LIFF ID in percent": {"%32000000001-demo0001", "", 200, 401},
	} {
		for last, want := range map[string]int{"contextToken": c.context, "featureToken": c.feature} {
			var headers []string
			if c.authorization != "" {
				headers = []string{"Authorization", c.authorization}
			}
			a := w.ask("GET", "/liff/v2/apps/"+c.path+"/"+last, "", headers...)
			if a.status != want || a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
				t.Errorf("%s, %s: %d %s %v, want %d as JSON with CORS", name, last, a.status, a.body, a.header, want)
			}
		}
	}
	var out wire.FeatureTokenResponse
	a := w.ask("GET", "/liff/v2/apps/"+appID+"/featureToken", "", "Authorization", "Bearer "+good)
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || out.FeatureToken == "" || out.FeatureToken == good {
		t.Errorf("feature token: %s, %v", a.body, err)
	}
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, last := range []string{"contextToken", "featureToken"} {
		a := w.ask("OPTIONS", "/liff/v2/apps/"+appID+"/"+last, "", "Origin", "https://liff.example", "Access-Control-Request-Headers", "authorization,content-type")
		allowed := a.header.Get("Access-Control-Allow-Headers")
		if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(allowed, "authorization") || !strings.Contains(allowed, "content-type") {
			t.Errorf("%s: %d %v", last, a.status, a.header)
		}
	}
	if a := w.ask("OPTIONS", "/liff/v1/apps", "", "Origin", "https://evil.example"); a.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the LIFF server API answers scripts of any origin: %v", a.header)
	}
}
