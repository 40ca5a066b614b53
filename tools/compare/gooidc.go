package main

import (
	"context"
	"errors"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// openGoOIDC uses go-oidc with its own JWK Set client, the algorithm pinned. The nonce is
// compared by the caller, as its documentation says. It has no HS256.
func openGoOIDC(ctx context.Context, s setup) (verify, error) {
	if s.Keys != wrongtoken.ES256 || s.MaxAge != 0 || s.AMR != nil {
		return nil, errNotOffered
	}
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(ctx, s.net.client()), certs)
	verifier := oidc.NewVerifier(s.Issuer, keys, &oidc.Config{
		ClientID: s.Channel, SupportedSigningAlgs: []string{oidc.ES256}, Now: s.now,
	})
	return func(ctx context.Context, raw string) (string, error) {
		token, err := verifier.Verify(ctx, raw)
		if err != nil {
			return "", err
		}
		if s.Nonce != "" && token.Nonce != s.Nonce {
			return "", errors.New("another nonce")
		}
		var profile joseProfile
		if err := token.Claims(&profile); err != nil {
			return "", err
		}
		return token.Subject, nil
	}, nil
}
