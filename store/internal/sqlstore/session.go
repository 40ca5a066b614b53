package sqlstore

import (
	"context"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	addSession    = `INSERT INTO sessions (hash, person_id, auth_time, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	oneSession    = `SELECT hash, person_id, auth_time, expires_at FROM sessions WHERE hash = $1 AND expires_at > $2`
	deleteSession = `DELETE FROM sessions WHERE hash = $1`
)

// CreateSession implements store.Logins. The person is locked: so whoever ends all sessions
// because the password changes, or the person goes, ends this one, or has done both before it
// begins.
func (s *Store) CreateSession(ctx context.Context, r store.Session) error {
	return s.engine.Transact(ctx, func(c conn) error {
		if ok, err := there(c, personExists+s.locks.Stay, r.PersonID); err != nil || !ok {
			return missing(err)
		}
		return add(c, addSession, r.Hash[:], r.PersonID, micros(r.AuthTime), ends(r.ExpiresAt))
	})
}

// Session implements store.Logins.
func (s *Store) Session(ctx context.Context, hash store.Hash, now time.Time) (store.Session, error) {
	return get(ctx, s, readSession, oneSession, hash[:], micros(now))
}

func readSession(row scan) (store.Session, error) {
	var r store.Session
	err := row(fixed(r.Hash[:]), &r.PersonID, when{&r.AuthTime}, until{&r.ExpiresAt})
	return r, err
}

// DeleteSession implements store.Logins.
func (s *Store) DeleteSession(ctx context.Context, hash store.Hash) error {
	return s.engine.Change(ctx, func(c conn) error {
		_, err := touches(c, deleteSession, hash[:])
		return err
	})
}
