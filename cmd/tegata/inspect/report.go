package inspect

import (
	"encoding/json"
	"strings"
	"time"
)

// Status is what came of a check.
type Status string

// What can come of a check.
const (
	Pass   Status = "pass"
	Fail   Status = "fail"
	Odd    Status = "odd"     // no reason to refuse the token, and not as LINE's are
	NotRun Status = "not_run" // Reason says why
)

// Verdict is what a server may make of a token.
type Verdict string

// Verdicts. Only Valid lets anybody in.
const (
	Valid     Verdict = "valid"     // every check that is needed was made, and none failed
	Refused   Verdict = "refused"   // a check failed
	Undecided Verdict = "undecided" // none failed, but some that are needed could not be made
)

// Kinds of token.
const (
	KindIDToken     = "id_token"
	KindAccessToken = "access_token"
)

// Check is one check, in the order in which a server must make them.
type Check struct {
	Name        string `json:"check"`
	Claim       string `json:"claim,omitempty"` // that it is about
	Status      Status `json:"status"`
	Actual      string `json:"actual"`
	Expected    string `json:"expected"`
	Reason      string `json:"reason,omitempty"` // of what failed, is odd or was not run
	Consequence string `json:"consequence"`      // of a server that does not make it

	optional bool // not needed for Valid, since only some logins ask for it
}

// Report is what there is to say about a token. It does not hold the token.
type Report struct {
	Kind    string    `json:"kind"`
	Note    string    `json:"note,omitempty"`
	Verdict Verdict   `json:"verdict"`
	Now     time.Time `json:"now"`            // by which times were judged
	Clock   string    `json:"clock"`          // whose time that is
	Keys    string    `json:"keys,omitempty"` // where keys, or answers about the token, come from
	// Header and Payload are what the token says, whether it is true or not; null if they
	// cannot be read.
	Header  json.RawMessage `json:"header"`
	Payload json.RawMessage `json:"payload"`
	Checks  []Check         `json:"checks"`
}

// add appends a check.
func (r *Report) add(c Check) { r.Checks = append(r.Checks, c) }

// decide makes the verdict of the checks.
func (r *Report) decide() {
	r.Verdict = Valid
	for _, c := range r.Checks {
		switch {
		case c.Status == Fail:
			r.Verdict = Refused
			return
		case c.Status == NotRun && !c.optional:
			r.Verdict = Undecided
		}
	}
}

// Named returns the names of the checks of a status; those that are not needed for Valid
// are left out.
func (r *Report) Named(s Status) []string {
	var names []string
	for _, c := range r.Checks {
		if c.Status == s && (s != NotRun || !c.optional) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Summary says the verdict in a sentence.
func (r *Report) Summary() string {
	var notRun string
	if names := r.Named(NotRun); len(names) > 0 {
		notRun = strings.Join(names, ", ")
	}
	switch r.Verdict {
	case Valid:
		return "valid: every check that is needed was made, and none failed"
	case Refused:
		text := "refused: " + strings.Join(r.Named(Fail), ", ")
		if notRun != "" {
			text += " (not checked: " + notRun + ")"
		}
		return text
	}
	return "undecided: nothing is against it, but these could not be checked: " + notRun
}
