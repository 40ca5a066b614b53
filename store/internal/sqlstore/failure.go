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
		ON CONFLICT (id) DO UPDATE SET expires_at = CASE WHEN failures.expires_at > $2 THEN failures.expires_at + $3 ELSE $4 END RETURNING expires_at`
	failureUntil = `SELECT expires_at FROM failures WHERE id = $1 AND expires_at > $2`
)

func instant(row scan) (t time.Time, err error) {
	err = row(when{&t})
	return t, err
}

// AddFailure implements store.Failures.
func (s *Store) AddFailure(ctx context.Context, key store.Hash, now time.Time, cost time.Duration) (until time.Time, err error) {
	err = s.engine.Change(ctx, func(c conn) (err error) {
		until, err = one(c, instant, addFailure, key[:], micros(now), cost.Microseconds(), micros(now.Add(cost)))
		return err
	})
	return until, err
}

// FailuresUntil implements store.Failures.
func (s *Store) FailuresUntil(ctx context.Context, keys []store.Hash, now time.Time) (all []time.Time, err error) {
	for _, key := range keys {
		until, err := get(ctx, s, instant, failureUntil, key[:], micros(now))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		all = append(all, until)
	}
	return all, nil
}
