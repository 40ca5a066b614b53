package idtoken

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Reasons why Check refuses claims.
var (
	// ErrIssuer says that another party issued the token.
	ErrIssuer = errors.New("ID token of another issuer")
	// ErrExpired says that exp has passed, or that it is not after iat.
	ErrExpired = errors.New("ID token expired")
	// ErrAudience says that aud or azp names another channel.
	ErrAudience = errors.New("ID token for another channel")
	// ErrNonce says that the nonce is missing or another one.
	ErrNonce = errors.New("ID token with another nonce")
	// ErrSubject says that the token is about another user.
	ErrSubject = errors.New("ID token of another user")
	// ErrNotYetValid says that iat or nbf lies ahead.
	ErrNotYetValid = errors.New("ID token not valid yet")
	// ErrMaxAge says that the user authenticated too long ago, ahead of now, or at a
	// time that the token does not tell.
	ErrMaxAge = errors.New("ID token of a login too long ago")
	// ErrMethod says that a required authentication method is missing.
	ErrMethod = errors.New("ID token without a required authentication method")
)

// Rules says what an ID token must satisfy. The zero value accepts nothing: issuer
// and audience must be given.
type Rules struct {
	Issuer   string
	Audience string // the channel ID

	Now    time.Time
	Leeway time.Duration // for exp, iat, nbf and auth_time; negative counts as 0

	CheckNonce bool   // whether the login had a nonce
	Nonce      string // if CheckNonce: the one it had; empty is never right

	Subject string         // the expected user; empty: any
	MaxAge  *time.Duration // the longest time since auth_time; nil: any, or none told
	AMR     []string       // methods that must all be there
}

// Check returns nil if the claims satisfy r, else the first reason against them in
// the order issuer, expiry, audience, nonce, subject, not yet valid, max age, amr.
// The order up to subject is that of the error table of LINE's "Verify ID token".
func (c *Claims) Check(r Rules) error {
	r.Leeway = max(r.Leeway, 0)
	switch {
	case r.Issuer == "" || c.Issuer != r.Issuer:
		return ErrIssuer
	case !after(c.Expiry, r.Now.Add(-r.Leeway)) || c.Expiry <= c.IssuedAt:
		return ErrExpired
	case r.Audience == "" || c.Audience != r.Audience:
		return ErrAudience
	case c.AuthorizedParty != "" && c.AuthorizedParty != r.Audience:
		return ErrAudience
	case r.CheckNonce && !sameNonce(c.Nonce, r.Nonce):
		return ErrNonce
	case r.Subject != "" && c.Subject != r.Subject:
		return ErrSubject
	case after(max(c.IssuedAt, c.NotBefore), r.Now.Add(r.Leeway)):
		return ErrNotYetValid
	case r.MaxAge != nil && !c.fresh(r):
		return ErrMaxAge
	}
	for _, method := range r.AMR {
		if !slices.Contains(c.AMR, method) {
			return fmt.Errorf("%w: %s", ErrMethod, method)
		}
	}
	return nil
}

// fresh reports whether the user authenticated at most r.MaxAge ago.
func (c *Claims) fresh(r Rules) bool {
	oldest := r.Now.Add(-r.Leeway).Add(-*r.MaxAge)
	return c.AuthTime != 0 &&
		!after(c.AuthTime, r.Now.Add(r.Leeway)) &&
		(after(c.AuthTime, oldest) || c.AuthTime == oldest.Unix() && oldest.Nanosecond() == 0)
}

// after reports whether the second sec lies after t. Whole seconds are compared, so
// that no claim, however large, overflows.
func after(sec int64, t time.Time) bool { return sec > t.Unix() }

// sameNonce is false for an empty expectation: a caller that lost its nonce must not
// accept a token that never had one.
func sameNonce(got, want string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}
