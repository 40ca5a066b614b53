package lineapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tegata-id/tegata/internal/lineapi"
)

// secretToken is what no error may hold.
const secretToken = "eyJhbGciOiJIUzI1NiJ9.opaque-access-token"

// client returns a client of a server that always answers the same.
func client(t *testing.T, h http.HandlerFunc) *lineapi.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return lineapi.New(s.URL, 5*time.Second, nil)
}

// TestErrorsTellNothing: what a platform answers may hold the token; an error tells
// status and code, and the words only to who compares them.
func TestErrorsTellNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status     int
		body       string
		want, text string
	}{
		"OAuth error":         {400, `{"error":"invalid_request","error_description":"access token expired"}`, "/oauth2/v2.1/verify answers 400 invalid_request", "access token expired"},
		"resource error":      {401, `{"message":"no"}`, "/oauth2/v2.1/verify answers 401", "no"},
		"token as the code":   {400, `{"error":"` + secretToken + `"}`, "/oauth2/v2.1/verify answers 400", ""},
		"long code":           {400, `{"error":"` + strings.Repeat("a", 65) + `"}`, "/oauth2/v2.1/verify answers 400", ""},
		"token as the words":  {400, `{"error":"invalid_token","error_description":"` + secretToken + `"}`, "/oauth2/v2.1/verify answers 400 invalid_token", secretToken},
		"member twice":        {400, `{"error":"a","error":"b"}`, "/oauth2/v2.1/verify answers 400", ""},
		"page":                {502, `<html>` + secretToken, "/oauth2/v2.1/verify answers 502", ""},
		"longer than any":     {400, `{"error":"a"` + strings.Repeat(" ", 1<<20) + `}`, "/oauth2/v2.1/verify answers 400", ""},
		"204 in place of 200": {204, "", "/oauth2/v2.1/verify answers 204", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := client(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})
			_, err := api.VerifyAccessToken(t.Context(), secretToken)
			if err == nil || err.Error() != c.want || lineapi.Status(err) != c.status || lineapi.Text(err) != c.text {
				t.Errorf("error %q with status %d and words %q; want %q, %d, %q", err, lineapi.Status(err), lineapi.Text(err), c.want, c.status, c.text)
			}
			if wrapped := fmt.Errorf("wrapped: %w", err); lineapi.Status(wrapped) != c.status {
				t.Errorf("status of a wrapped error %d, want %d", lineapi.Status(wrapped), c.status)
			}
		})
	}
	if lineapi.Status(nil) != 0 || lineapi.Status(errors.New("other")) != 0 || lineapi.Text(nil) != "" {
		t.Error("Status and Text of another error: want nothing")
	}
}

// TestNobodyThere: the error of a platform that cannot be reached does not hold the URL,
// which has the token in it.
func TestNobodyThere(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := lineapi.New(s.URL, time.Second, nil).VerifyAccessToken(t.Context(), secretToken)
	if err == nil || strings.Contains(err.Error(), secretToken) || lineapi.Status(err) != 0 || !strings.Contains(err.Error(), s.URL) {
		t.Errorf("%v; want an error that names the platform and not the token", err)
	}
}

// TestKeySetAnswers: no redirect is followed and nothing but a 200 of a JWK Set is one.
func TestKeySetAnswers(t *testing.T) {
	t.Parallel()
	elsewhere := make(chan struct{}, 1)
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere <- struct{}{} }))
	t.Cleanup(trap.Close)
	const set = `{"keys":[]}`
	for name, h := range map[string]http.HandlerFunc{
		"redirect":      func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, trap.URL, http.StatusFound) },
		"other success": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201); _, _ = w.Write([]byte(set)) },
		"away":          func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500); _, _ = w.Write([]byte(set)) },
		"page":          func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"two sets":      func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(set + set)) },
		"keys twice":    func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"keys":[],"keys":[]}`)) },
		"50 MB": func(w http.ResponseWriter, _ *http.Request) {
			for range 50 << 10 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<10))); err != nil {
					return // the client has had enough
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if set, err := client(t, h).KeySet(t.Context()); err == nil {
				t.Errorf("KeySet = %+v, want an error", set)
			}
		})
	}
	t.Cleanup(func() {
		if len(elsewhere) > 0 {
			t.Error("a redirect was followed")
		}
	})
}

// TestCacheAge reads Cache-Control and Age (RFC 9111).
func TestCacheAge(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cache []string
		age   string
		want  time.Duration
	}{
		"nothing":             {nil, "", -1},
		"max-age":             {[]string{"public, max-age=600"}, "", 10 * time.Minute},
		"in quotes":           {[]string{`Max-Age="600"`}, "", 10 * time.Minute},
		"two lines":           {[]string{"public", "max-age=60"}, "", time.Minute},
		"the first counts":    {[]string{"max-age=60, max-age=600"}, "", time.Minute},
		"less what is spent":  {[]string{"max-age=600"}, "60", 9 * time.Minute},
		"all is spent":        {[]string{"max-age=600"}, "700", 0},
		"spent in words":      {[]string{"max-age=600"}, "long", 10 * time.Minute},
		"zero":                {[]string{"max-age=0"}, "", 0},
		"not to be stored":    {[]string{"max-age=600, no-store"}, "", 0},
		"to be asked for":     {[]string{"no-cache"}, "", 0},
		"negative":            {[]string{"max-age=-5"}, "", -1},
		"words":               {[]string{"max-age=soon"}, "", -1},
		"without a number":    {[]string{"max-age"}, "", -1},
		"a number too large":  {[]string{"max-age=9223372036854775807"}, "", 365 * 24 * time.Hour},
		"beyond numbers":      {[]string{"max-age=99999999999999999999999"}, "", -1},
		"something like it":   {[]string{"s-maxage=600"}, "", -1},
		"an Age beside no it": {nil, "60", -1},
	} {
		h := http.Header{"Cache-Control": c.cache}
		if c.age != "" {
			h.Set("Age", c.age)
		}
		if got := lineapi.CacheAge(h); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
