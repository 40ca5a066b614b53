package platform_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// route is an endpoint with parameters that mean something to it.
type route struct {
	method, path string
	params       []string
}

func routes() []route {
	authorize := []string{
		"response_type=code", "client_id=2000000001", "redirect_uri=http://localhost:3000/callback", "state=s", "scope=openid+profile",
		"nonce=n", "prompt=none", "max_age=1", "ui_locales=ja", "bot_prompt=normal", "initial_amr_display=lineqr", "switch_amr=false",
		"disable_auto_login=true", "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method=S256", "response_mode=query",
	}
	token := []string{
		"grant_type=authorization_code", "code=x", "redirect_uri=http://localhost:3000/callback", "client_id=2000000001",
		"client_secret=dev0839511b77483302d5f1613f7cd40", "code_verifier=x", "appId=2000000001-demo0001", "refresh_token=x", "id_token_key_type=JWK",
		"client_assertion=a.b.c", "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
	}
	return []route{
		{"GET", "/oauth2/v2.1/authorize", authorize},
		{"POST", "/oauth2/v2.1/authorize", authorize},
		{"GET", "/liff/v1/authorize", append([]string{"app_id=2000000001-demo0001"}, authorize...)},
		{"GET", "/oauth2/v2.1/login", []string{"loginState=x", "loginChannelId=2000000001", "returnUri=/oauth2/v2.1/authorize/consent?client_id=1"}},
		{"POST", "/oauth2/v2.1/login", []string{"loginState=x", "email=hanako@example.com", "password=demo", "decision=login", "persona=hanako"}},
		{"GET", "/oauth2/v2.1/authorize/consent", []string{"loginState=x"}},
		{"POST", "/oauth2/v2.1/authorize/consent", []string{"loginState=x", "decision=allow", "scope=email", "add_friend=true"}},
		{"POST", "/oauth2/v2.1/token", token},
		{"POST", "/oauth2/v3/token", token},
		{"GET", "/oauth2/v2.1/tokens/kid", token},
		{"POST", "/v2/oauth/accessToken", token},
		{"POST", "/v2/oauth/verify", []string{"access_token=x"}},
		{"POST", "/v2/oauth/revoke", []string{"access_token=x"}},
		{"GET", "/oauth2/v2.1/verify", []string{"access_token=x"}},
		{"POST", "/oauth2/v2.1/verify", []string{"id_token=a.b.c", "client_id=2000000001", "nonce=n", "user_id=u"}},
		{"POST", "/oauth2/v2.1/revoke", []string{"access_token=x", "refresh_token=x", "token=x", "client_id=2000000001"}},
		{"GET", "/oauth2/v2.1/userinfo", nil},
		{"GET", "/v2/profile", nil},
		{"GET", "/friendship/v1/status", []string{"officialAccountId=@x"}},
		{"POST", "/user/v1/deauthorize", []string{`{"userAccessToken":"x"}`}},
		{"POST", "/liff/v1/apps", []string{`{"view":{"type":"full","url":"https://example.com/"}}`}},
		{"GET", "/liff/v2/apps/2000000001-demo0001/contextToken", nil},
		{"GET", "/2000000001-demo0001/a/b", []string{"x=1"}},
		{"GET", "/_tegata/admin/v1/events", []string{"request=x", "after=1"}},
	}
}

// mutate returns hostile versions of a parameter string.
func mutate(params []string) map[string]string {
	all := strings.Join(params, "&")
	out := map[string]string{
		"as it is": all, "nothing": "", "only separators": "&&&==&", "many": strings.Repeat("a=1&", 5000),
		"semicolons": strings.ReplaceAll(all, "&", ";"), "twice": all + "&" + all, "not UTF-8": all + "&x=%ff%fe", "NUL": all + "&state=%00",
		"bad percent": all + "&state=%zz", "huge name": strings.Repeat("n", 70_000) + "=1",
	}
	for i, p := range params {
		name, value, _ := strings.Cut(p, "=")
		rest := strings.Join(append(append([]string{}, params[:i]...), params[i+1:]...), "&")
		out["without "+name] = rest
		out["empty "+name] = rest + "&" + name + "="
		out["repeated "+name] = all + "&" + name + "=" + value
		out["huge "+name] = rest + "&" + name + "=" + strings.Repeat("v", 50_000)
		out["line breaks in "+name] = rest + "&" + name + "=%0d%0aSet-Cookie:x%3d1"
		out["markup in "+name] = rest + "&" + name + "=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
	}
	return out
}

// TestHostileParameters sends missing, repeated, oversize and badly encoded parameters
// to every endpoint: never a 5xx, never a header or markup of the sender's, always a
// request ID.
func TestHostileParameters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent := 0
	for _, rt := range routes() {
		for name, params := range mutate(rt.params) {
			target, body := w.url+rt.path, ""
			if rt.method == http.MethodGet {
				target += "?" + params
			} else {
				body = params
			}
			for _, contentType := range []string{"application/x-www-form-urlencoded", "application/json", "text/plain", "a/b;;;"} {
				if contentType != "application/x-www-form-urlencoded" && name != "as it is" {
					continue
				}
				r, err := http.NewRequestWithContext(t.Context(), rt.method, target, strings.NewReader(body))
				if err != nil {
					continue // no client can send it
				}
				r.Header.Set("Content-Type", contentType)
				resp, err := w.browser.Do(r)
				if err != nil {
					t.Fatalf("%s %s, %s: %v", rt.method, rt.path, name, err)
				}
				data, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				what := fmt.Sprintf("%s %s, %s (%s)", rt.method, rt.path, name, contentType)
				switch {
				case err != nil:
					t.Errorf("%s: %v", what, err)
				case resp.StatusCode >= 500:
					t.Errorf("%s: status %d\n%s", what, resp.StatusCode, data)
				case resp.Header.Get("x-line-request-id") == "" && resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge:
					t.Errorf("%s: no request ID", what)
				case strings.Contains(string(data), "<script>alert"):
					t.Errorf("%s: the sender's markup is in the answer", what)
				case strings.Contains(fmt.Sprint(resp.Header["Set-Cookie"]), "x=1"):
					t.Errorf("%s: the sender's header is in the answer", what)
				}
				sent++
			}
		}
	}
	if sent < 500 {
		t.Errorf("only %d requests were sent", sent)
	}
}

// TestOversizeBody: LINE documents 413 above 2 MB.
func TestOversizeBody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, rt := range routes() {
		if rt.method != http.MethodPost || strings.Contains(rt.path, "/user/") || strings.Contains(rt.path, "/liff/v1/apps") {
			continue // those two ask for a token first
		}
		r, err := http.NewRequestWithContext(t.Context(), rt.method, w.url+rt.path, strings.NewReader("a="+strings.Repeat("x", 3<<20)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if a := w.send(w.server, r); a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: status %d, want 413", rt.path, a.status)
		}
	}
}
