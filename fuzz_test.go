package tegata_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"testing"

	"github.com/tegata-id/tegata"
)

// FuzzVerifyAnswer compares what is read from an answer of verify with encoding/json:
// whatever names our channel here must name it there.
func FuzzVerifyAnswer(f *testing.F) {
	for _, s := range []string{goodGrant, `{}`, `{"client_id":7}`, `{"client_id":"a","client_id":"b"}`, `{"Client_ID":"2000000001"}`, `{"scope":"profile%20openid"}`, "{\"a\":\"\xff\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		channel, expiresIn, scopes, err := tegata.ReadGrant(body)
		if err != nil {
			if channel != "" || expiresIn != 0 || scopes != nil {
				t.Errorf("%q: an error beside %q, %d, %q", body, channel, expiresIn, scopes)
			}
			return
		}
		var other map[string]any
		if err := json.Unmarshal(body, &other); err != nil {
			t.Fatalf("%q was read, but encoding/json says %v", body, err)
		}
		if want, _ := other["client_id"].(string); channel != want {
			t.Errorf("%q: channel %q, encoding/json reads %q", body, channel, want)
		}
	})
}

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
