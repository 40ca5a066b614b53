package inspect

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/jose"
)

// width is that of the lines of Text, in characters: that of a terminal which nobody has made
// wider.
const width = 80

// words for the statuses, of one width.
var words = map[Status]string{Pass: "pass   ", Fail: "FAIL   ", Odd: "odd    ", NotRun: "not run"}

// Text writes a report for people. All says to write everything about checks that passed
// too, and what skipping each costs.
func (r *Report) Text(all bool) string {
	var b strings.Builder
	b.WriteString(r.title() + "\n")
	if r.Note != "" {
		b.WriteString(wrap("", "", r.Note))
	}
	r.claims(&b)
	fmt.Fprintf(&b, "\nChecks, in the order in which a server must make them:\n\n")
	for i, c := range r.Checks {
		c.write(&b, i+1, all)
	}
	fmt.Fprintf(&b, "\nTime   %s, %s\n", when.Text(r.Now), r.Clock)
	if r.Keys != "" {
		fmt.Fprintf(&b, "From   %s\n", r.Keys)
	}
	summary := r.Summary()
	b.WriteString("\n" + wrap("", "  ", strings.ToUpper(summary[:1])+summary[1:]))
	return show.Clean(b.String())
}

func (r *Report) title() string {
	if r.Kind == KindAccessToken {
		return "Access token: opaque, so only the platform knows what it is good for"
	}
	return "ID token, " + said(r.Header, "alg") + ": what it says, true or not"
}

// claims writes header and payload, a member in a line.
func (r *Report) claims(b *strings.Builder) {
	if r.Kind != KindIDToken {
		return
	}
	for _, part := range []struct {
		name string
		text json.RawMessage
	}{{"header", r.Header}, {"payload", r.Payload}} {
		b.WriteString("\n")
		if part.text == nil {
			fmt.Fprintf(b, "  %-8s cannot be read\n", part.name)
			continue
		}
		label := part.name
		_ = jose.ScanText(string(part.text), func(name string, v jose.Value) error { // it was read before
			fmt.Fprintf(b, "  %-8s %-12s %s\n", label, name, r.value(name, v))
			label = ""
			return nil
		})
	}
}

// value writes a member, times with what they mean.
func (r *Report) value(name string, v jose.Value) string {
	if s, err := v.String(); err == nil {
		return visible(s)
	}
	n, err := v.Int64()
	if err != nil || n <= 0 || n > 1<<38 {
		return string(v.Raw())
	}
	switch name {
	case "exp", "iat", "nbf", "auth_time":
		t := reading{Want: Want{Now: r.Now}}
		return fmt.Sprintf("%d   %s", n, t.moment(n))
	}
	return string(v.Raw())
}

// write writes a check: one line if it passed, else all there is to say.
func (c Check) write(b *strings.Builder, number int, all bool) {
	name := c.Name
	if c.Claim != "" {
		name += " (" + c.Claim + ")"
	}
	head := fmt.Sprintf("%4d  %s  %-22s ", number, words[c.Status], name)
	indent := strings.Repeat(" ", len(head))
	b.WriteString(wrap(head, indent, c.Actual))
	if c.Status == Pass && !all {
		return
	}
	rows := [][2]string{{"wanted", c.Expected}, {"why", c.Reason}, {"skipped", c.Consequence}}
	if c.Status == NotRun && !all {
		if rows = rows[1:]; c.optional || c.Reason == unknown {
			rows = rows[:1]
		}
	}
	for _, row := range rows {
		if row[1] != "" {
			b.WriteString(wrap(fmt.Sprintf("%s%-8s ", indent[:15], row[0]), strings.Repeat(" ", 24), row[1]))
		}
	}
}

// wrap writes a text in lines of width, the first after head, the others after indent.
func wrap(head, indent, text string) string {
	var b strings.Builder
	line := head
	empty := true
	for _, word := range strings.Fields(text) {
		if !empty && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			b.WriteString(line + "\n")
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
	return b.String()
}
