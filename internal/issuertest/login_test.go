package issuertest_test

import (
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// callback is registered for every client. Nothing listens there.
const callback = "http://127.0.0.1:9/callback"

var (
	formAction = regexp.MustCompile(`<form[^>]* action="([^"]+)"`)
	formPrompt = regexp.MustCompile(`name="prompt" value="([a-z]+)"`)
)

// logIn goes through an authorization code flow as a browser does, in the pages that
// oidc-provider has for development, and returns the code.
func logIn(t *testing.T, authorization, user string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	res, err := client.Get(authorization)
	for range 4 {
		body := readBody(t, res, err)
		if at, err := res.Location(); err == nil {
			code := at.Query().Get("code")
			if code == "" || at.Query().Get("state") != "a state" {
				t.Fatalf("back at %s, want a code and our state", at)
			}
			return code
		}
		action, prompt := formAction.FindStringSubmatch(body), formPrompt.FindStringSubmatch(body)
		if res.StatusCode != http.StatusOK || action == nil || prompt == nil {
			t.Fatalf("%s: status %d, want a form or the way back\n%s", res.Request.URL.Path, res.StatusCode, body)
		}
		to, err2 := res.Request.URL.Parse(html.UnescapeString(action[1]))
		if err2 != nil {
			t.Fatal(err2)
		}
		res, err = client.PostForm(to.String(), url.Values{"prompt": {prompt[1]}, "login": {user}, "password": {"any"}})
	}
	t.Fatal("still no way back after four forms")
	return ""
}

// exchange sends a form to a token endpoint and returns the ID token.
func exchange(t *testing.T, endpoint string, form url.Values) string {
	t.Helper()
	res, err := http.PostForm(endpoint, form)
	body := readBody(t, res, err)
	var answer struct {
		IDToken string `json:"id_token"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.IDToken == "" {
		t.Fatalf("token endpoint: %v, %d %s", err, res.StatusCode, body)
	}
	return answer.IDToken
}

func readBody(t *testing.T, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err := errors.Join(err, res.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body)
}
