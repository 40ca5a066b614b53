package tegata_test

import (
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
)

const (
	siblingID   = "2000000002"
	webID       = "2000000003"
	otherSecret = "fedcba9876543210fedcba9876543210"
)

// set returns a set of a LIFF channel, its sibling, and a channel of a web login.
func set(t *testing.T, p *platform) *tegata.Set {
	t.Helper()
	liff := p.verifier(t)
	sibling, err := liff.Channel(siblingID, tegata.ES256, "")
	if err != nil {
		t.Fatal(err)
	}
	web, err := liff.Channel(webID, tegata.HS256, otherSecret)
	if err != nil {
		t.Fatal(err)
	}
	s, err := tegata.NewSet(liff, sibling, web)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSet: each channel's token is held to its own channel's key type and secret.
func TestSet(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := set(t, p)
	es256 := func(aud string) string { return p.token(t, map[string]any{"aud": aud}) }
	hs256 := func(aud, key string) string {
		return sign(t, jose.HS256, []byte(key), "", claims(map[string]any{"aud": aud}))
	}
	for name, c := range map[string]struct {
		raw    string
		checks []tegata.Check
		want   error
	}{
		"LIFF":                                {es256(channelID), nil, nil},
		"sibling":                             {es256(siblingID), nil, nil},
		"web":                                 {hs256(webID, otherSecret), nil, nil},
		"a channel that is not there":         {es256("2000000009"), nil, tegata.ErrAudience},
		"ES256 of the web channel":            {es256(webID), nil, tegata.ErrAlgorithm},
		"HS256 of the LIFF channel":           {hs256(channelID, otherSecret), nil, tegata.ErrAudience},
		"the web channel by another secret":   {hs256(webID, secret), nil, tegata.ErrSignature},
		"another platform":                    {newPlatform(t).token(t, nil), nil, tegata.ErrSignature},
		"another algorithm":                   {sign(t, jose.HS512, []byte(otherSecret+otherSecret), "", claims(nil)), nil, tegata.ErrAlgorithm},
		"no token":                            {"hello", nil, tegata.ErrMalformed},
		"right nonce":                         {es256(siblingID), []tegata.Check{tegata.WithNonce("n-0S6_WzA2Mj")}, nil},
		"another nonce":                       {es256(siblingID), []tegata.Check{tegata.WithNonce("another")}, tegata.ErrNonce},
		"a check that was not made by a With": {es256(siblingID), []tegata.Check{{}}, tegata.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time it may be remembered
				got, err := s.IDToken(t.Context(), c.raw, c.checks...)
				wantRefusal(t, got, err, c.want)
			}
		})
	}
	if n := p.requests("/oauth2/v2.1/certs"); n != 1 {
		t.Errorf("the keys were fetched %d times, want once for all channels", n)
	}
	if s.Verifier(webID) == nil || s.Verifier("2000000009") != nil {
		t.Error("Verifier: want the configured channels and no other")
	}
}

// TestChannelsShareNoAnswer: what is remembered for one channel is refused at another.
func TestChannelsShareNoAnswer(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t, func(cfg *tegata.Config) { cfg.AccessTokenWindow = 1 << 30 })
	sibling, err := v.Channel(siblingID, tegata.ES256, "")
	if err != nil {
		t.Fatal(err)
	}
	raw := p.token(t, nil)
	if _, err := v.IDToken(t.Context(), raw); err != nil {
		t.Fatal(err)
	}
	got, err := sibling.IDToken(t.Context(), raw)
	wantRefusal(t, got, err, tegata.ErrAudience)
	if _, err := v.AccessToken(t.Context(), rawAccess); err != nil {
		t.Fatal(err)
	}
	user, err := sibling.AccessToken(t.Context(), rawAccess)
	wantNobody(t, user, err, tegata.ErrOtherChannel)
}

func TestSetAccessToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		grant string
		want  error
	}{
		"LIFF":                        {goodGrant, nil},
		"sibling":                     {`{"scope":"profile","client_id":"2000000002","expires_in":60}`, nil},
		"a channel that is not there": {`{"scope":"profile","client_id":"2000000009","expires_in":60}`, tegata.ErrOtherChannel},
		"no channel":                  {`{"scope":"profile","expires_in":60}`, tegata.ErrOtherChannel},
		"nothing left":                {`{"scope":"profile","client_id":"2000000002","expires_in":0}`, tegata.ErrExpired},
		"no profile":                  {`{"scope":"openid","client_id":"2000000002","expires_in":60}`, tegata.ErrScope},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t)
			p.answer("/oauth2/v2.1/verify", reply(200, c.grant))
			got, err := set(t, p).AccessToken(t.Context(), rawAccess)
			if c.want != nil {
				wantNobody(t, got, err, c.want)
			} else if err != nil || got.UserID != userID {
				t.Errorf("AccessToken = %+v, %v", got, err)
			}
			if n := p.requests("/oauth2/v2.1/verify"); n != 1 {
				t.Errorf("verify was asked %d times, want once", n)
			}
		})
	}
}

// TestSetBoth: two tokens of one user at two channels are not a login.
func TestSetBoth(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	s := set(t, p)
	user, err := s.Both(t.Context(), p.token(t, nil), rawAccess)
	if err != nil || user.UserID != userID || user.IDToken.ChannelID != channelID {
		t.Errorf("Both = %+v, %v", user, err)
	}
	user, err = s.Both(t.Context(), p.token(t, map[string]any{"aud": siblingID}), rawAccess)
	wantNobody(t, user, err, tegata.ErrOtherChannel)
	user, err = s.Both(t.Context(), p.token(t, map[string]any{"aud": "2000000009"}), rawAccess)
	wantNobody(t, user, err, tegata.ErrAudience)
}

func TestNewSet(t *testing.T) {
	t.Parallel()
	p := newPlatform(t)
	v := p.verifier(t)
	asks := p.verifier(t, online)
	for name, verifiers := range map[string][]*tegata.Verifier{
		"none":               nil,
		"a nil one":          {v, nil},
		"one twice":          {v, v},
		"of two platforms":   {v, newPlatform(t).verifier(t, func(cfg *tegata.Config) { cfg.ChannelID = siblingID })},
		"one that must ask":  {asks},
		"more than it takes": slices.Repeat([]*tegata.Verifier{v}, 101),
	} {
		if s, err := tegata.NewSet(verifiers...); err == nil || s != nil {
			t.Errorf("%s: %v, %v; want an error", name, s, err)
		}
	}
	for name, make := range map[string]func() (*tegata.Verifier, error){
		"no channel":     func() (*tegata.Verifier, error) { return v.Channel("", tegata.ES256, "") },
		"no secret":      func() (*tegata.Verifier, error) { return v.Channel(siblingID, tegata.HS256, "") },
		"a short secret": func() (*tegata.Verifier, error) { return v.Channel(siblingID, tegata.HS256, "short") },
		"a LIFF ID":      func() (*tegata.Verifier, error) { return v.Channel("2000000001-AbcdEfgh", 0, "") },
	} {
		if got, err := make(); err == nil || got != nil {
			t.Errorf("Channel with %s: %v, %v; want an error", name, got, err)
		}
	}
}
