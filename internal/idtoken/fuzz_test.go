package idtoken_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/internal/idtoken"
)

// FuzzParse reads payloads. A refusal returns nothing; what is accepted has the
// required claims, agrees with encoding/json, and survives being written and read.
func FuzzParse(f *testing.F) {
	f.Add(full().Marshal())
	for _, text := range []string{
		`{` + least + `}`, `{` + least + `,"SUB":"x","auth_time":1,"amr":[]}`, `{` + least + `,"sub":"t"}`, `{` + least + `,"address":{"region":"x"}}`,
		`{` + least + `,"nonce":"\ud83d\ude00","azp":"a","nbf":1}`, "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := idtoken.Parse(data)
		if err != nil {
			if c != nil {
				t.Errorf("claims beside %v", err)
			}
			return
		}
		if c.Issuer == "" || c.Subject == "" || c.Audience == "" || c.Expiry <= 0 || c.IssuedAt <= 0 || len(c.Subject) > 255 {
			t.Errorf("accepted without a required claim: %+v", c)
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(data, &raw); err != nil {
			t.Fatalf("encoding/json refuses: %v", err)
		}
		for name, got := range map[string]string{"iss": c.Issuer, "sub": c.Subject, "aud": c.Audience, "nonce": c.Nonce, "email": c.Email} {
			var want string
			if len(raw[name]) > 0 {
				if err := json.Unmarshal(raw[name], &want); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			if got != want {
				t.Errorf("%s is %q, encoding/json has %q", name, got, want)
			}
		}
		if len(c.AMR) == 0 {
			c.AMR = nil // written as absent
		}
		again, err := idtoken.Parse(c.Marshal())
		if err != nil {
			t.Fatalf("written and read again: %v", err)
		}
		if d := cmp.Diff(c, again); d != "" {
			t.Errorf("changed by writing: %s", d)
		}
	})
}
