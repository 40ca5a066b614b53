package tegatahttp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/tegatahttp"
)

const (
	deauthorizePath  = "/user/v1/deauthorize"
	channelTokenPath = "/oauth2/v3/token"
)

// deauthorizer returns one of a channel at the platform.
func (p *loginPlatform) deauthorizer(t testing.TB, channel string) *tegatahttp.Deauthorizer {
	t.Helper()
	d, err := tegatahttp.NewDeauthorizer(tegata.Config{ChannelID: channel, BaseURL: p.url, Now: p.Now}, tegata.Secret(seeded[channel]))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDeauthorize withdraws a consent at the platform: every token of the user ends, those
// of others and of other channels do not, and the next login asks for consent.
func TestDeauthorize(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	var mine []*tegatahttp.LoggedIn
	for range 2 {
		b.visit(httpsOrigin + "/login")
		mine = append(mine, site.in)
	}
	taro := newBrowser(t, site)
	taro.persona = "taro"
	taro.visit(httpsOrigin + "/login")
	his := site.in

	d := p.deauthorizer(t, channelID)
	if err := d.Deauthorize(t.Context(), mine[0].AccessToken); err != nil {
		t.Fatal(err)
	}
	v, err := tegata.New(tegata.Config{ChannelID: channelID, BaseURL: p.url, Now: p.Now})
	if err != nil {
		t.Fatal(err)
	}
	for i, in := range mine {
		if _, err := v.AccessToken(t.Context(), string(in.AccessToken)); !errors.Is(err, tegata.ErrInactive) {
			t.Errorf("access token %d after it: %v, want ErrInactive", i, err)
		}
		if _, err := site.Refresh(t.Context(), in.RefreshToken); !errors.Is(err, tegata.ErrInactive) {
			t.Errorf("refresh token %d after it: %v, want ErrInactive", i, err)
		}
	}
	if user, err := v.AccessToken(t.Context(), string(his.AccessToken)); err != nil || user.Name != "山田 太郎" {
		t.Errorf("another user's token after it: %v", err)
	}
	if err := d.Deauthorize(t.Context(), mine[0].AccessToken); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("the second time: %v, want ErrInactive", err)
	}
	if n := p.count(channelTokenPath); n != 1 {
		t.Errorf("%d channel access tokens, want one for all of it", n)
	}
	// The user comes back: the same user ID, after a new consent.
	before := p.count("/oauth2/v2.1/authorize/consent")
	b.visit(httpsOrigin + "/login")
	if site.in == nil || site.in.User.UserID != mine[0].User.UserID || p.count("/oauth2/v2.1/authorize/consent") == before {
		t.Errorf("the next login: %+v, %v", site.in, site.err)
	}
}

// TestDeauthorizeRefused: what is no live token of this channel ends nobody's consent.
func TestDeauthorizeRefused(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	b.visit(httpsOrigin + "/login")
	in := site.in
	d := p.deauthorizer(t, channelID)
	wrong, err := tegatahttp.NewDeauthorizer(tegata.Config{ChannelID: channelID, BaseURL: p.url}, secret32)
	if err != nil {
		t.Fatal(err)
	}
	idToken := newIssuerStand(t)
	for name, c := range map[string]struct {
		d     *tegatahttp.Deauthorizer
		token tegata.Secret
		want  error
		asked int // of the platform
	}{
		"another channel's token": {p.deauthorizer(t, "2000000002"), in.AccessToken, tegata.ErrOtherChannel, 1},
		"a wrong channel secret":  {wrong, in.AccessToken, tegatahttp.ErrClient, 1},
		"no token":                {d, "", tegata.ErrMalformed, 0},
		"a refresh token":         {d, in.RefreshToken, tegata.ErrInactive, 1},
		"an ID token":             {d, tegata.Secret(idToken.idToken(t, idToken.key, "n", nil)), tegata.ErrMalformed, 0},
		"nonsense":                {d, "no-such-access-token", tegata.ErrInactive, 1},
		"a line break":            {d, in.AccessToken + "\n", tegata.ErrMalformed, 0},
		"too long":                {d, tegata.Secret(strings.Repeat("a", 5000)), tegata.ErrMalformed, 0},
	} {
		before := p.count("/oauth2/v2.1/verify")
		err := c.d.Deauthorize(t.Context(), c.token)
		if !errors.Is(err, c.want) || strings.Contains(err.Error(), secret32) || c.token != "" && strings.Contains(err.Error(), string(c.token)) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if asked := p.count("/oauth2/v2.1/verify") - before; asked != c.asked {
			t.Errorf("%s: the platform was asked %d times about the token, want %d", name, asked, c.asked)
		}
	}
	if n := p.count(deauthorizePath); n != 0 {
		t.Errorf("%d requests to deauthorize, want none", n)
	}
	if err := site.Revoke(t.Context(), in.AccessToken); err != nil {
		t.Fatal(err)
	}
	if err := d.Deauthorize(t.Context(), in.AccessToken); !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("a revoked token: %v, want ErrInactive", err)
	}
}

// TestChannelTokenLife: a channel access token is used again until shortly before its end,
// and one that ended before it costs nothing but another one.
func TestChannelTokenLife(t *testing.T) {
	t.Parallel()
	site, b, p := newShop(t, httpsOrigin)
	d := p.deauthorizer(t, channelID)
	do := func(want int) {
		t.Helper()
		b.visit(httpsOrigin + "/login")
		if err := d.Deauthorize(t.Context(), site.in.AccessToken); err != nil {
			t.Fatal(err)
		}
		if n := p.count(channelTokenPath); n != want {
			t.Errorf("%d channel access tokens, want %d", n, want)
		}
	}
	do(1)
	p.advance(14*time.Minute - time.Second)
	do(1)
	p.advance(time.Second)
	do(2)
	// The platform does not take it any more, though it has time left.
	if _, err := p.lab.AddFault(t.Context(), control.Fault{Endpoint: control.EndpointDeauthorize, Effect: control.EffectStatus, Status: http.StatusUnauthorized, Times: 1}); err != nil {
		t.Fatal(err)
	}
	do(3)
}

// standIn answers what a platform does for a deauthorization, as a test wants it.
type standIn struct {
	mu      sync.Mutex // guards the rest
	answers map[string]func(context.Context) (int, string)
	asked   map[string]int
}

// newStandIn answers everything well.
func newStandIn() *standIn {
	always := func(status int, body string) func(context.Context) (int, string) {
		return func(context.Context) (int, string) { return status, body }
	}
	return &standIn{asked: map[string]int{}, answers: map[string]func(context.Context) (int, string){
		"/oauth2/v2.1/verify": always(200, goodGrant),
		channelTokenPath:      always(200, `{"token_type":"Bearer","access_token":"channel-token","expires_in":900}`),
		deauthorizePath:       always(204, ""),
	}}
}

// RoundTrip implements http.RoundTripper.
func (s *standIn) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked[r.URL.Path]++
	answer := s.answers[r.URL.Path]
	s.mu.Unlock()
	status, body := answer(r.Context())
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}, Request: r}, nil
}

func (s *standIn) count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[path]
}

func (s *standIn) deauthorizer(t testing.TB) *tegatahttp.Deauthorizer {
	t.Helper()
	d, err := tegatahttp.NewDeauthorizer(tegata.Config{ChannelID: channelID, Transport: s}, secret32)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestHostileDeauthorize: nothing but a 204 is done, and each answer has its error.
func TestHostileDeauthorize(t *testing.T) {
	t.Parallel()
	const verify = "/oauth2/v2.1/verify"
	for name, c := range map[string]struct {
		path   string
		status int
		body   string
		want   error
	}{
		"good":                        {deauthorizePath, 204, "", nil},
		"done with 200":               {deauthorizePath, 200, "", tegata.ErrUnavailable},
		"done elsewhere":              {deauthorizePath, 307, "", tegata.ErrUnavailable},
		"invalid token":               {deauthorizePath, 400, `{"message":"invalid token"}`, tegata.ErrInactive},
		"channel token refused twice": {deauthorizePath, 401, "", tegata.ErrUnavailable},
		"forbidden":                   {deauthorizePath, 403, "", tegata.ErrUnavailable},
		"deauthorize is away":         {deauthorizePath, 500, "", tegata.ErrUnavailable},
		"verify is away":              {verify, 503, "", tegata.ErrUnavailable},
		"verify answers a page":       {verify, 200, "<html>", tegata.ErrUnavailable},
		"verify names nobody":         {verify, 200, `{"expires_in":60}`, tegata.ErrOtherChannel},
		"verify names two channels":   {verify, 200, `{"client_id":"2000000001","client_id":"2000000002","expires_in":60}`, tegata.ErrUnavailable},
		"verify of no time left":      {verify, 200, `{"client_id":"2000000001","expires_in":0}`, tegata.ErrInactive},
		"a channel token that is bad": {channelTokenPath, 200, `{"token_type":"Bearer","access_token":"a\nb","expires_in":900}`, tegata.ErrUnavailable},
		"no channel token":            {channelTokenPath, 200, `{}`, tegata.ErrUnavailable},
		"a page for a channel token":  {channelTokenPath, 200, `<html>`, tegata.ErrUnavailable},
		"channel tokens are away":     {channelTokenPath, 502, ``, tegata.ErrUnavailable},
		"LINE's no to the secret":     {channelTokenPath, 400, `{"error":"invalid_request","error_description":"Invalid 'client_credentials'."}`, tegatahttp.ErrClient},
		"OAuth's no to the secret":    {channelTokenPath, 401, `{"error":"invalid_client"}`, tegatahttp.ErrClient},
	} {
		s := newStandIn()
		s.answers[c.path] = func(context.Context) (int, string) { return c.status, c.body }
		err := s.deauthorizer(t).Deauthorize(t.Context(), "opaque-user-token")
		if !errors.Is(err, c.want) || err != nil && (strings.Contains(err.Error(), "opaque") || strings.Contains(err.Error(), secret32)) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if n := s.count(deauthorizePath); n > 1 || c.path == verify && n+s.count(channelTokenPath) > 0 {
			t.Errorf("%s: %d requests to deauthorize, %d for a channel token", name, n, s.count(channelTokenPath))
		}
	}
}

// TestOneChannelToken: many who delete their accounts at once cost one channel access token,
// also if the first of them goes away, and if it cannot be had they all are told so.
func TestOneChannelToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		want   error
	}{"issued": {200, nil}, "refused": {400, tegatahttp.ErrClient}, "away": {503, tegata.ErrUnavailable}, "panics": {0, tegata.ErrUnavailable}} {
		synctest.Test(t, func(t *testing.T) {
			s := newStandIn()
			s.answers[channelTokenPath] = func(context.Context) (int, string) {
				time.Sleep(time.Second)
				if c.status == 0 {
					panic("a transport of somebody's own")
				}
				return c.status, `{"token_type":"Bearer","access_token":"channel-token","expires_in":900}`
			}
			d := s.deauthorizer(t)
			leader, leave := context.WithTimeout(t.Context(), time.Millisecond)
			defer leave()
			if err := d.Deauthorize(leader, "opaque-user-token"); !errors.Is(err, tegata.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: the one who went away: %v", name, err)
			}
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					if err := d.Deauthorize(t.Context(), "opaque-user-token"); !errors.Is(err, c.want) {
						t.Errorf("%s: %v, want %v", name, err, c.want)
					}
				})
			}
			wg.Wait()
			if n := s.count(channelTokenPath); n != 1 {
				t.Errorf("%s: %d channel access tokens, want one", name, n)
			}
			// What has failed is asked for again.
			_ = d.Deauthorize(t.Context(), "opaque-user-token") // told above
			if n, want := s.count(channelTokenPath), map[bool]int{true: 1, false: 2}[c.want == nil]; n != want {
				t.Errorf("%s: %d channel access tokens after one more, want %d", name, n, want)
			}
		})
	}
}

// TestPlatformHangs: a platform that takes requests and never answers is waited for no
// longer than Config.Timeout says.
func TestPlatformHangs(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/oauth2/v2.1/verify", channelTokenPath, deauthorizePath} {
		synctest.Test(t, func(t *testing.T) {
			s := newStandIn()
			s.answers[path] = func(ctx context.Context) (int, string) { <-ctx.Done(); return 0, "" }
			begun := time.Now()
			err := s.deauthorizer(t).Deauthorize(t.Context(), "opaque-user-token")
			if waited := time.Since(begun); !errors.Is(err, tegata.ErrUnavailable) || waited != 5*time.Second {
				t.Errorf("%s: %v after %v, want ErrUnavailable after 5s", path, err, waited)
			}
		})
	}
}

// TestNewDeauthorizer refuses what cannot be meant.
func TestNewDeauthorizer(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]struct {
		channel tegata.Config
		secret  tegata.Secret
	}{
		"":                 {tegata.Config{ChannelID: channelID}, secret32},
		"Config.ChannelID": {tegata.Config{}, secret32},
		"is a LIFF ID":     {tegata.Config{ChannelID: channelID + "-AbcdEfgh"}, secret32},
		"Config.BaseURL":   {tegata.Config{ChannelID: channelID, BaseURL: "http://login.example.com"}, secret32},
		"Config.Timeout":   {tegata.Config{ChannelID: channelID, Timeout: -1}, secret32},
		"secret is empty":  {tegata.Config{ChannelID: channelID}, ""},
		"has 5 bytes":      {tegata.Config{ChannelID: channelID}, "short"},
		"a line break":     {tegata.Config{ChannelID: channelID}, secret32 + "\n"},
		"tegata dev":       {tegata.Config{ChannelID: channelID}, tegata.Secret(seeded[channelID])},
	} {
		d, err := tegatahttp.NewDeauthorizer(c.channel, c.secret)
		if (want == "") != (err == nil) || (err == nil) != (d != nil) || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret32)) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}
