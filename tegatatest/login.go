package tegatatest

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
)

// Login says who logs in where. The zero value is the first persona at the first channel,
// with the scopes openid, profile and, if the channel may ask for it, email.
type Login struct {
	Visitor
	Channel string // ID
	// LIFFID logs in to a LIFF app by liff.login(), in an ordinary browser.
	LIFFID      string
	Scopes      []string
	RedirectURI string // empty: the channel's first callback URL, or the endpoint URL of the LIFF app
	Nonce       string // empty: a random one, but none for a LIFF app, as the SDK does
	// Params are further parameters of the authorization request, such as max_age, prompt
	// or disable_auto_login.
	Params url.Values
}

// Session is what an app holds after a login.
type Session struct {
	IDToken      string
	AccessToken  string
	RefreshToken string // empty for a LIFF app
	Scope        string
	ExpiresIn    int64 // seconds, of the access token
	Nonce        string
	State        string   // as the app sent it, and as it came back
	Callback     *url.URL // where the browser was sent, with code and state
}

// LoginError says how a login ended that brought no tokens.
type LoginError struct {
	// Code and Description are those that the callback or the token endpoint got, such as
	// ACCESS_DENIED; empty if the user was left on a page of the platform.
	Code, Description string
	Status            int      // of the answer that ended it
	Callback          *url.URL // nil if the browser never came back
	// Check and Fix are what the platform's event log says.
	Check, Fix string
}

// Error tells it all.
func (e *LoginError) Error() string {
	text := "login: " + strings.TrimSuffix(strings.Join([]string{e.Code, e.Description}, ": "), ": ")
	if e.Check != "" {
		text += " (" + e.Check + "; " + e.Fix + ")"
	}
	return text
}

// ErrState says that the callback got another state than the app sent: the app must not
// go on with the code.
var ErrState = errors.New("login: the state at the callback is not the one that was sent")

// Login logs somebody in by the whole flow, as a browser and an app's server do it, and
// returns what the app holds then. The error is ErrState, a *LoginError, or that of the
// connection.
func (p *Platform) Login(ctx context.Context, l Login) (*Session, error) {
	f, err := p.flow(l)
	if err != nil {
		return nil, err
	}
	callback, err := p.Visit(ctx, f.authorize(), l.Visitor)
	if err != nil {
		return nil, err
	}
	got := callback.Query()
	if code := got.Get("error"); code != "" {
		return nil, p.explain(ctx, &LoginError{Code: code, Description: got.Get("error_description"), Status: http.StatusSeeOther, Callback: callback}, "")
	}
	if got.Get("state") != f.state {
		return nil, fmt.Errorf("%w: got %q", ErrState, got.Get("state"))
	}
	s, err := p.exchange(ctx, f, callback)
	if err != nil {
		return nil, err
	}
	s.State, s.Nonce, s.Callback = f.state, f.nonce, callback
	return s, nil
}

// flow is a login on its way.
type flow struct {
	path, channelID, secret string
	liffID                  string // set for LIFF
	query                   url.Values
	redirectURI             string
	state, nonce, verifier  string
}

func (p *Platform) flow(l Login) (*flow, error) {
	f := &flow{path: wire.PathAuthorize, state: p.lab.Text(), nonce: l.Nonce, verifier: p.lab.Text() + p.lab.Text(), redirectURI: l.RedirectURI}
	f.query = url.Values{"response_type": {"code"}, "state": {f.state}, "code_challenge_method": {"S256"}}
	sum := sha256.Sum256([]byte(f.verifier))
	f.query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	if l.LIFFID != "" {
		app, ok := find(p.world.LIFFApps, func(a liffApp) bool { return a.LIFFID == l.LIFFID })
		if !ok {
			return nil, fmt.Errorf("login: there is no LIFF app %q", l.LIFFID)
		}
		f.path, f.channelID, f.liffID = wire.PathLIFFAuthorize, app.ChannelID, l.LIFFID
		f.query.Set("app_id", l.LIFFID)
		f.redirectURI = or(f.redirectURI, app.EndpointURL)
	} else {
		c, ok := find(p.world.Channels, func(c channel) bool { return l.Channel == "" || c.ChannelID == l.Channel })
		if !ok {
			return nil, fmt.Errorf("login: there is no channel %q", l.Channel)
		}
		if len(c.CallbackURLs) > 0 {
			f.redirectURI = or(f.redirectURI, c.CallbackURLs[0])
		}
		f.channelID, f.secret, f.nonce = c.ChannelID, c.ChannelSecret, or(f.nonce, p.lab.Text())
		f.query.Set("client_id", c.ChannelID)
		f.query.Set("scope", strings.Join(p.scopes(c.ChannelID, l.Scopes), " "))
	}
	f.query.Set("redirect_uri", f.redirectURI)
	if f.nonce != "" {
		f.query.Set("nonce", f.nonce)
	}
	for name, values := range l.Params {
		f.query[name] = values
	}
	return f, nil
}

func (f *flow) authorize() string { return f.path + "?" + f.query.Encode() }

// exchange redeems the code, as an app's server does, or the SDK for a LIFF app, which
// has no secret.
func (p *Platform) exchange(ctx context.Context, f *flow, callback *url.URL) (*Session, error) {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {callback.Query().Get("code")}, "client_id": {f.channelID},
		"redirect_uri": {f.redirectURI}, "code_verifier": {f.verifier},
	}
	form.Set("id_token_key_type", "JWK")
	if f.liffID != "" {
		form.Set("appId", f.liffID)
	} else {
		form.Set("client_secret", f.secret)
	}
	resp, body, err := p.do(ctx, p.Client(), http.MethodPost, p.URL+wire.PathToken, form)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		var e struct {
			Code        string `json:"error"`
			Description string `json:"error_description"`
		}
		_ = json.Unmarshal(body, &e) // what is no JSON says nothing more
		return nil, p.explain(ctx, &LoginError{Code: e.Code, Description: e.Description, Status: resp.StatusCode, Callback: callback},
			resp.Header.Get(wire.HeaderRequestID))
	}
	var got wire.TokenResponse
	if err := json.Unmarshal(body, &got); err != nil {
		return nil, fmt.Errorf("login: answer of the token endpoint: %w", err)
	}
	return &Session{
		IDToken: got.IDToken, AccessToken: got.AccessToken, RefreshToken: got.RefreshToken, Scope: got.Scope, ExpiresIn: got.ExpiresIn,
	}, nil
}

// do sends a request and reads the answer whole.
func (p *Platform) do(ctx context.Context, c *http.Client, method, target string, form url.Values) (*http.Response, []byte, error) {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, target, body)
	if err != nil {
		return nil, nil, fmt.Errorf("login: %w", err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.Do(r)
	if err != nil {
		return nil, nil, fmt.Errorf("login: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxPage))
	if err != nil {
		return nil, nil, fmt.Errorf("login: %s: %w", r.URL.Path, err)
	}
	return resp, data, nil
}

// maxPage is the most that is read of an answer, in bytes.
const maxPage = 4 << 20

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	for _, one := range all {
		if is(one) {
			return one, true
		}
	}
	var none T
	return none, false
}
