package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// call sends in, unless it is nil, as JSON and reads the answer into out, unless that is
// nil. The error is an *Error, or wraps ErrUnreachable.
func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.BaseURL+path, body)
	if err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, err)
	}
	req.Header.Set("Authorization", "Bearer "+c.Token)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("%w at %s: read answer: %w", ErrUnreachable, c.BaseURL, err)
	}
	if resp.StatusCode != http.StatusOK {
		e := &Error{Status: resp.StatusCode}
		if json.Unmarshal(data, e) != nil || e.Code == "" {
			if resp.StatusCode == http.StatusNotFound && strings.HasPrefix(path, PathLab) {
				return fmt.Errorf("%w at %s", ErrNoLab, c.BaseURL)
			}
			if resp.StatusCode == http.StatusNotFound && path == PathEnv && resp.Header.Get(wire.HeaderRequestID) != "" {
				return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, ErrNoLab) // a tegata, and not for development
			}
			return fmt.Errorf("%w at %s: status %d", ErrUnreachable, c.BaseURL, resp.StatusCode)
		}
		return e
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.BaseURL, err)
	}
	return nil
}

// ask is call with an answer of one type.
func ask[T any](ctx context.Context, c *Client, method, path string, in any) (*T, error) {
	out := new(T)
	if err := c.call(ctx, method, path, in, out); err != nil {
		return nil, err
	}
	return out, nil
}

// Resource is one kind of record of the admin API: T is what it answers, L its list and C
// what makes and changes it. Errors are as those of Client.Env.
type Resource[T, L, C any] struct {
	client *Client
	path   string
}

func (r Resource[T, L, C]) one(id string) string { return r.path + "/" + url.PathEscape(id) }

// Create makes a record.
func (r Resource[T, L, C]) Create(ctx context.Context, change C) (*T, error) {
	return ask[T](ctx, r.client, http.MethodPost, r.path, change)
}

// List returns records; query narrows the list and may be nil.
func (r Resource[T, L, C]) List(ctx context.Context, query url.Values) (*L, error) {
	path := r.path
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return ask[L](ctx, r.client, http.MethodGet, path, nil)
}

// Show returns one record.
func (r Resource[T, L, C]) Show(ctx context.Context, id string) (*T, error) {
	return ask[T](ctx, r.client, http.MethodGet, r.one(id), nil)
}

// Update changes a record and returns it as it is then.
func (r Resource[T, L, C]) Update(ctx context.Context, id string, change C) (*T, error) {
	return ask[T](ctx, r.client, http.MethodPatch, r.one(id), change)
}

// Delete removes a record, in as many steps as that takes.
func (r Resource[T, L, C]) Delete(ctx context.Context, id string) error {
	for {
		step, err := ask[Deleted](ctx, r.client, http.MethodDelete, r.one(id), nil)
		if err != nil || step.Done {
			return err
		}
	}
}

// Providers are the providers.
func (c *Client) Providers() Resource[Provider, Providers, ProviderChange] {
	return Resource[Provider, Providers, ProviderChange]{c, PathProviders}
}

// Channels are the channels.
func (c *Client) Channels() Resource[Channel, Channels, ChannelChange] {
	return Resource[Channel, Channels, ChannelChange]{c, PathChannels}
}

// LIFFApps are the LIFF apps.
func (c *Client) LIFFApps() Resource[LIFFApp, LIFFApps, LIFFAppChange] {
	return Resource[LIFFApp, LIFFApps, LIFFAppChange]{c, PathLIFFApps}
}

// Users are the users. A user is named by ID, handle or e-mail address.
func (c *Client) Users() Resource[User, Users, UserChange] {
	return Resource[User, Users, UserChange]{c, PathUsers}
}

// Tokens are the admin tokens. They are not shown one by one, and do not change.
func (c *Client) Tokens() Resource[AdminToken, AdminTokens, AdminTokenRequest] {
	return Resource[AdminToken, AdminTokens, AdminTokenRequest]{c, PathTokens}
}

// RotateSecret gives a channel a new secret.
func (c *Client) RotateSecret(ctx context.Context, channelID string, r SecretRotation) (*NewSecret, error) {
	return ask[NewSecret](ctx, c, http.MethodPost, c.Channels().one(channelID)+SegmentSecrets, r)
}

// PasswordLink makes a link by which a user sets a password.
func (c *Client) PasswordLink(ctx context.Context, user string, r LinkRequest) (*PasswordLink, error) {
	return ask[PasswordLink](ctx, c, http.MethodPost, c.Users().one(user)+SegmentLinks, r)
}

// EndSessions ends all sessions of a user.
func (c *Client) EndSessions(ctx context.Context, user string) error {
	return c.call(ctx, http.MethodDelete, c.Users().one(user)+SegmentSessions, nil, nil)
}

// Keys returns the key ring.
func (c *Client) Keys(ctx context.Context) (*Keys, error) {
	return ask[Keys](ctx, c, http.MethodGet, PathKeys, nil)
}

// RotateKeys lets the next signing key sign, and publishes a new next one.
func (c *Client) RotateKeys(ctx context.Context) (*Keys, error) {
	return ask[Keys](ctx, c, http.MethodPost, PathKeysRotate, nil)
}

// RotateMACKey begins a new version of the MAC key of tokens.
func (c *Client) RotateMACKey(ctx context.Context) (*Keys, error) {
	return ask[Keys](ctx, c, http.MethodPost, PathKeysRotateMAC, nil)
}

// Rewrap seals every secret in the store under the first master key.
func (c *Client) Rewrap(ctx context.Context) (*Rewrapped, error) {
	return ask[Rewrapped](ctx, c, http.MethodPost, PathKeysRewrap, nil)
}

// PageOfUsers is the query of Users().List for the users after one, at most limit.
func PageOfUsers(after string, limit int) url.Values {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != "" {
		q.Set("after", after)
	}
	return q
}
