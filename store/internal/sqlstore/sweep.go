package sqlstore

import (
	"context"
	"time"
)

// sweepable are the tables whose rows expire, with their keys.
var sweepable = []struct{ table, key string }{
	{"sessions", "hash"},
	{"login_transactions", "hash"},
	{"codes", "id"},
	{"access_tokens", "id"},
	{"refresh_tokens", "id"},
	{"channel_tokens", "id"},
	{"assertions", "digest"},
	{"admin_tokens", "id"},
	{"password_links", "hash"},
	{"failures", "id"},
}

// Sweep implements store.Store. Each table is a short step of its own. Rows that
// somebody else has locked are left for the next sweep, so that nodes share the work
// and never wait.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	removed := 0
	for _, t := range sweepable {
		if removed >= limit {
			return removed, nil // the rest in the next step
		}
		// The list is made once: joined with the table it could be made again for
		// each row, with other rows in it.
		n, err := s.removes(ctx, `WITH over AS MATERIALIZED (SELECT `+t.key+` FROM `+t.table+` WHERE expires_at <= $1
			ORDER BY expires_at LIMIT $2`+s.locks.Skip+`)
			DELETE FROM `+t.table+` WHERE `+t.key+` IN (SELECT `+t.key+` FROM over)`, micros(now), int64(limit-removed))
		removed += n
		if err != nil {
			return removed, err
		}
	}
	n, err := s.trim(ctx, max(0, limit-removed))
	removed += n
	if err != nil || s.log == nil || removed >= limit {
		return removed, err
	}
	n, err = s.log.Trim(ctx, limit-removed)
	return removed + n, err
}

// removes runs a DELETE and says how many rows it removed.
func (s *Store) removes(ctx context.Context, sql string, args ...any) (int, error) {
	n := int64(0)
	err := s.engine.Change(ctx, func(c conn) (err error) {
		n, err = c.Exec(sql, args...)
		return err
	})
	return int(n), err
}
