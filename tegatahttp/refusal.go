package tegatahttp

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/tegata-id/tegata"
)

// Error codes of RFC 6750 section 3.1, and RFC 6749's for a server that cannot answer.
const (
	invalidRequest    = "invalid_request"
	invalidToken      = "invalid_token"
	insufficientScope = "insufficient_scope"
	unavailable       = "temporarily_unavailable"
)

// refusal is an answer that lets nobody through.
type refusal struct {
	status int
	code   string
	reason string // one word
}

// refusalOf says how to answer an error of package tegata. An unknown one is not let
// through either.
func refusalOf(err error) *refusal {
	r := &refusal{status: http.StatusUnauthorized, code: invalidToken, reason: tegata.Reason(err)}
	switch {
	case errors.Is(err, tegata.ErrUnavailable):
		r.status, r.code = http.StatusServiceUnavailable, unavailable
	case errors.Is(err, tegata.ErrScope):
		r.status, r.code = http.StatusForbidden, insufficientScope
	}
	return r
}

// write answers. Nothing that the client sent is echoed.
func (r *refusal) write(w http.ResponseWriter) {
	h := w.Header()
	switch {
	case r.status == http.StatusServiceUnavailable:
		h.Set("Retry-After", "5")
	case r.reason == "missing":
		h.Set("WWW-Authenticate", "Bearer") // without a code: no token was given
	case r.code == insufficientScope:
		h.Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="profile"`)
	default:
		h.Set("WWW-Authenticate", `Bearer error="`+r.code+`"`)
	}
	body, err := json.Marshal(struct {
		Error  string `json:"error"`
		Reason string `json:"reason,omitempty"`
	}{r.code, r.reason})
	if err != nil { // two strings: cannot happen
		body = []byte("{}")
	}
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(r.status)
	_, _ = w.Write(body) // the client may be gone; nothing is left to do
}
