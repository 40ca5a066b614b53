package tegatahttp

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata"
)

// Error codes of RFC 6750 section 3.1 and RFC 9470 section 3, and RFC 6749's for a
// server that cannot answer.
const (
	invalidRequest    = "invalid_request"
	invalidToken      = "invalid_token"
	insufficientScope = "insufficient_scope"
	insufficientLogin = "insufficient_user_authentication"
	unavailable       = "temporarily_unavailable"
	serverError       = "server_error"
)

// refusal is an answer that lets nobody through.
type refusal struct {
	status int
	code   string
	reason string // one word
	err    error  // not for the client

	scopes []string       // wanted, if the code is insufficientScope
	maxAge *time.Duration // since login, if the code is insufficientLogin and there is one
}

// refusalOf says how to answer an error; checks are those that the token did not satisfy.
func refusalOf(err error, checks []tegata.Check) *refusal {
	no := &refusal{status: http.StatusUnauthorized, code: invalidToken, reason: tegata.Reason(err), err: err}
	switch {
	case errors.Is(err, ErrUsed):
		no.reason = "used"
	case errors.Is(err, tegata.ErrUnavailable):
		no.status, no.code = http.StatusServiceUnavailable, unavailable
	case errors.Is(err, tegata.ErrScope):
		no.status, no.code, no.scopes = http.StatusForbidden, insufficientScope, wantedScopes(checks)
	case errors.Is(err, tegata.ErrMaxAge), errors.Is(err, tegata.ErrMethod):
		no.code, no.maxAge = insufficientLogin, wantedMaxAge(checks)
	case no.reason == "":
		// It says nothing of the token: CheckRequest could not tell, or a Verifier that
		// is not of package tegata.
		no.status, no.code, no.reason = http.StatusInternalServerError, serverError, "internal"
	}
	return no
}

// wantedScopes returns all scopes that the token must have. Package tegata demands profile
// itself.
func wantedScopes(checks []tegata.Check) []string {
	all := []string{"profile"}
	for _, c := range checks {
		for _, s := range c.Scopes() {
			// RFC 6749 section 3.3; others no token can have, and no header field.
			outside := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' || r == '\\' }
			if s != "" && !strings.ContainsFunc(s, outside) && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// wantedMaxAge returns the shortest that a check demands, nil if none does.
func wantedMaxAge(checks []tegata.Check) *time.Duration {
	var shortest *time.Duration
	for _, c := range checks {
		if age, ok := c.MaxAge(); ok && (shortest == nil || age < *shortest) {
			shortest = &age
		}
	}
	return shortest
}

// answer is the body of a refusal: the header field again, which scripts on another
// origin cannot read, and the reason.
type answer struct {
	Error  string `json:"error"`
	Reason string `json:"reason"`
	Scope  string `json:"scope,omitempty"`
	MaxAge *int64 `json:"max_age,omitempty"` // seconds
}

// write answers. Nothing that the client sent is echoed.
func (no *refusal) write(w http.ResponseWriter) {
	a := answer{Error: no.code, Reason: no.reason, Scope: strings.Join(no.scopes, " ")}
	challenge := "Bearer"
	if no.reason != "missing" { // without a token there is no error (RFC 6750 section 3.1)
		challenge += ` error="` + no.code + `"`
	}
	if a.Scope != "" {
		challenge += `, scope="` + a.Scope + `"`
	}
	if no.maxAge != nil {
		seconds := int64(max(*no.maxAge, 0) / time.Second)
		a.MaxAge = &seconds
		challenge += `, max_age="` + strconv.FormatInt(seconds, 10) + `"`
	}
	h := w.Header()
	switch no.status {
	case http.StatusInternalServerError:
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "5")
	default:
		h.Set("WWW-Authenticate", challenge)
	}
	body, err := json.Marshal(a)
	if err != nil { // texts and a number: cannot happen
		body = []byte("{}")
	}
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(no.status)
	_, _ = w.Write(body) // the client may be gone; nothing is left to do
}
