package main

import (
	"context"
	"encoding/json"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// openGoJOSE uses go-jose's package jwt: the algorithms pinned, the key taken from the
// JWK Set by kid, then ValidateWithLeeway with issuer, audience and time. Fetching the
// set is left to the caller.
func openGoJOSE(_ context.Context, s setup) (verify, error) {
	if s.Nonce != "" || s.MaxAge != 0 || s.AMR != nil {
		return nil, errNotOffered // custom claims: code of the caller
	}
	var algorithms []jose.SignatureAlgorithm
	var set jose.JSONWebKeySet
	if s.Keys&wrongtoken.ES256 != 0 {
		algorithms = append(algorithms, jose.ES256)
		if err := json.Unmarshal(s.net.fetch(), &set); err != nil {
			return nil, err
		}
	}
	if s.Keys&wrongtoken.HS256 != 0 {
		algorithms = append(algorithms, jose.HS256)
	}
	return func(_ context.Context, raw string) (string, error) {
		token, err := jwt.ParseSigned(raw, algorithms)
		if err != nil {
			return "", err
		}
		var key any = set
		if token.Headers[0].Algorithm == string(jose.HS256) {
			key = []byte(s.Secret)
		}
		var claims jwt.Claims
		var profile joseProfile
		if err := token.Claims(key, &claims, &profile); err != nil {
			return "", err
		}
		want := jwt.Expected{Issuer: s.Issuer, AnyAudience: jwt.Audience{s.Channel}, Time: s.now()}
		if err := claims.ValidateWithLeeway(want, s.Leeway); err != nil {
			return "", err
		}
		return claims.Subject, nil
	}, nil
}

// joseProfile are the claims of an ID token beside those that go-jose knows.
type joseProfile struct {
	Nonce   string   `json:"nonce"`
	AMR     []string `json:"amr"`
	Name    string   `json:"name"`
	Picture string   `json:"picture"`
	Email   string   `json:"email"`
}
