package issue

import (
	"context"
	"errors"
	"fmt"

	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// NewCode makes an authorization code for a request that has been granted. The caller
// stores it. It is good for CodeLife and for one use.
func (s *Service) NewCode(req store.Request, who store.Authentication, userID string, scopes []string) (string, store.Code, error) {
	if userID == "" || who.PersonID == "" {
		return "", store.Code{}, errors.New("issue: a code needs a person and a user ID")
	}
	raw, id, hash := s.opaque.make(KindCode)
	return raw, store.Code{
		ID: id, Hash: hash, Request: req, Who: who, UserID: userID, Scopes: scopes, ExpiresAt: s.now().Add(CodeLife),
	}, nil
}

// Code returns the live code behind raw, without burning it. The error is an
// invalid_grant that says nothing on the wire of why.
func (s *Service) Code(ctx context.Context, raw string) (store.Code, error) {
	id, hash, err := s.opaque.parse(KindCode, raw)
	if err != nil {
		return store.Code{}, badCode("form of the code", "send the code as it came, decoded once")
	}
	code, err := s.cfg.Store.Code(ctx, id, s.now())
	if err != nil {
		return store.Code{}, codeError(err)
	}
	if !same(code.Hash, hash) {
		return store.Code{}, badCode("the code", "send the code as it came, decoded once")
	}
	return code, nil
}

// codeError turns the store's answer into what a client may know.
func codeError(err error) error {
	const again = "begin a new login; a code is good for 10 minutes and one use"
	switch {
	case errors.Is(err, store.ErrUsed):
		return badCode("the code has been used", again)
	case errors.Is(err, store.ErrNotFound):
		return badCode("the code has expired or never was", again)
	case errors.Is(err, store.ErrRevoked):
		return badCode("the user has withdrawn the consent", "ask for a new login")
	}
	return fmt.Errorf("code: %w", err)
}

func badCode(check, fix string) error {
	return &oauth2.Error{Code: oauth2.InvalidGrant, Description: "invalid authorization code", Check: check, Fix: fix}
}
