package tegata

import (
	"errors"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
)

// Check is one more thing that an ID token must satisfy, made by WithNonce,
// WithSubject, WithMaxAge or WithAMR. Checks only ever add to one another: two that
// contradict each other refuse every token. The zero Check does so too.
type Check struct {
	add func(*idtoken.Rules) error
}

// WithNonce demands the nonce that this login was begun with. An empty one refuses every
// token, so that a lost nonce opens no door. It is for logins whose nonce this server
// made and remembers; forget it with the first use, else a token can be replayed. The
// ID tokens that LINE gives to LIFF apps carry none.
func WithNonce(nonce string) Check {
	return Check{func(r *idtoken.Rules) error {
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
	return Check{func(r *idtoken.Rules) error {
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
	return Check{func(r *idtoken.Rules) error {
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
	return Check{func(r *idtoken.Rules) error {
		r.AMR = slices.Concat(r.AMR, all)
		return nil
	}}
}

// errZeroCheck is a mistake of the caller, which must not turn into no check.
var errZeroCheck = errors.New("a Check that was not made by WithNonce, WithSubject, WithMaxAge or WithAMR")

// rules joins what the configuration demands and the checks of one call.
func (v *Verifier) rules(checks []Check) (idtoken.Rules, error) {
	r := idtoken.Rules{
		Issuer: v.cfg.Issuer, Audience: v.cfg.ChannelID, Now: v.cfg.Now(), Leeway: v.cfg.Leeway,
	}
	for _, c := range checks {
		if c.add == nil {
			return idtoken.Rules{}, errZeroCheck
		}
		if err := c.add(&r); err != nil {
			return idtoken.Rules{}, err
		}
	}
	return r, nil
}
