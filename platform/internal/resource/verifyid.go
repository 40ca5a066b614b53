package resource

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata/internal/idtoken"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// LINE's texts of POST /oauth2/v2.1/verify ("Verify ID token"), full stops included.
const (
	badIDToken  = "Invalid IdToken."
	badIssuer   = "Invalid IdToken Issuer."
	idExpired   = "IdToken expired."
	badAudience = "Invalid IdToken Audience."
	badNonce    = "Invalid IdToken Nonce."
	badSubject  = "Invalid IdToken Subject Identifier."
)

// mostAhead is how far ahead of our clock a token of ours may have been issued: by another
// node, whose clock is ahead. Without it a token that is verified in the second in which it
// was issued is refused by a node that is some milliseconds behind. How LINE's endpoint does
// it is not known; this is what LINE's own SDKs allow.
const mostAhead = 5 * time.Minute

// serveVerifyID answers POST /oauth2/v2.1/verify with exactly the payload. It needs no
// secret: it holds the keys. There is no leeway for exp, and revocation is not looked at,
// as far as LINE's is known.
func (e *Endpoints) serveVerifyID(w http.ResponseWriter, r *http.Request) error {
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	raw, clientID := form.Get("id_token"), form.Get("client_id")
	if name := form.Repeated(); name != "" {
		return missing(oauth2.Clip(name), "give every parameter once")
	}
	if raw == "" || clientID == "" {
		return missing("id_token, client_id", "give both; client_id is your channel ID, never one that a request brings")
	}
	payload, err := e.verified(r.Context(), raw, clientID)
	if err != nil {
		return err
	}
	claims, err := idtoken.Parse(payload)
	if err != nil {
		return refused(badIDToken, "claims of the ID token: "+err.Error(), "", "", "use an ID token that this platform issued")
	}
	rules := idtoken.Rules{
		Issuer: e.Issuer(router.From(r.Context()).Base), Audience: clientID, Now: e.notBefore(claims.IssuedAt),
		CheckNonce: form.Get("nonce") != "", Nonce: form.Get("nonce"), Subject: form.Get("user_id"),
	}
	if err := claims.Check(rules); err != nil {
		return refusedClaim(err, claims, rules)
	}
	router.WriteRaw(w, payload)
	return nil
}

// notBefore returns the time by which a token is checked that was issued at iat: now, or a
// moment later, if the clock of the node that issued it is ahead.
func (e *Endpoints) notBefore(iat int64) time.Time {
	now := e.Now()
	if issued := time.Unix(iat, 0); issued.After(now) && !issued.After(now.Add(mostAhead)) {
		return issued
	}
	return now
}

// verified returns the payload if the signature is good. The header's alg only says
// which of two bound pairs to try: ES256 with the platform's keys, HS256 with the
// secrets of the channel that is asked for. Neither key serves the other algorithm.
func (e *Endpoints) verified(ctx context.Context, raw, clientID string) ([]byte, error) {
	token, err := jose.Parse(raw)
	if err != nil {
		return nil, refused(badIDToken, "form of the ID token: "+err.Error(), "", "", "send the ID token as it was issued")
	}
	switch h := token.Header(); h.Algorithm {
	case jose.ES256:
		key, ok := e.Ring.Set().Key(h.KeyID)
		if !ok {
			return nil, refused(badIDToken, "key of the ID token", oauth2.Clip(h.KeyID), "a kid of the JWK Set",
				"the key is retired, or another platform issued the token, or tegata dev was started anew")
		}
		if payload, err := token.Verify(key); err == nil {
			return payload, nil
		}
	case jose.HS256:
		keys, err := e.secretsOf(ctx, clientID)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			if payload, err := token.Verify(key); err == nil {
				return payload, nil
			}
		}
	default:
		return nil, refused(badIDToken, "algorithm of the ID token", h.Algorithm.String(), "ES256 or HS256", "send an ID token of this platform")
	}
	return nil, refused(badIDToken, "signature of the ID token", "", "",
		"the token was altered, or (HS256) it belongs to another channel than client_id names")
}

// secretsOf returns the HS256 keys of a channel; none if there is no such channel.
func (e *Endpoints) secretsOf(ctx context.Context, clientID string) ([]*jose.MACKey, error) {
	c, err := e.Store.Channel(ctx, clientID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("channel of the ID token: %w", err)
	}
	return e.Issue.SecretKeys(c)
}

// refusedClaim maps a claim that fails to LINE's text.
func refusedClaim(err error, c *idtoken.Claims, rules idtoken.Rules) error {
	switch {
	case errors.Is(err, idtoken.ErrIssuer):
		return refused(badIssuer, "issuer", c.Issuer, rules.Issuer, "start the platform with the issuer that the token names")
	case errors.Is(err, idtoken.ErrExpired):
		return refused(idExpired, "expiry", "", "", "an ID token lives one hour: log in again, or send the access token in its place")
	case errors.Is(err, idtoken.ErrAudience):
		return refused(badAudience, "audience", c.Audience, rules.Audience, "the token was issued for another channel: do not accept it")
	case errors.Is(err, idtoken.ErrNonce):
		return refused(badNonce, "nonce", "", "", "compare with the nonce of the authorization request; a LIFF token has none")
	case errors.Is(err, idtoken.ErrSubject):
		return refused(badSubject, "user_id", oauth2.Clip(rules.Subject), c.Subject, "the token is another user's: do not accept it")
	}
	return refused(badIDToken, err.Error(), "", "", "send an ID token of this platform")
}

func refused(description, check, given, expected, fix string) error {
	return &oauth2.Error{
		Status: http.StatusBadRequest, Code: oauth2.InvalidRequest, Description: description,
		Check: check, Given: given, Expected: expected, Fix: fix,
	}
}
