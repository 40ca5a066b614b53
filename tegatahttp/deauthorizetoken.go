package tegatahttp

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
)

const (
	// channelTokenLife is how long stateless channel access tokens live at LINE; what an
	// answer says beyond it is not believed.
	channelTokenLife = 15 * time.Minute
	// channelTokenEarly is how long before its end a token is given up, so that it does
	// not end on the way.
	channelTokenEarly = time.Minute
)

// channelTokens remembers a stateless channel access token for as long as it lives, and
// gets the next one by one request for all who wait. It may be used by many goroutines.
type channelTokens struct {
	issue func(context.Context) (lineapi.ChannelToken, error)
	now   func() time.Time

	mu     sync.Mutex // guards the rest; never held over the network
	token  string
	until  time.Time
	flight *issuing // nil: no request is under way
}

// issuing is one request for a token. The fields after done are written before it is closed.
type issuing struct {
	done  chan struct{}
	token string
	err   error
}

// get returns a token; fresh says that it was issued for this call. The context ends the
// waiting, not the request, for which others may wait too.
func (c *channelTokens) get(ctx context.Context) (token string, fresh bool, err error) {
	c.mu.Lock()
	if c.token != "" && c.now().Before(c.until) {
		token = c.token
		c.mu.Unlock()
		return token, false, nil
	}
	f := c.flight
	if f == nil {
		f = &issuing{done: make(chan struct{})}
		c.flight = f
		go c.fetch(context.WithoutCancel(ctx), f) // ends by the client's own time-out
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.token, true, f.err
	case <-ctx.Done():
		return "", false, fmt.Errorf("%w: wait for the channel access token: %w", tegata.ErrUnavailable, ctx.Err())
	}
}

// fetch gets a token for everybody who waits for it.
func (c *channelTokens) fetch(ctx context.Context, f *issuing) {
	before := c.now()
	issued, err := c.ask(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.flight = nil
	if err == nil {
		f.token = issued.AccessToken
		c.token = issued.AccessToken
		c.until = before.Add(min(life(issued.ExpiresIn), channelTokenLife) - channelTokenEarly)
	}
	f.err = err
	close(f.done)
}

// ask is the request. A transport that panics fails like one that errs: nobody would catch
// it here, and others wait.
func (c *channelTokens) ask(ctx context.Context) (t lineapi.ChannelToken, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: channel access token: Config.Transport panics: %v", tegata.ErrUnavailable, p)
		}
	}()
	t, err = c.issue(ctx)
	switch {
	case err == nil:
		return t, nil
	case isClient(err), lineapi.Status(err) == http.StatusBadRequest: // nothing but channel ID and secret was sent
		return t, fmt.Errorf("%w: channel access token: %w", ErrClient, err)
	}
	return t, fmt.Errorf("%w: channel access token: %w", tegata.ErrUnavailable, err)
}

// drop forgets a token unless another has taken its place.
func (c *channelTokens) drop(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}
