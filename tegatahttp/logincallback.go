package tegatahttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
)

// Start returns the handler that begins a login: it sends the browser to the platform's
// login page. The parameter next names the path of this website to come back to; what
// leads elsewhere counts as /.
func (l *Login) Start() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isGet(w, r) {
			// Where auto login has failed once it would fail again.
			l.begin(w, r, nextPath(r.URL.Query().Get("next")), l.jar.retrying(r))
		}
	})
}

// Callback returns the handler of LoginConfig.RedirectURI. It ends a login with Done or
// with Failed.
//
// A browser that comes back without the login that it began is sent round once more without
// auto login, since that is what a failed auto login looks like (LINE's page "How to handle
// auto login failure"); the second time it is ErrState. What it has brought is not looked
// at, so that nobody is logged in by a URL that somebody else has made.
func (l *Login) Callback() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isGet(w, r) {
			return
		}
		private(w)
		in, err := l.finish(w, r)
		switch {
		case err == nil:
			l.jar.endRetry(w, r)
			l.cfg.Done(w, r, in)
		case errors.Is(err, errLost):
			// First it is seen whether the browser keeps cookies: one that does not could be
			// sent round for ever, and could not log in anyway.
			l.jar.noteRetry(w)
			seeOther(w, l.retryURL())
		case errors.Is(err, errRetry):
			l.begin(w, r, l.lastNext(r), true)
		default:
			l.cfg.Failed(w, r, fmt.Errorf("tegatahttp: login: %w", err))
		}
	})
}

var (
	// errLost says that a login has come back to a browser that did not begin it, for the
	// first time.
	errLost = errors.New("login lost")
	// errRetry says that it may be tried once more.
	errRetry = errors.New("login to be tried again")
)

func (l *Login) begin(w http.ResponseWriter, r *http.Request, next string, retry bool) {
	private(w)
	seeOther(w, l.authorizeURL(l.jar.begin(w, r, l.now(), next, retry)))
}

// finish checks what came back and exchanges the code.
func (l *Login) finish(w http.ResponseWriter, r *http.Request) (*LoggedIn, error) {
	q, err := readAnswer(r.URL.RawQuery)
	switch {
	case err != nil:
		return nil, err
	case q[paramRetry] != "" && l.jar.retrying(r):
		return nil, errRetry
	case q[paramRetry] != "":
		return nil, ErrCookies
	}
	f, ok := l.jar.take(w, r, l.now(), q["state"])
	if !ok {
		return nil, l.lost(r, q)
	}
	if err := l.refusal(q); err != nil {
		return nil, err
	}
	in, err := l.exchange(r.Context(), q["code"], f)
	if err != nil {
		return nil, err
	}
	in.Next = f.next
	in.FriendshipChanged = q["friendship_status_changed"] == "true"
	return in, nil
}

// lost says what to do about an answer that belongs to no login of this browser.
func (l *Login) lost(r *http.Request, q map[string]string) error {
	isFailedAutoLogin := q["code"] != "" && q["state"] != "" && q["error"] == ""
	if !isFailedAutoLogin || l.cfg.Prompt == promptNone || isRetryState(l.jar.macKey, q["state"]) || l.jar.retrying(r) {
		return ErrState
	}
	return errLost
}

// refusal is what the platform says in place of a code ("Receiving an error response").
func (l *Login) refusal(q map[string]string) error {
	switch code := strings.ToUpper(q["error"]); {
	case q["iss"] != "" && q["iss"] != l.issuer: // RFC 9207; LINE sends none
		return fmt.Errorf("%w: the answer is of another platform", ErrLogin)
	case code == "ACCESS_DENIED":
		return ErrDenied
	case code == "LOGIN_REQUIRED", code == "INTERACTION_REQUIRED":
		return fmt.Errorf("%w: %s", ErrInteraction, code)
	case code != "":
		return fmt.Errorf("%w: %s", ErrLogin, plainWords(q["error"], q["error_description"]))
	case q["code"] == "":
		return fmt.Errorf("%w: no code", ErrLogin)
	}
	return nil
}

// exchange redeems the code, once, and verifies what comes for it.
func (l *Login) exchange(ctx context.Context, code string, f *flow) (*LoggedIn, error) {
	form := l.credentials()
	form.Set("code", code)
	form.Set("redirect_uri", l.cfg.RedirectURI)
	form.Set("code_verifier", f.verifierText())
	if l.asksJWK() {
		form.Set("id_token_key_type", "JWK")
	}
	before := l.now()
	tokens, err := l.api.RedeemCode(ctx, form)
	if err != nil {
		return nil, refused("exchange the code", err, ErrLogin)
	}
	in := newLoggedIn(tokens, before)
	if !l.wantsIDToken() {
		in.User, err = l.verifier.AccessToken(ctx, tokens.AccessToken)
		return verified(in, err)
	}
	if tokens.IDToken == "" {
		return nil, fmt.Errorf("%w: the platform issued no ID token", tegata.ErrMalformed)
	}
	checks := []tegata.Check{tegata.WithNonce(f.nonceText())}
	if l.cfg.MaxAge > 0 {
		checks = append(checks, tegata.WithMaxAge(l.cfg.MaxAge))
	}
	token, err := l.verifier.IDToken(ctx, tokens.IDToken, checks...)
	if err != nil {
		return nil, err
	}
	in.User = token.User()
	return in, nil
}

// refused tells a no of the platform from no answer; no is what it says of what was sent.
func refused(what string, err, no error) error {
	switch status := lineapi.Status(err); {
	case isClient(err):
		no = ErrClient
	case status != http.StatusBadRequest && status != http.StatusForbidden:
		no = tegata.ErrUnavailable
	}
	return fmt.Errorf("%w: %s: %w", no, what, err)
}

// lastNext is where the browser wanted to go when it began its last login.
func (l *Login) lastNext(r *http.Request) string {
	if all := l.jar.all(r, l.now()); len(all) > 0 {
		return all[len(all)-1].next
	}
	return "/"
}

// readAnswer reads a query in which nothing may be twice: two readers could see different
// answers.
func readAnswer(raw string) (map[string]string, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: the query cannot be read", ErrLogin)
	}
	one := make(map[string]string, len(values))
	for _, name := range answerParams() {
		if len(values[name]) > 1 {
			return nil, fmt.Errorf("%w: %s is there twice", ErrLogin, name)
		}
		one[name] = values.Get(name)
	}
	return one, nil
}

// plainWords joins an error code and its description if they are what they should be: they
// come in a URL, and go into logs.
func plainWords(code, description string) string {
	plain := func(s string, size int, more string) bool {
		return len(s) <= size && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"+more) == ""
	}
	switch {
	case !plain(code, 64, ""):
		return "unknown error"
	case description == "" || !plain(description, 200, "0123456789 '.,:-"):
		return code
	}
	return code + ": " + description
}

// private keeps an answer with a code in its URL, or a login in its cookies, from caches and
// from the next site.
func private(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
}

// seeOther redirects. http.Redirect would write a body with the URL in it.
func seeOther(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusSeeOther)
}

// isGet lets through what a browser sends for a link or a redirect. HEAD is not let
// through: it would use up a code and show nobody the answer.
func isGet(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet {
		return true
	}
	w.Header().Set("Allow", http.MethodGet)
	http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	return false
}

// fail is Failed when none is given. Nothing of the request and of the error is shown.
func fail(w http.ResponseWriter, _ *http.Request, err error) {
	status, text := http.StatusBadRequest, "The login could not be completed. Begin again."
	switch {
	case errors.Is(err, tegata.ErrUnavailable):
		status, text = http.StatusServiceUnavailable, "The login service cannot be reached. Try again in a moment."
	case errors.Is(err, ErrClient):
		status, text = http.StatusInternalServerError, "Login does not work at the moment."
	case errors.Is(err, ErrDenied):
		status, text = http.StatusForbidden, "The login was cancelled."
	case errors.Is(err, ErrCookies):
		text = "This browser keeps no cookies, and nobody can log in without. Allow cookies for this website and begin again."
	case errors.Is(err, ErrState):
		text = "This browser did not begin this login, or it took too long. Begin again."
	}
	http.Error(w, text, status)
}
