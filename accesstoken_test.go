package tegata_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tegata-id/tegata"
)

func TestAccessToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	p.answer("/oauth2/v2.1/verify", func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query()["access_token"]; r.Method != "GET" || !slices.Equal(got, []string{rawAccess}) {
			t.Errorf("%s verify asks about %q, want GET and %q", r.Method, got, rawAccess)
		}
		reply(200, `{"scope":"profile%20openid","client_id":"2000000001","expires_in":100,"new":{"member":[1]}}`)(w, r)
	})
	p.answer("/v2/profile", func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Values("Authorization"); !slices.Equal(got, []string{"Bearer " + rawAccess}) {
			t.Errorf("profile got Authorization %q, want the token once", got)
		}
		reply(200, goodPerson)(w, r)
	})
	got, err := p.verifier(t).AccessToken(t.Context(), rawAccess)
	if err != nil {
		t.Fatal(err)
	}
	want := &tegata.User{
		UserID: userID, Name: "鈴木 花子", Picture: "https://example.com/p", StatusMessage: "お茶",
		Expires: clock.Add(100 * time.Second), Scopes: []string{"profile", "openid"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("AccessToken (-want +got):\n%s", diff)
	}
}

// TestVerifyAnswers has hostile and broken answers of GET verify. The profile is never
// asked for after one.
func TestVerifyAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"another channel":          {200, `{"scope":"profile","client_id":"2000000002","expires_in":100}`, tegata.ErrOtherChannel},
		"channel as a number":      {200, `{"scope":"profile","client_id":2000000001,"expires_in":100}`, tegata.ErrOtherChannel},
		"channel as a list":        {200, `{"scope":"profile","client_id":["2000000001"],"expires_in":100}`, tegata.ErrOtherChannel},
		"channel a part of ours":   {200, `{"scope":"profile","client_id":"200000000","expires_in":100}`, tegata.ErrOtherChannel},
		"channel with more":        {200, `{"scope":"profile","client_id":"20000000011","expires_in":100}`, tegata.ErrOtherChannel},
		"no channel":               {200, `{"scope":"profile","expires_in":100}`, tegata.ErrOtherChannel},
		"Client_ID":                {200, `{"scope":"profile","Client_ID":"2000000001","expires_in":100}`, tegata.ErrOtherChannel},
		"nothing left":             {200, `{"scope":"profile","client_id":"2000000001","expires_in":0}`, tegata.ErrExpired},
		"less than nothing left":   {200, `{"scope":"profile","client_id":"2000000001","expires_in":-1}`, tegata.ErrExpired},
		"expires_in as text":       {200, `{"scope":"profile","client_id":"2000000001","expires_in":"3600"}`, tegata.ErrExpired},
		"expires_in a fraction":    {200, `{"scope":"profile","client_id":"2000000001","expires_in":0.5}`, tegata.ErrExpired},
		"expires_in beyond time":   {200, `{"scope":"profile","client_id":"2000000001","expires_in":9223372036854775807}`, tegata.ErrExpired},
		"no expires_in":            {200, `{"scope":"profile","client_id":"2000000001"}`, tegata.ErrExpired},
		"no scope":                 {200, `{"client_id":"2000000001","expires_in":100}`, tegata.ErrScope},
		"scope without profile":    {200, `{"scope":"openid","client_id":"2000000001","expires_in":100}`, tegata.ErrScope},
		"scope like profile":       {200, `{"scope":"profiles xprofile","client_id":"2000000001","expires_in":100}`, tegata.ErrScope},
		"scope as a list":          {200, `{"scope":["profile"],"client_id":"2000000001","expires_in":100}`, tegata.ErrScope},
		"200 that is an error":     {200, `{"error":"invalid_request","error_description":"access token expired"}`, tegata.ErrOtherChannel},
		"expired":                  {400, `{"error":"invalid_request","error_description":"access token expired"}`, tegata.ErrInactive},
		"400 like a success":       {400, goodGrant, tegata.ErrInactive},
		"401 like a success":       {401, goodGrant, tegata.ErrInactive},
		"204 like a success":       {204, "", tegata.ErrUnavailable},
		"403":                      {403, goodGrant, tegata.ErrUnavailable},
		"404":                      {404, goodGrant, tegata.ErrUnavailable},
		"429":                      {429, `{"error":"too_many"}`, tegata.ErrUnavailable},
		"500":                      {500, goodGrant, tegata.ErrUnavailable},
		"503":                      {503, goodGrant, tegata.ErrUnavailable},
		"empty":                    {200, "", tegata.ErrUnavailable},
		"page":                     {200, "<html><body>hello</body></html>", tegata.ErrUnavailable},
		"list":                     {200, `[` + goodGrant + `]`, tegata.ErrUnavailable},
		"two objects":              {200, goodGrant + goodGrant, tegata.ErrUnavailable},
		"client_id twice":          {200, `{"client_id":"2000000002","client_id":"2000000001","scope":"profile","expires_in":100}`, tegata.ErrUnavailable},
		"not UTF-8":                {200, "{\"scope\":\"profile\xff\",\"client_id\":\"2000000001\",\"expires_in\":100}", tegata.ErrUnavailable},
		"deeper than any":          {200, strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), tegata.ErrUnavailable},
		"longer than any":          {200, `{"scope":"profile","client_id":"2000000001","expires_in":100,"pad":"` + strings.Repeat("x", 1<<20) + `"}`, tegata.ErrUnavailable},
		"blanks longer than any":   {200, goodGrant + strings.Repeat(" ", 1<<20), tegata.ErrUnavailable},
		"scope that does not end%": {200, `{"scope":"profile%2","client_id":"2000000001","expires_in":100}`, tegata.ErrScope},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer("/oauth2/v2.1/verify", reply(c.status, c.body))
			got, err := p.verifier(t).AccessToken(t.Context(), rawAccess)
			wantNobody(t, got, err, c.want)
			if n := p.requests("/v2/profile"); n != 0 {
				t.Errorf("the profile was asked for %d times after a refusal", n)
			}
		})
	}
}

// wantNobody wants a refusal for a reason, and an error that does not hold the token.
func wantNobody(t *testing.T, got *tegata.User, err, want error) {
	t.Helper()
	if got != nil || !errors.Is(err, want) {
		t.Errorf("%+v, %v; want nobody and %v", got, err, want)
	}
	if err != nil && (strings.Contains(err.Error(), "bNl4YEFPI") || !strings.HasPrefix(err.Error(), "tegata: ")) {
		t.Errorf("error %q holds the token, or no prefix", err)
	}
}

func TestProfileAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"name alone":           {200, `{"userId":"` + userID + `","displayName":"taro"}`, nil},
		"null picture":         {200, `{"userId":"` + userID + `","displayName":"taro","pictureUrl":null,"statusMessage":null}`, nil},
		"revoked meanwhile":    {401, `{"message":"The access token revoked"}`, tegata.ErrInactive},
		"scope withdrawn":      {403, `{"message":"no"}`, tegata.ErrScope},
		"400":                  {400, goodPerson, tegata.ErrUnavailable},
		"500":                  {500, goodPerson, tegata.ErrUnavailable},
		"page":                 {200, "<html>", tegata.ErrUnavailable},
		"no user ID":           {200, `{"displayName":"taro"}`, tegata.ErrUnavailable},
		"empty user ID":        {200, `{"userId":"","displayName":"taro"}`, tegata.ErrUnavailable},
		"user ID null":         {200, `{"userId":null,"displayName":"taro"}`, tegata.ErrUnavailable},
		"user ID a number":     {200, `{"userId":7,"displayName":"taro"}`, tegata.ErrUnavailable},
		"user ID with a blank": {200, `{"userId":"` + userID + ` ","displayName":"taro"}`, tegata.ErrUnavailable},
		"user ID with NUL":     {200, `{"userId":"` + userID + `\u0000","displayName":"taro"}`, tegata.ErrUnavailable},
		"user ID full width":   {200, `{"userId":"Ｕ123","displayName":"taro"}`, tegata.ErrUnavailable},
		"user ID too long":     {200, `{"userId":"` + strings.Repeat("U", 256) + `"}`, tegata.ErrUnavailable},
		"user ID twice":        {200, `{"userId":"` + otherUser + `","userId":"` + userID + `"}`, tegata.ErrUnavailable},
		"USERID":               {200, `{"USERID":"` + userID + `"}`, tegata.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer("/v2/profile", reply(c.status, c.body))
			got, err := p.verifier(t).AccessToken(t.Context(), rawAccess)
			if c.want == nil {
				if err != nil || got.UserID != userID || got.Name != "taro" {
					t.Errorf("%+v, %v; want taro", got, err)
				}
				return
			}
			wantNobody(t, got, err, c.want)
		})
	}
}

func TestAccessTokenForm(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	for _, raw := range []string{"", "=", "a b", "a\nb", "a\x00", "tokén", "a,b", `a"b`, "a=b", "a&access_token=b", strings.Repeat("a", 4097)} {
		got, err := v.AccessToken(t.Context(), raw)
		wantNobody(t, got, err, tegata.ErrMalformed)
	}
	if n := p.requests("/oauth2/v2.1/verify"); n != 0 {
		t.Errorf("the platform was asked %d times about what is no token", n)
	}
}

// TestIDTokenAsAccessToken: an ID token is not sent to the endpoint for access tokens, which
// takes them in the URL. LINE's access tokens, which look like one, are.
func TestIDTokenAsAccessToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	got, err := v.AccessToken(t.Context(), p.token(t, nil))
	wantNobody(t, got, err, tegata.ErrMalformed)
	if n := p.requests("/oauth2/v2.1/verify"); n != 0 {
		t.Errorf("an ID token was sent to verify %d times", n)
	}
	if _, err := v.AccessToken(t.Context(), "eyJhbGciOiJIUzI1NiJ9.UnQ_o-GP0VtnwDjbK0C8E_NvK.c2lnbmF0dXJl"); err != nil {
		t.Errorf("an access token in the form of LINE's: %v", err)
	}
}

// TestRedirect: no redirect is followed, so no token arrives where it points.
func TestRedirect(t *testing.T) {
	t.Parallel()
	var arrived atomic.Int32
	thief := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived.Add(1)
		reply(200, goodGrant)(w, r)
	}))
	t.Cleanup(thief.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, path := range []string{"/oauth2/v2.1/verify", "/v2/profile", "/oauth2/v2.1/certs"} {
			p := newPlatform(t)
			p.answer(path, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, thief.URL+r.URL.RequestURI(), status)
			})
			user, err := p.verifier(t).Both(t.Context(), p.token(t, nil), rawAccess)
			wantNobody(t, user, err, tegata.ErrUnavailable)
		}
	}
	if n := arrived.Load(); n != 0 {
		t.Errorf("%d requests followed a redirect", n)
	}
}

// broken is a transport that never answers well.
type broken func(*http.Request) (*http.Response, error)

func (b broken) RoundTrip(r *http.Request) (*http.Response, error) { return b(r) }

// drip is a body that never ends and never fails until its request does.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	<-d.ctx.Done()
	return 0, d.ctx.Err()
}
func (drip) Close() error { return nil }

func TestNoAnswer(t *testing.T) {
	t.Parallel()
	for name, transport := range map[string]broken{
		"connection refused": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
		"no answer": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, fmt.Errorf("ask: %w", r.Context().Err())
		},
		"slow body": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: drip{r.Context()}, Request: r}, nil
		},
		"body broken off": func(r *http.Request) (*http.Response, error) {
			body := io.NopCloser(io.MultiReader(strings.NewReader(goodGrant), drop{}))
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body, Request: r}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			v := p.verifier(t, func(c *tegata.Config) { c.Transport, c.Timeout = transport, 30*time.Millisecond })
			user, err := v.AccessToken(t.Context(), rawAccess)
			wantNobody(t, user, err, tegata.ErrUnavailable)
			token, err := v.IDToken(t.Context(), p.token(t, nil))
			wantRefusal(t, token, err, tegata.ErrUnavailable)
		})
	}
}

// drop breaks a body off.
type drop struct{}

func (drop) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestCallerGone(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	user, err := p.verifier(t).AccessToken(ctx, rawAccess)
	wantNobody(t, user, err, tegata.ErrUnavailable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled in it", err)
	}
}

func TestBoth(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	got, err := v.Both(t.Context(), p.token(t, nil), rawAccess, tegata.WithNonce("n-0S6_WzA2Mj"))
	if err != nil {
		t.Fatal(err)
	}
	if got.UserID != userID || got.Email != "hanako@example.com" || got.StatusMessage != "お茶" || got.IDToken == nil || !got.Expires.Equal(clock.Add(time.Hour)) {
		t.Errorf("Both = %+v; want what either token tells", got)
	}
	p.answer("/oauth2/v2.1/verify", reply(200, `{"scope":"profile","client_id":"2000000001","expires_in":60}`))
	if got, err = v.Both(t.Context(), p.token(t, nil), rawAccess); err != nil || !got.Expires.Equal(clock.Add(time.Minute)) {
		t.Errorf("Both = %+v, %v; want the earlier expiry", got, err)
	}

	user, err := v.Both(t.Context(), p.token(t, map[string]any{"sub": otherUser}), rawAccess)
	wantNobody(t, user, err, tegata.ErrSubject)
	user, err = v.Both(t.Context(), p.token(t, nil), rawAccess, tegata.WithNonce("n-other"))
	wantNobody(t, user, err, tegata.ErrNonce)
	user, err = v.Both(t.Context(), p.token(t, nil), "")
	wantNobody(t, user, err, tegata.ErrMalformed)

	before := p.requests("/oauth2/v2.1/verify")
	user, err = v.Both(t.Context(), p.token(t, map[string]any{"aud": "2000000002"}), rawAccess)
	wantNobody(t, user, err, tegata.ErrAudience)
	if after := p.requests("/oauth2/v2.1/verify"); after != before {
		t.Errorf("the platform was asked about the access token beside a refused ID token")
	}
}
