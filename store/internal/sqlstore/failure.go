package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/tegata-id/tegata/store"
)

const (
	// $4 is $2 + $3: what becomes of a key that has no moment ahead.
	addFailure = `INSERT INTO failures (id, expires_at) VALUES ($1, $4)
		ON CONFLICT (id) DO UPDATE SET expires_at = CASE WHEN failures.expires_at > $2 THEN failures.expires_at + $3 ELSE $4 END
		RETURNING expires_at`
	failureUntil = `SELECT expires_at FROM failures WHERE id = $1 AND expires_at > $2`
)

// AddFailure implements store.Failures.
func (s *Store) AddFailure(ctx context.Context, key store.Hash, now time.Time, cost time.Duration) (time.Time, error) {
	var until int64
	err := s.engine.Change(ctx, func(c Conn) (err error) {
		until, err = one(c, number, addFailure, key[:], micros(now), cost.Microseconds(), micros(now.Add(cost)))
		return err
	})
	if err != nil {
		return time.Time{}, err
	}
	return moment(until), nil
}

// FailuresUntil implements store.Failures.
func (s *Store) FailuresUntil(ctx context.Context, keys []store.Hash, now time.Time) ([]time.Time, error) {
	all := make([]time.Time, len(keys))
	err := s.engine.Read(ctx, func(c Conn) error {
		for i, key := range keys {
			until, err := one(c, number, failureUntil, key[:], micros(now))
			switch {
			case err == nil:
				all[i] = moment(until)
			case !errors.Is(err, store.ErrNotFound):
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
