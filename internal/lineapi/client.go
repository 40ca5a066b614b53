package lineapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
)

const (
	// maxAnswer bounds an answer in bytes.
	maxAnswer = 64 << 10
	// maxErrorCode bounds what an error tells of the platform's own words, in bytes.
	maxErrorCode = 64
)

// Client asks one platform. It may be used by many goroutines.
type Client struct {
	base    string
	timeout time.Duration
	http    *http.Client
}

// New returns a client for the platform at base, an origin without a slash at its end.
// Each request, its answer's body included, may take timeout. A nil transport means one
// of the client's own.
func New(base string, timeout time.Duration, transport http.RoundTripper) *Client {
	if transport == nil {
		transport = newTransport()
	}
	return &Client{base: base, timeout: timeout, http: &http.Client{
		Transport: transport,
		// A redirect would carry the token to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// StatusError is an answer with another status than the one that was asked for.
type StatusError struct {
	Path   string
	Status int
	Code   string // member error, if it is one of OAuth's error codes
	Text   string // member error_description or message; it may echo what was sent
}

// Error tells path, status and code. The platform's own text stays out of it.
func (e *StatusError) Error() string {
	if e.Code == "" {
		return fmt.Sprintf("%s answers %d", e.Path, e.Status)
	}
	return fmt.Sprintf("%s answers %d %s", e.Path, e.Status, e.Code)
}

// Status returns the status of a StatusError in err; 0 if there is none, which means
// that no answer came or that it could not be read.
func Status(err error) int {
	var s *StatusError
	if errors.As(err, &s) {
		return s.Status
	}
	return 0
}

// Text returns the platform's own words in a StatusError in err, to be compared with
// words that are known; empty if there is none.
func Text(err error) string {
	var s *StatusError
	if errors.As(err, &s) {
		return s.Text
	}
	return ""
}

// Code returns the OAuth error code of a StatusError in err, such as invalid_client; empty
// if there is none.
func Code(err error) string {
	var s *StatusError
	if errors.As(err, &s) {
		return s.Code
	}
	return ""
}

// request is one question.
type request struct {
	method string
	path   string
	query  url.Values
	bearer string
	form   url.Values // the body, if not nil
	json   []byte     // the body, if not nil
	limit  int64      // of the answer in bytes; zero: maxAnswer
}

// answer is a 2xx that was read to its end.
type answer struct {
	header http.Header
	body   []byte
}

// do sends a request and demands the status want. Its errors have no URL and no body,
// which may hold a token.
func (c *Client) do(ctx context.Context, r request, want int) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := c.build(ctx, r)
	if err != nil {
		return answer{}, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return answer{}, fmt.Errorf("ask %s: %w", c.base, err)
	}
	defer func() { _ = res.Body.Close() }() // nothing was written
	limit := r.limit
	if limit == 0 {
		limit = maxAnswer
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	switch {
	case res.StatusCode != want:
		return answer{}, statusError(r.path, res.StatusCode, body)
	case err != nil:
		return answer{}, fmt.Errorf("read the answer of %s%s: %w", c.base, r.path, err)
	case int64(len(body)) > limit:
		return answer{}, fmt.Errorf("the answer of %s%s is longer than %d bytes", c.base, r.path, limit)
	}
	return answer{res.Header, body}, nil
}

func (c *Client) build(ctx context.Context, r request) (*http.Request, error) {
	target := c.base + r.path
	if r.query != nil {
		target += "?" + r.query.Encode()
	}
	var body io.Reader
	switch {
	case r.form != nil:
		body = strings.NewReader(r.form.Encode())
	case r.json != nil:
		body = strings.NewReader(string(r.json))
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, errors.New("request cannot be made") // the error would hold the URL
	}
	h := req.Header
	h.Set("Accept", "application/json")
	h.Set("User-Agent", "tegata")
	switch {
	case r.form != nil:
		h.Set("Content-Type", "application/x-www-form-urlencoded")
	case r.json != nil:
		h.Set("Content-Type", "application/json")
	}
	if r.bearer != "" {
		h.Set("Authorization", "Bearer "+r.bearer)
	}
	return req, nil
}

// statusError reads LINE's two kinds of error body, if it is one.
func statusError(path string, status int, body []byte) *StatusError {
	e := &StatusError{Path: path, Status: status}
	if len(body) > maxAnswer {
		return e
	}
	var code, text string
	err := jose.ScanObject(body, func(name string, m jose.Value) error {
		switch name {
		case "error":
			code, _ = m.String()
		case "error_description", "message":
			text, _ = m.String()
		}
		return nil
	})
	if err == nil {
		e.Text = text
		if isErrorCode(code) {
			e.Code = code
		}
	}
	return e
}

// isErrorCode takes lower-case words joined by underscores, which no token looks like.
func isErrorCode(s string) bool {
	return s != "" && len(s) <= maxErrorCode && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}
