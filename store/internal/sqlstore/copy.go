package sqlstore

import (
	"context"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/carry"
)

var _ store.Copyable = (*Store)(nil)

// Export implements store.Copyable.
func (s *Store) Export(ctx context.Context, add func(kind string, rows []store.Row) error) error {
	return carry.Export(ctx, s.engine, add)
}

// Import implements store.Copyable.
func (s *Store) Import(ctx context.Context, kind string, rows []store.Row) error {
	return carry.Import(ctx, s.engine, kind, rows)
}

// Tally implements store.Copyable.
func (s *Store) Tally(ctx context.Context) (all []store.Tally, err error) {
	err = s.engine.Snapshot(ctx, func(c conn) (err error) {
		all, err = carry.Tally(c)
		return err
	})
	return all, err
}
