package fault

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

// staleAge is how old a stale ID token is: one that a LIFF app keeps in its storage has
// expired when the access token beside it is good for hours.
const staleAge = 2 * time.Hour

// otherSet is a JWK Set without any key of ours: that of the example in RFC 7515,
// appendix A.3.
const otherSet = `{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"rfc7515-a3",` +
	`"x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}`

// badKey is a JWK whose point is not on the curve.
const badKey = `{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"no-point",` +
	`"x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"}`

// withBadKey puts badKey in front of a JWK Set's keys.
func withBadKey(set []byte) ([]byte, error) {
	var keys struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(set, &keys); err != nil {
		return nil, fmt.Errorf("JWK Set: %w", err)
	}
	keys.Keys = append([]json.RawMessage{json.RawMessage(badKey)}, keys.Keys...)
	return json.Marshal(keys)
}

// staleIDToken replaces the ID token of a token response by the one that would have been
// issued staleAge ago. An answer without one stays.
func (s *Set) staleIDToken(ctx context.Context, body []byte, status int) ([]byte, error) {
	var answer wire.TokenResponse
	if status != http.StatusOK || json.Unmarshal(body, &answer) != nil || answer.IDToken == "" {
		return body, nil
	}
	token, err := jose.Parse(answer.IDToken)
	if err != nil {
		return nil, fmt.Errorf("own ID token: %w", err)
	}
	claims, err := claimsOf(answer.IDToken)
	if err != nil {
		return nil, fmt.Errorf("own ID token: %w", err)
	}
	channel, err := s.cfg.Store.Channel(ctx, claims.Audience)
	if err != nil {
		return nil, fmt.Errorf("channel of the ID token: %w", err)
	}
	earlier := int64(staleAge / time.Second)
	claims.IssuedAt, claims.Expiry = claims.IssuedAt-earlier, claims.Expiry-earlier
	if claims.AuthTime != 0 {
		claims.AuthTime -= earlier
	}
	if answer.IDToken, err = s.cfg.Issue.SignIDToken(channel, token.Header().Algorithm, claims); err != nil {
		return nil, fmt.Errorf("stale ID token: %w", err)
	}
	return json.Marshal(answer)
}

// claimsOf reads an ID token that we have just issued.
func claimsOf(raw string) (*idtoken.Claims, error) {
	payload, err := jsonPart(strings.Split(raw, "."), 1)
	if err != nil {
		return nil, err
	}
	return idtoken.Parse(payload)
}
