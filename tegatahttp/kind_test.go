package tegatahttp_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

// recorder is a Verifier that knows no token and notes what it is asked about.
type recorder struct{ asked []string }

func (v *recorder) IDToken(_ context.Context, raw string, _ ...tegata.Check) (*tegata.IDToken, error) {
	v.asked = append(v.asked, raw)
	return nil, tegata.ErrMalformed
}

func (v *recorder) AccessToken(_ context.Context, raw string, _ ...tegata.Check) (*tegata.User, error) {
	v.asked = append(v.asked, raw)
	return nil, tegata.ErrMalformed
}

func segment(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// TestKinds sends what is a token of one kind by its look, or of none, to both places.
func TestKinds(t *testing.T) {
	t.Parallel()
	const either, onlyID, onlyAccess = "either", "ID token", "access token"
	s := newStand(t)
	good := s.token(t, clock.Add(time.Hour))
	for name, c := range map[string]struct{ raw, place string }{
		"ID token":                        {good, onlyID},
		"ID token, blank before its JSON": {segment(`{"alg":"ES256"}`) + "." + segment("\n\t {}") + ".c2ln", onlyID},
		"ID token of HS256":               {segment(`{"typ":"JWT","alg":"HS256"}`) + "." + segment(`{"iss":"https://access.line.me"}`) + ".c2ln", onlyID},
		"ID token unsigned":               {segment(`{"alg":"none"}`) + "." + segment(`{ "iss":"x"}`) + ".", onlyID},
		"ID token with a broken header":   {"e30x." + segment(`{"iss":"x"}`) + ".c2ln", onlyID},
		// The form of LINE's access tokens ("Verify access token validity"): JSON, then
		// something opaque.
		"LINE's access token":            {segment(`{"alg":"HS256"}`) + ".UnQ_o-GP0VtnwDjbK0C8E_NvK.l-RXxIP2hLgiSVo", onlyAccess},
		"one whose middle begins like {": {segment(`{"alg":"HS256"}`) + "." + segment("{\x01\xff\x80 opaque") + ".c2ln", onlyAccess},
		"LINE's opaque access token":     {"bNl4YEFPI/hjFWhTqexp4MuEw5YPs", onlyAccess},
		"tegata's access token":          {"tga_A0123456789abcdefghijklmnopqrstuv", onlyAccess},
		"refresh token":                  {"Aa1FdeggRhTnPNNpxr8p", onlyAccess}, // the platform will say no
		"payload alone":                  {strings.Split(good, ".")[1], either},
		"short word":                     {"hello", either},
		"two segments":                   {"e30.e30", either},
		"four segments":                  {"e30.e30.e30.e30", either},
		"five segments":                  {"e30.e30.e30.e30.e30", either},
		"dots":                           {strings.Repeat(".", 1_000_000), either},
		"made up":                        {"made.up.token", either},
		"16 KiB and more":                {good + strings.Repeat("A", 16<<10), either},
	} {
		id, access := new(recorder), new(recorder)
		const wrongKind = `{"error":"invalid_token","reason":"wrong_kind"}`
		behind := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Errorf("%s: let in", name) })
		atID := ask(t, tegatahttp.IDToken(id)(behind), "/", "Bearer "+c.raw)
		atAccess := ask(t, tegatahttp.AccessToken(access)(behind), "/", "Bearer "+c.raw)
		if got, want := len(id.asked) == 1, c.place != onlyAccess; got != want {
			t.Errorf("%s: verified as an ID token: %v, want %v", name, got, want)
		}
		if got, want := len(access.asked) == 1, c.place != onlyID; got != want {
			t.Errorf("%s: verified as an access token: %v, want %v", name, got, want)
		}
		if c.place == onlyAccess {
			wantRefusal(t, name, atID, 401, `Bearer error="invalid_token"`, wrongKind)
		}
		if c.place == onlyID {
			wantRefusal(t, name, atAccess, 401, `Bearer error="invalid_token"`, wrongKind)
		}
	}
}

// FuzzAuthorization sends header fields. Whatever reaches a verifier is one credential in
// the form of RFC 6750 section 2.1, the header field's all; as an access token never a JWT.
func FuzzAuthorization(f *testing.F) {
	s := newStand(f)
	good := s.token(f, clock.Add(time.Hour))
	for _, seed := range []string{
		"", "Bearer", "Bearer ", "Bearer " + good, "bearer " + good, "Bearer  " + good, "Bearer " + good + ", Bearer x", "Bearer\t" + good, "Basic dTpw",
		"Bearer " + good[:strings.LastIndexByte(good, '.')], "Bearer bNl4YEFPI/hjFWhTqexp4MuEw5YPs", "Bearer e30.UnQ_o-GP0.c2ln", "Bearer \"a\"", "Bearer a;b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, authorization string) {
		for _, access := range []bool{false, true} {
			v := new(recorder)
			m := tegatahttp.IDToken(v)
			if access {
				m = tegatahttp.AccessToken(v)
			}
			behind := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Errorf("%q: let in", authorization) })
			r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
			r.Header["Authorization"] = []string{authorization}
			w := httptest.NewRecorder()
			m(behind).ServeHTTP(w, r)
			if w.Code != 400 && w.Code != 401 || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%q: %d %s", authorization, w.Code, w.Body)
			}
			if len(v.asked) == 0 {
				continue
			}
			raw := v.asked[0]
			if !strings.EqualFold(authorization, "Bearer "+raw) || !strings.HasSuffix(authorization, raw) || raw == "" || strings.ContainsAny(raw, " \t,;\"") {
				t.Errorf("%q was verified of %q", raw, authorization)
			}
			parts := strings.Split(raw, ".")
			if !access || len(parts) != 3 || len(raw) > 16<<10 {
				continue
			}
			if payload, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil && json.Unmarshal(payload, new(map[string]any)) == nil && strings.TrimSpace(string(payload)) != "null" {
				t.Errorf("%q was verified as an access token", raw)
			}
		}
	})
}
