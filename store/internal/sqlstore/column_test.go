package sqlstore_test

import (
	"errors"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tegata-id/tegata/store/internal/database"
	"github.com/tegata-id/tegata/store/internal/sqlstore"
)

// FuzzText: a text comes back from a column as it was, or is refused for what it is.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "\x00", "\xff", "\xed\xa0\x80", "\ufffd", `\ufffd`, `\\ufffd`, "\u2028<>&\"\\", "日本語 🎫"} {
		f.Add(s, "b")
		f.Add("\ufffd", s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		back, err := sqlstore.Through([]string{a, b})
		switch valid := utf8.ValidString(a) && utf8.ValidString(b); {
		case !valid && !errors.Is(err, database.ErrText):
			t.Errorf("%q, %q: got %q, %v; want %v", a, b, back, err, database.ErrText)
		case valid && (err != nil || !slices.Equal(back, []string{a, b})):
			t.Errorf("%q, %q: got %q, %v", a, b, back, err)
		}
	})
}

// TestMoment: times come back in UTC to the microsecond, the zero time as itself, and the
// one instant whose number is that of the zero time as the microsecond after it.
func TestMoment(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ given, want time.Time }{
		{time.Time{}, time.Time{}},
		{time.Unix(0, 0), time.UnixMicro(1).UTC()},
		{time.Unix(-1, 0), time.Unix(-1, 0).UTC()},
		{time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.FixedZone("JST", 9*60*60)), time.Date(2026, 3, 3, 20, 6, 7, 123456000, time.UTC)},
		{time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)},
	} {
		at, end, err := sqlstore.Moment(tt.given)
		if err != nil || at != tt.want || end != tt.want {
			t.Errorf("%v: got %v and %v, %v; want %v", tt.given, at, end, err, tt.want)
		}
	}
}
