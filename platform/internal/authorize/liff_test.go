package authorize_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/store"
)

// liff is a valid LIFF request; pairs change it, an empty value removes.
func liff(pairs ...string) string {
	q := url.Values{
		"app_id": {liffID}, "state": {"abcdefghijkl"}, "response_type": {"code"}, "code_challenge_method": {"S256"},
		"code_challenge": {challenge()}, "liff_sdk_version": {"2.31.0"},
	}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return "/liff/v1/authorize?" + q.Encode()
}

func TestLIFFAuthorize(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	path := b.step(b.get(liff("nonce", "n-1", "disable_auto_login", "true", "client_id", "9", "scope", "email")))
	done := b.consent(b.logIn(path, "hanako").location, url.Values{"decision": {"allow"}})
	u, err := url.Parse(done.location)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if !strings.HasPrefix(done.location, endpoint+"?code=") || q.Get("state") != "abcdefghijkl" || q.Get("liffClientId") != channelID || q.Get("liffRedirectUri") != endpoint || len(q) != 4 {
		t.Fatalf("answer %q", done.location)
	}
	code := w.code(done.location)
	if r := code.Request; r.LIFFID != liffID || r.Nonce != "n-1" || r.Challenge != challenge() || r.ChannelID != channelID || !r.DisableAutoLogin {
		t.Errorf("request %+v", r)
	}
	if got := strings.Join(code.Scopes, " "); got != "openid profile chat_message.write" {
		t.Errorf("scopes %q, want those of the app", got)
	}
}

func TestLIFFRedirectURI(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	for redirect, want := range map[string]string{
		endpoint + "deep?a=1#/route":                        endpoint + "deep?a=1&error=",
		"http://localhost:4801/app/x":                       "http://localhost:4801/app/x?error=",
		endpoint + "?code=old&state=old&liffClientId=1&k=v": endpoint + "?k=v&error=",
		"https://evil.example/app/":                         "",
		"https://liff.example/other":                        "",
		"https://liff.example.evil.example/app/":            "",
		"https://liff.example/app/../other":                 "",
		"http://localhost:4802/app/":                        "",
	} {
		a := b.get(liff("redirect_uri", redirect, "state", ""))
		if want == "" {
			if a.status != http.StatusBadRequest || a.location != "" {
				t.Errorf("%q: %d %q, want a page", redirect, a.status, a.location)
			}
		} else if !strings.HasPrefix(a.location, want) {
			t.Errorf("%q: %d %q", redirect, a.status, a.location)
		}
	}
	if a := b.get(liff("redirect_uri", endpoint+"#/route", "state", "")); !strings.HasSuffix(a.location, "&liffOAuth2Error=true#/route") {
		t.Errorf("fragment: %q", a.location)
	}
}

// Faults travel by redirect, with the flag that LINE's SDK looks for.
func TestLIFFRefusals(t *testing.T) {
	t.Parallel()
	b := newWorld(t).browser()
	for name, c := range map[string]struct{ target, want string }{
		"no state":                {liff("state", ""), "error=INVALID_REQUEST&error_description=%27state%27+is+not+specified.&liffOAuth2Error=true"},
		"no PKCE":                 {liff("code_challenge", ""), "error=INVALID_REQUEST&error_description=%27code_challenge%27+is+not+specified.&state=abcdefghijkl&liffOAuth2Error=true"},
		"no PKCE and no method":   {liff("code_challenge", "", "code_challenge_method", ""), "error=INVALID_REQUEST&error_description=%27code_challenge%27+is+not+specified.&state=abcdefghijkl&liffOAuth2Error=true"},
		"plain":                   {liff("code_challenge_method", "plain"), "error=INVALID_REQUEST&error_description=%27code_challenge_method%27+is+invalid.&state=abcdefghijkl&liffOAuth2Error=true"},
		"response_type":           {liff("response_type", "token"), "error=UNSUPPORTED_RESPONSE_TYPE&error_description=%27response_type%27+is+invalid.&state=abcdefghijkl&liffOAuth2Error=true"},
		"disable_auto_login":      {liff("disable_auto_login", "x"), "error=INVALID_REQUEST&error_description=%27disable_auto_login%27+is+invalid.&state=abcdefghijkl&liffOAuth2Error=true"},
		"scope of the app":        {liff("app_id", channelID+"-demo0002"), "error=INVALID_SCOPE&error_description=%27scope%27+is+invalid.&state=abcdefghijkl&liffOAuth2Error=true"},
		"prompt=none is not LIFF": {liff("prompt", "none", "response_type", ""), "error=INVALID_REQUEST&error_description=%27response_type%27+is+not+specified.&state=abcdefghijkl&liffOAuth2Error=true"},
	} {
		if a := b.get(c.target); a.location != endpoint+"?"+c.want {
			t.Errorf("%s: %d %q", name, a.status, a.location)
		}
	}
	for name, target := range map[string]string{
		"unknown app": liff("app_id", "2000000001-nosuchid"), "no app": liff("app_id", ""), "two apps": liff() + "&app_id=" + liffID,
		"two redirects": liff("redirect_uri", endpoint) + "&redirect_uri=https%3A%2F%2Fevil.example",
	} {
		if a := b.get(target); a.status != http.StatusBadRequest || a.location != "" {
			t.Errorf("%s: %d %q", name, a.status, a.location)
		}
	}
}

func TestLIFFDeniedAndFriend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	denied := w.browser()
	next := denied.step(denied.logIn(denied.step(denied.get(liff())), "taro"))
	if a := denied.consent(next, url.Values{"decision": {"deny"}}); a.location != endpoint+"?error=ACCESS_DENIED&error_description=The+resource+owner+denied+the+request.&state=abcdefghijkl&liffOAuth2Error=true" {
		t.Errorf("denied: %q", a.location)
	}
	// The app's bot prompt.
	friend := denied.step(denied.logIn(denied.step(denied.get(liff("app_id", channelID+"-demo0003"))), "taro"))
	a := denied.consent(friend, url.Values{"decision": {"allow"}, "add_friend": {"on"}})
	if u, err := url.Parse(a.location); err != nil || u.Query().Get("friendship_status_changed") != "true" || len(u.Query()) != 5 {
		t.Errorf("LIFF login with bot prompt: %q", a.location)
	}
	if f, err := w.st.Friendship(t.Context(), "p-taro", "@teahouse"); err != nil || f != store.Friend {
		t.Errorf("friendship %v, %v", f, err)
	}
}
