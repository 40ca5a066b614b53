package main

import (
	"fmt"
	"slices"
	"strings"
)

// heads are the columns of the tables.
func heads() string {
	names := make([]string, len(libraries))
	for i, l := range libraries {
		names[i] = l.name
	}
	return strings.Join(names, " | ")
}

// rules is the line below the columns' names.
func rules(first string) string { return first + strings.Repeat("--:|", len(libraries)) }

// counts of one column of a table.
type counts struct{ accepted, asked int }

func (c *counts) add(o outcome) {
	if o != notOffered {
		c.asked++
	}
	if o == accepted {
		c.accepted++
	}
}

// cell writes a count: a dash if the library was not asked, and of how many if it was
// asked about some only.
func (c counts) cell(all int) string {
	switch {
	case c.asked == 0:
		return "–"
	case c.asked < all:
		return fmt.Sprintf("%d of %d", c.accepted, c.asked)
	}
	return fmt.Sprint(c.accepted)
}

// column counts the outcomes of one library over the results that are wanted.
func column(results []result, i int, wanted func(result) bool) counts {
	var c counts
	for _, r := range results {
		if wanted(r) {
			c.add(r.outcomes[i])
		}
	}
	return c
}

// line writes a line of a table: a count for each library.
func line(b *strings.Builder, first string, results []result, wanted func(result) bool) {
	total := 0
	for _, r := range results {
		if wanted(r) {
			total++
		}
	}
	fmt.Fprintf(b, "| %s | %d |", first, total)
	for i := range libraries {
		fmt.Fprintf(b, " %s |", column(results, i, wanted).cell(total))
	}
	b.WriteString("\n")
}

func writeTotals(b *strings.Builder, wrong, beside []result) {
	fmt.Fprintf(b, "| | tokens | %s |\n%s\n", heads(), rules("|---|--:|"))
	line(b, "wrong tokens let in", wrong, func(result) bool { return true })
	line(b, "of them forged without a key of the platform", wrong, func(r result) bool { return r.Forged })
	line(b, "of them signed by the platform, and wrong", wrong, func(r result) bool { return !r.Forged })
	fmt.Fprintf(b, "| good tokens refused, for a key beside theirs | %d |", len(beside))
	for i := range libraries {
		c := column(beside, i, func(result) bool { return true })
		if c.asked == 0 {
			b.WriteString(" – |")
			continue
		}
		fmt.Fprintf(b, " %d |", c.asked-c.accepted)
	}
	b.WriteString("\n| tokens that made the library ask for an address | |")
	for _, l := range libraries {
		n := 0
		for _, r := range wrong {
			if slices.Contains(r.strays, l.name) {
				n++
			}
		}
		fmt.Fprintf(b, " %d |", n)
	}
	b.WriteString("\n")
}

// attacks says in a few words what each row is about.
var attacks = []struct{ row, told string }{
	{"B1", "payload or header changed, signature kept"},
	{"B2", "signature empty, cut off, by chance"},
	{"B3", "alg none in many spellings, and other words"},
	{"B4", "HMAC under ES256, and the reverse"},
	{"B5", "HS256 keyed with the public key, in 17 forms"},
	{"B6", "HS256 keyed with nothing, NUL, null"},
	{"B7", "HS256 keyed with what everybody knows"},
	{"B8", "a server set up with a weak secret"},
	{"B9", "a good token of the other flow"},
	{"B10", "key in the header"},
	{"B11", "address of a key set in the header"},
	{"B12", "certificate or its address in the header"},
	{"B13", "key ID of a file"},
	{"B14", "key ID with SQL, LDAP, commands"},
	{"B15", "key ID too long, of another type, an address"},
	{"B16", "attacker's key under any key ID"},
	{"B17", "right key under another key ID"},
	{"B18", "r or s is zero"},
	{"B19", "right signature in another form"},
	{"B20", "r or s out of range"},
	{"B21", "other algorithms"},
	{"B22", "token of a platform for tests"},
	{"B23", "key withdrawn a day ago"},
	{"B24", "encrypted, or said to be compressed"},
	{"B25", "JSON serialization"},
	{"B26", "crit and b64"},
	{"B27", "nested tokens"},
	{"B28", "header members twice, or in capitals"},
	{"C1", "expired"},
	{"C2", "exp absent or of another type"},
	{"C3", "exp before iat, or ten years ahead"},
	{"C4", "issued in the future, iat absent"},
	{"C5", "not valid yet"},
	{"C6", "another channel"},
	{"C7", "aud is a list of several"},
	{"C8", "azp is another channel"},
	{"C9", "aud absent, of another type, nearly ours"},
	{"C10", "another issuer, nearly ours"},
	{"C11", "no user, or one of another type"},
	{"C12", "claims twice"},
	{"C13", "another nonce, or none"},
	{"C14", "used again at the next login"},
	{"C16", "login too long ago"},
	{"C17", "login without a second factor"},
	{"C18", "token for another purpose"},
	{"C19", "token of another app of the channel"},
	{"C20", "claims in capitals"},
	{"C21", "payload is not one JSON object"},
	{"C22", "texts that are not Unicode, NUL"},
	{"C23", "user has left"},
	{"C24", "other spellings of base64url, blanks"},
	{"§2", "two faults at once, huge tokens"},
	{"E19", "signed with a published key that must not be used"},
}

func writeRows(b *strings.Builder, wrong []result) {
	fmt.Fprintf(b, "\n| row | attack | tokens | %s |\n%s\n", heads(), rules("|---|---|--:|"))
	for _, a := range attacks {
		line(b, a.row+" | "+a.told, wrong, func(r result) bool { return r.Row() == a.row })
	}
}

// writeAccepted names every token that a library lets in.
func writeAccepted(b *strings.Builder, wrong []result) {
	b.WriteString("\n| let in | what it is | by |\n|---|---|---|\n")
	for _, r := range wrong {
		if names := who(r, accepted); names != "" {
			fmt.Fprintf(b, "| %s | %s | %s |\n", r.ID, r.Attack, names)
		}
	}
}

// writeNeighbours names every good token that is refused for the sake of another key.
func writeNeighbours(b *strings.Builder, beside []result) {
	b.WriteString("\n| the set holds | the good token is refused by |\n|---|---|\n")
	for _, r := range beside {
		if names := who(r, refused); names != "" {
			fmt.Fprintf(b, "| %s | %s |\n", r.Attack, names)
		}
	}
}

// who names the libraries with this outcome.
func who(r result, o outcome) string {
	var names []string
	for i, l := range libraries {
		if r.outcomes[i] == o {
			names = append(names, l.name)
		}
	}
	return strings.Join(names, ", ")
}
