package tegata

import (
	"errors"
	"fmt"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
)

// Reasons why a token is refused. Test with errors.Is; Reason gives the word.
var (
	// ErrMalformed says that the text is no token of the wanted kind.
	ErrMalformed error = &reason{"malformed", "malformed token"}
	// ErrAlgorithm says that the token is signed by an algorithm that Config.KeyTypes
	// does not list.
	ErrAlgorithm error = &reason{"algorithm", "algorithm not accepted by Config.KeyTypes"}
	// ErrUnknownKey says that the platform has published no key of the token's kid.
	ErrUnknownKey error = &reason{"unknown_key", "token signed with an unknown key"}
	// ErrSignature says that the signature is not valid.
	ErrSignature error = &reason{"signature", "signature not valid"}
	// ErrIssuer says that another platform than Config.Issuer issued the ID token.
	ErrIssuer error = &reason{"issuer", "ID token of another issuer than Config.Issuer"}
	// ErrAudience says that the ID token was issued to another channel.
	ErrAudience error = &reason{"audience", "ID token issued to another channel"}
	// ErrExpired says that the token has expired: the user must log in again. The ID
	// token of a LIFF app lives one hour, its access token twelve.
	ErrExpired error = &reason{"expired", "token expired"}
	// ErrNotYetValid says that the ID token was issued in the future; look at the clocks.
	ErrNotYetValid error = &reason{"not_yet_valid", "ID token not valid yet"}
	// ErrNonce says that the ID token does not carry the nonce of the login.
	ErrNonce error = &reason{"nonce", "ID token without the nonce of this login"}
	// ErrSubject says that the token is about another user than it must be.
	ErrSubject error = &reason{"subject", "token of another user"}
	// ErrMaxAge says that the user authenticated too long ago, or the ID token does
	// not tell when: ask for max_age at login.
	ErrMaxAge error = &reason{"max_age", "login too long ago"}
	// ErrMethod says that the login lacked a required method, such as mfa.
	ErrMethod error = &reason{"method", "login without a required method"}
	// ErrInactive says that the platform, when it was asked, did not accept the token:
	// an access token is expired, revoked, of a closed LIFF app, or none. Which one, the
	// platform's answer does not say reliably.
	ErrInactive error = &reason{"inactive", "token not accepted by the platform"}
	// ErrOtherChannel says that the access token was issued to another channel.
	ErrOtherChannel error = &reason{"other_channel", "access token issued to another channel"}
	// ErrScope says that the access token lacks the scope profile or one of WithScopes:
	// add it to the LIFF app's scopes or to the login.
	ErrScope error = &reason{"scope", "access token without a required scope"}
	// ErrUnavailable says that the platform could not be asked, so nothing is known of
	// the token. Answer 503 and let nobody in.
	ErrUnavailable error = &reason{"unavailable", "platform not available"}
)

// reason is a sentinel with a word for the app.
type reason struct{ word, text string }

func (r *reason) Error() string { return r.text }

// Reason returns the reason in err as one word for the answer to an app: expired,
// audience, nonce, other_channel, unavailable and so on, after the names of the Err
// variables. It is empty for nil and for errors that are not of this package.
func Reason(err error) string {
	var r *reason
	if errors.As(err, &r) {
		return r.word
	}
	return ""
}

// refused puts the reason of this package in place of one of jose or idtoken. The
// order matters where an error is of both.
func refused(err error) error {
	if Reason(err) != "" {
		return err
	}
	for _, pair := range [...]struct{ from, to error }{
		{idtoken.ErrMalformed, ErrMalformed},
		{idtoken.ErrIssuer, ErrIssuer},
		{idtoken.ErrExpired, ErrExpired},
		{idtoken.ErrAudience, ErrAudience},
		{idtoken.ErrNonce, ErrNonce},
		{idtoken.ErrSubject, ErrSubject},
		{idtoken.ErrNotYetValid, ErrNotYetValid},
		{idtoken.ErrMaxAge, ErrMaxAge},
		{idtoken.ErrMethod, ErrMethod},
		{jose.ErrMalformed, ErrMalformed},
		{jose.ErrAlgorithm, ErrAlgorithm},
		{jose.ErrUnknownKey, ErrUnknownKey},
		{jose.ErrSignature, ErrSignature},
	} {
		if errors.Is(err, pair.from) {
			return fmt.Errorf("tegata: %w (%w)", pair.to, err)
		}
	}
	// Nothing that these packages return; still no way in.
	return fmt.Errorf("tegata: %w (%w)", ErrMalformed, err)
}

// because wraps a reason of this package with what was seen.
func because(r error, format string, args ...any) error {
	return fmt.Errorf("tegata: %w: %w", r, fmt.Errorf(format, args...))
}
