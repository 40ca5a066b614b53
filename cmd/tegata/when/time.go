package when

import (
	"fmt"
	"strconv"
	"time"
)

// Time is a time as a flag or an argument. The zero value is none.
type Time struct{ time.Time }

// UnmarshalText reads what ParseTime reads.
func (t *Time) UnmarshalText(text []byte) (err error) {
	t.Time, err = ParseTime(string(text))
	return err
}

// years between which a time may lie: those of a token's seconds.
const (
	firstYear = 1970
	lastYear  = 9998
)

// ParseTime reads a time: RFC 3339, the same without seconds or zone, a date, or the
// seconds since 1970 as iat and exp have them. Without a zone it is UTC, as everything that
// the commands print.
func ParseTime(text string) (time.Time, error) {
	t, err := parseTime(text)
	if err == nil {
		if y := t.UTC().Year(); y >= firstYear && y <= lastYear {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time between %d and %d: write it like 2027-01-01, 2027-01-01T09:00:00Z or 1798761600", clip(text), firstYear, lastYear)
}

func parseTime(text string) (time.Time, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > 4 { // a year alone is no time
		return time.Unix(n, 0), nil
	}
	var t time.Time
	var err error
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05Z07:00",
		"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly,
	} {
		if t, err = time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, err
}

// Text writes a time for people, to the second, in UTC. ParseTime reads it.
func Text(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// About writes how long a duration is, for people: its two largest units.
func About(d time.Duration) string {
	d = d.Abs()
	const year = 365 * day
	for _, unit := range []struct {
		length, next time.Duration
		name, small  string
	}{{year, day, "y", "d"}, {day, time.Hour, "d", "h"}, {time.Hour, time.Minute, "h", "m"}, {time.Minute, time.Second, "m", "s"}} {
		if d < unit.length {
			continue
		}
		text := strconv.FormatInt(int64(d/unit.length), 10) + unit.name
		if rest := d % unit.length / unit.next; rest > 0 {
			text += strconv.FormatInt(int64(rest), 10) + unit.small
		}
		return text
	}
	return d.Round(time.Millisecond).String()
}
