package lineapi_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tegata-id/tegata/internal/lineapi"
)

// TestWireForms: what is sent is what LINE documents, secrets and tokens in the body or in
// the Authorization header and never in the URL.
func TestWireForms(t *testing.T) {
	t.Parallel()
	const tokens = `{"access_token":"a","expires_in":60,"token_type":"Bearer"}`
	const form = "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		call   func(*lineapi.Client) error
		status int
		answer string
		want   string // method, URI, Content-Type, Authorization and body
	}{
		"code": {func(a *lineapi.Client) error {
			_, err := a.RedeemCode(t.Context(), url.Values{"code": {"c+d"}, "redirect_uri": {"https://app.example.com/callback?a=b"}, "client_id": {"1"}, "client_secret": {"s"}, "code_verifier": {"v"}})
			return err
		}, 200, tokens, "POST /oauth2/v2.1/token " + form + "  client_id=1&client_secret=s&code=c%2Bd&code_verifier=v&grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fa%3Db"},
		"refresh": {func(a *lineapi.Client) error {
			_, err := a.Refresh(t.Context(), url.Values{"refresh_token": {"r"}, "client_id": {"1"}, "client_secret": {"s"}})
			return err
		}, 200, tokens, "POST /oauth2/v2.1/token " + form + "  client_id=1&client_secret=s&grant_type=refresh_token&refresh_token=r"},
		"revoke": {func(a *lineapi.Client) error {
			return a.Revoke(t.Context(), url.Values{"access_token": {"t"}, "client_id": {"1"}, "client_secret": {"s"}})
		}, 200, "", "POST /oauth2/v2.1/revoke " + form + "  access_token=t&client_id=1&client_secret=s"},
		"channel token": {func(a *lineapi.Client) error {
			_, err := a.StatelessChannelToken(t.Context(), "1", "s")
			return err
		}, 200, `{"token_type":"Bearer","access_token":"a","expires_in":900}`, "POST /oauth2/v3/token " + form + "  client_id=1&client_secret=s&grant_type=client_credentials"},
		"deauthorize": {
			func(a *lineapi.Client) error { return a.Deauthorize(t.Context(), "channel", `user"`) },
			204, "", `POST /user/v1/deauthorize application/json Bearer channel {"userAccessToken":"user\""}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent atomic.Pointer[string]
			api := client(t, func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got := fmt.Sprint(r.Method, " ", r.URL.RequestURI(), " ", r.Header.Get("Content-Type"), " ", r.Header.Get("Authorization"), " ", string(body))
				sent.Store(&got)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.answer)
			})
			if err := c.call(api); err != nil {
				t.Fatal(err)
			}
			if got := *sent.Load(); got != c.want {
				t.Errorf("sent %q, want %q", got, c.want)
			}
		})
	}
}

// TestTokenAnswers has what is no answer of a token endpoint, for both kinds of token.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	if _, err := lineapi.ReadTokens([]byte(`{"access_token":"eyJ.a/+=.b","expires_in":60,"token_type":"Bearer","refresh_token":null,"id_token":null,"scope":"profile%20openid","new":{}}`)); err != nil {
		t.Errorf("a good answer: %v", err)
	}
	for name, body := range map[string]string{
		"nothing":            ``,
		"page":               `<html>`,
		"list":               `[]`,
		"two answers":        `{"access_token":"a","expires_in":60,"token_type":"Bearer"}{}`,
		"a member twice":     `{"access_token":"a","access_token":"b","expires_in":60,"token_type":"Bearer"}`,
		"no token":           `{"expires_in":60,"token_type":"Bearer"}`,
		"null for a token":   `{"access_token":null,"expires_in":60,"token_type":"Bearer"}`,
		"another case":       `{"Access_Token":"a","expires_in":60,"token_type":"Bearer"}`,
		"a line break":       `{"access_token":"a\r\nX-Evil: b","expires_in":60,"token_type":"Bearer"}`,
		"a blank":            `{"access_token":"a b","expires_in":60,"token_type":"Bearer"}`,
		"no ASCII":           `{"access_token":"トークン","expires_in":60,"token_type":"Bearer"}`,
		"no lifetime":        `{"access_token":"a","token_type":"Bearer"}`,
		"a lifetime of 0":    `{"access_token":"a","expires_in":0,"token_type":"Bearer"}`,
		"a lifetime as text": `{"access_token":"a","expires_in":"60","token_type":"Bearer"}`,
		"no type":            `{"access_token":"a","expires_in":60}`,
		"another type":       `{"access_token":"a","expires_in":60,"token_type":"DPoP"}`,
		"an error":           `{"error":"invalid_grant"}`,
	} {
		if got, err := lineapi.ReadTokens([]byte(body)); err == nil {
			t.Errorf("%s: tokens %+v, want an error", name, got)
		}
		if got, err := lineapi.ReadChannelToken([]byte(body)); err == nil {
			t.Errorf("%s: channel token %+v, want an error", name, got)
		}
	}
	if got, err := lineapi.ReadTokens([]byte(`{"access_token":"a","refresh_token":"b\n","expires_in":60,"token_type":"Bearer"}`)); err == nil {
		t.Errorf("a refresh token with a line break: %+v, want an error", got)
	}
}

// TestCode tells the OAuth code of an error, and nothing of another.
func TestCode(t *testing.T) {
	t.Parallel()
	api := client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_client","error_description":"invalid client_secret"}`)
	})
	_, err := api.StatelessChannelToken(t.Context(), "1", "s")
	if got := lineapi.Code(fmt.Errorf("wrapped: %w", err)); got != "invalid_client" {
		t.Errorf("Code = %q, want invalid_client", got)
	}
	if lineapi.Code(nil) != "" || lineapi.Code(errors.New("other")) != "" {
		t.Error("Code of another error: want none")
	}
}

// silent is a platform that takes a request and never answers.
type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// drip is a platform whose answer never ends, a byte a second.
type drip struct{}

func (drip) RoundTrip(r *http.Request) (*http.Response, error) {
	body, w := io.Pipe()
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				_ = w.CloseWithError(r.Context().Err()) // never fails
				return
			case <-tick.C:
				_, _ = io.WriteString(w, " ") // the reader is gone if it fails
			}
		}
	}()
	return &http.Response{StatusCode: http.StatusOK, Body: body, Request: r}, nil
}

// TestPatienceEnds: a platform that never answers, or never ends its answer, is waited for
// as long as was said, and what was sent is not in the error.
func TestPatienceEnds(t *testing.T) {
	t.Parallel()
	for name, transport := range map[string]http.RoundTripper{"no answer": silent{}, "an endless answer": drip{}} {
		synctest.Test(t, func(t *testing.T) {
			api := lineapi.New("https://api.example.com", 5*time.Second, transport)
			begun := time.Now()
			_, err := api.RedeemCode(t.Context(), url.Values{"code": {secretToken}})
			if waited := time.Since(begun); err == nil || waited != 5*time.Second || strings.Contains(err.Error(), secretToken) {
				t.Errorf("%s: %v after %v, want an error after 5s", name, err, waited)
			}
		})
	}
}

// TestNothingIsSentTwice: a connection that breaks is no reason to send a code again.
func TestNothingIsSentTwice(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked.Add(1)
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, `{"client_id":"1","expires_in":1,"scope":"profile"}`)
	}))
	t.Cleanup(s.Close)
	api := lineapi.New(s.URL, 5*time.Second, nil)
	// The second request finds a connection that is open already, where net/http might try
	// once more.
	if _, err := api.VerifyAccessToken(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := api.RedeemCode(t.Context(), url.Values{"code": {"c"}}); err == nil || asked.Load() != 1 {
		t.Errorf("%v after %d requests, want an error after one", err, asked.Load())
	}
}
