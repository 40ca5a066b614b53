package sqlstore

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	codeColumns = `id, hash, channel_id, request, person_id, amr, auth_time, user_id, scopes, expires_at`
	addCode     = `INSERT INTO codes (` + codeColumns + `, used, revoked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE, FALSE) ON CONFLICT DO NOTHING`
	oneCode = `SELECT used, revoked, ` + codeColumns + ` FROM codes WHERE id = $1 AND expires_at > $2`
	useCode = `UPDATE codes SET used = TRUE WHERE id = $1 AND expires_at > $2 AND NOT used AND NOT revoked`
)

// CreateCode implements store.Tokens.
func (s *Store) CreateCode(ctx context.Context, c store.Code) error {
	return s.create(ctx, addCode, codeRow(c)...)
}

// codeRow gives the columns of a code.
func codeRow(c store.Code) []any {
	return []any{
		c.ID[:], c.Hash[:], c.Request.ChannelID, doc(requestRow(c.Request)), c.Who.PersonID, doc(c.Who.AMR),
		micros(c.Who.Time), c.UserID, doc(c.Scopes), ends(c.ExpiresAt),
	}
}

// codeState is a code and whether it is burned or revoked.
type codeState struct {
	store.Code
	used, revoked bool
}

func readCode(row scan) (codeState, error) {
	var c codeState
	var request requestRow
	err := row(
		&c.used, &c.revoked, fixed(c.ID[:]), fixed(c.Hash[:]), &c.Request.ChannelID, doc(&request), &c.Who.PersonID,
		doc(&c.Who.AMR), when{&c.Who.Time}, &c.UserID, doc(&c.Scopes), until{&c.ExpiresAt},
	)
	c.Request = store.Request(request)
	return c, err
}

// Code implements store.Tokens.
func (s *Store) Code(ctx context.Context, id store.ID, now time.Time) (store.Code, error) {
	c, err := get(ctx, s, readCode, oneCode, id[:], micros(now))
	switch {
	case err != nil:
		return store.Code{}, err
	case c.used:
		return store.Code{}, store.ErrUsed
	case c.revoked:
		return store.Code{}, store.ErrNotFound
	}
	return c.Code, nil
}

// RedeemCode implements store.Tokens.
func (s *Store) RedeemCode(ctx context.Context, id store.ID, now time.Time, access store.AccessToken, refresh *store.RefreshToken) error {
	return s.engine.Transact(ctx, func(c conn) error {
		code, err := s.redeemable(c, id, now)
		if err != nil {
			return err
		}
		if err := store.CheckRedeem(code.Code, access, refresh); err != nil {
			return err
		}
		// The grant is locked before the code: this is the order for everybody.
		granted, err := there(c, grantExists+s.locks.Stay, code.Who.PersonID, code.Request.ChannelID)
		switch {
		case err != nil:
			return err
		case !granted || code.revoked:
			return store.ErrRevoked
		}
		ok, err := touches(c, useCode, id[:], micros(now))
		if err != nil {
			return err
		}
		if !ok {
			// Somebody was faster between the two looks.
			return s.lost(c, id, now)
		}
		if refresh != nil {
			if err := add(c, addRefresh, refreshRow(*refresh, refresh.ID)...); err != nil {
				return err
			}
		}
		return add(c, addAccess, accessRow(access, access.RefreshID)...)
	})
}

// redeemable gives a code that is live and unused, revoked or not.
func (s *Store) redeemable(c conn, id store.ID, now time.Time) (codeState, error) {
	code, err := one(c, readCode, oneCode, id[:], micros(now))
	if err == nil && code.used {
		err = store.ErrUsed
	}
	return code, err
}

// lost says what became of a code that was redeemable a moment ago.
func (s *Store) lost(c conn, id store.ID, now time.Time) error {
	if _, err := s.redeemable(c, id, now); err != nil {
		return err
	}
	return store.ErrRevoked
}
