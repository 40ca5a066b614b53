package authorize

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/login"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// maxPost bounds the form that is turned into a URL, in bytes.
const maxPost = 16 << 10

// serveAuthorize answers an authorization request.
func (s *Endpoints) serveAuthorize(w http.ResponseWriter, r *http.Request) error {
	p, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	a, refusal, err := s.webRequest(r.Context(), p)
	if err != nil {
		return err
	}
	return s.start(w, r, a, refusal)
}

// serveAuthorizePost answers an authorization request by form (OpenID Connect Core
// §3.1.2.1) with a redirect to the same request by GET: a post from another site comes
// without our cookies, which are SameSite=Lax, and the session would not be seen.
func (s *Endpoints) serveAuthorizePost(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxPost)
	body, err := oauth2.ReadBody(r)
	if err != nil {
		return err
	}
	form := r.Clone(r.Context())
	form.Body = io.NopCloser(bytes.NewReader(body))
	if _, err := oauth2.Form(form); err != nil { // media type, encoding, number
		return err
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return fmt.Errorf("parse form that was parsed before: %w", err)
	}
	seeOther(w, wire.PathAuthorize+"?"+values.Encode())
	return nil
}

// start answers a request that is valid, or refuses it at its callback.
func (s *Endpoints) start(w http.ResponseWriter, r *http.Request, a ask, refusal *oauth2.Error) error {
	if refusal != nil {
		return s.refuse(w, r, a, refusal)
	}
	if t, ok := s.AutoLogin.redeem(r, s.Now()); ok {
		return s.autoLogIn(w, r, a, t)
	}
	if a.req.Prompt == promptNone {
		return s.silent(w, r, a)
	}
	v, err := s.open(w, r, a)
	if err != nil {
		return err
	}
	seeOther(w, stepURL(wire.PathLogin, v.secret))
	return nil
}

// silent answers prompt=none: at once, without a page, a transaction or a cookie.
func (s *Endpoints) silent(w http.ResponseWriter, r *http.Request, a ask) error {
	session, err := s.Login.Session(r)
	if errors.Is(err, store.ErrNotFound) {
		return s.refuse(w, r, a, &oauth2.Error{
			Status: http.StatusSeeOther, Code: oauth2.CodeLoginRequired, Check: "prompt=none, but nobody is logged in in this browser",
			Fix: "send the user through authorize without prompt=none",
		})
	}
	if err != nil {
		return fmt.Errorf("session of prompt=none: %w", err)
	}
	if !s.recent(a.req, session) {
		return s.refuse(w, r, a, &oauth2.Error{
			Status: http.StatusSeeOther, Code: oauth2.CodeLoginRequired, Check: "prompt=none, but the last login is older than max_age",
			Expected: a.req.MaxAge.String(), Fix: "send the user through authorize without prompt=none",
		})
	}
	return s.silently(w, r, a, bySession(session))
}

// silently goes on with somebody who is known, without a page.
func (s *Endpoints) silently(w http.ResponseWriter, r *http.Request, a ask, who store.Authentication) error {
	ctx := r.Context()
	if err := mayUse(a, who.PersonID); err != nil {
		return err
	}
	needed, err := s.consentNeeded(ctx, a.req, who.PersonID)
	if err != nil {
		return err
	}
	if needed {
		return s.refuse(w, r, a, &oauth2.Error{
			Status: http.StatusSeeOther, Code: oauth2.CodeInteractionNeeded, Check: "prompt=none, but the user has to consent first",
			Expected: "consent to " + strings.Join(a.req.Scopes, " "), Fix: "send the user through authorize without prompt=none",
		})
	}
	raw, code, err := s.newCode(ctx, a, who, a.req.Scopes)
	if err != nil {
		return err
	}
	if err := s.Store.CreateCode(ctx, code); err != nil {
		return fmt.Errorf("keep code: %w", err)
	}
	s.noteCode(r, a, code)
	return s.succeed(w, r, a, who.PersonID, raw, "")
}

// bySession is the authentication of somebody who goes on with an SSO session: the
// time is that of the last real login.
func bySession(session store.Session) store.Authentication {
	return store.Authentication{PersonID: session.PersonID, AMR: []string{login.SSO}, Time: session.AuthTime}
}

// recent says whether a session's login is recent enough for max_age. A max_age of
// zero always asks for a new login (OpenID Connect Core §3.1.2.1).
func (s *Endpoints) recent(req store.Request, session store.Session) bool {
	return !req.HasMaxAge || req.MaxAge > 0 && s.Now().Sub(session.AuthTime) <= req.MaxAge
}

// mayUse says whether a person may log in to a channel: to one that is being developed
// only its admins and testers may. That is shown as a page, not sent to the callback.
func mayUse(a ask, personID string) error {
	if a.channel.Admits(personID) {
		return nil
	}
	status := http.StatusBadRequest
	if a.req.Native {
		status = http.StatusForbidden
	}
	return &oauth2.Error{
		Status: status, Code: oauth2.CodeInvalidRequest, Description: textDeveloping,
		Check:    "channel " + a.channel.ID + " is Developing and the user has neither role admin nor tester",
		Expected: "a person with role admin or tester",
		Fix:      "give the person a role in the channel, log in as one who has it, or publish the channel",
	}
}

// consentNeeded says whether the consent page must be shown. LINE skips it if only
// profile and openid are asked and both were given before, and for a while with the
// e-mail address if that has not changed. LINE Profile+ is asked each time, and
// chat_message.write of a LIFF app counts like profile (our choices).
func (s *Endpoints) consentNeeded(ctx context.Context, req store.Request, personID string) (bool, error) {
	if req.Prompt == promptConsent {
		return true, nil
	}
	grant, err := s.Store.Grant(ctx, personID, req.ChannelID)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("consent of person: %w", err)
	}
	for _, scope := range req.Scopes {
		if !slices.Contains(grant.Scopes, scope) {
			return true, nil
		}
		if scope != oauth2.ScopeEmail && optional(scope) {
			return true, nil
		}
	}
	if !slices.Contains(req.Scopes, oauth2.ScopeEmail) {
		return false, nil
	}
	life := s.EmailConsent
	if life == 0 {
		life = emailConsentLife
	}
	if s.Now().Sub(grant.EmailConsentedAt) >= life {
		return true, nil
	}
	person, err := s.Login.Person(ctx, personID)
	if err != nil {
		return false, fmt.Errorf("person whose consent is asked: %w", err)
	}
	return sharedEmail(person) != grant.Email, nil
}

// open makes a login transaction of a request.
func (s *Endpoints) open(w http.ResponseWriter, r *http.Request, a ask) (visit, error) {
	browser, err := r.Cookie(s.BrowserCookie)
	var bound store.Hash
	ok := err == nil
	if ok {
		bound, ok = login.HashSecret(browser.Value)
	}
	if !ok {
		var text string
		text, bound = login.SecretFrom(s.Random)
		login.SetCookie(w, r, s.BrowserCookie, text, 0)
	}
	secret, hash := login.SecretFrom(s.Random)
	if err := s.enter(r, a.req, hash); err != nil {
		return visit{}, err
	}
	now := s.Now().UTC()
	err = s.Store.CreateTransaction(r.Context(), store.Transaction{
		Hash: hash, Browser: bound, Request: a.req, CreatedAt: now, ExpiresAt: now.Add(TransactionLife),
	})
	if err != nil {
		return visit{}, fmt.Errorf("keep login transaction: %w", err)
	}
	return visit{ask: a, secret: secret, hash: hash, begun: now}, nil
}

// stepURL is the page of a transaction, relative to the host through which the
// browser came.
func stepURL(path, secret string) string { return path + "?" + paramState + "=" + secret }
