package oauth2

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// Error codes of the authorization endpoint. LINE writes them in upper case.
const (
	CodeInvalidRequest     = "INVALID_REQUEST"
	CodeAccessDenied       = "ACCESS_DENIED"
	CodeUnsupportedType    = "UNSUPPORTED_RESPONSE_TYPE"
	CodeInvalidScope       = "INVALID_SCOPE"
	CodeLoginRequired      = "LOGIN_REQUIRED"
	CodeInteractionNeeded  = "INTERACTION_REQUIRED"
	DescriptionDenied      = "The resource owner denied the request."
	DescriptionStateNeeded = "'state' is not specified."
)

// Error codes of the other OAuth endpoints (RFC 6749 §5.2).
const (
	InvalidRequest       = "invalid_request"
	InvalidClient        = "invalid_client"
	InvalidGrant         = "invalid_grant"
	UnsupportedGrantType = "unsupported_grant_type"
)

// Error is a refusal. Status, Code and Description go over the wire; the other
// fields are for the event log and `tegata why` only. A handler returns it as an
// error; any other error becomes a 500 without detail.
//
// With a Code it is written as {"error","error_description"}, LINE's dialect of the
// OAuth endpoints; without one as {"message"}, the dialect of resources. No field
// may hold a token, a code or a secret.
type Error struct {
	Status      int // HTTP; zero means 400
	Code        string
	Description string // error_description or message; may be empty beside a Code
	Check       string // which check failed, in words
	Given       string
	Expected    string
	Fix         string // what to do, as a sentence or a command
	RetryAfter  int    // seconds; zero leaves the header out
	Cause       error  // logged, never sent
}

// Error returns the code, the description and the check for a log.
func (e *Error) Error() string {
	s := e.Code
	if s == "" {
		s = strconv.Itoa(e.HTTPStatus())
	}
	if e.Description != "" {
		s += ": " + e.Description
	}
	if e.Check != "" {
		s += " (" + e.Check + ")"
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// HTTPStatus returns the status of the answer: Status, or 400.
func (e *Error) HTTPStatus() int {
	if e.Status == 0 {
		return http.StatusBadRequest
	}
	return e.Status
}

// Write writes e as JSON in its dialect. It is the only place that writes an error
// of an API. A 401 names the Bearer scheme (RFC 6750 §3).
func Write(w http.ResponseWriter, e *Error) {
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	if e.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	status := e.HTTPStatus()
	if status == http.StatusUnauthorized && h.Get("WWW-Authenticate") == "" {
		h.Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	var body any
	if e.Code != "" {
		body = struct {
			Error       string `json:"error"`
			Description string `json:"error_description,omitempty"`
		}{e.Code, e.Description}
	} else {
		body = struct {
			Message string `json:"message"`
		}{e.Description}
	}
	data, err := json.Marshal(body)
	if err != nil { // two strings: cannot happen
		data = []byte("{}")
	}
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client may be gone; nothing is left to do
}
