package sqlstore

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

const (
	// family_id is the first refresh token of the rotation that led here. Tokens are
	// revoked by it, so that none is missed when an older link has been swept.
	accessColumns = `id, hash, channel_id, person_id, user_id, scopes, origin, liff_id, refresh_id, issued_at, expires_at,
		revoked_at, cause`
	addAccess = `INSERT INTO access_tokens (` + accessColumns + `, family_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING`
	oneAccess    = `SELECT ` + accessColumns + ` FROM access_tokens WHERE id = $1`
	revokeAccess = `UPDATE access_tokens SET revoked_at = $2, cause = $3 WHERE id = $1 AND revoked_at = 0 RETURNING id`
	accessExists = `SELECT 1 FROM access_tokens WHERE id = $1`
	revokeIssued = `UPDATE access_tokens SET revoked_at = $2, cause = $3 WHERE family_id = $1 AND revoked_at = 0
		RETURNING id`

	refreshColumns = `id, hash, channel_id, person_id, user_id, scopes, origin, issued_at, expires_at, revoked_at, cause,
		used_at`
	addRefresh = `INSERT INTO refresh_tokens (` + refreshColumns + `, family_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`
	oneRefresh   = `SELECT family_id, ` + refreshColumns + ` FROM refresh_tokens WHERE id = $1`
	useRefresh   = `UPDATE refresh_tokens SET used_at = $2 WHERE id = $1 AND expires_at > $2 AND used_at = 0 AND revoked_at = 0`
	revokeFamily = `UPDATE refresh_tokens SET revoked_at = $2, cause = $3 WHERE family_id = $1 AND revoked_at = 0`
)

// accessRow gives the columns of an access token.
func accessRow(t store.AccessToken, family store.ID) []any {
	return []any{
		t.ID[:], t.Hash[:], t.ChannelID, t.PersonID, t.UserID, doc(t.Scopes), int64(t.Origin), t.LIFFID, t.RefreshID[:],
		micros(t.IssuedAt), ends(t.ExpiresAt), micros(t.RevokedAt), t.Cause, familyOf(family),
	}
}

// familyOf gives the column of a family: NULL if there is none, which keeps what has
// none out of the index.
func familyOf(family store.ID) any {
	if family == (store.ID{}) {
		return nil
	}
	return family[:]
}

func readAccess(row scan) (store.AccessToken, error) {
	var t store.AccessToken
	err := row(
		fixed(t.ID[:]), fixed(t.Hash[:]), &t.ChannelID, &t.PersonID, &t.UserID, doc(&t.Scopes), small[store.Origin]{&t.Origin},
		&t.LIFFID, fixed(t.RefreshID[:]), when{&t.IssuedAt}, until{&t.ExpiresAt}, when{&t.RevokedAt}, &t.Cause,
	)
	return t, err
}

// refreshRow gives the columns of a refresh token.
func refreshRow(t store.RefreshToken, family store.ID) []any {
	return []any{
		t.ID[:], t.Hash[:], t.ChannelID, t.PersonID, t.UserID, doc(t.Scopes), int64(t.Origin), micros(t.IssuedAt),
		ends(t.ExpiresAt), micros(t.RevokedAt), t.Cause, micros(t.UsedAt), family[:],
	}
}

// refreshState is a refresh token and the family that it belongs to.
type refreshState struct {
	store.RefreshToken
	family store.ID
}

func readRefresh(row scan) (refreshState, error) {
	var t refreshState
	err := row(
		fixed(t.family[:]), fixed(t.ID[:]), fixed(t.Hash[:]), &t.ChannelID, &t.PersonID, &t.UserID, doc(&t.Scopes),
		small[store.Origin]{&t.Origin}, when{&t.IssuedAt}, until{&t.ExpiresAt}, when{&t.RevokedAt}, &t.Cause, when{&t.UsedAt},
	)
	return t, err
}

// AddAccessToken implements store.Tokens.
func (s *Store) AddAccessToken(ctx context.Context, access store.AccessToken, now time.Time) error {
	return s.engine.Transact(ctx, func(c conn) error {
		granted, err := there(c, grantExists+s.locks.Stay, access.PersonID, access.ChannelID)
		if err != nil {
			return err
		}
		var family store.ID
		if access.RefreshID != (store.ID{}) {
			from, err := s.refreshable(c, s.locks.Share, access.RefreshID, now)
			if err == nil {
				err = store.CheckRefresh(from.RefreshToken, access)
			}
			if err != nil {
				return err
			}
			family = from.family
		}
		if !granted {
			return store.ErrRevoked
		}
		return add(c, addAccess, accessRow(access, family)...)
	})
}

// refreshable gives a refresh token that may be used at now. The lock sees to it that
// nobody revokes it before the transaction ends.
func (s *Store) refreshable(c conn, lock string, id store.ID, now time.Time) (refreshState, error) {
	t, err := one(c, readRefresh, oneRefresh+lock, id[:])
	switch {
	case err != nil:
		return t, err
	case ends(t.ExpiresAt) <= micros(now):
		return t, store.ErrNotFound
	case !t.RevokedAt.IsZero():
		return t, store.ErrRevoked
	case !t.UsedAt.IsZero():
		return t, store.ErrUsed
	}
	return t, nil
}

// AccessToken implements store.Tokens.
func (s *Store) AccessToken(ctx context.Context, id store.ID) (store.AccessToken, error) {
	return get(ctx, s, readAccess, oneAccess, id[:])
}

// RefreshToken implements store.Tokens.
func (s *Store) RefreshToken(ctx context.Context, id store.ID) (store.RefreshToken, error) {
	t, err := get(ctx, s, readRefresh, oneRefresh, id[:])
	return t.RefreshToken, err
}

// RevokeAccessToken implements store.Tokens.
func (s *Store) RevokeAccessToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	if !database.Keepable(cause) {
		return database.ErrText
	}
	return s.engine.Transact(ctx, func(c conn) error {
		revoked, err := s.revokes(c, revokeAccess, id[:], micros(now), cause)
		if err != nil || len(revoked) > 0 {
			return err
		}
		return revokedBefore(c, accessExists, id)
	})
}

// revokedBefore is nil if a token that could not be revoked is there: then it has
// been before.
func revokedBefore(c conn, exists string, id store.ID) error {
	ok, err := there(c, exists, id[:])
	if err != nil || !ok {
		return missing(err)
	}
	return nil
}

// RevokeRefreshToken implements store.Tokens.
func (s *Store) RevokeRefreshToken(ctx context.Context, id store.ID, now time.Time, cause string) error {
	return s.engine.Transact(ctx, func(c conn) error {
		t, err := one(c, readRefresh, oneRefresh, id[:])
		if err != nil {
			return err
		}
		// While a statement waits for somebody who rotates a token of the family, a
		// new one is added that this statement cannot see: so until it finds nothing.
		for revoked, more := false, true; more; revoked = true {
			more, err = touches(c, revokeFamily, t.family[:], micros(now), cause)
			if err != nil || !more && !revoked {
				// Whoever revoked the family took its access tokens with it.
				return err
			}
		}
		_, err = s.revokes(c, revokeIssued, t.family[:], micros(now), cause)
		return err
	})
}

// RotateRefresh implements store.Rotation.
func (s *Store) RotateRefresh(ctx context.Context, id store.ID, now time.Time, access store.AccessToken, next store.RefreshToken) error {
	return s.engine.Transact(ctx, func(c conn) error {
		granted, err := there(c, grantExists+s.locks.Stay, access.PersonID, access.ChannelID)
		if err != nil {
			return err
		}
		old, err := s.refreshable(c, s.locks.Update, id, now)
		if err == nil {
			err = store.CheckRotate(old.RefreshToken, access, next)
		}
		switch {
		case err != nil:
			return err
		case !granted:
			return store.ErrRevoked
		}
		if ok, err := touches(c, useRefresh, id[:], micros(now)); err != nil || !ok {
			return missing(err)
		}
		if err := add(c, addRefresh, refreshRow(next, old.family)...); err != nil {
			return err
		}
		return add(c, addAccess, accessRow(access, old.family)...)
	})
}
