package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

const (
	grantColumns = `person_id, channel_id, scopes, consented_at, email_consented_at, email`
	oneGrant     = `SELECT ` + grantColumns + ` FROM grants WHERE person_id = $1 AND channel_id = $2`
	// The update changes nothing: it locks the row and gives what is in it.
	lockGrant = `INSERT INTO grants (` + grantColumns + `) VALUES ($1, $2, '[]', 0, 0, '')
		ON CONFLICT (person_id, channel_id) DO UPDATE SET person_id = excluded.person_id
		RETURNING ` + grantColumns
	putGrant = `UPDATE grants SET scopes = $3, consented_at = $4, email_consented_at = $5, email = $6
		WHERE person_id = $1 AND channel_id = $2`
	partiesExist = `SELECT 1 FROM channels, persons WHERE channels.id = $1 AND persons.id = $2`
	grantExists  = `SELECT 1 FROM grants WHERE person_id = $1 AND channel_id = $2`
	deleteGrant  = `DELETE FROM grants WHERE person_id = $1 AND channel_id = $2`

	deauthorizeCodes   = `UPDATE codes SET revoked = TRUE WHERE person_id = $1 AND channel_id = $2 AND NOT revoked`
	deauthorizeRefresh = `UPDATE refresh_tokens SET revoked_at = $3, cause = $4
		WHERE person_id = $1 AND channel_id = $2 AND revoked_at = 0`
	deauthorizeAccess = `UPDATE access_tokens SET revoked_at = $3, cause = $4
		WHERE person_id = $1 AND channel_id = $2 AND revoked_at = 0 RETURNING id`
)

// Grant implements store.Grants.
func (s *Store) Grant(ctx context.Context, personID, channelID string) (store.Grant, error) {
	return get(ctx, s, readGrant, oneGrant, personID, channelID)
}

func readGrant(row scan) (g store.Grant, err error) {
	err = row(&g.PersonID, &g.ChannelID, doc(&g.Scopes), when{&g.ConsentedAt}, when{&g.EmailConsentedAt}, &g.Email)
	return g, err
}

// PutGrant implements store.Grants. Whoever removes the person or the channel waits for it,
// and then finds the consent.
func (s *Store) PutGrant(ctx context.Context, g store.Grant) error {
	if !database.Keepable(g.PersonID, g.ChannelID) {
		return database.ErrText
	}
	return s.engine.Transact(ctx, func(c conn) error {
		if ok, err := there(c, partiesExist+s.locks.Stay, g.ChannelID, g.PersonID); err != nil || !ok {
			return missing(err)
		}
		row, err := one(c, readGrant, lockGrant, g.PersonID, g.ChannelID)
		if err != nil {
			return err
		}
		for _, scope := range g.Scopes {
			if !slices.Contains(row.Scopes, scope) {
				row.Scopes = append(row.Scopes, scope)
			}
		}
		if !g.ConsentedAt.IsZero() {
			row.ConsentedAt = g.ConsentedAt
		}
		if !g.EmailConsentedAt.IsZero() {
			row.EmailConsentedAt, row.Email = g.EmailConsentedAt, g.Email
		}
		_, err = touches(c, putGrant, g.PersonID, g.ChannelID, doc(row.Scopes), micros(row.ConsentedAt),
			micros(row.EmailConsentedAt), row.Email)
		return err
	})
}

// Deauthorize implements store.Grants. Whoever adds something that rests on the grant
// locks its row first: so the DELETE waits for them, and what they added is seen by
// the statements after it.
func (s *Store) Deauthorize(ctx context.Context, personID, channelID string, now time.Time) error {
	if !database.Keepable(personID, channelID) {
		return store.ErrNotFound
	}
	return s.engine.Transact(ctx, func(c conn) error {
		if ok, err := touches(c, deleteGrant, personID, channelID); err != nil || !ok {
			return missing(err)
		}
		if _, err := touches(c, deauthorizeCodes, personID, channelID); err != nil {
			return err
		}
		args := []any{personID, channelID, micros(now), store.CauseDeauthorize}
		if _, err := touches(c, deauthorizeRefresh, args...); err != nil {
			return err
		}
		_, err := s.revokes(c, deauthorizeAccess, args...)
		return err
	})
}
