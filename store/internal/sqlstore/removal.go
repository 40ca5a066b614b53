package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	updateProvider   = `UPDATE providers SET name = $2 WHERE id = $1`
	deleteProvider   = `DELETE FROM providers WHERE id = $1`
	channelOf        = `SELECT 1 FROM channels WHERE provider_id = $1 LIMIT 1`
	grantTo          = `SELECT 1 FROM grants WHERE channel_id = $1 LIMIT 1`
	grantBy          = `SELECT 1 FROM grants WHERE person_id = $1 LIMIT 1`
	deleteChannel    = `DELETE FROM channels WHERE id = $1`
	deleteApps       = `DELETE FROM liff_apps WHERE channel_id = $1`
	revokeChannel    = `UPDATE channel_tokens SET revoked_at = $2 WHERE channel_id = $1 AND revoked_at = 0`
	deletePerson     = `DELETE FROM persons WHERE id = $1`
	deleteFriends    = `DELETE FROM friendships WHERE person_id = $1`
	deleteLinks      = `DELETE FROM password_links WHERE person_id = $1`
	grantsBy         = `SELECT person_id, channel_id FROM grants WHERE person_id = $1 LIMIT $2`
	grantsTo         = `SELECT person_id, channel_id FROM grants WHERE channel_id = $1 LIMIT $2`
	madePerson       = `SELECT made FROM persons WHERE id = $1`
	personsMadeAfter = `SELECT ` + personColumns + ` FROM persons WHERE made > $1 ORDER BY made LIMIT $2`
)

// UpdateProvider implements store.Removal.
func (s *Store) UpdateProvider(ctx context.Context, p store.Provider) error {
	return s.engine.Change(ctx, func(c conn) error { return remove(c, updateProvider, p.ID, p.Name) })
}

// DeleteProvider implements store.Removal.
func (s *Store) DeleteProvider(ctx context.Context, id string) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if err := s.unused(c, providerExists, channelOf, id); err != nil {
			return err
		}
		return remove(c, deleteProvider, id)
	})
}

// unused locks a record, which must be there and to which nothing may refer.
func (s *Store) unused(c conn, exists, refers, id string) error {
	if ok, err := there(c, exists+s.locks.Update, id); err != nil || !ok {
		return missing(err)
	}
	if ok, err := there(c, refers, id); err != nil {
		return err
	} else if ok {
		return store.ErrInUse
	}
	return nil
}

// DeleteChannel implements store.Removal.
func (s *Store) DeleteChannel(ctx context.Context, id string, now time.Time) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if err := s.unused(c, channelExists, grantTo, id); err != nil {
			return err
		}
		if _, err := touches(c, deleteApps, id); err != nil {
			return err
		}
		if _, err := touches(c, revokeChannel, id, micros(now)); err != nil {
			return err
		}
		return remove(c, deleteChannel, id)
	})
}

// DeletePerson implements store.Removal.
func (s *Store) DeletePerson(ctx context.Context, id string) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if err := s.unused(c, personExists, grantBy, id); err != nil {
			return err
		}
		for _, sql := range []string{deleteFriends, deleteLinks, endSessions} {
			if _, err := touches(c, sql, id); err != nil {
				return err
			}
		}
		return remove(c, deletePerson, id)
	})
}

// Withdraw implements store.Removal.
func (s *Store) Withdraw(ctx context.Context, personID, channelID string, now time.Time, limit int) (int, error) {
	grants, err := s.consents(ctx, personID, channelID, max(limit, 0))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, g := range grants {
		err := s.Deauthorize(ctx, g.PersonID, g.ChannelID, now)
		if err == nil {
			n++
		} else if !errors.Is(err, store.ErrNotFound) {
			return n, err
		}
	}
	return n, nil
}

// consents gives at most limit consents of a person, to a channel, or of both.
func (s *Store) consents(ctx context.Context, personID, channelID string, limit int) ([]store.Grant, error) {
	switch {
	case limit == 0 || personID == "" && channelID == "":
		return nil, nil
	case channelID == "":
		return list(ctx, s, readParties, grantsBy, personID, int64(limit))
	case personID == "":
		return list(ctx, s, readParties, grantsTo, channelID, int64(limit))
	}
	return []store.Grant{{PersonID: personID, ChannelID: channelID}}, nil
}

func readParties(row scan) (g store.Grant, err error) {
	err = row(&g.PersonID, &g.ChannelID)
	return g, err
}

// EndSessions implements store.Removal.
func (s *Store) EndSessions(ctx context.Context, personID string) error {
	return s.engine.Change(ctx, func(c conn) error {
		_, err := touches(c, endSessions, personID)
		return err
	})
}

// PeopleAfter implements store.Removal.
func (s *Store) PeopleAfter(ctx context.Context, id string, limit int) ([]store.Person, error) {
	made := int64(0) // before the first
	if id != "" {
		var err error
		if made, err = get(ctx, s, number, madePerson, id); err != nil {
			return nil, err
		}
	}
	return list(ctx, s, readPerson, personsMadeAfter, made, int64(max(limit, 0)))
}
