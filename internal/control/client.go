package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
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
// wraps ErrUnreachable, and ErrNoLab too if a platform answers that is not for development.
func (c *Client) Env(ctx context.Context) (*Env, error) {
	var out Env
	if err := c.call(ctx, http.MethodGet, PathEnv, nil, &out); err != nil {
		return nil, err
	}
	return &out, nil
}

// EventsOf returns what happened in one request. The error is as for Env.
func (c *Client) EventsOf(ctx context.Context, requestID string) ([]Event, error) {
	return c.events(ctx, "request="+url.QueryEscape(requestID))
}

// EventsAfter returns the events after a sequence number, at most 200, in order. If there
// are none, it waits for some, up to two seconds; it may come back without any. The error
// is as for Env.
func (c *Client) EventsAfter(ctx context.Context, seq int64) ([]Event, error) {
	return c.events(ctx, "wait=2&after="+strconv.FormatInt(seq, 10))
}

// MoreEvents is EventsAfter without waiting.
func (c *Client) MoreEvents(ctx context.Context, seq int64) ([]Event, error) {
	return c.events(ctx, "after="+strconv.FormatInt(seq, 10))
}

// LastEvents returns the last events, at most 200, in order. The error is as for Env.
func (c *Client) LastEvents(ctx context.Context, count int) ([]Event, error) {
	return c.events(ctx, "last="+strconv.Itoa(count))
}

func (c *Client) events(ctx context.Context, query string) ([]Event, error) {
	out, err := ask[Events](ctx, c, http.MethodGet, PathEvents+"?"+query, nil)
	if err != nil {
		return nil, err
	}
	return out.Events, nil
}
