package tokencmd

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/tegata-id/tegata/cmd/tegata/exit"
	"github.com/tegata-id/tegata/cmd/tegata/inspect"
	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/wire"
)

// maxAnswer is the most that is read of an answer, in bytes.
const maxAnswer = 64 << 10

// getJSON asks for JSON. Without a status the error says why there is none; an answer that
// is no JSON leaves into as it was.
func getJSON(ctx context.Context, client *http.Client, at, bearer string, into any) (status int, err error) {
	resp, body, err := fetch(ctx, client, at, bearer, maxAnswer)
	if err != nil {
		return 0, err
	}
	if resp.StatusCode == http.StatusOK {
		err = json.Unmarshal(body, into)
	}
	return resp.StatusCode, err
}

// readSet reads a JWK Set from a file or a URL.
func readSet(ctx context.Context, from string) (*jose.Set, error) {
	var data []byte
	var err error
	if strings.HasPrefix(from, "http://") || strings.HasPrefix(from, "https://") {
		if err := safeBase(from); err != nil {
			return nil, err
		}
		var resp *http.Response
		resp, data, err = fetch(ctx, newClient(), from, "", jose.MaxSet)
		if err == nil && resp.StatusCode != http.StatusOK {
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		if err != nil {
			return nil, &exit.Error{Code: exit.Unreachable, Err: fmt.Errorf("JWK Set %s: %w", from, err), Next: "give the URL of a certs endpoint, or a file"}
		}
	} else if data, err = os.ReadFile(from); err != nil {
		return nil, &exit.Error{Code: exit.Config, Err: err, Next: "give --jwks a file, or a URL such as https://api.line.me/oauth2/v2.1/certs"}
	}
	set, err := jose.ParseSet(data)
	if err != nil {
		return nil, &exit.Error{Code: exit.Config, Err: fmt.Errorf("%s: %w", from, err), Next: "give a JWK Set, as a certs endpoint answers it"}
	}
	return &set, nil
}

// ask asks the platform about an access token, as a server must.
func (s *source) ask(ctx context.Context, token string) (*inspect.Answers, error) {
	client := newClient()
	out := &inspect.Answers{}
	var verified wire.VerifyResponse
	refusal, err := s.question(ctx, client, s.base+wire.PathVerify+"?access_token="+url.QueryEscape(token), "", &verified)
	if err != nil {
		return nil, err
	}
	if out.Refusal = refusal; refusal != "" {
		return out, nil
	}
	out.Verify = &verified
	var profile wire.Profile
	if out.ProfileRefusal, err = s.question(ctx, client, s.base+wire.PathProfile, token, &profile); err != nil {
		return nil, err
	}
	if out.ProfileRefusal == "" {
		out.Profile = &profile
	}
	return out, nil
}

// question asks, and says how the platform refused. A tegata dev says why, too.
func (s *source) question(ctx context.Context, client *http.Client, at, bearer string, into any) (refusal string, err error) {
	resp, body, err := fetch(ctx, client, at, bearer, maxAnswer)
	if err == nil && resp.StatusCode == http.StatusOK {
		if err = json.Unmarshal(body, into); err == nil {
			return "", nil
		}
	}
	if err != nil || resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		if err == nil {
			err = fmt.Errorf("status %d", resp.StatusCode)
		}
		return "", &exit.Error{Code: exit.Unreachable, Err: fmt.Errorf("%s gave no answer about the token: %w", s.name, err), Next: "nothing is known of the token: ask again later"}
	}
	refusal = fmt.Sprintf("%s answered %d", s.name, resp.StatusCode)
	if s.api != nil {
		if events, err := s.api.EventsOf(ctx, resp.Header.Get(wire.HeaderRequestID)); err == nil {
			for _, e := range events {
				if e.Check != "" {
					return refusal + ": " + e.Check, nil
				}
			}
		}
	}
	var told struct {
		Description string `json:"error_description"`
		Message     string `json:"message"`
	}
	if json.Unmarshal(body, &told) == nil && told.Description+told.Message != "" {
		refusal += ": " + told.Description + told.Message
	}
	return refusal, nil
}
