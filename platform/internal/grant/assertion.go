package grant

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

const (
	assertionType     = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionAudience = "https://api.line.me/"
	maxAssertionLife  = 30 * time.Minute
	maxTokenLife      = 30 * 24 * time.Hour
	maxJTI            = 256 // bytes, of what becomes a key of the store
	// keptLonger is for how long a used jti is known after its assertion is over: by the
	// clock of another node it may not be. Verifiers of ID tokens allow for as much.
	keptLonger = 5 * time.Minute
)

// assertion is a client assertion that has been verified ("Generate JSON Web Token").
type assertion struct {
	channelID string
	expiresAt time.Time
	tokenLife time.Duration // token_exp; zero: not there
	jti       string
}

// assertionOf verifies the assertion of a request: RS256 by the key that the channel
// registered under the header's kid.
func (e *Endpoints) assertionOf(ctx context.Context, p oauth2.Params) (assertion, error) {
	if t := p.Get("client_assertion_type"); t != assertionType {
		return assertion{}, &oauth2.Error{
			Code: oauth2.InvalidRequest, Description: "some parameters missed or invalid", Check: "client_assertion_type",
			Given: oauth2.Clip(t), Expected: assertionType, Fix: "send it with client_assertion",
		}
	}
	raw := p.Get("client_assertion")
	token, err := jose.Parse(raw)
	if err != nil || token.Header().Algorithm != jose.RS256 {
		return assertion{}, badAssertion("Invalid client_assertion", "form of the assertion", "a JWT signed by RS256", "sign it with the private key whose public half the channel registered")
	}
	key, err := e.assertionKey(ctx, claimedIssuer(raw), token.Header().KeyID)
	if err != nil {
		return assertion{}, err
	}
	payload, err := token.Verify(key.rsa)
	if err != nil {
		return assertion{}, badAssertion("Invalid client_assertion", "signature of the assertion", "", "sign it with the private key whose public half the channel registered")
	}
	a, err := e.readAssertion(payload, key.channelID)
	if err != nil {
		return assertion{}, err
	}
	return a, nil
}

// use burns the jti of an assertion, if it has one (RFC 7523 §3), once everything else
// about the request is right.
func (e *Endpoints) use(ctx context.Context, a assertion) error {
	if a.jti == "" {
		return nil
	}
	switch err := e.Store.UseAssertion(ctx, a.channelID, a.jti, e.Now().UTC(), a.expiresAt.Add(keptLonger)); {
	case errors.Is(err, store.ErrUsed):
		return badAssertion("Invalid jti", "the assertion was used before", "a new jti each time", "make a new assertion for each request")
	case err != nil:
		return fmt.Errorf("client assertion: %w", err)
	}
	return nil
}

// assertionKey is a channel's key for its assertions.
type assertionKey struct {
	channelID string
	rsa       *jose.RSAPublicKey
}

// assertionKey finds the key by the issuer that the assertion claims and its kid.
func (e *Endpoints) assertionKey(ctx context.Context, issuer, kid string) (assertionKey, error) {
	none := &oauth2.Error{
		Status: http.StatusNotFound, Description: "Cannot find channel key that satisfies the conditions",
		Check: "assertion signing key", Given: "iss " + oauth2.Clip(issuer) + ", kid " + oauth2.Clip(kid), Expected: "a key that the channel registered",
		Fix: "register the public key at the channel and put its kid into the header",
	}
	c, err := e.Store.Channel(ctx, issuer)
	if errors.Is(err, store.ErrNotFound) {
		return assertionKey{}, none
	}
	if err != nil {
		return assertionKey{}, fmt.Errorf("channel of the assertion: %w", err)
	}
	for _, k := range c.AssertionKeys {
		if kid == "" || k.KeyID != kid {
			continue
		}
		rsa, err := jose.ParseRSAPublicJWK(k.JWK)
		if err != nil {
			return assertionKey{}, fmt.Errorf("assertion key %s of channel %s: %w", k.KeyID, c.ID, err)
		}
		return assertionKey{channelID: c.ID, rsa: rsa.WithKeyID(kid)}, nil
	}
	return assertionKey{}, none
}

// claimedIssuer reads the issuer of an assertion that is not verified yet, only to
// know whose keys to try.
func claimedIssuer(raw string) string {
	_, rest, _ := strings.Cut(raw, ".")
	segment, _, _ := strings.Cut(rest, ".")
	payload, err := base64.RawURLEncoding.Strict().DecodeString(segment)
	if err != nil {
		return ""
	}
	issuer := ""
	err = jose.ScanObject(payload, func(name string, v jose.Value) error {
		if name != "iss" {
			return nil
		}
		s, err := v.String()
		issuer = s
		return err
	})
	if err != nil || !storable(issuer) {
		return ""
	}
	return issuer
}

// storable says whether a text may be looked for in the store: not every engine takes
// NUL.
func storable(s string) bool { return len(s) <= maxJTI && strings.IndexByte(s, 0) < 0 }

// readAssertion checks the claims.
func (e *Endpoints) readAssertion(payload []byte, channelID string) (assertion, error) {
	var a assertion
	var issuer, subject, audience string
	var exp, tokenExp int64
	err := jose.ScanObject(payload, func(name string, v jose.Value) (err error) {
		switch name {
		case "iss":
			issuer, err = v.String()
		case "sub":
			subject, err = v.String()
		case "aud":
			audience, err = v.String()
		case "jti":
			a.jti, err = v.String()
		case "exp":
			exp, err = number(v)
		case "token_exp":
			tokenExp, err = number(v)
		}
		return err
	})
	now := e.Now()
	a.channelID, a.expiresAt, a.tokenLife = issuer, time.Unix(exp, 0).UTC(), time.Duration(tokenExp)*time.Second
	switch {
	case err != nil || !storable(a.jti):
		return a, badAssertion("Invalid client_assertion", "claims of the assertion", "iss, sub, aud, exp, token_exp", "make the payload as LINE's page on JSON Web Tokens says")
	case issuer != channelID || subject != channelID:
		return a, badAssertion("iss and clientId of key do not match", "iss and sub", "the channel ID of the key", "put the channel ID into iss and sub")
	case audience != assertionAudience:
		return a, badAssertion("Invalid aud", "aud", assertionAudience, "put it into aud")
	case !now.Before(a.expiresAt) || a.expiresAt.After(now.Add(maxAssertionLife)):
		return a, badAssertion("Invalid exp", "exp", "in the future, at most 30 minutes ahead", "set exp for each request; check the machine's clock")
	case tokenExp < 0 || tokenExp > int64(maxTokenLife/time.Second):
		return a, badAssertion("Invalid token_exp", "token_exp", "seconds, at most 30 days", "set a shorter token_exp")
	}
	return a, nil
}

// number reads a number, also one written as a string: LINE's own sample has both.
func number(v jose.Value) (int64, error) {
	if v.Kind() != jose.String {
		return v.Int64()
	}
	s, err := v.String()
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(s, 10, 64)
}

func badAssertion(description, check, expected, fix string) error {
	return &oauth2.Error{Code: oauth2.InvalidClient, Description: description, Check: check, Expected: expected, Fix: fix}
}

// serveKeyIDs answers GET /oauth2/v2.1/tokens/kid ("Get all valid channel access token
// key IDs v2.1").
func (e *Endpoints) serveKeyIDs(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	if err := once(q); err != nil {
		return err
	}
	if err := need(q, "client_assertion_type", "client_assertion"); err != nil {
		return err
	}
	a, err := e.assertionOf(r.Context(), q)
	if err != nil {
		return err
	}
	if err := e.use(r.Context(), a); err != nil {
		return err
	}
	tokens, err := e.Store.ChannelTokensOf(r.Context(), a.channelID, store.ChannelTokenV21, e.Now().UTC())
	if err != nil {
		return fmt.Errorf("channel access tokens: %w", err)
	}
	kids := make([]string, 0, len(tokens))
	for _, t := range tokens {
		kids = append(kids, t.KeyID)
	}
	return router.WriteJSON(w, wire.KeyIDsResponse{KeyIDs: kids})
}
