package manage

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/internal/control"
)

// streams are where a command writes: data to out, talk to err.
type streams struct{ out, err io.Writer }

// with calls f with a client of the platform.
func with(t target.Target, f func(*control.Client) error) error {
	api, err := t.Client()
	if err != nil {
		return err
	}
	return f(api)
}

// output is how a command that talks to a running platform prints what it got.
type output struct {
	JSON bool `help:"Print JSON."`
}

// print prints v as JSON, or text.
func (o output) print(io streams, v any, text string) error {
	if o.JSON {
		return printJSON(io, v)
	}
	_, err := fmt.Fprint(io.out, text)
	return err
}

// talk prints a line for people on standard error.
func talk(io streams, format string, a ...any) error {
	_, err := fmt.Fprintf(io.err, format+"\n", a...)
	return err
}

// lines writes names and values one below the other; empty values are left out.
func lines(pairs ...[2]string) string { return show.Lines(pairs...) }

// table writes rows under a head, columns in line.
func table(head []string, rows [][]string) string { return show.Table(head, rows) }

// day writes a time in the shortest way that says enough; a nil one is what never says.
func day(t *time.Time, never string) string {
	if t == nil {
		return never
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

// given is a list of flags as the admin API takes it: nil if none was given. An empty value
// alone makes the list empty.
func given(values []string) *[]string {
	if values == nil {
		return nil
	}
	out := []string{}
	for _, v := range values {
		if v != "" {
			out = append(out, v)
		}
	}
	return &out
}

// several joins values for a line.
func several(values []string) string { return strings.Join(values, ", ") }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// seconds is a duration as the admin API takes it. Zero stays zero, and nothing else becomes
// it: a part of a second is one.
func seconds(d time.Duration) int64 {
	if d > 0 && d < time.Second {
		return 1
	}
	return int64(d / time.Second)
}

// sure is the flag without which nothing is removed.
type sure struct {
	Yes bool `help:"Do it: what is removed does not come back."`
}

// check refuses to remove without --yes.
func (s sure) check(what string) error {
	if s.Yes {
		return nil
	}
	return &exit.Error{Code: exit.Refused, Err: fmt.Errorf("%s", what), Next: "add --yes if you mean it"}
}

// removed is what a removal prints as JSON.
type removed struct {
	Removed string `json:"removed"`
}

// isCode says whether the admin API refused with a code.
func isCode(err error, code string) bool {
	var e *control.Error
	return errors.As(err, &e) && e.Code == code
}

// printJSON prints v as indented JSON.
func printJSON(io streams, v any) error { return show.JSON(show.Streams{Out: io.out}, v) }
