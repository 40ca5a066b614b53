package sqlstore

import (
	"github.com/tegata-id/tegata/store"
	"github.com/tegata-id/tegata/store/internal/database"
)

// conn is shorter in every verb.
type conn = database.Conn

// scan reads the columns of one row.
type scan func(dest ...any) error

// all reads every row of a query. A text that no engine keeps is in no row.
func all[T any](c conn, read func(scan) (T, error), sql string, args ...any) ([]T, error) {
	if !database.KeepableArgs(args) {
		return nil, nil
	}
	rows, err := c.Query(sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		r, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// one reads the one row of a query; store.ErrNotFound if there is none.
func one[T any](c conn, read func(scan) (T, error), sql string, args ...any) (T, error) {
	list, err := all(c, read, sql, args...)
	switch {
	case err != nil:
		return *new(T), err
	case len(list) == 0:
		return *new(T), store.ErrNotFound
	}
	return list[0], nil
}

// there says whether a query gives a row of one number.
func there(c conn, sql string, args ...any) (bool, error) {
	list, err := all(c, number, sql, args...)
	return len(list) > 0, err
}

// touches runs a statement and says whether it touched any row. Text that an engine
// could not keep is refused.
func touches(c conn, sql string, args ...any) (bool, error) {
	if !database.KeepableArgs(args) {
		return false, database.ErrText
	}
	n, err := c.Exec(sql, args...)
	return n > 0, err
}

// add runs an INSERT … ON CONFLICT DO NOTHING; store.ErrExists if that did nothing.
func add(c conn, sql string, args ...any) error {
	ok, err := touches(c, sql, args...)
	if err == nil && !ok {
		err = store.ErrExists
	}
	return err
}

// remove runs a DELETE or UPDATE of one record; store.ErrNotFound if it is not there.
func remove(c conn, sql string, args ...any) error {
	if ok, err := touches(c, sql, args...); err != nil || !ok {
		return missing(err)
	}
	return nil
}

// number reads a row of one number.
func number(row scan) (n int64, err error) {
	err = row(&n)
	return n, err
}

// word reads a row of one text.
func word(row scan) (s string, err error) {
	err = row(&s)
	return s, err
}
