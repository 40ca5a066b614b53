package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/tegata-id/tegata/store"
)

var _ store.Copyable = (*Store)(nil)

// rowsInPage is how many rows are read and added at a time.
const rowsInPage = 500

// Export implements store.Copyable.
func (s *Store) Export(ctx context.Context, add func(kind string, rows []store.Row) error) error {
	return s.engine.Snapshot(ctx, func(c Conn) error {
		for _, k := range kinds {
			if err := k.each(c, func(rows []store.Row) error { return add(k.name, rows) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// each gives all rows of a kind, a page at a time.
func (k kind) each(c Conn, f func([]store.Row) error) error {
	type keyed struct{ key, row store.Row }
	_, types := k.fields()
	var after store.Row
	for {
		page, err := all(c, func(row scan) (keyed, error) {
			key := make(store.Row, len(k.key))
			columns := cells(types)
			dest := make([]any, 0, len(key)+len(columns))
			for i := range key {
				dest = append(dest, &key[i])
			}
			err := row(append(dest, columns.dest()...)...)
			return keyed{key, columns.row()}, err
		}, k.page(after == nil, rowsInPage), after...)
		if err != nil || len(page) == 0 {
			return err
		}
		rows := make([]store.Row, len(page))
		for i, r := range page {
			rows[i] = r.row
		}
		if err := f(rows); err != nil {
			return err
		}
		after = page[len(page)-1].key
	}
}

// cell is a place for one column.
type cell struct {
	letter byte
	text   string
	number int64
	flag   bool
	bytes  []byte
}

type cellRow []cell

// cells makes places for columns of these types.
func cells(types string) cellRow {
	row := make(cellRow, len(types))
	for i := range row {
		row[i].letter = types[i]
	}
	return row
}

// dest gives what a row is scanned into.
func (r cellRow) dest() []any {
	dest := make([]any, len(r))
	for i := range r {
		switch r[i].letter {
		case 't':
			dest[i] = &r[i].text
		case 'n':
			dest[i] = &r[i].number
		case 'f':
			dest[i] = &r[i].flag
		default:
			dest[i] = &r[i].bytes
		}
	}
	return dest
}

// row gives what was scanned.
func (r cellRow) row() store.Row {
	row := make(store.Row, len(r))
	for i, c := range r {
		switch {
		case c.letter == 't':
			row[i] = c.text
		case c.letter == 'n':
			row[i] = c.number
		case c.letter == 'f':
			row[i] = c.flag
		case c.bytes != nil:
			row[i] = c.bytes
		}
	}
	return row
}

// Import implements store.Copyable.
func (s *Store) Import(ctx context.Context, name string, rows []store.Row) error {
	for _, k := range kinds {
		if k.name != name {
			continue
		}
		_, types := k.fields()
		return s.engine.Transact(ctx, func(c Conn) error {
			for _, row := range rows {
				if len(row) != len(types) {
					return fmt.Errorf("a row of %s has %d columns, want %d", name, len(row), len(types))
				}
				if _, err := touches(c, k.insert(), row...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return fmt.Errorf("there are no records of the kind %q", name)
}

// Tally implements store.Copyable.
func (s *Store) Tally(ctx context.Context) (all []store.Tally, err error) {
	err = s.engine.Snapshot(ctx, func(c Conn) (err error) {
		all, err = TallyOf(c)
		return err
	})
	return all, err
}

// TallyOf counts every kind of record and takes its digest.
func TallyOf(c Conn) ([]store.Tally, error) {
	var all []store.Tally
	for _, k := range kinds {
		t := store.Tally{Kind: k.name}
		digest := sha256.New()
		err := k.each(c, func(rows []store.Row) error {
			t.Rows += int64(len(rows))
			for _, row := range rows {
				weigh(digest, row)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		digest.Sum(t.Digest[:0])
		all = append(all, t)
	}
	return all, nil
}

// weigh adds a row to a digest: each column's type, its length and what it holds, so
// that no two rows read alike.
func weigh(digest hash.Hash, row store.Row) {
	for _, column := range row {
		var letter byte
		var b []byte
		switch column := column.(type) {
		case string:
			letter, b = 't', []byte(column)
		case int64:
			letter, b = 'n', binary.BigEndian.AppendUint64(nil, uint64(column))
		case bool:
			letter, b = 'f', []byte{0}
			if column {
				b[0] = 1
			}
		case []byte:
			letter, b = 'b', column
		}
		head := binary.BigEndian.AppendUint64([]byte{letter}, uint64(len(b)))
		digest.Write(append(head, b...))
	}
}
