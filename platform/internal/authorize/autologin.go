package authorize

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// paramAutoLogin carries the ticket of an auto login, as the last parameter of an
// authorization request. LINE's app proves in another way who its user is.
const paramAutoLogin = "tegata_auto_login"

const (
	// ticketLife is how long the browser may take to come with its ticket.
	ticketLife = time.Minute
	maxTickets = 200
)

// AutoLogin is the auto login of LINE's in-app browser, for development: whoever may use
// the control API gets a ticket by which one authorization request needs no login page.
// Tickets are in memory; each is good once and for the request that it was made for. A
// nil AutoLogin knows none. It may be used from many goroutines.
type AutoLogin struct {
	// Guard lets through who may use the control API. Required.
	Guard func(router.Handler) router.Handler

	mu      sync.Mutex
	tickets map[store.Hash]ticket // guarded by mu
}

// ticket is a login that waits for its request.
type ticket struct {
	request   string // path and query
	personID  string
	fails     bool
	expiresAt time.Time
}

// issue keeps a ticket. With too many of them the old ones are forgotten.
func (l *AutoLogin) issue(hash store.Hash, t ticket, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.tickets == nil || len(l.tickets) >= maxTickets {
		l.tickets = map[store.Hash]ticket{}
	}
	for h, old := range l.tickets {
		if !now.Before(old.expiresAt) {
			delete(l.tickets, h)
		}
	}
	l.tickets[hash] = t
}

// redeem returns the ticket that a request carries, once.
func (l *AutoLogin) redeem(r *http.Request, now time.Time) (ticket, bool) {
	request, secret, found := strings.Cut(r.URL.RequestURI(), "&"+paramAutoLogin+"=")
	if l == nil || !found {
		return ticket{}, false
	}
	hash, ok := login.HashSecret(secret)
	if !ok {
		return ticket{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.tickets[hash]
	delete(l.tickets, hash)
	return t, ok && t.request == request && now.Before(t.expiresAt)
}

// serveAutoLogin prepares the auto login of a request and says whether a page will be
// shown all the same.
func (s *Endpoints) serveAutoLogin(w http.ResponseWriter, r *http.Request) error {
	var req control.AutoLoginRequest
	body, err := oauth2.ReadBody(r)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &req); err != nil {
		return autoFault("body", "", "a JSON object", "send what AutoLoginRequest describes")
	}
	u, err := url.Parse(req.URL)
	if err != nil || u.Path != wire.PathAuthorize && u.Path != wire.PathLIFFAuthorize || strings.Contains(u.RawQuery, paramAutoLogin) {
		return autoFault("url", safeGiven(req.URL), "a URL of "+wire.PathAuthorize+" or "+wire.PathLIFFAuthorize, "send the authorization request as the app made it")
	}
	person, err := s.Store.PersonByLogin(r.Context(), req.Person)
	if errors.Is(err, store.ErrNotFound) {
		return autoFault("person", oauth2.Clip(req.Person), "the handle of a user", "choose one of the users")
	}
	if err != nil {
		return fmt.Errorf("person of auto login: %w", err)
	}
	out, err := s.prepareAuto(r, u, req, person)
	if err != nil {
		return err
	}
	return router.WriteJSON(w, out)
}

func autoFault(field, given, expected, fix string) error {
	return &oauth2.Error{
		Status: http.StatusBadRequest, Description: "invalid " + field, Check: field + " of an auto login",
		Given: given, Expected: expected, Fix: fix,
	}
}

func (s *Endpoints) prepareAuto(r *http.Request, u *url.URL, req control.AutoLoginRequest, person store.Person) (control.AutoLogin, error) {
	request := u.Path + "?" + u.RawQuery
	out := control.AutoLogin{URL: router.From(r.Context()).Base.Access + request}
	a, refusal, err := s.autoRequest(r, u, req.From)
	var shown *oauth2.Error
	switch {
	case errors.As(err, &shown):
		out.Page, out.Why = true, shown.Check
		return out, nil
	case err != nil:
		return out, err
	case refusal != nil:
		out.Why = refusal.Check // it goes to the callback
		return out, nil
	}
	if why := a.autoLoginOff(req.OS); why != "" {
		out.Page, out.Why = a.req.Prompt != promptNone, "no auto login: "+why
		return out, nil
	}
	out.Why = "logged in without a page"
	if req.Fails {
		out.Why = "the auto login fails, as in private browsing"
	} else if out.Page, err = s.autoConsent(r, a, req.Scopes, person); err != nil {
		return out, err
	} else if out.Page {
		out.Why += "; a page follows"
	}
	out.Page = out.Page || strings.HasPrefix(a.req.ResponseMode, modeFormPost) // a page carries the form
	secret, hash := login.SecretFrom(s.Random)
	now := s.Now().UTC()
	s.AutoLogin.issue(hash, ticket{request, person.ID, req.Fails, now.Add(ticketLife)}, now)
	out.URL += "&" + paramAutoLogin + "=" + secret
	return out, nil
}

// autoRequest reads an authorization request as if the browser had brought it.
func (s *Endpoints) autoRequest(r *http.Request, u *url.URL, from string) (ask, *oauth2.Error, error) {
	p, err := oauth2.Query(&http.Request{URL: u})
	if err != nil {
		return ask{}, nil, err
	}
	if u.Path == wire.PathLIFFAuthorize {
		return s.liffRequest(r.Context(), p, from)
	}
	return s.webRequest(r.Context(), p)
}

// autoLoginOff says why a request has no auto login; empty: it has.
func (a *ask) autoLoginOff(os string) string {
	switch {
	case a.req.Prompt == promptLogin:
		return "prompt=login"
	case a.req.DisableAutoLogin && !a.iosOnly:
		return "disable_auto_login=true"
	case a.iosOnly && os == "ios":
		return "disable_ios_auto_login=true"
	}
	return ""
}

// autoConsent brings the person's consent to what the simulator says was consented to
// before, and says whether a page is left to be shown: the consent page, or the one that
// says that the channel is being developed.
func (s *Endpoints) autoConsent(r *http.Request, a ask, given *[]string, person store.Person) (bool, error) {
	ctx, now := r.Context(), s.Now().UTC()
	refused := func(scope string) bool { return given != nil && !slices.Contains(*given, scope) }
	before, err := s.Store.Grant(ctx, person.ID, a.channel.ID)
	if err == nil && slices.ContainsFunc(before.Scopes, func(scope string) bool { return slices.Contains(a.req.Scopes, scope) && refused(scope) }) {
		err = s.Store.Deauthorize(ctx, person.ID, a.channel.ID, now) // consent is withdrawn as a whole
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("consent before auto login: %w", err)
	}
	scopes := slices.DeleteFunc(slices.Clone(a.req.Scopes), refused)
	grant := store.Grant{PersonID: person.ID, ChannelID: a.channel.ID, Scopes: scopes, ConsentedAt: now}
	if slices.Contains(scopes, oauth2.ScopeEmail) {
		grant.EmailConsentedAt, grant.Email = now, sharedEmail(person)
	}
	if err := s.Store.PutGrant(ctx, grant); err != nil {
		return false, fmt.Errorf("consent before auto login: %w", err)
	}
	needed, err := s.consentNeeded(ctx, a.req, person.ID)
	return !a.channel.Admits(person.ID) || needed && a.req.Prompt != promptNone, err
}

// autoLogIn answers a request that carries a ticket.
func (s *Endpoints) autoLogIn(w http.ResponseWriter, r *http.Request, a ask, t ticket) error {
	if t.fails {
		return s.failAutoLogin(w, r, a)
	}
	who := store.Authentication{PersonID: t.personID, AMR: []string{login.Auto}, Time: s.Now().UTC()}
	if a.req.Prompt == promptNone {
		return s.silently(w, r, a, who)
	}
	v, err := s.open(w, r, a)
	if err != nil {
		return err
	}
	return s.proceed(w, r, v, who)
}

// failAutoLogin sends what LINE sends when an auto login fails: a code that is not valid
// and a state that the app did not send ("How to handle auto login failure").
func (s *Endpoints) failAutoLogin(w http.ResponseWriter, r *http.Request, a ask) error {
	var raw [16]byte
	s.Random.Fill(raw[:])
	a.req.State = "foreign-" + hex.EncodeToString(raw[:8])
	router.From(r.Context()).Note(r.Context(), store.Event{
		Kind: "fault", Status: http.StatusSeeOther, ChannelID: a.channel.ID, Check: "the auto login failed, as the simulator wished",
		Fix: "if the state is not the app's, send the user round once more with disable_auto_login=true",
	})
	return s.answer(w, r, a, "invalid-"+hex.EncodeToString(raw[8:]), "")
}
