package oauth2

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// MaxBody is the largest request body in bytes: LINE documents 413 above 2 MB.
const MaxBody = 2 << 20

// maxParams bounds how many parameters a request may have, so that a hostile one
// cannot make us build a large map.
const maxParams = 256

// Params are the parameters of a request.
type Params struct{ values url.Values }

// Get returns a parameter's first value, or the empty string.
func (p Params) Get(name string) string { return p.values.Get(name) }

// Has says whether a parameter is there, be it empty.
func (p Params) Has(name string) bool { return p.values.Has(name) }

// All returns every value of a parameter (the check boxes of a form).
func (p Params) All(name string) []string { return p.values[name] }

// Repeated returns the name of a parameter that is given more than once (RFC 6749
// §3.1 forbids it), or the empty string. Of several it returns the first by name.
func (p Params) Repeated() string {
	found := ""
	for name, v := range p.values {
		if len(v) > 1 && (found == "" || name < found) {
			found = name
		}
	}
	return found
}

// Query reads the parameters of the URL. Bad percent-encoding or UTF-8 is an Error.
func Query(r *http.Request) (Params, error) { return parse(r.URL.RawQuery, "query") }

// Form reads the parameters of a form body (application/x-www-form-urlencoded). The
// URL's query is not looked at, so that no secret is taken from there. The error is
// an Error: 413 for more than MaxBody bytes, else 400.
func Form(r *http.Request) (Params, error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return Params{}, &Error{
			Code: InvalidRequest, Description: "some parameters missed or invalid",
			Check: "content type of the request", Given: Clip(r.Header.Get("Content-Type")),
			Expected: "application/x-www-form-urlencoded",
			Fix:      "send the parameters as a form body and set Content-Type",
		}
	}
	body, err := ReadBody(r)
	if err != nil {
		return Params{}, err
	}
	return parse(string(body), "body")
}

// ReadBody reads the whole body, at most MaxBody bytes. The error is an Error: 413
// for a longer one, 400 for one that broke off.
func ReadBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) || len(body) > MaxBody {
		return nil, &Error{
			Status: http.StatusRequestEntityTooLarge, Description: "Request body is too large",
			Check: "size of the request body", Expected: "at most 2 MB", Fix: "send a smaller request",
		}
	}
	if err != nil {
		return nil, &Error{
			Code: InvalidRequest, Description: "some parameters missed or invalid",
			Check: "reading the request body", Cause: fmt.Errorf("read body: %w", err),
		}
	}
	return body, nil
}

func parse(raw, where string) (Params, error) {
	bad := func(check string) (Params, error) {
		return Params{}, &Error{
			Code: InvalidRequest, Description: "some parameters missed or invalid",
			Check: check + " of the " + where, Fix: "percent-encode the parameters as UTF-8",
		}
	}
	if strings.Count(raw, "&") >= maxParams {
		return bad("number of parameters")
	}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return bad("percent-encoding")
	}
	for name, vs := range values {
		if !text(name) {
			return bad("UTF-8")
		}
		for _, v := range vs {
			if !text(v) {
				return bad("UTF-8")
			}
		}
	}
	return Params{values}, nil
}

// text says whether s is UTF-8 without NUL, which no store column and no log takes.
func text(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
