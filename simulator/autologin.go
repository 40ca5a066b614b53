package simulator

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
)

// autoLoginTime is how long the platform may take to answer an authorization request.
const autoLoginTime = 20 * time.Second

// autoLogin logs the user of LINE's in-app browser in. Without a page the request is made
// here: the answer's URL is where the app goes on, at the app's port, also if the callback
// is registered at the developer's own server.
func (s *Simulator) autoLogin(r *http.Request) (any, error) {
	var in control.AutoLoginRequest
	if err := readCall(r, &in); err != nil {
		return nil, err
	}
	out, err := s.cfg.Platform.AutoLogin(r.Context(), in)
	if err != nil || out.Page {
		return out, err
	}
	if !strings.HasPrefix(out.URL, s.cfg.Platform.BaseURL+"/") {
		return nil, fmt.Errorf("auto login leads away from the platform at %s", s.cfg.Platform.BaseURL)
	}
	ask, err := http.NewRequestWithContext(r.Context(), http.MethodGet, out.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("auto login: %w", err)
	}
	ask.Header.Set("Sec-Fetch-Mode", "navigate") // in the log it is the app's
	if in.From != "" {
		ask.Header.Set("Referer", in.From+"/")
	}
	client := &http.Client{
		Timeout:       autoLoginTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(ask)
	if err != nil {
		return nil, fmt.Errorf("auto login: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxCall)) // so that the connection can be used again
	to := resp.Header.Get("Location")
	if to == "" {
		out.Page = true // a page after all: it is shown in a tab
		return out, nil
	}
	out.URL = s.atPort(to)
	return out, nil
}

// atPort returns a URL of a developer's server at the app's port; others stay.
func (s *Simulator) atPort(to string) string {
	for upstream, p := range s.proxies {
		if rest, ok := behindOrigin(to, upstream); ok {
			return p.origin + rest
		}
	}
	return to
}

// behindOrigin returns what follows an origin in a URL.
func behindOrigin(to, origin string) (string, bool) {
	rest, ok := strings.CutPrefix(to, origin)
	return rest, ok && (rest == "" || strings.IndexByte("/?#", rest[0]) >= 0)
}
