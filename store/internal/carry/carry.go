package carry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"

	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

// rowsInPage is how many rows are read and added at a time.
const rowsInPage = 500

// Export gives all records of a database, as store.Copyable says.
func Export(ctx context.Context, e database.Engine, add func(kind string, rows []store.Row) error) error {
	return e.Snapshot(ctx, func(c database.Conn) error {
		for _, k := range kinds {
			if err := k.each(c, func(rows []store.Row) error { return add(k.name, rows) }); err != nil {
				return err
			}
		}
		return nil
	})
}

// each gives all rows of a kind, a page at a time.
func (k kind) each(c database.Conn, f func([]store.Row) error) error {
	var after store.Row
	for {
		rows, last, err := k.after(c, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := f(rows); err != nil {
			return err
		}
		after = last
	}
}

// after gives the page behind a key, or the first one, and the key of its last row.
func (k kind) after(c database.Conn, after store.Row) (page []store.Row, last store.Row, err error) {
	_, types := k.fields()
	rows, err := c.Query(k.page(after == nil, rowsInPage), after...)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		last = make(store.Row, len(k.key))
		columns := cells(types)
		dest := make([]any, 0, len(last)+len(columns))
		for i := range last {
			dest = append(dest, &last[i])
		}
		if err := rows.Scan(append(dest, columns.dest()...)...); err != nil {
			return nil, nil, err
		}
		page = append(page, columns.row())
	}
	return page, last, rows.Err()
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

// Import adds rows of a kind to a database, as store.Copyable says.
func Import(ctx context.Context, e database.Engine, name string, rows []store.Row) error {
	for _, k := range kinds {
		if k.name != name {
			continue
		}
		_, types := k.fields()
		insert := k.insert()
		return e.Transact(ctx, func(c database.Conn) error {
			for _, row := range rows {
				if len(row) != len(types) {
					return fmt.Errorf("a row of %s has %d columns, want %d", name, len(row), len(types))
				}
				if !database.KeepableArgs(row) {
					return database.ErrText
				}
				if _, err := c.Exec(insert, row...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return fmt.Errorf("there are no records of the kind %q", name)
}

// Tally counts every kind of record of a database and takes its digest.
func Tally(c database.Conn) ([]store.Tally, error) {
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
