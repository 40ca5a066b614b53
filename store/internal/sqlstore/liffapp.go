package sqlstore

import (
	"context"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

const (
	liffAppColumns = `id, channel_id, description, view_type, endpoint_url, served_origins, module_mode, qr_code, scopes,
		bot_prompt, permanent_link_pattern, created_at, version`
	addLIFFApp = `INSERT INTO liff_apps (` + liffAppColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`
	oneLIFFApp    = `SELECT ` + liffAppColumns + ` FROM liff_apps WHERE id = $1`
	liffAppsOf    = `SELECT ` + liffAppColumns + ` FROM liff_apps WHERE channel_id = $1 ORDER BY made`
	countLIFFApps = `SELECT COUNT(*) FROM liff_apps WHERE channel_id = $1`
	liffAppExists = `SELECT 1 FROM liff_apps WHERE id = $1 AND channel_id = $2`
	// $13 is the version that the record gets.
	updateLIFFApp = `UPDATE liff_apps SET description = $3, view_type = $4, endpoint_url = $5, served_origins = $6,
		module_mode = $7, qr_code = $8, scopes = $9, bot_prompt = $10, permanent_link_pattern = $11, created_at = $12,
		version = $13
		WHERE id = $1 AND channel_id = $2 AND version = $13 - 1`
	deleteLIFFApp = `DELETE FROM liff_apps WHERE id = $1 AND channel_id = $2`
)

// CreateLIFFApp implements store.LIFFApps. The channel is locked, so that two callers
// do not both count one free place.
func (s *Store) CreateLIFFApp(ctx context.Context, a store.LIFFApp, limit int) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if ok, err := there(c, channelExists+s.locks.Update, a.ChannelID); err != nil || !ok {
			return missing(err)
		}
		if err := add(c, addLIFFApp, liffAppRow(a, 1)...); err != nil || limit <= 0 {
			return err
		}
		n, err := one(c, number, countLIFFApps, a.ChannelID)
		if err == nil && n > int64(limit) {
			err = store.ErrLimit
		}
		return err
	})
}

// LIFFApp implements store.LIFFApps.
func (s *Store) LIFFApp(ctx context.Context, id string) (store.LIFFApp, error) {
	return get(ctx, s, readLIFFApp, oneLIFFApp, id)
}

// LIFFAppsOf implements store.LIFFApps.
func (s *Store) LIFFAppsOf(ctx context.Context, channelID string) ([]store.LIFFApp, error) {
	return list(ctx, s, readLIFFApp, liffAppsOf, channelID)
}

// UpdateLIFFApp implements store.LIFFApps.
func (s *Store) UpdateLIFFApp(ctx context.Context, a store.LIFFApp) error {
	return s.engine.Change(ctx, func(c conn) error {
		ok, err := touches(c, updateLIFFApp, liffAppRow(a, a.Version+1)...)
		if err != nil || ok {
			return err
		}
		return outdated(c, liffAppExists, a.ID, a.ChannelID)
	})
}

// DeleteLIFFApp implements store.LIFFApps.
func (s *Store) DeleteLIFFApp(ctx context.Context, channelID, id string) error {
	if !database.Keepable(channelID, id) {
		return store.ErrNotFound
	}
	return s.engine.Change(ctx, func(c conn) error {
		if ok, err := touches(c, deleteLIFFApp, id, channelID); err != nil || !ok {
			return missing(err)
		}
		return nil
	})
}

// liffAppRow gives the columns of a LIFF app.
func liffAppRow(a store.LIFFApp, version int64) []any {
	return []any{
		a.ID, a.ChannelID, a.Description, a.ViewType, a.EndpointURL, doc(a.ServedOrigins), a.ModuleMode, a.QRCode,
		doc(a.Scopes), a.BotPrompt, a.PermanentLinkPattern, micros(a.CreatedAt), version,
	}
}

func readLIFFApp(row scan) (a store.LIFFApp, err error) {
	err = row(
		&a.ID, &a.ChannelID, &a.Description, &a.ViewType, &a.EndpointURL, doc(&a.ServedOrigins), &a.ModuleMode, &a.QRCode,
		doc(&a.Scopes), &a.BotPrompt, &a.PermanentLinkPattern, when{&a.CreatedAt}, &a.Version,
	)
	return a, err
}
