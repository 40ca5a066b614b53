package sqlstore

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	adminTokenColumns = `id, name, hash, once, created_at, expires_at`
	addAdminToken     = `INSERT INTO admin_tokens (` + adminTokenColumns + `) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	oneAdminToken     = `SELECT ` + adminTokenColumns + ` FROM admin_tokens WHERE hash = $1 AND expires_at > $2`
	allAdminTokens    = `SELECT ` + adminTokenColumns + ` FROM admin_tokens ORDER BY created_at, id`
	deleteAdminToken  = `DELETE FROM admin_tokens WHERE id = $1`
)

// CreateAdminToken implements store.AdminTokens.
func (s *Store) CreateAdminToken(ctx context.Context, t store.AdminToken) error {
	return s.create(ctx, addAdminToken, adminTokenRow(t)...)
}

func adminTokenRow(t store.AdminToken) []any {
	return []any{t.ID, t.Name, t.Hash[:], t.Once, micros(t.CreatedAt), ends(t.ExpiresAt)}
}

func readAdminToken(row scan) (store.AdminToken, error) {
	var t store.AdminToken
	err := row(&t.ID, &t.Name, fixed(t.Hash[:]), &t.Once, when{&t.CreatedAt}, until{&t.ExpiresAt})
	return t, err
}

// AdminToken implements store.AdminTokens.
func (s *Store) AdminToken(ctx context.Context, hash store.Hash, now time.Time) (store.AdminToken, error) {
	return get(ctx, s, readAdminToken, oneAdminToken, hash[:], micros(now))
}

// AdminTokens implements store.AdminTokens.
func (s *Store) AdminTokens(ctx context.Context) ([]store.AdminToken, error) {
	return list(ctx, s, readAdminToken, allAdminTokens)
}

// DeleteAdminToken implements store.AdminTokens.
func (s *Store) DeleteAdminToken(ctx context.Context, id string, next *store.AdminToken) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if err := remove(c, deleteAdminToken, id); err != nil || next == nil {
			return err
		}
		return add(c, addAdminToken, adminTokenRow(*next)...)
	})
}
