package platform_test

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform"
)

const elsewhere = "192.168.1.5:4810"

// fromElsewhere asks as a phone of the same network does, by the name under which it knows
// the platform.
func (w *world) fromElsewhere(method, path string, form url.Values, header ...string) answer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Host = elsewhere
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return w.send(w.browser, r)
}

// TestExposed: under a base URL by which other machines come, a development platform asks
// for passwords and has no control API.
func TestExposed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *platform.Config) {
		c.Lab.Exposed = []string{"http://" + elsewhere}
		c.AdminTokens = [][32]byte{sha256.Sum256([]byte("operator's"))}
	})
	authorize := "/oauth2/v2.1/authorize" + "?" + url.Values{
		"response_type": {"code"}, "client_id": {benchRequest.Get("client_id")}, "redirect_uri": {benchRequest.Get("redirect_uri")},
		"state": {"s"}, "scope": {"openid profile"},
	}.Encode()
	opened := w.do(w.browser, "GET", authorize, nil)
	here := w.do(w.browser, "GET", opened.location.String(), nil)
	if !strings.Contains(here.body, `name="persona"`) {
		t.Fatalf("on this machine no personas: %d %s", here.status, here.body)
	}
	w.newBrowser()
	opened = w.fromElsewhere("GET", authorize, nil)
	page := w.fromElsewhere("GET", opened.location.RequestURI(), nil)
	if page.status != http.StatusOK || strings.Contains(page.body, "persona") || !strings.Contains(page.body, `name="password"`) {
		t.Errorf("from elsewhere: %d\n%s", page.status, page.body)
	}
	state := loginState(t, page.body)
	refused := w.fromElsewhere("POST", opened.location.RequestURI(), url.Values{"loginState": {state}, "persona": {"hanako"}}, "Origin", "http://"+elsewhere)
	if refused.status != http.StatusBadRequest || refused.location.String() != "" {
		t.Errorf("a persona from elsewhere: %d to %s", refused.status, refused.location)
	}
	for _, path := range []string{control.PathEnv, control.PathChannels, control.PathLabClock, control.PathLIFF} {
		a := w.fromElsewhere("GET", path, nil, "Authorization", "Bearer operator's")
		var e control.Error
		if err := json.Unmarshal([]byte(a.body), &e); err != nil || a.status != http.StatusForbidden || e.Code != "host" {
			t.Errorf("GET %s from elsewhere: %d %s", path, a.status, a.body)
		}
		if a := w.doJSON("GET", path, "operator's", ""); a.status != http.StatusOK {
			t.Errorf("GET %s on this machine: %d %s", path, a.status, a.body)
		}
	}
}

// TestServedElsewhere: a LIFF URL leads a phone to the app at the host by which the phone
// came, and a browser of this machine to the one on this machine.
func TestServedElsewhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *platform.Config) {
		c.Lab.Exposed = []string{"http://" + elsewhere}
		c.AdminTokens = [][32]byte{sha256.Sum256([]byte("operator's"))}
	})
	const liffID = "2000000001-demo0001"
	body := `{"liffId":"` + liffID + `","origins":["http://localhost:4802","https://192.168.1.5:4811"]}`
	if a := w.doJSON("POST", control.PathLIFFServed, "operator's", body); a.status != http.StatusNoContent && a.status != http.StatusOK {
		t.Fatalf("served: %d %s", a.status, a.body)
	}
	if a := w.fromElsewhere("GET", "/"+liffID, nil); !strings.Contains(a.body, "https://192.168.1.5:4811/") || strings.Contains(a.body, "localhost:4802") {
		t.Errorf("from elsewhere:\n%s", a.body)
	}
	if a := w.do(w.browser, "GET", "/"+liffID, nil); !strings.Contains(a.body, "http://localhost:4802/") {
		t.Errorf("on this machine:\n%s", a.body)
	}
}

// loginState returns the token of a login page's form.
func loginState(t *testing.T, body string) string {
	t.Helper()
	_, rest, found := strings.Cut(body, `name="loginState" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	if !found || token == "" {
		t.Fatalf("no form:\n%s", body)
	}
	return token
}
