package issuetest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
)

// FormType is the content type of a form.
const FormType = "application/x-www-form-urlencoded"

// Hostile spoils a good request parameter by parameter and in its form, and fails the
// test unless each answer is one of LINE's: never a 5xx, an error in one of the two
// dialects, a request ID. Of a repeated or badly encoded parameter the answer must be
// 400, of a body that is too large 413. For GET the parameters go into the query.
func Hostile(t *testing.T, w *World, method, path string, good url.Values) {
	t.Helper()
	send := func(name, raw, contentType string, want ...int) {
		t.Helper()
		target, body := path, raw
		if method == http.MethodGet {
			target, body = path+"?"+raw, ""
		}
		if method == http.MethodGet && strings.ContainsAny(raw, " \x00\n") {
			return // no client can send it
		}
		a := w.Ask(method, target, body, "Content-Type", contentType)
		if len(want) > 0 && !slices.Contains(want, a.Status) {
			t.Errorf("%s: status %d %s, want %v", name, a.Status, a.Body, want)
		}
		sane(t, name, a)
	}
	all := good.Encode()
	for param := range good {
		without := url.Values{}
		for k, v := range good {
			if k != param {
				without[k] = v
			}
		}
		rest := without.Encode() + "&" + url.QueryEscape(param)
		for name, value := range map[string]string{
			"empty": "", "spaces": "+++", "long": strings.Repeat("a", 1<<16), "quotes": `%22%27%5C%3Cscript%3E`, "line breaks": "%0D%0ASet-Cookie:+x=1",
			"emoji": "%F0%9F%8D%B5",
		} {
			send(param+" "+name, rest+"="+value, FormType)
		}
		send(param+" missing", without.Encode(), FormType)
		for name, value := range map[string]string{"bad percent": "%zz", "cut percent": "%", "not UTF-8": "%ff", "surrogate": "%ED%A0%80", "NUL": "%00"} {
			send(param+" "+name, rest+"="+value, FormType, http.StatusBadRequest)
		}
		send(param+" repeated", all+"&"+url.QueryEscape(param)+"="+url.QueryEscape(good.Get(param)), FormType, http.StatusBadRequest)
	}
	send("semicolon", all+";a=1", FormType, http.StatusBadRequest)
	send("many parameters", all+strings.Repeat("&a=1", 300), FormType, http.StatusBadRequest)
	if method == http.MethodGet {
		return
	}
	for _, contentType := range []string{"", "application/json", "multipart/form-data; boundary=x", "text/plain", "a/b;;;"} {
		send("content type "+contentType, all, contentType, http.StatusBadRequest)
	}
	send("too large", all+"&a="+strings.Repeat("a", oauth2.MaxBody), FormType, http.StatusRequestEntityTooLarge)
}

// sane checks what every answer must be.
func sane(t *testing.T, name string, a Answer) {
	t.Helper()
	if a.Status >= 500 || a.Header.Get(wire.HeaderRequestID) == "" || strings.Contains(a.Body, "<script>") || a.Header.Get("Set-Cookie") != "" {
		t.Errorf("%s: %d %v %s", name, a.Status, a.Header, a.Body)
	}
	if a.Status < 400 {
		return
	}
	var body struct{ Error, Message string }
	if err := json.Unmarshal([]byte(a.Body), &body); err != nil || body.Error == "" && body.Message == "" {
		t.Errorf("%s: %d %q is an error in neither dialect", name, a.Status, a.Body)
	}
}
