package tegata

import (
	"context"
	"net/http"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// ask has the platform verify an ID token (LINE's "Verify ID token"). What can be seen
// here is not sent there: a token that is none, or whose algorithm is not configured. The
// caller checks the claims of the answer once more.
func (v *Verifier) ask(ctx context.Context, raw string, d *demands) (*idtoken.Claims, error) {
	token, err := v.platform.parse(raw)
	if err != nil {
		return nil, err
	}
	if alg := token.Header().Algorithm; !v.takes(alg) {
		return nil, because(ErrAlgorithm, "the token says %s", alg)
	}
	payload, err := v.platform.api.VerifyIDToken(ctx, raw, v.cfg.ChannelID, d.Nonce, d.Subject)
	switch {
	case lineapi.Status(err) == http.StatusBadRequest:
		return nil, because(reasonOf(err), "%w", err)
	case err != nil:
		return nil, because(ErrUnavailable, "verify ID token: %w", err)
	}
	claims, err := idtoken.Parse(payload)
	if err != nil {
		return nil, because(ErrUnavailable, "answer of verify: %w", err)
	}
	return claims, nil
}

// reasonOf returns the reason in the platform's words (LINE's "Verify ID token": error
// response); ErrInactive for words that are not known.
func reasonOf(err error) error {
	switch lineapi.Text(err) {
	case "Invalid IdToken.":
		return ErrSignature
	case "Invalid IdToken Issuer.":
		return ErrIssuer
	case "IdToken expired.":
		return ErrExpired
	case "Invalid IdToken Audience.":
		return ErrAudience
	case "Invalid IdToken Nonce.":
		return ErrNonce
	case "Invalid IdToken Subject Identifier.":
		return ErrSubject
	}
	return ErrInactive
}
