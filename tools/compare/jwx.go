package main

import (
	"context"
	"time"

	"github.com/lestrrat-go/httprc/v3"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// openJWX uses jwx with its JWK cache and jwt.Parse: issuer, audience and required claims
// given, null refused in claims, dates as numbers only, and sets parsed as its
// documentation advises for those of other people. Which algorithm is taken is a matter
// of the key's alg; there is no list of algorithms beside it.
func openJWX(ctx context.Context, s setup) (verify, error) {
	if s.MaxAge != 0 || s.AMR != nil || s.Keys == wrongtoken.Both {
		return nil, errNotOffered
	}
	options := []jwt.ParseOption{
		jwt.WithIssuer(s.Issuer), jwt.WithAudience(s.Channel), jwt.WithAcceptableSkew(s.Leeway), jwt.WithClock(jwt.ClockFunc(s.now)),
		jwt.WithRequiredClaim(jwt.SubjectKey), jwt.WithRequiredClaim(jwt.ExpirationKey), jwt.WithRequiredClaim(jwt.IssuedAtKey),
		jwt.WithStrictStringClaims(true), jwt.WithPedantic(true),
	}
	if s.Nonce != "" {
		options = append(options, jwt.WithClaimValue("nonce", s.Nonce))
	}
	if s.Keys == wrongtoken.HS256 {
		options = append(options, jwt.WithKey(jwa.HS256(), []byte(s.Secret)))
	} else {
		set, err := jwxSet(ctx, s)
		if err != nil {
			return nil, err
		}
		options = append(options, jwt.WithKeySet(set))
	}
	return func(_ context.Context, raw string) (string, error) {
		token, err := jwt.Parse([]byte(raw), options...)
		if err != nil {
			return "", err
		}
		user, _ := token.Subject()
		return user, nil
	}, nil
}

// jwxSet returns a set that the cache keeps fresh until the context ends.
func jwxSet(ctx context.Context, s setup) (jwk.Set, error) {
	cache, err := jwk.NewCache(ctx, httprc.NewClient())
	if err != nil {
		return nil, err
	}
	// Register waits for the first set, for ever if none can be read.
	patience, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err = cache.Register(
		patience, certs, jwk.WithHTTPClient(s.net.client()), jwk.WithStrictKeySetParsing(false),
		jwk.WithMinInterval(15*time.Minute), jwk.WithMaxInterval(time.Hour),
	)
	if err != nil {
		return nil, err
	}
	return cache.CachedSet(certs)
}

// configureJWX sets what jwx has as a setting of the whole process only.
func configureJWX() { jwt.Settings(jwt.WithNumericDateParsePedantic(true)) }
