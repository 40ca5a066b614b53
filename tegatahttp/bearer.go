package tegatahttp

import (
	"errors"
	"net/http"
	"strings"
)

var (
	errNoBearer  = errors.New("tegatahttp: no bearer token in the Authorization header")
	errNotBearer = errors.New("tegatahttp: several Authorization headers, or something else than one bearer token in it")
)

// bearer returns the token of the request's one Authorization header.
func bearer(r *http.Request) (string, *refusal) {
	values := r.Header.Values("Authorization")
	switch len(values) {
	case 0:
		return "", missing()
	case 1:
	default:
		return "", notBearer() // which one is meant?
	}
	scheme, token, ok := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", missing()
	}
	// A token has none of these (RFC 6750 section 2.1), and two parsers that cut them
	// in different places would see different tokens.
	if !ok || token == "" || strings.ContainsAny(token, " \t,;\"") {
		return "", notBearer()
	}
	return token, nil
}

func missing() *refusal {
	return &refusal{status: http.StatusUnauthorized, code: invalidToken, reason: "missing", err: errNoBearer}
}

func notBearer() *refusal {
	return &refusal{status: http.StatusBadRequest, code: invalidRequest, reason: "malformed", err: errNotBearer}
}
