package when_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/when"
)

func TestParseSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"2h": 2 * time.Hour, "-1s": -time.Second, "1h30m": 90 * time.Minute, "31d": 31 * 24 * time.Hour, "1d12h": 36 * time.Hour,
		"2w": 14 * 24 * time.Hour, "1w1d1h": 193 * time.Hour, "-1d": -24 * time.Hour, "\u22121d": -24 * time.Hour, "+5m": 5 * time.Minute,
		"1.5h": 90 * time.Minute, "250ms": 250 * time.Millisecond, "0s": 0, "0": 0,
	} {
		if got, err := when.ParseSpan(text); err != nil || got != want {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", "2", "h", "2 h", "--1s", "-+1s", "+-1s", "1d-2h", "1h1d", "1.5d", "d", "99999999w", "4000000000w", "1y", "2h\n", "300000h300000000000h"} {
		if got, err := when.ParseSpan(text); err == nil || got != 0 {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

func TestParseTime(t *testing.T) {
	t.Parallel()
	want := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"2027-01-01", "2027-01-01T00:00:00Z", "2027-01-01T09:00:00+09:00", "2027-01-01 00:00:00Z", "2027-01-01 00:00", "2027-01-01T00:00", "2027-01-01T00:00Z", "1798761600",
	} {
		if got, err := when.ParseTime(text); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q: %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "now", "2027", "2027-13-01", "1969-12-31", "9999-01-01", "-179876160000", "99999999999999999999", "2027-01-01T24:00:00Z"} {
		if got, err := when.ParseTime(text); err == nil || !got.IsZero() {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	in := []string{"clock", "advance", "-1h", "--json", "--age", "-1s", "-5", "-h", "--by=-2d", "-1d12h", "--", "-1h"}
	want := []string{"clock", "advance", "\u22121h", "--json", "--age", "\u22121s", "-5", "-h", "--by=-2d", "\u22121d12h", "--", "-1h"}
	if got := when.Signed(in); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		2 * time.Hour: "2h", -90 * time.Second: "1m30s", 36 * time.Hour: "1d12h", 800 * 24 * time.Hour: "2y70d", 1500 * time.Millisecond: "1.5s", 0: "0s",
	} {
		if got := when.About(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// FuzzParseSpan: what is read is what is written, an error reads nothing, and what Signed
// lets through keeps its meaning.
func FuzzParseSpan(f *testing.F) {
	for _, text := range []string{"2h", "-1s", "31d", "1w1d1h1m1s1ms", "-106751d23h47m16s", "15250w", "\u22121h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := when.ParseSpan(text)
		if err != nil {
			if d != 0 {
				t.Fatalf("%q: %v beside %v", text, d, err)
			}
			return
		}
		if again, err := when.ParseSpan(d.String()); err != nil || again != d {
			t.Fatalf("%q: %v, read again %v, %v", text, d, again, err)
		}
		if signed, err := when.ParseSpan(when.Signed([]string{text})[0]); err != nil || signed != d {
			t.Fatalf("%q: %v, let through %v, %v", text, d, signed, err)
		}
	})
}

// FuzzParseTime: what is read is what is written, and an error reads nothing.
func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"2027-01-01", "2027-01-01T09:00:00+09:00", "1798761600", "0001-01-01", "9998-12-31 23:59"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := when.ParseTime(text)
		if err != nil {
			if !at.IsZero() {
				t.Fatalf("%q: %v beside %v", text, at, err)
			}
			return
		}
		if again, err := when.ParseTime(when.Text(at)); err != nil || !again.Equal(at.Truncate(time.Second)) {
			t.Fatalf("%q: %v, read again %v, %v", text, at, again, err)
		}
	})
}
