package lineapi_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata/internal/lineapi"
	"github.com/tegata-id/tegata/internal/wire"
)

// FuzzGrant compares what is read from an answer of verify with encoding/json: whatever
// names our channel here must name it there.
func FuzzGrant(f *testing.F) {
	for _, s := range []string{
		`{"scope":"openid profile","client_id":"2000000001","expires_in":2591659}`, `{}`, `{"client_id":7}`, `{"client_id":"a","client_id":"b"}`,
		`{"Client_ID":"2000000001"}`, `{"scope":"profile%20openid"}`, "{\"a\":\"\xff\"}", `{"expires_in":"60"}`, `{"expires_in":1e3}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		g, err := lineapi.ReadGrant(body)
		if err != nil {
			if diff := cmp.Diff(lineapi.Grant{}, g); diff != "" {
				t.Errorf("%q: something beside an error:\n%s", body, diff)
			}
			return
		}
		var other map[string]any
		if err := json.Unmarshal(body, &other); err != nil {
			t.Fatalf("%q was read, but encoding/json says %v", body, err)
		}
		if want, _ := other["client_id"].(string); g.ChannelID != want {
			t.Errorf("%q: channel %q, encoding/json reads %q", body, g.ChannelID, want)
		}
	})
}

// FuzzProfile: a profile has a user ID that can be told from any other, or there is none.
func FuzzProfile(f *testing.F) {
	for _, s := range []string{
		`{"userId":"U4af4980629","displayName":"Brown","pictureUrl":"https://profile.line-scdn.net/a","statusMessage":"Hello"}`,
		`{"userId":""}`, `{"userId":"U1 "}`, `{"userId":"U\u0000"}`, `{"userId":"U1","userId":"U2"}`, `{"userId":"U1","pictureUrl":null}`, `[]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := lineapi.ReadProfile(body)
		if err != nil {
			if p != (wire.Profile{}) {
				t.Errorf("%q: %+v beside an error", body, p)
			}
			return
		}
		var other map[string]any
		if err := json.Unmarshal(body, &other); err != nil {
			t.Fatalf("%q was read, but encoding/json says %v", body, err)
		}
		if p.UserID == "" || other["userId"] != p.UserID {
			t.Errorf("%q: user %q, encoding/json reads %v", body, p.UserID, other["userId"])
		}
	})
}

// FuzzTokens: there are tokens with time left, of the one type, or there is nothing.
func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		`{"access_token":"a","expires_in":2592000,"id_token":"h.p.s","refresh_token":"r","scope":"profile%20openid","token_type":"Bearer"}`,
		`{"access_token":"a","expires_in":60,"token_type":"Bearer","id_token":null}`, `{"access_token":"a","expires_in":0,"token_type":"Bearer"}`,
		`{"access_token":"a","access_token":"b","expires_in":60,"token_type":"Bearer"}`, `{"error":"invalid_grant"}`, `[]`,
		`{"access_token":"a\r\nX: y","expires_in":60,"token_type":"Bearer"}`, `{"access_token":"a","expires_in":6e1,"token_type":"bearer"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := lineapi.ReadTokens(body)
		if err != nil {
			if diff := cmp.Diff(lineapi.Tokens{}, got); diff != "" {
				t.Errorf("%q: something beside an error:\n%s", body, diff)
			}
			return
		}
		var other map[string]any
		if err := json.Unmarshal(body, &other); err != nil {
			t.Fatalf("%q was read, but encoding/json says %v", body, err)
		}
		if got.AccessToken == "" || got.AccessToken != other["access_token"] || got.ExpiresIn <= 0 || other["token_type"] != "Bearer" {
			t.Errorf("%q: %+v, encoding/json reads %v", body, got, other)
		}
		wantVisible(t, got.AccessToken+got.RefreshToken+got.IDToken)
	})
}

// FuzzChannelToken is FuzzTokens for channel access tokens.
func FuzzChannelToken(f *testing.F) {
	for _, s := range []string{
		`{"token_type":"Bearer","access_token":"ey.a.b","expires_in":900}`, `{"token_type":"Bearer","access_token":"a b","expires_in":900}`,
		`{"token_type":"Bearer","access_token":"a","expires_in":-1}`, `{"token_type":"Bearer","access_token":"a","expires_in":1,"expires_in":900}`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := lineapi.ReadChannelToken(body)
		if err != nil {
			if got != (lineapi.ChannelToken{}) {
				t.Errorf("%q: %+v beside an error", body, got)
			}
			return
		}
		var other map[string]any
		if err := json.Unmarshal(body, &other); err != nil {
			t.Fatalf("%q was read, but encoding/json says %v", body, err)
		}
		if got.AccessToken == "" || got.AccessToken != other["access_token"] || got.ExpiresIn <= 0 || other["token_type"] != "Bearer" {
			t.Errorf("%q: %+v, encoding/json reads %v", body, got, other)
		}
		wantVisible(t, got.AccessToken)
	})
}

// wantVisible wants text that can stand in a header field as it is.
func wantVisible(t *testing.T, text string) {
	t.Helper()
	for _, r := range text {
		if r <= ' ' || r > '~' {
			t.Errorf("%q is no token", text)
		}
	}
}
