package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
)

// ErrNoLab means that the platform has no lab: it is not one for development.
var ErrNoLab = errors.New("no lab")

// Through returns a client that sends its requests through a transport and is like c in
// everything else.
func (c *Client) Through(transport http.RoundTripper) *Client {
	out, inner := *c, *c.HTTP
	inner.Transport = transport
	out.HTTP = &inner
	return &out
}

// The methods of this file call the lab API. Their errors are as those of Env; a platform
// without a lab gives ErrNoLab.

// LabClock says how the clock stands.
func (c *Client) LabClock(ctx context.Context) (*Clock, error) {
	return ask[Clock](ctx, c, http.MethodGet, PathLabClock, nil)
}

// ChangeLabClock moves the clock and says how it stands then.
func (c *Client) ChangeLabClock(ctx context.Context, change ClockChange) (*Clock, error) {
	return ask[Clock](ctx, c, http.MethodPost, PathLabClock, change)
}

// MintToken makes a token.
func (c *Client) MintToken(ctx context.Context, m Mint) (*Minted, error) {
	return ask[Minted](ctx, c, http.MethodPost, PathLabTokens, m)
}

// RevokeToken ends an access token or a refresh token.
func (c *Client) RevokeToken(ctx context.Context, t TokenRef) error {
	return c.call(ctx, http.MethodPost, PathLabRevoke, t, nil)
}

// LabFaults returns the faults in force.
func (c *Client) LabFaults(ctx context.Context) (*Faults, error) {
	return ask[Faults](ctx, c, http.MethodGet, PathLabFaults, nil)
}

// AddFault puts a fault in force and returns it with its ID.
func (c *Client) AddFault(ctx context.Context, f Fault) (*Fault, error) {
	return ask[Fault](ctx, c, http.MethodPost, PathLabFaults, f)
}

// RemoveFault ends one fault.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, PathLabFaults+"/"+url.PathEscape(id), nil, nil)
}

// ClearFaults ends every fault.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.call(ctx, http.MethodDelete, PathLabFaults, nil, nil)
}

// LabTroubles returns the named troubles.
func (c *Client) LabTroubles(ctx context.Context) (*Troubles, error) {
	return ask[Troubles](ctx, c, http.MethodGet, PathLabTroubles, nil)
}

// TriggerTrouble lets a named trouble befall somebody.
func (c *Client) TriggerTrouble(ctx context.Context, name string, t Trigger) (*Triggered, error) {
	return ask[Triggered](ctx, c, http.MethodPost, PathLabTroubles+"/"+url.PathEscape(name), t)
}

// ExportState returns the state as a file.
func (c *Client) ExportState(ctx context.Context) (json.RawMessage, error) {
	out, err := ask[json.RawMessage](ctx, c, http.MethodGet, PathLabState, nil)
	if err != nil {
		return nil, err
	}
	return *out, nil
}

// ImportState makes the platform be as a file of ExportState says.
func (c *Client) ImportState(ctx context.Context, file json.RawMessage) error {
	return c.call(ctx, http.MethodPut, PathLabState, file, nil)
}

// ResetState makes the platform be as it was when it started.
func (c *Client) ResetState(ctx context.Context) error {
	return c.call(ctx, http.MethodPost, PathLabReset, nil, nil)
}

// TakeSnapshot keeps the state as it is now.
func (c *Client) TakeSnapshot(ctx context.Context) (*Snapshot, error) {
	return ask[Snapshot](ctx, c, http.MethodPost, PathLabSnapshots, nil)
}

// RestoreSnapshot makes the state be as it was at a snapshot.
func (c *Client) RestoreSnapshot(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodPost, PathLabSnapshots+"/"+url.PathEscape(id)+"/restore", nil, nil)
}

// DeleteSnapshot forgets a snapshot.
func (c *Client) DeleteSnapshot(ctx context.Context, id string) error {
	return c.call(ctx, http.MethodDelete, PathLabSnapshots+"/"+url.PathEscape(id), nil, nil)
}

// LabRequests returns what the platform was asked after a sequence number, of one
// endpoint unless that is empty.
func (c *Client) LabRequests(ctx context.Context, after int64, endpoint string) (*Requests, error) {
	q := url.Values{"after": {strconv.FormatInt(after, 10)}}
	if endpoint != "" {
		q.Set("endpoint", endpoint)
	}
	return ask[Requests](ctx, c, http.MethodGet, PathLabRequests+"?"+q.Encode(), nil)
}
