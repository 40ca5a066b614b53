package tegata_test

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/tegata-id/tegata"
)

// FuzzAccessTokenForm: what passes for a token cannot change the request it travels in.
func FuzzAccessTokenForm(f *testing.F) {
	f.Add(rawAccess)
	f.Add("a&b=c")
	f.Add("a\r\nHost: evil")
	form := regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)
	f.Fuzz(func(t *testing.T, raw string) {
		ok := tegata.Credential(raw)
		if want := form.MatchString(raw) && len(raw) <= 4096; ok != want {
			t.Errorf("%q: %v, want %v (RFC 6750 section 2.1)", raw, ok, want)
		}
		if !ok {
			return
		}
		values, err := url.ParseQuery("access_token=" + url.QueryEscape(raw))
		if err != nil || len(values) != 1 || values.Get("access_token") != raw {
			t.Errorf("%q arrives as %q, %v", raw, values, err)
		}
	})
}
