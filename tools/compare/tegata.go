package main

import (
	"context"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// openTegata is the short call with the settings of the case.
func openTegata(_ context.Context, s setup) (verify, error) {
	cfg := tegata.Config{
		ChannelID: s.Channel, ChannelSecret: tegata.Secret(s.Secret), Issuer: s.Issuer, Leeway: s.Leeway,
		Transport: s.net, Now: s.now,
	}
	if s.Keys&wrongtoken.ES256 != 0 {
		cfg.KeyTypes |= tegata.ES256
	}
	if s.Keys&wrongtoken.HS256 != 0 {
		cfg.KeyTypes |= tegata.HS256
	}
	v, err := tegata.New(cfg)
	if err != nil {
		return nil, err
	}
	var checks []tegata.Check
	if s.Nonce != "" {
		checks = append(checks, tegata.WithNonce(s.Nonce))
	}
	if s.MaxAge != 0 {
		checks = append(checks, tegata.WithMaxAge(s.MaxAge))
	}
	for _, method := range s.AMR {
		checks = append(checks, tegata.WithAMR(method))
	}
	if s.askPlatform {
		return func(ctx context.Context, raw string) (string, error) {
			user, err := v.Both(ctx, raw, "access-token", checks...)
			if err != nil {
				return "", err
			}
			return user.UserID, nil
		}, nil
	}
	return func(ctx context.Context, raw string) (string, error) {
		token, err := v.IDToken(ctx, raw, checks...)
		if err != nil {
			return "", err
		}
		return token.UserID, nil
	}, nil
}
