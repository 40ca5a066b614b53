package tegata_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/tegata-id/tegata"
)

// TestCheckFor asks checks, without a token, whether one of a kind could satisfy them,
// and wants the same word from the verifier.
func TestCheckFor(t *testing.T) {
	t.Parallel()
	v := newPlatform(t).verifier(t)
	for name, c := range map[string]struct {
		check           tegata.Check
		idToken, access error
	}{
		"subject":    {tegata.WithSubject(userID), nil, nil},
		"nonce":      {tegata.WithNonce("n"), nil, tegata.ErrNonce},
		"max age":    {tegata.WithMaxAge(0), nil, tegata.ErrMaxAge},
		"amr":        {tegata.WithAMR("mfa"), nil, tegata.ErrMethod},
		"scopes":     {tegata.WithScopes("openid"), tegata.ErrScope, nil},
		"no subject": {tegata.WithSubject(""), tegata.ErrSubject, tegata.ErrSubject},
		"no nonce":   {tegata.WithNonce(""), tegata.ErrNonce, tegata.ErrNonce},
		"zero":       {tegata.Check{}, tegata.ErrMalformed, tegata.ErrMalformed},
	} {
		if err := c.check.ForIDToken(); !errors.Is(err, c.idToken) {
			t.Errorf("%s: ForIDToken() = %v, want %v", name, err, c.idToken)
		}
		if err := c.check.ForAccessToken(); !errors.Is(err, c.access) {
			t.Errorf("%s: ForAccessToken() = %v, want %v", name, err, c.access)
		}
		if c.idToken != nil {
			if _, err := v.IDToken(t.Context(), "x", c.check); !errors.Is(err, c.idToken) {
				t.Errorf("%s: IDToken with it: %v, want %v", name, err, c.idToken)
			}
		}
		if c.access != nil {
			if _, err := v.AccessToken(t.Context(), "x", c.check); !errors.Is(err, c.access) {
				t.Errorf("%s: AccessToken with it: %v, want %v", name, err, c.access)
			}
		}
	}
}

// TestCheckTells asks checks what an app that is refused must be told.
func TestCheckTells(t *testing.T) {
	t.Parallel()
	if got := tegata.WithScopes("openid", "email").Scopes(); !slices.Equal(got, []string{"openid", "email"}) {
		t.Errorf("Scopes() = %q", got)
	}
	if got, ok := tegata.WithMaxAge(0).MaxAge(); got != 0 || !ok {
		t.Errorf("MaxAge() of 0 = %v, %v; want 0, true", got, ok)
	}
	if got, ok := tegata.WithMaxAge(time.Minute).MaxAge(); got != time.Minute || !ok {
		t.Errorf("MaxAge() of a minute = %v, %v", got, ok)
	}
	for _, c := range []tegata.Check{{}, tegata.WithSubject(""), tegata.WithAMR("mfa")} {
		if age, ok := c.MaxAge(); age != 0 || ok || c.Scopes() != nil {
			t.Errorf("another check tells %v, %v, %q; want nothing", age, ok, c.Scopes())
		}
	}
}
