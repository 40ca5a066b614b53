package labcmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/show"
	"github.com/tegata-id/tegata/cmd/tegata/target"
	"github.com/tegata-id/tegata/cmd/tegata/when"
	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
)

// DevReady is what a tegata dev answers at the path of readiness once everything answers.
const DevReady = "tegata dev is ready"

// lookEvery is how often a platform that is not ready is asked again.
const lookEvery = 50 * time.Millisecond

// Wait is the command wait.
type Wait struct {
	target.Target `embed:""`
	show.Output   `embed:""`
	Timeout       when.Span `help:"How long to wait." default:"30s"`
}

// Examples opens the command's help.
func (Wait) Examples() string {
	return "  tegata dev & tegata wait && npm test\n" +
		"  tegata wait --timeout 2m\n" +
		"  tegata wait --url http://127.0.0.1:4810     (the management URL of a tegata serve)\n"
}

// ready is what --json prints.
type ready struct {
	URL   string  `json:"url"`
	Ready bool    `json:"ready"`
	After float64 `json:"afterSeconds"`
	Why   string  `json:"why,omitempty"` // of what is not ready
}

// Run waits until the platform is ready; exit code 4 if it is not in time.
func (c Wait) Run(ctx context.Context, k *kong.Context) error {
	if c.Timeout <= 0 {
		return &exit.Error{Code: exit.Usage, Err: fmt.Errorf("--timeout %v", c.Timeout), Next: "give how long to wait, such as 30s"}
	}
	ended, stop := context.WithTimeout(ctx, time.Duration(c.Timeout))
	defer stop()
	began := time.Now()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	var last error // the one before the time was over
	for {
		why, err := c.look(ended)
		if err != nil {
			return err
		}
		if why != nil && ended.Err() != nil && last != nil {
			why = last
		}
		last = why
		after := time.Since(began)
		if why == nil {
			return c.Print(show.Of(k), ready{URL: c.Base(), Ready: true, After: after.Seconds()}, "ready "+c.Base()+"\n")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended.Done():
			if c.JSON {
				if err := show.JSON(show.Of(k), ready{URL: c.Base(), After: after.Seconds(), Why: why.Error()}); err != nil {
					return err
				}
			}
			return &exit.Error{
				Code: exit.Unreachable, Err: fmt.Errorf("%s is not ready after %v: %w", c.Base(), c.Timeout, why),
				Next: "look at what the platform says on its standard error, or wait longer with --timeout",
			}
		case <-look.C:
		}
	}
}

// look says why the platform is not ready; nil if it is. The error is one that does not go
// away by waiting.
func (c Wait) look(ctx context.Context) (why, err error) {
	client := control.NewClient(c.Base(), "").HTTP
	status, body, err := get(ctx, client, strings.TrimSuffix(c.Base(), "/")+control.PathReady+"?verbose")
	switch {
	case errors.Is(err, errURL):
		return nil, err
	case err != nil:
		return err, nil
	case status == http.StatusOK && strings.TrimSpace(body) == DevReady:
		return c.lookAtDev(ctx)
	case status == http.StatusOK:
		return nil, nil // a tegata serve, by its management URL
	case status == http.StatusServiceUnavailable:
		return fmt.Errorf("it says: %s", show.Clean(strings.Join(strings.Fields(body), " "))), nil
	}
	// The public URL of a service.
	status, body, err = get(ctx, client, strings.TrimSuffix(c.Base(), "/")+wire.PathCerts)
	switch {
	case err != nil:
		return err, nil
	case status != http.StatusOK || !strings.Contains(body, `"keys"`):
		return fmt.Errorf("something else than tegata answers there: status %d", status), nil
	}
	return nil, nil
}

// lookAtDev says whether a tegata dev takes the token that was given, or was left for this
// user: the next command will need it.
func (c Wait) lookAtDev(ctx context.Context) (why, err error) {
	api, err := c.Client()
	if err != nil {
		return nil, nil // not one of this user's: it is ready, and that is all that can be known
	}
	var refused *control.Error
	if _, err = api.Env(ctx); errors.As(err, &refused) {
		return nil, &exit.Error{Code: exit.Usage, Err: errors.New(refused.Message), Next: refused.Fix} // the token is not this platform's
	}
	return err, nil
}

// errURL means that a URL is none.
var errURL = &exit.Error{Code: exit.Usage, Err: errors.New("that is no URL"), Next: "give --url like http://localhost:4800"}

// get asks for a little text.
func get(ctx context.Context, client *http.Client, url string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil || req.URL.Host == "" || req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return 0, "", errURL
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, string(data), err
}
