package tegatahttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// Start returns the handler that begins a login: it sends the browser to the platform's
// login page. The parameter next names the path to come back to.
func (l *Login) Start() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r) {
			return
		}
		l.begin(w, r, nextPath(r.URL.Query().Get("next")), false)
	})
}

func (l *Login) begin(w http.ResponseWriter, r *http.Request, next string, again bool) {
	private(w)
	f, err := l.jar.begin(w, r, l.now(), next, again)
	if err != nil {
		l.cfg.Failed(w, r, err)
		return
	}
	http.Redirect(w, r, l.authorizeURL(f), http.StatusSeeOther)
}

// Callback returns the handler of LoginConfig.RedirectURI: it ends the login and calls Done
// or Failed.
//
// A browser that comes back without the login that it began is sent round once more without
// auto login, since that is what a failed auto login looks like (LINE's page "How to handle
// auto login failure"); the second time it is ErrState.
func (l *Login) Callback() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(w, r) {
			return
		}
		private(w)
		in, err := l.finish(w, r)
		switch {
		case err == nil:
			l.cfg.Done(w, r, in)
		case errors.Is(err, errAgain):
			l.jar.setRetry(w, true)
			l.begin(w, r, l.lastNext(r), true)
		default:
			l.jar.setRetry(w, false)
			l.cfg.Failed(w, r, err)
		}
	})
}

// errAgain asks for the second try.
var errAgain = errors.New("auto login failed")

// finish checks what came back and exchanges the code.
func (l *Login) finish(w http.ResponseWriter, r *http.Request) (*LoggedIn, error) {
	q, err := once(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	f, ok := l.jar.take(w, r, l.now(), q["state"])
	if !ok {
		again, ours := l.jar.readState(q["state"])
		if again && ours || l.jar.retrying(r) || q["error"] != "" {
			return nil, ErrState
		}
		return nil, errAgain
	}
	l.jar.setRetry(w, false)
	switch {
	case q["error"] == "ACCESS_DENIED" || q["error"] == "access_denied":
		return nil, ErrDenied
	case q["error"] != "":
		return nil, fmt.Errorf("%w: %s", ErrLogin, word(q["error"]))
	case q["code"] == "":
		return nil, fmt.Errorf("%w: no code", ErrLogin)
	}
	in, err := l.exchange(r.Context(), q["code"], f)
	if err != nil {
		return nil, err
	}
	in.Next = f.Next
	if s := q["friendship_status_changed"]; s == "true" || s == "false" {
		in.Friendship = s
	}
	return in, nil
}

// exchange redeems the code, once, and verifies what comes for it.
func (l *Login) exchange(ctx context.Context, code string, f *flow) (*LoggedIn, error) {
	form := l.credentials()
	form.Set("code", code)
	form.Set("redirect_uri", l.cfg.RedirectURI)
	form.Set("code_verifier", f.Verifier)
	if l.cfg.Channel.KeyTypes != tegata.HS256 {
		form.Set("id_token_key_type", "JWK") // not documented by LINE, sent by all its SDKs
	}
	before := l.now()
	tokens, err := l.api.RedeemCode(ctx, form)
	if err != nil {
		return nil, refusedTokens("exchange the code", err)
	}
	in := newLoggedIn(tokens, before)
	if !slices.Contains(l.cfg.Scopes, "openid") {
		in.User, err = l.verifier.AccessToken(ctx, tokens.AccessToken)
		return only(in, err)
	}
	checks := []tegata.Check{tegata.WithNonce(f.Nonce)}
	if l.cfg.MaxAge > 0 {
		checks = append(checks, tegata.WithMaxAge(l.cfg.MaxAge))
	}
	token, err := l.verifier.IDToken(ctx, tokens.IDToken, checks...)
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	in.User = token.User()
	in.User.Scopes = slices.Clone(tokens.Scopes)
	return in, nil
}

// Refresh gets a new access token, and the user anew. The platform issues no ID token here;
// the new access token is verified, so the scope profile is needed. tegata.ErrInactive says
// that the refresh token is no longer good: the user must log in again.
func (l *Login) Refresh(ctx context.Context, refreshToken tegata.Secret) (*LoggedIn, error) {
	form := l.credentials()
	form.Set("refresh_token", string(refreshToken))
	before := l.now()
	tokens, err := l.api.Refresh(ctx, form)
	if err != nil {
		if lineapi.Status(err) == http.StatusBadRequest {
			return nil, fmt.Errorf("refresh: %w: %w", tegata.ErrInactive, err)
		}
		return nil, refusedTokens("refresh", err)
	}
	in := newLoggedIn(tokens, before)
	in.User, err = l.verifier.AccessToken(ctx, tokens.AccessToken)
	return only(in, err)
}

// Revoke ends an access token, such as when the user logs out of the website. An ID token
// stays good for its hour.
func (l *Login) Revoke(ctx context.Context, accessToken tegata.Secret) error {
	form := l.credentials()
	form.Set("access_token", string(accessToken))
	if err := l.api.Revoke(ctx, form); err != nil {
		return refusedTokens("revoke", err)
	}
	return nil
}

// credentials are what this server proves itself with. LINE documents them in the body
// (client_secret_post).
func (l *Login) credentials() url.Values {
	return url.Values{"client_id": {l.cfg.Channel.ChannelID}, "client_secret": {string(l.cfg.ChannelSecret)}}
}

// newLoggedIn is who the tokens will say.
func newLoggedIn(t lineapi.Tokens, before time.Time) *LoggedIn {
	const most = 10 * 365 * 24 * 3600 // no token lives longer, and durations hold it
	return &LoggedIn{
		AccessToken: tegata.Secret(t.AccessToken), RefreshToken: tegata.Secret(t.RefreshToken), Scopes: t.Scopes,
		Expires: before.Add(time.Duration(min(t.ExpiresIn, most)) * time.Second).UTC(), Next: "/",
	}
}

// only returns in if it has a user.
func only(in *LoggedIn, err error) (*LoggedIn, error) {
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	return in, nil
}

// refusedTokens tells a no of the platform from no answer.
func refusedTokens(what string, err error) error {
	switch lineapi.Status(err) {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w: %s: %w", ErrLogin, what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, tegata.ErrUnavailable, err)
}

// lastNext is where the browser wanted to go when it began its last login.
func (l *Login) lastNext(r *http.Request) string {
	if all := l.jar.all(r, l.now()); len(all) > 0 {
		return all[len(all)-1].Next
	}
	return "/"
}

// once reads a query in which nothing may be twice: two readers could see different ones.
func once(raw string) (map[string]string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: the query cannot be read", ErrLogin)
	}
	one := make(map[string]string, len(values))
	for name, all := range values {
		if len(all) > 1 {
			return nil, fmt.Errorf("%w: a parameter is there twice", ErrLogin)
		}
		one[name] = all[0]
	}
	return one, nil
}

// word shortens an error code of the query to what one looks like.
func word(s string) string {
	for i := range len(s) {
		c := s[i]
		if i >= 64 || c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "unknown error"
		}
	}
	return s
}

// private keeps an answer with a code in its URL, or a login in its cookies, from caches and
// from the next site.
func private(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

// allowed lets through what a browser sends for a link or a redirect.
func allowed(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	w.Header().Set("Allow", "GET, HEAD")
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	return false
}

// fail is Failed when none is given.
func fail(w http.ResponseWriter, _ *http.Request, err error) {
	status, text := http.StatusBadRequest, "The login could not be completed. Begin again."
	switch {
	case errors.Is(err, tegata.ErrUnavailable):
		status, text = http.StatusServiceUnavailable, "The login service cannot be reached. Try again in a moment."
	case errors.Is(err, ErrDenied):
		status, text = http.StatusForbidden, "The login was cancelled."
	case errors.Is(err, ErrState):
		text = "This browser did not begin the login, or keeps no cookies. Begin again."
	}
	http.Error(w, text, status)
}
