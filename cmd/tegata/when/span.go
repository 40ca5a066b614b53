package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Minus stands for the dash of a negative duration where a dash would begin a flag
// (Signed). Both are read.
const Minus = "\u2212"

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// Span is a duration as a flag or an argument. The zero value is no time.
type Span time.Duration

// UnmarshalText reads what ParseSpan reads.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := ParseSpan(string(text))
	if err != nil {
		return err
	}
	*s = Span(d)
	return nil
}

// String writes the duration as Go does.
func (s Span) String() string { return time.Duration(s).String() }

// ParseSpan reads a duration: the form of time.ParseDuration, before which whole weeks (w)
// and days (d) of 24 hours may stand, such as 1d12h.
func ParseSpan(text string) (time.Duration, error) {
	bad := func() (time.Duration, error) {
		return 0, fmt.Errorf("%q is no duration: write it like 90s, 2h, 1d12h or -30m", clip(text))
	}
	rest, negative := strings.CutPrefix(strings.Replace(text, Minus, "-", 1), "-")
	if !negative {
		rest = strings.TrimPrefix(rest, "+")
	}
	if rest == "" || strings.ContainsAny(rest, "+-") {
		return bad()
	}
	var sum time.Duration
	for _, unit := range []struct {
		letter string
		length time.Duration
	}{{"w", week}, {"d", day}} {
		number, after, ok := strings.Cut(rest, unit.letter)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || number[0] == '+' || time.Duration(n) > (1<<62)/unit.length {
			return bad()
		}
		sum, rest = sum+time.Duration(n)*unit.length, after
	}
	if rest != "" {
		d, err := time.ParseDuration(rest)
		if err != nil || sum+d < sum {
			return bad()
		}
		sum += d
	}
	if negative {
		sum = -sum
	}
	return sum, nil
}

// Signed lets negative durations among the arguments of a command through: a dash would
// make them flags. What follows -- stays as it is.
func Signed(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if out[i] = arg; arg == "--" {
			copy(out[i:], args[i:])
			break
		}
		if len(arg) < 2 || arg[0] != '-' || arg[1] != '.' && (arg[1] < '0' || arg[1] > '9') {
			continue
		}
		if _, err := ParseSpan(arg); err == nil {
			out[i] = Minus + arg[1:]
		}
	}
	return out
}

// clip shortens what somebody typed for an error.
func clip(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
