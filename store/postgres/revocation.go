package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/lease"
)

var _ lease.Shared = (*Store)(nil)

const (
	// The counter's row stays locked until the transaction is committed: so entries
	// appear in the order of their numbers, and a reader who goes on from the last number
	// that he saw misses none. It is the last row that a revocation locks.
	countRevocations = `UPDATE counters SET last = last + $1 WHERE name = 'revocation' RETURNING last - $1`
	addRevocations   = `INSERT INTO revocations (seq, token_id)
		SELECT $1 + n, token FROM unnest($2::bytea[]) WITH ORDINALITY AS t (token, n)`
	lastRevocation   = `SELECT last FROM counters WHERE name = 'revocation'`
	revocationsAfter = `SELECT seq, token_id FROM revocations WHERE seq > $1 ORDER BY seq LIMIT $2`
	// A node asks for what is new several times a second. Ten minutes and the newest ten
	// thousand stay, by the server's clock, so that no clock that jumps takes an entry
	// from a node that has not seen it.
	trimRevocations = `DELETE FROM revocations WHERE seq IN (
		SELECT seq FROM revocations
		WHERE noted_at < clock_timestamp() - INTERVAL '10 minutes'
			AND seq <= (SELECT last - 10000 FROM counters WHERE name = 'revocation')
		ORDER BY seq LIMIT $1)`
)

// Revoked implements sqlstore.RevocationLog.
func (e *engine) Revoked(c database.Conn, tokens []store.ID) error {
	rows, err := c.Query(countRevocations, int64(len(tokens)))
	if err != nil {
		return err
	}
	var before int64
	for rows.Next() {
		if err := rows.Scan(&before); err != nil {
			rows.Close()
			return err
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return err
	}
	ids := make([][]byte, len(tokens))
	for i := range tokens {
		ids[i] = tokens[i][:]
	}
	_, err = c.Exec(addRevocations, before, ids)
	return err
}

// Trim implements sqlstore.RevocationLog.
func (e *engine) Trim(ctx context.Context, limit int) (int, error) {
	n := int64(0)
	err := e.Change(ctx, func(c database.Conn) (err error) {
		n, err = c.Exec(trimRevocations, int64(limit))
		return err
	})
	return int(n), err
}

// RevocationsAfter implements lease.Shared. The context bounds the whole of it. It has a
// connection of its own: if it waited behind the verbs, a node that has much to do would
// lose its lease, forget what it has in memory, and so have still more to do.
func (s *Store) RevocationsAfter(ctx context.Context, seq int64, limit int) ([]lease.Revocation, error) {
	rows, err := s.engine.log.Query(ctx, revocationsAfter, seq, int64(limit))
	if err != nil {
		return nil, s.engine.clean(err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r lease.Revocation, err error) {
		var token []byte
		if err = row.Scan(&r.Seq, &token); err == nil {
			copy(r.Token[:], token)
		}
		return r, err
	})
}

// LastRevocation implements lease.Shared. The context bounds the whole of it.
func (s *Store) LastRevocation(ctx context.Context) (last int64, err error) {
	err = s.engine.log.QueryRow(ctx, lastRevocation).Scan(&last)
	return last, s.engine.clean(err)
}
