package sqlstore

import (
	"context"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

const (
	// The ring is one row, so that its version says everything. Version 0 is no row.
	oneKeyRing     = `SELECT version, keys FROM key_ring WHERE id = 1`
	addKeyRing     = `INSERT INTO key_ring (id, version, keys) VALUES (1, 1, $1) ON CONFLICT DO NOTHING`
	replaceKeyRing = `UPDATE key_ring SET version = version + 1, keys = $2 WHERE id = 1 AND version = $1`
)

// keyRow is how a key is kept.
type keyRow struct {
	ID        string       `json:"id"`
	Use       store.KeyUse `json:"use"`
	Sealed    []byte       `json:"sealed"`
	CreatedAt int64        `json:"created_at"`
	ActiveAt  int64        `json:"active_at"`
	RetiredAt int64        `json:"retired_at"`
	ExpiresAt int64        `json:"expires_at"`
}

func readKeyRing(row scan) (store.KeyRing, error) {
	var ring store.KeyRing
	var keys []keyRow
	err := row(&ring.Version, doc(&keys))
	for _, k := range keys {
		ring.Keys = append(ring.Keys, store.Key{
			ID: k.ID, Use: k.Use, Sealed: k.Sealed, CreatedAt: moment(k.CreatedAt), ActiveAt: moment(k.ActiveAt),
			RetiredAt: moment(k.RetiredAt), ExpiresAt: moment(k.ExpiresAt),
		})
	}
	return ring, err
}

// KeyRing implements store.Keys.
func (s *Store) KeyRing(ctx context.Context) (ring store.KeyRing, err error) {
	err = s.engine.Read(ctx, func(c conn) error {
		ring, err = KeyRingOf(c)
		return err
	})
	return ring, err
}

// KeyRingOf reads the key ring of a database that no store has open.
func KeyRingOf(c database.Conn) (store.KeyRing, error) {
	rings, err := all(c, readKeyRing, oneKeyRing)
	if err != nil || len(rings) == 0 {
		return store.KeyRing{}, err
	}
	return rings[0], nil
}

// ReplaceKeyRing implements store.Keys.
func (s *Store) ReplaceKeyRing(ctx context.Context, version int64, keys []store.Key) error {
	rows := make([]keyRow, len(keys))
	for i, k := range keys {
		rows[i] = keyRow{k.ID, k.Use, k.Sealed, micros(k.CreatedAt), micros(k.ActiveAt), micros(k.RetiredAt), micros(k.ExpiresAt)}
	}
	sql, args := replaceKeyRing, []any{version, doc(rows)}
	if version == 0 {
		sql, args = addKeyRing, args[1:]
	}
	return s.engine.Change(ctx, func(c conn) error {
		ok, err := touches(c, sql, args...)
		if err == nil && !ok {
			err = store.ErrConflict
		}
		return err
	})
}
