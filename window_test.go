package tegata_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata"
)

// words is a transport that answers verify and profile, without a network, so that time
// can be a bubble's.
type words struct {
	revoked atomic.Bool
	asked   atomic.Int32
}

func (w *words) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked.Add(1)
	status, body := 200, goodPerson
	switch {
	case w.revoked.Load():
		status, body = 400, `{"error":"invalid_request"}`
	case r.URL.Path == "/oauth2/v2.1/verify":
		body = `{"scope":"profile openid","client_id":"2000000001","expires_in":90}`
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestAccessTokenWindow: within the window a revoked token is accepted, which is what the
// option says; afterwards it is not. Expiry and the demands of a call hold all the time.
func TestAccessTokenWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := new(words)
		v, err := tegata.New(tegata.Config{ChannelID: channelID, Transport: w, AccessTokenWindow: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		first, err := v.AccessToken(t.Context(), rawAccess)
		if err != nil {
			t.Fatal(err)
		}
		first.Scopes[0], first.UserID = "evil", otherUser
		w.revoked.Store(true)
		time.Sleep(59 * time.Second)
		again, err := v.AccessToken(t.Context(), rawAccess, tegata.WithScopes("openid"), tegata.WithSubject(userID))
		if err != nil || again.UserID != userID || again.Scopes[0] != "profile" {
			t.Errorf("within the window: %+v, %v", again, err)
		}
		if n := w.asked.Load(); n != 2 {
			t.Errorf("%d requests, want the two of the first call", n)
		}
		for name, c := range map[string]struct {
			check tegata.Check
			want  error
		}{
			"scope":   {tegata.WithScopes("email"), tegata.ErrScope},
			"subject": {tegata.WithSubject(otherUser), tegata.ErrSubject},
		} {
			if got, err := v.AccessToken(t.Context(), rawAccess, c.check); got != nil || !errors.Is(err, c.want) {
				t.Errorf("%s: %v, %v; want %v", name, got, err, c.want)
			}
		}
		time.Sleep(time.Second)
		if got, err := v.AccessToken(t.Context(), rawAccess); got != nil || !errors.Is(err, tegata.ErrInactive) {
			t.Errorf("after the window: %v, %v; want ErrInactive", got, err)
		}
	})
}

func TestAccessTokenWindowEndsWithToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v, err := tegata.New(tegata.Config{ChannelID: channelID, Transport: new(words), AccessTokenWindow: 5 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := v.AccessToken(t.Context(), rawAccess); err != nil {
			t.Fatal(err)
		}
		time.Sleep(90 * time.Second)
		if got, err := v.AccessToken(t.Context(), rawAccess); got != nil || !errors.Is(err, tegata.ErrExpired) {
			t.Errorf("a remembered word on a token that has expired: %v, %v; want ErrExpired", got, err)
		}
	})
}

// TestNoWindow: without the option the platform is asked each time.
func TestNoWindow(t *testing.T) {
	t.Parallel()
	w := new(words)
	v, err := tegata.New(tegata.Config{ChannelID: channelID, Transport: w})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.AccessToken(t.Context(), rawAccess); err != nil {
		t.Fatal(err)
	}
	w.revoked.Store(true)
	if got, err := v.AccessToken(t.Context(), rawAccess); got != nil || !errors.Is(err, tegata.ErrInactive) {
		t.Errorf("a revoked token: %v, %v; want ErrInactive at once", got, err)
	}
}

// TestChecksOfAnAccessToken: what an access token does not tell, it does not satisfy.
func TestChecksOfAnAccessToken(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	for name, c := range map[string]struct {
		check []tegata.Check
		want  error // of the access token alone
		both  error // with an ID token beside it
	}{
		"scope that is there":     {[]tegata.Check{tegata.WithScopes("openid", "profile")}, nil, nil},
		"scope that is not there": {[]tegata.Check{tegata.WithScopes("openid", "email")}, tegata.ErrScope, tegata.ErrScope},
		"this user":               {[]tegata.Check{tegata.WithSubject(userID)}, nil, nil},
		"another user":            {[]tegata.Check{tegata.WithSubject(otherUser)}, tegata.ErrSubject, tegata.ErrSubject},
		"nonce":                   {[]tegata.Check{tegata.WithNonce("n-0S6_WzA2Mj")}, tegata.ErrNonce, nil},
		"max age":                 {[]tegata.Check{tegata.WithMaxAge(time.Hour)}, tegata.ErrMaxAge, nil},
		"method":                  {[]tegata.Check{tegata.WithAMR("pwd")}, tegata.ErrMethod, nil},
		"a zero one":              {[]tegata.Check{{}}, tegata.ErrMalformed, tegata.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := v.AccessToken(t.Context(), rawAccess, c.check...)
			if (got == nil) != (c.want != nil) || !errors.Is(err, c.want) {
				t.Errorf("AccessToken = %+v, %v; want %v", got, err, c.want)
			}
			got, err = v.Both(t.Context(), p.token(t, nil), rawAccess, c.check...)
			if (got == nil) != (c.both != nil) || !errors.Is(err, c.both) {
				t.Errorf("Both = %v, %v; want %v", got, err, c.both)
			}
		})
	}
}
