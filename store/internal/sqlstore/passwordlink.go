package sqlstore

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	passwordLinkColumns = `hash, person_id, created_at, expires_at`
	addPasswordLink     = `INSERT INTO password_links (` + passwordLinkColumns + `) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	onePasswordLink     = `SELECT ` + passwordLinkColumns + ` FROM password_links WHERE hash = $1 AND expires_at > $2`
	deletePasswordLink  = `DELETE FROM password_links WHERE hash = $1`
	// A link that comes again is no other one: then the new one is refused.
	deleteOtherLinks = `DELETE FROM password_links WHERE person_id = $1 AND hash <> $2`
	setPassword      = `UPDATE persons SET password_hash = $2, version = version + 1 WHERE id = $1`
	endSessions      = `DELETE FROM sessions WHERE person_id = $1`
)

// CreatePasswordLink implements store.PasswordLinks. The person is locked, so that of two
// callers the second finds the link of the first.
func (s *Store) CreatePasswordLink(ctx context.Context, l store.PasswordLink) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if ok, err := there(c, personExists+s.locks.Update, l.PersonID); err != nil || !ok {
			return missing(err)
		}
		if _, err := touches(c, deleteOtherLinks, l.PersonID, l.Hash[:]); err != nil {
			return err
		}
		return add(c, addPasswordLink, l.Hash[:], l.PersonID, micros(l.CreatedAt), ends(l.ExpiresAt))
	})
}

func readPasswordLink(row scan) (store.PasswordLink, error) {
	var l store.PasswordLink
	err := row(fixed(l.Hash[:]), &l.PersonID, when{&l.CreatedAt}, until{&l.ExpiresAt})
	return l, err
}

// PasswordLink implements store.PasswordLinks.
func (s *Store) PasswordLink(ctx context.Context, hash store.Hash, now time.Time) (store.PasswordLink, error) {
	return get(ctx, s, readPasswordLink, onePasswordLink, hash[:], micros(now))
}

// UsePasswordLink implements store.PasswordLinks.
func (s *Store) UsePasswordLink(ctx context.Context, hash store.Hash, now time.Time, passwordHash string) (store.PasswordLink, error) {
	var link store.PasswordLink
	err := s.engine.Transact(ctx, func(c conn) (err error) {
		link, err = one(c, readPasswordLink, onePasswordLink, hash[:], micros(now))
		if err != nil {
			return err
		}
		// The person is locked before the link, as where links are made.
		if ok, err := there(c, personExists+s.locks.Update, link.PersonID); err != nil || !ok {
			return missing(err)
		}
		if err := remove(c, deletePasswordLink, hash[:]); err != nil {
			return err // somebody was faster
		}
		if _, err := touches(c, setPassword, link.PersonID, passwordHash); err != nil {
			return err
		}
		_, err = touches(c, endSessions, link.PersonID)
		return err
	})
	if err != nil {
		return store.PasswordLink{}, err
	}
	return link, nil
}
