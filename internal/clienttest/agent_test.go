package clienttest_test

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// agent is a browser without script: it follows redirects, keeps cookies and sends
// the forms that it is shown. The pages promise to work for it.
type agent struct{ client *http.Client }

// newAgent returns one with no cookies. transport may be nil.
func newAgent(t *testing.T, transport http.RoundTripper) *agent {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &agent{client: &http.Client{Transport: transport, Jar: jar, Timeout: patience}}
}

// logIn opens an authorization URL, logs the user in, consents if asked, and returns
// the URL at the callback, which is not fetched.
func (a *agent) logIn(t *testing.T, authorization, callback string, u user) *url.URL {
	t.Helper()
	a.client.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), callback) {
			return http.ErrUseLastResponse
		}
		if len(via) > 10 {
			return errors.New("too many redirects")
		}
		return nil
	}
	res, err := a.client.Get(authorization)
	for range 4 {
		body := readBody(t, res, err)
		if at, err := res.Location(); err == nil && strings.HasPrefix(at.String(), callback) {
			return at
		}
		form, ok := findForm(body, "login", "allow")
		if res.StatusCode != http.StatusOK || !ok {
			t.Fatalf("%s: status %d, want a login or consent form, or the way to %s; request %s\n%s",
				res.Request.URL.Path, res.StatusCode, callback, res.Header.Get("X-Line-Request-Id"), body)
		}
		if form.values.Has("email") || form.has("email") {
			form.values.Set("email", u.Email)
			form.values.Set("password", u.Password)
		}
		to, err2 := res.Request.URL.Parse(form.action)
		if err2 != nil {
			t.Fatal(err2)
		}
		res, err = a.client.PostForm(to.String(), form.values)
	}
	t.Fatalf("still no way to %s after four forms, now at %s", callback, res.Request.URL.Path)
	return nil
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

// form is what pressing one button of a form sends, before anything is typed.
type form struct {
	action string
	values url.Values
	names  []string // of the inputs that are to be filled in
}

func (f form) has(name string) bool { return slices.Contains(f.names, name) }

var (
	formPattern  = regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`)
	inputPattern = regexp.MustCompile(`(?s)<(input|button)\b([^>]*)>`)
	attrPattern  = regexp.MustCompile(`([a-zA-Z-]+)(?:="([^"]*)"|='([^']*)'|=([^\s"'>]+))?`)
)

// attributes reads the attributes of a tag.
func attributes(tag string) map[string]string {
	all := map[string]string{}
	for _, m := range attrPattern.FindAllStringSubmatch(tag, -1) {
		all[m[1]] = html.UnescapeString(m[2] + m[3] + m[4])
	}
	return all
}

// findForm finds the form that has a button with one of the ids, as pressed.
func findForm(page string, buttons ...string) (form, bool) {
	for _, m := range formPattern.FindAllStringSubmatch(page, -1) {
		f := form{action: attributes(m[1])["action"], values: url.Values{}}
		pressed := false
		for _, in := range inputPattern.FindAllStringSubmatch(m[2], -1) {
			a := attributes(in[2])
			_, checked := a["checked"]
			switch {
			case in[1] == "button":
				if slices.Contains(buttons, a["id"]) && !pressed {
					pressed = true
					f.values.Set(a["name"], a["value"])
				}
			case a["type"] == "hidden":
				f.values.Add(a["name"], a["value"])
			case a["type"] == "checkbox" || a["type"] == "radio":
				if checked {
					f.values.Add(a["name"], a["value"])
				}
			default:
				f.names = append(f.names, a["name"])
			}
		}
		if pressed {
			return f, true
		}
	}
	return form{}, false
}

func TestFindForm(t *testing.T) {
	t.Parallel()
	const page = `<form action="/search"><input name=q></form>
<form method="post" action="/a?x=1&amp;y=2"><input type="hidden" name="tx" value="a&quot;b">
<input name="email" type="email"><input type='password' name='password'><input type=checkbox name=scope value=email checked><input type=checkbox name=scope value=phone>
<button name="persona" value="hanako">Hanako</button><button id="login" name="decision" value="login">Log in</button></form>`
	f, ok := findForm(page, "login", "allow")
	want := url.Values{"tx": {`a"b`}, "scope": {"email"}, "decision": {"login"}}
	if !ok || f.action != "/a?x=1&y=2" || f.values.Encode() != want.Encode() || !slices.Equal(f.names, []string{"email", "password"}) {
		t.Errorf("findForm = %+v, %v; want the values %v", f, ok, want)
	}
	if f, ok := findForm(page, "deny"); ok {
		t.Errorf("findForm of a button that is not there = %+v", f)
	}
}
