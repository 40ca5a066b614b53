package liffapp_test

import (
	"encoding/json"
	"errors"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/liffapp"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// FuzzChange compares the strict reading of a body with encoding/json's, and holds what
// is accepted to LINE's rules.
func FuzzChange(f *testing.F) {
	for _, s := range []string{
		`{"view":{"type":"full","url":"https://example.com/","moduleMode":true},"description":"x","features":{"ble":false,"qrCode":true},"permanentLinkPattern":"concat","scope":["openid"],"botPrompt":"normal"}`,
		`{"view":null}`, `{"view":{"type":7}}`, `{"scope":[1]}`, `{"sCopE":[0]}`, `{} {}`, `{"description":"LINE"}`, `[`, `null`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := liffapp.ParseChange(body)
		if err != nil {
			var e *oauth2.Error
			if !errors.As(err, &e) || e.HTTPStatus() != 400 || c != (wire.LIFFChange{}) {
				t.Fatalf("%q: %v, %+v; want an Error of 400 and nothing", body, err, c)
			}
			return
		}
		// encoding/json also takes names in another case, which are unknown ones to us: it
		// is no measure where a body may have them.
		if !strings.ContainsAny(string(body), "ABCDEFGHIJKLMNOPQRSTUVWXYZſK\\") {
			var other wire.LIFFChange
			if err := json.Unmarshal(body, &other); err != nil {
				t.Fatalf("%q was read, but encoding/json says %v", body, err)
			}
			if diff := cmp.Diff(other, c); diff != "" {
				t.Errorf("%q (-encoding/json +strict):\n%s", body, diff)
			}
		}
		app := store.LIFFApp{ViewType: "full", EndpointURL: "https://example.com/", BotPrompt: "none", PermanentLinkPattern: "concat"}
		if liffapp.ApplyChange(&app, c) != nil {
			return
		}
		u, err := url.Parse(app.EndpointURL)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.Fragment != "" || u.User != nil || app.PermanentLinkPattern != "concat" {
			t.Errorf("%q: accepted %+v", body, app)
		}
	})
}

// FuzzLIFFURL: whatever follows the LIFF ID arrives in liff.state, and nothing of it
// gets out of there.
func FuzzLIFFURL(f *testing.F) {
	f.Add("/path?q=1", "https://example.com/app/")
	f.Add("?q=%26", "https://example.com?a=b")
	f.Add("/%2e%2e/%23", "https://example.com/a?b=/")
	f.Fuzz(func(t *testing.T, more, endpoint string) {
		target, err := url.ParseRequestURI("/" + appID + more)
		if err != nil || !strings.HasPrefix(more, "/") && !strings.HasPrefix(more, "?") {
			return
		}
		body, err := json.Marshal(map[string]any{"view": map[string]string{"url": endpoint}})
		if err != nil {
			t.Fatal(err)
		}
		var app store.LIFFApp
		change, err := liffapp.ParseChange(body)
		if err != nil || liffapp.ApplyChange(&app, change) != nil {
			return
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.URL = target
		rest := liffapp.RestOf(r, app.EndpointURL)
		before, err := url.Parse(app.EndpointURL)
		if err != nil {
			t.Fatal(err)
		}
		after, err := url.Parse(liffapp.AppendQuery(app.EndpointURL, "liff.state", rest))
		if err != nil {
			t.Fatalf("endpoint %q, rest %q: %v", endpoint, rest, err)
		}
		states := after.Query()["liff.state"]
		if after.Host != before.Host || after.Path != before.Path || after.Fragment != "" || len(states) == 0 || states[len(states)-1] != rest {
			t.Errorf("endpoint %q, more %q: %s, want rest %q in liff.state", endpoint, more, after, rest)
		}
	})
}

// FuzzLIFFID: a LIFF ID is digits, a hyphen and eight alphanumerics of ASCII.
func FuzzLIFFID(f *testing.F) {
	for _, s := range []string{appID, "2000000001-demo0001\n", "-demo0001", "1-aaaaaaaa", "１-aaaaaaaa"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !liffapp.IsLIFFID(s) {
			return
		}
		channel, name, _ := strings.Cut(s, "-")
		if strings.Trim(channel, "0123456789") != "" || channel == "" || len(name) != 8 || url.PathEscape(s) != s {
			t.Errorf("%q passes for a LIFF ID", s)
		}
	})
}
