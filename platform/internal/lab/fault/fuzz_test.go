package fault_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/tegata-id/tegata/platform/internal/lab/fault"
)

// FuzzRead: whatever a request carries, its handler reads all of it, and the log shows no
// code of a form.
func FuzzRead(f *testing.F) {
	f.Add("client_id=1&code=abcdefgh", "application/x-www-form-urlencoded", []byte("grant_type=authorization_code&code=secretcode"))
	f.Add("%zz", "application/json; charset=utf-8", []byte(`{"userAccessToken":"secret","n":1,"a":[]}`))
	f.Add("a=1;b=2", "", bytes.Repeat([]byte("x"), 20<<10))
	f.Fuzz(func(t *testing.T, query, media string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/", bytes.NewReader(body))
		r.URL.RawQuery = query
		r.Header["Content-Type"] = []string{media}
		shown := fault.Read(r)
		if code := shown["code"]; code != "" && !strings.HasSuffix(code, " bytes)") {
			t.Errorf("the code is shown: %q", code)
		}
		for range 2 {
			got, err := io.ReadAll(r.Body)
			if err != nil || !bytes.Equal(got, body) {
				t.Fatalf("the handler reads %d bytes of %d: %v", len(got), len(body), err)
			}
			body = nil // a second time there is nothing left
		}
		if form, err := url.ParseQuery(query); err == nil && media == "" {
			for name := range form {
				if _, ok := shown[name]; !ok {
					t.Errorf("parameter %q is not shown", name)
				}
			}
		}
	})
}
