package tegatahttp

import (
	"net/http"
	"strings"
)

// bearer returns the token of the request's one Authorization header.
func bearer(r *http.Request) (string, *refusal) {
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", &refusal{status: http.StatusUnauthorized, code: invalidToken, reason: "missing"}
	}
	bad := &refusal{status: http.StatusBadRequest, code: invalidRequest, reason: "malformed"}
	if len(values) > 1 {
		return "", bad // which one is meant?
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", &refusal{status: http.StatusUnauthorized, code: invalidToken, reason: "missing"}
	}
	// A token has none of these (RFC 6750 section 2.1), and two parsers that cut them
	// in different places would see different tokens.
	if !ok || token == "" || strings.ContainsAny(token, " \t,;\"") {
		return "", bad
	}
	return token, nil
}
