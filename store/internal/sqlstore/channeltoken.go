package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	channelTokenColumns = `id, hash, channel_id, kind, key_id, issued_at, expires_at, revoked_at`
	addChannelToken     = `INSERT INTO channel_tokens (` + channelTokenColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`
	oneChannelToken = `SELECT ` + channelTokenColumns + ` FROM channel_tokens WHERE id = $1`
	channelTokensOf = `SELECT ` + channelTokenColumns + ` FROM channel_tokens
		WHERE channel_id = $1 AND kind = $2 AND revoked_at = 0 AND expires_at > $3 ORDER BY issued_at, id`
	countChannelTokens = `SELECT COUNT(*) FROM channel_tokens
		WHERE channel_id = $1 AND kind = $2 AND revoked_at = 0 AND expires_at > $3 AND id <> $4`
	evictChannelTokens = `UPDATE channel_tokens SET revoked_at = $3 WHERE id IN (
		SELECT id FROM channel_tokens
		WHERE channel_id = $1 AND kind = $2 AND revoked_at = 0 AND expires_at > $3 AND id <> $4
		ORDER BY issued_at, id LIMIT $5)`
	revokeChannelToken = `UPDATE channel_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0`
	channelTokenExists = `SELECT 1 FROM channel_tokens WHERE id = $1`

	// An assertion whose time is over may be burned once more.
	addAssertion = `INSERT INTO assertions (digest, expires_at) VALUES ($1, $2)
		ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at WHERE assertions.expires_at <= $3`
)

// AddChannelToken implements store.ChannelTokens. The channel is locked, so that whoever
// removes it finds the token, and two callers do not both count one free place.
func (s *Store) AddChannelToken(ctx context.Context, t store.ChannelToken, limit int, evict bool) error {
	row := []any{
		t.ID[:], t.Hash[:], t.ChannelID, int64(t.Kind), t.KeyID, micros(t.IssuedAt), ends(t.ExpiresAt), micros(t.RevokedAt),
	}
	lock := s.locks.Update
	if limit <= 0 {
		lock = s.locks.Stay
	}
	return s.engine.Transact(ctx, func(c conn) error {
		if ok, err := there(c, channelExists+lock, t.ChannelID); err != nil || !ok {
			return missing(err)
		}
		if err := add(c, addChannelToken, row...); err != nil || limit <= 0 {
			return err
		}
		n, err := one(c, number, countChannelTokens, t.ChannelID, int64(t.Kind), micros(t.IssuedAt), t.ID[:])
		excess := n - int64(limit) + 1
		if err != nil || excess <= 0 {
			return err
		}
		if !evict {
			return store.ErrLimit
		}
		_, err = touches(c, evictChannelTokens, t.ChannelID, int64(t.Kind), micros(t.IssuedAt), t.ID[:], excess)
		return err
	})
}

func readChannelToken(row scan) (store.ChannelToken, error) {
	var t store.ChannelToken
	err := row(
		fixed(t.ID[:]), fixed(t.Hash[:]), &t.ChannelID, small[store.ChannelTokenKind]{&t.Kind}, &t.KeyID,
		when{&t.IssuedAt}, until{&t.ExpiresAt}, when{&t.RevokedAt},
	)
	return t, err
}

// ChannelToken implements store.ChannelTokens.
func (s *Store) ChannelToken(ctx context.Context, id store.ID) (store.ChannelToken, error) {
	return get(ctx, s, readChannelToken, oneChannelToken, id[:])
}

// ChannelTokensOf implements store.ChannelTokens.
func (s *Store) ChannelTokensOf(ctx context.Context, channelID string, kind store.ChannelTokenKind, now time.Time) ([]store.ChannelToken, error) {
	return list(ctx, s, readChannelToken, channelTokensOf, channelID, int64(kind), micros(now))
}

// RevokeChannelToken implements store.ChannelTokens.
func (s *Store) RevokeChannelToken(ctx context.Context, id store.ID, now time.Time) error {
	return s.engine.Change(ctx, func(c conn) error {
		ok, err := touches(c, revokeChannelToken, id[:], micros(now))
		if err != nil || ok {
			return err
		}
		return revokedBefore(c, channelTokenExists, id)
	})
}

// UseAssertion implements store.ChannelTokens.
func (s *Store) UseAssertion(ctx context.Context, channelID, jti string, now, expiresAt time.Time) error {
	digest := assertionDigest(channelID, jti)
	return s.engine.Change(ctx, func(c conn) error {
		ok, err := touches(c, addAssertion, digest[:], ends(expiresAt), micros(now))
		if err == nil && !ok {
			err = store.ErrUsed
		}
		return err
	})
}

// assertionDigest is the key of an assertion. A jti is any text that a client likes,
// of any length: an index would not take that.
func assertionDigest(channelID, jti string) [sha256.Size]byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(len(channelID)))
	return sha256.Sum256(append(append(b, channelID...), jti...))
}
