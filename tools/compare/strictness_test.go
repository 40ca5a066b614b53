package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata/internal/wrongtoken"
)

// update writes the page in place of comparing with it.
var update = flag.Bool("update", false, "write the tables into docs/comparison.md")

// outcome is what became of one token at one library.
type outcome int

const (
	refused outcome = iota
	accepted
	notOffered // the caller would have to write the check
	failed     // a good token was not let in
)

// result is a case and its outcome at each library.
type result struct {
	wrongtoken.Case
	outcomes []outcome // as libraries
	strays   []string  // names of the libraries that asked for another address
}

// attempt gives a case to one library, in a verifier of its own.
func attempt(ctx context.Context, l library, c wrongtoken.Case) (outcome, bool, error) {
	set := c.Row() == "E19" && !l.keySets
	if set || c.Earlier != nil && !l.refetches || c.Reason == "inactive" && !l.asks {
		return notOffered, false, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	net, now := newNetwork(c.Set), func() time.Time { return c.Settings.Now }
	if c.Earlier != nil {
		net = newNetwork(c.Earlier.Set)
		begin := time.Now()
		now = func() time.Time { return c.Settings.Now.Add(time.Since(begin) - c.Earlier.Wait) }
	}
	check, err := l.open(ctx, setup{Settings: c.Settings, net: net, now: now, askPlatform: c.Reason == "inactive"})
	if errors.Is(err, errNotOffered) {
		return notOffered, false, nil
	}
	if err != nil {
		return refused, false, nil // the settings, or the whole set
	}
	if c.Earlier != nil {
		if _, err := check(ctx, c.Earlier.Token); err != nil {
			return failed, false, fmt.Errorf("%s, %s: the good token of before: %w", l.name, c.ID, err)
		}
		net.serve(c.Set)
		time.Sleep(c.Earlier.Wait)
	}
	user, err := check(ctx, c.Token)
	stray := len(net.strays()) > 0
	if err != nil || c.Own != "" && user == c.Own {
		return refused, stray, nil
	}
	return accepted, stray, nil
}

// controls wants every library to let the good tokens in.
func controls(ctx context.Context) error {
	for _, c := range wrongtoken.Controls() {
		for _, l := range libraries {
			got, _, err := attempt(ctx, l, c)
			if err != nil {
				return err
			}
			if got == refused {
				return fmt.Errorf("%s refuses the good token %s: nothing can be compared", l.name, c.ID)
			}
		}
	}
	return nil
}

// compare gives cases to all libraries.
func compare(ctx context.Context, cases []wrongtoken.Case) ([]result, error) {
	var all []result
	for _, c := range cases {
		r := result{Case: c}
		for _, l := range libraries {
			got, stray, err := attempt(ctx, l, c)
			if err != nil {
				return nil, err
			}
			r.outcomes = append(r.outcomes, got)
			if stray {
				r.strays = append(r.strays, l.name)
			}
		}
		all = append(all, r)
	}
	return all, nil
}

// strictness compares everything and writes the tables of docs/comparison.md.
func strictness(ctx context.Context) (string, error) {
	configureJWX()
	if err := controls(ctx); err != nil {
		return "", err
	}
	wrong, err := compare(ctx, wrongtoken.All())
	if err != nil {
		return "", err
	}
	beside, err := compare(ctx, wrongtoken.Neighbours())
	if err != nil {
		return "", err
	}
	var b strings.Builder
	writeTotals(&b, wrong, beside)
	writeRows(&b, wrong)
	b.WriteString("\n<details><summary>Every wrong token that some library lets in</summary>\n")
	writeAccepted(&b, wrong)
	b.WriteString("\n</details>\n")
	writeNeighbours(&b, beside)
	return b.String(), nil
}

// page is the page with the tables, between the marks.
const (
	page  = "../../docs/comparison.md"
	begin = "<!-- strictness: written by go test -run TestStrictnessPage -update -->\n"
	end   = "<!-- end of strictness -->\n"
)

// TestStrictnessPage runs the list and holds the page to what comes out, so that the
// page cannot say more than is so. Inside the bubble a day passes at once, for the key
// that was withdrawn a day ago.
func TestStrictnessPage(t *testing.T) {
	var got string
	synctest.Test(t, func(t *testing.T) {
		var err error
		if got, err = strictness(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(text), begin)
	table, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no marks %q and %q", page, begin, end)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+"\n"+got+"\n"+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != "\n"+got+"\n" {
		t.Errorf("%s says\n%s\nbut the libraries do\n%s\nrun go test -run TestStrictnessPage -update and read what changed", page, table, got)
	}
}

// TestOurs wants what the page is there to show: of the wrong tokens none is let in, and
// no good one is refused, whatever else stands in the JWK Set.
func TestOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours := libraries[0]
		for _, c := range wrongtoken.All() {
			if got, stray, err := attempt(t.Context(), ours, c); got != refused || stray || err != nil {
				t.Errorf("%s, %s: outcome %v, stray %v, %v; want it refused", c.ID, c.Attack, got, stray, err)
			}
		}
		for _, c := range append(wrongtoken.Controls(), wrongtoken.Neighbours()...) {
			if got, stray, err := attempt(t.Context(), ours, c); got != accepted || stray || err != nil {
				t.Errorf("%s, %s: outcome %v, stray %v, %v; want it let in", c.ID, c.Attack, got, stray, err)
			}
		}
	})
}

// TestRowsOfPage holds the words of the page's rows to the rows of the list.
func TestRowsOfPage(t *testing.T) {
	var rows, told []string
	for _, c := range wrongtoken.All() {
		rows = append(rows, c.Row())
	}
	for _, a := range attacks {
		told = append(told, a.row)
	}
	slices.Sort(rows)
	slices.Sort(told)
	if rows = slices.Compact(rows); !slices.Equal(rows, told) {
		t.Errorf("the list has the rows %q, the page %q", rows, told)
	}
}
