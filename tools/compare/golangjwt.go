package main

import (
	"context"
	"crypto/ecdsa"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// openGolangJWT uses golang-jwt as its documentation advises: the methods pinned, issuer
// and audience given, expiry required, iat verified, strict base64, and a key function
// that looks at the kid and at the kind of method. Reading JWK Sets is left to another
// module; go-jose stands in for it here, so rows about sets are not asked of golang-jwt.
func openGolangJWT(_ context.Context, s setup) (verify, error) {
	if s.Nonce != "" || s.MaxAge != 0 || s.AMR != nil {
		return nil, errNotOffered // custom claims: code of the caller
	}
	var methods []string
	keys := map[string]*ecdsa.PublicKey{}
	if s.Keys&wrongtoken.ES256 != 0 {
		methods = append(methods, jwt.SigningMethodES256.Alg())
		var set jose.JSONWebKeySet
		if err := json.Unmarshal(s.net.fetch(), &set); err != nil {
			return nil, err
		}
		for _, k := range set.Keys {
			if key, ok := k.Key.(*ecdsa.PublicKey); ok {
				keys[k.KeyID] = key
			}
		}
	}
	if s.Keys&wrongtoken.HS256 != 0 {
		methods = append(methods, jwt.SigningMethodHS256.Alg())
	}
	keyFunc := func(t *jwt.Token) (any, error) {
		switch t.Method.(type) {
		case *jwt.SigningMethodECDSA:
			kid, _ := t.Header["kid"].(string)
			if key, ok := keys[kid]; ok {
				return key, nil
			}
			return nil, errors.New("no such key")
		case *jwt.SigningMethodHMAC:
			return []byte(s.Secret), nil
		}
		return nil, errors.New("unexpected signing method")
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods(methods), jwt.WithIssuer(s.Issuer), jwt.WithAudience(s.Channel), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithLeeway(s.Leeway), jwt.WithStrictDecoding(), jwt.WithTimeFunc(s.now),
	)
	return func(_ context.Context, raw string) (string, error) {
		var claims profileClaims
		if _, err := parser.ParseWithClaims(raw, &claims, keyFunc); err != nil {
			return "", err
		}
		return claims.Subject, nil
	}, nil
}

// profileClaims are what a server reads of an ID token.
type profileClaims struct {
	jwt.RegisteredClaims
	Nonce   string   `json:"nonce"`
	AMR     []string `json:"amr"`
	Name    string   `json:"name"`
	Picture string   `json:"picture"`
	Email   string   `json:"email"`
}
