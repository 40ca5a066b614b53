package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer is the most that the client reads of an answer, in bytes.
const maxAnswer = 16 << 20

// ErrUnreachable means that nothing answers at the URL, or something other than
// tegata.
var ErrUnreachable = errors.New("no tegata answers")

// Client calls the admin API. It may be used from many goroutines.
type Client struct {
	BaseURL string // such as http://localhost:4800
	Token   string // admin token
	HTTP    *http.Client
}

// NewClient returns a client that does not follow redirects, so that the token goes
// to BaseURL only, and that waits 10 s at most.
func NewClient(baseURL, token string) *Client {
	return &Client{BaseURL: strings.TrimSuffix(baseURL, "/"), Token: token, HTTP: &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Env returns the settings of a running `tegata dev`. The error is an *Error, or
// wraps ErrUnreachable.
func (c *Client) Env(ctx context.Context) (*Env, error) {
	var out Env
	if err := c.get(ctx, PathEnv, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// EventsOf returns what happened in one request. The error is as for Env.
func (c *Client) EventsOf(ctx context.Context, requestID string) ([]Event, error) {
	var out Events
	if err := c.get(ctx, PathEvents+"?request="+url.QueryEscape(requestID), &out); err != nil {
		return nil, err
	}
	return out.Events, nil
}

func (c *Client) get(ctx context.Context, path string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.BaseURL+path, nil)
	if err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%w at %s: read answer: %w", ErrUnreachable, c.BaseURL, err)
	}
	if resp.StatusCode != http.StatusOK {
		e := &Error{Status: resp.StatusCode}
		if json.Unmarshal(body, e) != nil || e.Code == "" {
			return fmt.Errorf("%w at %s: status %d", ErrUnreachable, c.BaseURL, resp.StatusCode)
		}
		return e
	}
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, err)
	}
	return nil
}
