package sqlstore

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"time"

	"github.com/tegata-id/tegata/store/internal/database"
)

// never is the expiry of what does not expire: it is later than any time.
const never = math.MaxInt64

// micros gives a time as it is kept: microseconds since 1970 in UTC. The zero time is
// 0; the one instant that would be 0 is kept as the microsecond after it.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	if m := t.UnixMicro(); m != 0 {
		return m
	}
	return 1
}

// moment is the time that micros made a number of.
func moment(m int64) time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(m).UTC()
}

// ends gives an expiry as it is kept: what is live at a moment ends later than it.
func ends(t time.Time) int64 {
	if t.IsZero() {
		return never
	}
	return micros(t)
}

// when scans a time.
type when struct{ to *time.Time }

// Scan implements sql.Scanner.
func (w when) Scan(src any) error {
	m, err := integer(src)
	*w.to = moment(m)
	return err
}

// until scans an expiry.
type until struct{ to *time.Time }

// Scan implements sql.Scanner.
func (u until) Scan(src any) error {
	m, err := integer(src)
	if m == never {
		m = 0
	}
	*u.to = moment(m)
	return err
}

func integer(src any) (int64, error) {
	switch src := src.(type) {
	case int64:
		return src, nil
	default:
		return 0, fmt.Errorf("column holds %T, want an integer", src)
	}
}

// small scans a number into one of the store's small enumerations.
type small[T ~uint8] struct{ to *T }

// Scan implements sql.Scanner.
func (s small[T]) Scan(src any) error {
	n, err := integer(src)
	if err == nil && (n < 0 || n > math.MaxUint8) {
		return fmt.Errorf("column holds %d, want 0 to %d", n, math.MaxUint8)
	}
	*s.to = T(n)
	return err
}

// fixed scans bytes into an identifier or hash, whose length must fit.
type fixed []byte

// Scan implements sql.Scanner.
func (f fixed) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(f) {
		return fmt.Errorf("column holds %T of %d bytes, want %d bytes", src, len(b), len(f))
	}
	copy(f, b)
	return nil
}

// document is a value that is kept as JSON text: lists, maps and nested records, in
// which nothing is ever searched.
type document struct{ v any }

// doc makes a column of a value; to scan one, v is a pointer.
func doc(v any) document { return document{v} }

// Value implements driver.Valuer.
func (d document) Value() (driver.Value, error) {
	b, err := json.Marshal(d.v)
	if err != nil {
		return nil, err
	}
	// This is how the encoder writes what is not UTF-8, and somebody's six characters.
	if bytes.Contains(b, []byte(`\ufffd`)) {
		back := reflect.New(reflect.TypeOf(d.v))
		if err := json.Unmarshal(b, back.Interface()); err != nil || !reflect.DeepEqual(back.Elem().Interface(), d.v) {
			return nil, database.ErrText
		}
	}
	return string(b), nil
}

// Scan implements sql.Scanner. v must be a pointer.
func (d document) Scan(src any) error {
	switch src := src.(type) {
	case string:
		return json.Unmarshal([]byte(src), d.v)
	case []byte:
		return json.Unmarshal(src, d.v)
	default:
		return fmt.Errorf("column holds %T, want JSON text", src)
	}
}
