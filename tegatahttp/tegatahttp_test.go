package tegatahttp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/tegatahttp"
)

const (
	channelID = "2000000001"
	userID    = "U0123456789abcdef0123456789abcdef"
)

// clock is the time of the tests.
var clock = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// stand is a stand-in for the platform, with the answers that a test wants.
type stand struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	status atomic.Int32 // of verify
	scope  atomic.Value // string
}

func newStand(t testing.TB) *stand {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k1"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{key: key}
	s.status.Store(200)
	s.scope.Store("profile")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/oauth2/v2.1/certs":
			_, _ = w.Write(set)
		case "/oauth2/v2.1/verify":
			w.WriteHeader(int(s.status.Load()))
			_, _ = fmt.Fprintf(w, `{"scope":%q,"client_id":%q,"expires_in":60}`, s.scope.Load(), channelID)
		default:
			_, _ = fmt.Fprintf(w, `{"userId":%q,"displayName":"Hanako"}`, userID)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stand) verifier(t testing.TB) *tegata.Verifier {
	t.Helper()
	v, err := tegata.New(tegata.Config{ChannelID: channelID, BaseURL: s.URL, Now: func() time.Time { return clock }})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// token returns a good token until it expires.
func (s *stand) token(t testing.TB, expires time.Time) string {
	t.Helper()
	return s.sign(t, fmt.Sprintf(`{"iss":"https://access.line.me","sub":%q,"aud":%q,"exp":%d,"iat":%d,"name":"Hanako"}`,
		userID, channelID, expires.Unix(), expires.Unix()-3600))
}

// tokenWith returns a good token with more claims.
func (s *stand) tokenWith(t testing.TB, claims string) string {
	t.Helper()
	return s.sign(t, fmt.Sprintf(`{"iss":"https://access.line.me","sub":%q,"aud":%q,"exp":%d,"iat":%d,"name":"Hanako"%s}`,
		userID, channelID, clock.Add(time.Hour).Unix(), clock.Unix(), claims))
}

func (s *stand) sign(t testing.TB, payload string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: s.key}, (&jose.SignerOptions{}).WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// greeter greets whom the middleware let through, and counts.
func greeter(calls *atomic.Int32) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		user, ok := tegatahttp.UserFrom(r.Context())
		_, _ = fmt.Fprintf(w, "%v %s %s", ok, user.UserID, user.Name)
	})
}

// ask sends a request with these Authorization headers.
func ask(t *testing.T, h http.Handler, path string, authorization ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader("userId=evil"))
	r.Header["Authorization"] = authorization
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestLetThrough(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	var calls atomic.Int32
	raw := s.token(t, clock.Add(time.Hour))
	for name, c := range map[string]struct {
		h             http.Handler
		authorization string
	}{
		"ID token":           {tegatahttp.IDToken(v)(greeter(&calls)), "Bearer " + raw},
		"scheme in any case": {tegatahttp.IDToken(v)(greeter(&calls)), "bEARER " + raw},
		"with a check":       {tegatahttp.IDToken(v, tegatahttp.Checks(tegata.WithSubject(userID)))(greeter(&calls)), "Bearer " + raw},
		"access token":       {tegatahttp.AccessToken(v)(greeter(&calls)), "Bearer opaque+/=="},
	} {
		res := ask(t, c.h, "/", c.authorization)
		body, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != 200 || string(body) != "true "+userID+" Hanako" {
			t.Errorf("%s: %d %q, %v; want the greeting", name, res.StatusCode, body, err)
		}
		if res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Vary") != "Authorization" {
			t.Errorf("%s: headers %v, want no-store and Vary", name, res.Header)
		}
	}
	if calls.Load() != 4 {
		t.Errorf("%d calls, want 4", calls.Load())
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	v := s.verifier(t)
	good, late := s.token(t, clock.Add(time.Hour)), s.token(t, clock.Add(-time.Hour))
	const invalid = `Bearer error="invalid_token"`
	for name, c := range map[string]struct {
		authorization []string
		path          string
		status        int
		authenticate  string
		body          string
		options       []tegatahttp.Option
	}{
		"nothing":               {nil, "/", 401, "Bearer", `{"error":"invalid_token","reason":"missing"}`, nil},
		"token in the URL":      {nil, "/?access_token=" + good + "&id_token=" + good, 401, "Bearer", `{"error":"invalid_token","reason":"missing"}`, nil},
		"another scheme":        {[]string{"Basic dXNlcjpwYXNz"}, "/", 401, "Bearer", `{"error":"invalid_token","reason":"missing"}`, nil},
		"scheme alone":          {[]string{"Bearer"}, "/", 400, `Bearer error="invalid_request"`, `{"error":"invalid_request","reason":"malformed"}`, nil},
		"scheme and blank":      {[]string{"Bearer "}, "/", 400, `Bearer error="invalid_request"`, `{"error":"invalid_request","reason":"malformed"}`, nil},
		"two headers":           {[]string{"Bearer " + good, "Bearer " + late}, "/", 400, `Bearer error="invalid_request"`, `{"error":"invalid_request","reason":"malformed"}`, nil},
		"list":                  {[]string{"Bearer " + good + ", Bearer " + late}, "/", 400, `Bearer error="invalid_request"`, `{"error":"invalid_request","reason":"malformed"}`, nil},
		"two blanks":            {[]string{"Bearer  " + good}, "/", 400, `Bearer error="invalid_request"`, `{"error":"invalid_request","reason":"malformed"}`, nil},
		"tab":                   {[]string{"Bearer\t" + good}, "/", 401, "Bearer", `{"error":"invalid_token","reason":"missing"}`, nil},
		"text behind":           {[]string{"Bearer " + good + " x"}, "/", 400, `Bearer error="invalid_request"`, `{"error":"invalid_request","reason":"malformed"}`, nil},
		"expired":               {[]string{"Bearer " + late}, "/", 401, invalid, `{"error":"invalid_token","reason":"expired"}`, nil},
		"not a token":           {[]string{"Bearer hello"}, "/", 401, invalid, `{"error":"invalid_token","reason":"malformed"}`, nil},
		"check not satisfied":   {[]string{"Bearer " + good}, "/", 401, invalid, `{"error":"invalid_token","reason":"nonce"}`, []tegatahttp.Option{tegatahttp.Checks(tegata.WithNonce("n"))}},
		"check twice":           {[]string{"Bearer " + good}, "/", 401, invalid, `{"error":"invalid_token","reason":"subject"}`, []tegatahttp.Option{tegatahttp.Checks(tegata.WithSubject(userID)), tegatahttp.Checks(tegata.WithSubject("U1"))}},
		"decoded token, base64": {[]string{"Bearer " + strings.Split(good, ".")[1]}, "/", 401, invalid, `{"error":"invalid_token","reason":"malformed"}`, nil},
	} {
		var calls atomic.Int32
		res := ask(t, tegatahttp.IDToken(v, c.options...)(greeter(&calls)), c.path, c.authorization...)
		wantRefusal(t, name, res, c.status, c.authenticate, c.body)
		if calls.Load() != 0 {
			t.Errorf("%s: the handler was called", name)
		}
	}
}

func wantRefusal(t *testing.T, name string, res *http.Response, status int, authenticate, want string) {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != status || string(body) != want || res.Header.Get("WWW-Authenticate") != authenticate {
		t.Errorf("%s: %d %s, WWW-Authenticate %q; want %d %s and %q", name, res.StatusCode, body, res.Header.Get("WWW-Authenticate"), status, want, authenticate)
	}
	if res.Header.Get("Content-Type") != "application/json" || res.Header.Get("Cache-Control") != "no-store" || len(res.Cookies()) != 0 {
		t.Errorf("%s: headers %v, want JSON, no-store and no cookie", name, res.Header)
	}
}

func TestRefusedAccessToken(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	var calls atomic.Int32
	h := tegatahttp.AccessToken(s.verifier(t))(greeter(&calls))
	s.status.Store(400)
	wantRefusal(t, "revoked", ask(t, h, "/", "Bearer opaque"), 401, `Bearer error="invalid_token"`, `{"error":"invalid_token","reason":"inactive"}`)
	s.status.Store(500)
	res := ask(t, h, "/", "Bearer opaque")
	wantRefusal(t, "platform away", res, 503, "", `{"error":"temporarily_unavailable","reason":"unavailable"}`)
	if res.Header.Get("Retry-After") == "" {
		t.Error("503 without Retry-After")
	}
	s.status.Store(200)
	s.scope.Store("openid")
	wantRefusal(t, "no scope", ask(t, h, "/", "Bearer opaque"), 403, `Bearer error="insufficient_scope", scope="profile"`, `{"error":"insufficient_scope","reason":"scope","scope":"profile"}`)
	if calls.Load() != 0 {
		t.Error("the handler was called")
	}
}

func TestUserFromElsewhere(t *testing.T) {
	t.Parallel()
	if user, ok := tegatahttp.UserFrom(t.Context()); ok || user != nil {
		t.Errorf("UserFrom without middleware = %v, %v; want nobody", user, ok)
	}
}
