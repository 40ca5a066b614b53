package tegata

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

// maxAnswer bounds the answers of verify and profile in bytes.
const maxAnswer = 64 << 10

// api asks the platform. It believes nothing but a 200 that can be read strictly.
type api struct {
	base    string
	timeout time.Duration
	client  *http.Client
}

func newAPI(cfg *Config) *api {
	return &api{base: cfg.BaseURL, timeout: cfg.Timeout, client: &http.Client{
		Transport: cfg.Transport,
		// A redirect would carry the token to another place.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// newTransport returns what sends the requests of one verifier.
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

// get returns status and body of a GET. Its error has no URL, which may hold a token.
func (a *api) get(ctx context.Context, path, bearer string, limit int64) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+path, nil)
	if err != nil {
		return 0, nil, errors.New("request cannot be made") // the error would hold the URL
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "tegata")
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	res, err := a.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return 0, nil, fmt.Errorf("ask %s: %w", a.base, err)
	}
	defer func() { _ = res.Body.Close() }() // nothing was written
	body, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		return 0, nil, fmt.Errorf("read the answer of %s: %w", a.base, err)
	}
	if int64(len(body)) > limit {
		return 0, nil, fmt.Errorf("answer of %s is longer than %d bytes", a.base, limit)
	}
	return res.StatusCode, body, nil
}

// keySet fetches the JWK Set.
func (a *api) keySet(ctx context.Context) (jose.Set, error) {
	status, body, err := a.get(ctx, wire.PathCerts, "", jose.MaxSet)
	if err != nil {
		return jose.Set{}, err
	}
	if status != http.StatusOK {
		return jose.Set{}, fmt.Errorf("%s%s answers %d", a.base, wire.PathCerts, status)
	}
	return jose.ParseSet(body)
}
