package tegata

import (
	"errors"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
)

// Check is one more thing that a token must satisfy, made by one of the With functions.
// Checks only ever add to one another: two that contradict each other refuse every token.
// A check that a token of that kind cannot satisfy refuses it: access tokens carry no
// nonce, ID tokens no scopes. The zero Check refuses every token.
type Check struct {
	add func(*demands) error
}

// demands is what the configuration and the checks of one call ask of a token.
type demands struct {
	idtoken.Rules
	scopes []string // of the access token
}

// WithNonce demands the nonce that this login was begun with. An empty one refuses every
// token, so that a lost nonce opens no door. It is for logins whose nonce this server
// made and remembers; forget it with the first use, else a token can be replayed. The
// ID tokens that LINE gives to LIFF apps carry none.
func WithNonce(nonce string) Check {
	return Check{func(r *demands) error {
		if nonce == "" || r.CheckNonce && r.Nonce != nonce {
			return idtoken.ErrNonce
		}
		r.CheckNonce, r.Nonce = true, nonce
		return nil
	}}
}

// WithSubject demands that the token is about this user, such as the one of the server's
// own session. An empty user ID refuses every token.
func WithSubject(userID string) Check {
	return Check{func(r *demands) error {
		if userID == "" || r.Subject != "" && r.Subject != userID {
			return idtoken.ErrSubject
		}
		r.Subject = userID
		return nil
	}}
}

// WithMaxAge demands that the user authenticated at most d ago, leeway added. The token
// tells when only if the login asked for max_age; else it is refused.
func WithMaxAge(d time.Duration) Check {
	return Check{func(r *demands) error {
		if r.MaxAge == nil || d < *r.MaxAge {
			r.MaxAge = &d
		}
		return nil
	}}
}

// WithAMR demands that the user authenticated by all of these methods, LINE's words
// for amr: pwd, lineautologin, lineqr, linesso, mfa.
func WithAMR(method string, more ...string) Check {
	all := append([]string{method}, more...)
	return Check{func(r *demands) error {
		r.AMR = slices.Concat(r.AMR, all)
		return nil
	}}
}

// WithScopes demands that the access token has these scopes, such as openid. The scope
// profile is demanded of every access token.
func WithScopes(scope string, more ...string) Check {
	all := append([]string{scope}, more...)
	return Check{func(r *demands) error {
		r.scopes = slices.Concat(r.scopes, all)
		return nil
	}}
}

// errZeroCheck is a mistake of the caller, which must not turn into no check.
var errZeroCheck = errors.New("a Check that was not made by a With function")

// demands joins what the configuration demands and the checks of one call.
func (v *Verifier) demands(checks []Check) (demands, error) {
	d := demands{Rules: idtoken.Rules{
		Issuer: v.cfg.Issuer, Audience: v.cfg.ChannelID, Now: v.cfg.Now(), Leeway: v.cfg.Leeway,
	}}
	if len(checks) == 0 {
		return d, nil
	}
	joined := d // the checks' functions move it to the heap
	if err := joined.join(checks...); err != nil {
		return demands{}, err
	}
	return joined, nil
}

// join adds what the checks demand.
func (d *demands) join(checks ...Check) error {
	for _, c := range checks {
		if c.add == nil {
			return errZeroCheck
		}
		if err := c.add(d); err != nil {
			return err
		}
	}
	return nil
}

// ForIDToken returns why no ID token can ever satisfy the check, nil if one may. With it
// a server that is set up wrongly is found when it starts, not by its first user.
func (c Check) ForIDToken() error { return c.askedOf((*demands).ofIDToken) }

// ForAccessToken is ForIDToken for access tokens.
func (c Check) ForAccessToken() error { return c.askedOf((*demands).ofAccessToken) }

func (c Check) askedOf(kind func(*demands) error) error {
	var d demands
	err := d.join(c)
	if err == nil {
		err = kind(&d)
	}
	if err != nil {
		return refused(err)
	}
	return nil
}

// Scopes returns the scopes that the check demands, for the answer to an app that lacks
// one; nil if it is about something else.
func (c Check) Scopes() []string {
	var d demands
	if d.join(c) != nil {
		return nil
	}
	return d.scopes
}

// MaxAge returns how long ago the check lets the login be, for the answer to an app; ok
// is false if it is about something else.
func (c Check) MaxAge() (age time.Duration, ok bool) {
	var d demands
	if d.join(c) != nil || d.MaxAge == nil {
		return 0, false
	}
	return *d.MaxAge, true
}

// ofIDToken says whether an ID token alone can satisfy the demands.
func (d *demands) ofIDToken() error {
	if len(d.scopes) > 0 {
		return because(ErrScope, "an ID token has no scopes: check them with an access token")
	}
	return nil
}

// ofAccessToken says whether an access token alone can satisfy the demands.
func (d *demands) ofAccessToken() error {
	switch {
	case d.CheckNonce:
		return because(ErrNonce, "an access token has none: check it with an ID token")
	case d.MaxAge != nil:
		return because(ErrMaxAge, "an access token does not tell: check it with an ID token")
	case len(d.AMR) > 0:
		return because(ErrMethod, "an access token does not tell: check it with an ID token")
	}
	return nil
}
