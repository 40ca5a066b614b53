package liffapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// causeClose is the cause of a token that was revoked when its app was closed.
const causeClose = "close"

func (l *Lab) open(one *launch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.launches.put(one.id, one)
	l.tokens[one.access.ID] = one.id
}

// launched returns the launch that a control request's path names.
func (l *Lab) launched(r *http.Request) (*launch, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.launches.items[r.PathValue("launch")]
	if one == nil {
		return nil, &oauth2.Error{Status: http.StatusNotFound, Description: "no such launch", Check: "launch", Fix: "open the app again"}
	}
	return one, nil
}

func (e *Endpoints) serveLaunchState(w http.ResponseWriter, r *http.Request) error {
	one, err := e.Lab.launched(r)
	if err != nil {
		return err
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	return router.WriteJSON(w, control.LIFFLaunchState{ID: one.id, ClosedAt: one.closedAt, Messages: append([]json.RawMessage{}, one.messages...)})
}

// serveClose closes an app. The access token is revoked before the answer ("Using user
// data in LIFF apps and servers"), unless it is kept, as apps that may be resumed do.
func (e *Endpoints) serveClose(w http.ResponseWriter, r *http.Request) error {
	var req control.LIFFCloseRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	one, err := e.Lab.launched(r)
	if err != nil {
		return err
	}
	now, access := e.Now().UTC(), e.Lab.access(one)
	out := control.LIFFClosed{}
	if !req.Keep {
		for _, token := range e.Lab.tokensOf(one) {
			err := e.Store.RevokeAccessToken(r.Context(), token.ID, now, causeClose)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("close: %w", err)
			}
		}
		out.RevokedAt = now
		router.From(r.Context()).Note(r.Context(), store.Event{
			Kind: "revoke", ChannelID: access.ChannelID, PersonID: access.PersonID, Check: "the LIFF app was closed", Given: one.app.ID,
		})
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	one.closedAt = now
	return router.WriteJSON(w, out)
}

// tokensOf returns every access token that an app was given, and lets it have no more.
func (l *Lab) tokensOf(one *launch) []store.AccessToken {
	l.mu.Lock()
	defer l.mu.Unlock()
	one.closing = true
	return append(slices.Clone(one.earlier), one.access)
}

// serveGrant grants more scopes to an open app: it gets new tokens, as by LINE's window
// for liff.permission.requestAll(). The old ones live on until the app is closed (our
// choice): a request that is under way still carries them.
func (e *Endpoints) serveGrant(w http.ResponseWriter, r *http.Request) error {
	var req control.LIFFGrantRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	one, err := e.Lab.launched(r)
	if err != nil {
		return err
	}
	before := e.Lab.access(one)
	person, err := e.Store.Person(r.Context(), before.PersonID)
	if err != nil {
		return fmt.Errorf("person of the LIFF app: %w", err)
	}
	scopes := append(slices.Clone(before.Scopes), req.Scopes...)
	in, err := e.launchInput(r, control.LIFFLaunchRequest{LIFFID: one.app.ID, Person: person.Handle, Scopes: &scopes})
	if err != nil {
		return err
	}
	if err := e.consent(r.Context(), in, nil); err != nil {
		return err
	}
	out, err := e.Issue.Launch(r.Context(), in)
	if err != nil {
		return err
	}
	if !e.Lab.replace(one, out.Access) {
		if err := e.Store.RevokeAccessToken(r.Context(), out.Access.ID, e.Now().UTC(), causeClose); err != nil {
			return fmt.Errorf("grant to a closed app: %w", err)
		}
		return invalid("launch", "", "an app that is open")
	}
	return router.WriteJSON(w, control.LIFFLaunch{
		ID: one.id, LIFFID: one.app.ID, ChannelID: out.Access.ChannelID, UserID: out.Access.UserID, EndpointURL: one.context.EndpointURL,
		AccessToken: out.AccessToken, IDToken: out.IDToken, Scopes: in.Scopes, ExpiresAt: out.Access.ExpiresAt,
	})
}

// access returns the access token that an app has now.
func (l *Lab) access(one *launch) store.AccessToken {
	l.mu.Lock()
	defer l.mu.Unlock()
	return one.access
}

// replace gives an open app another access token; false if it is closed.
func (l *Lab) replace(one *launch, token store.AccessToken) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.closing || !one.closedAt.IsZero() {
		return false
	}
	one.earlier, one.access = append(one.earlier, one.access), token
	l.tokens[token.ID] = one.id
	return true
}

// serveFriend makes the person of a launch a friend of the linked account, or not.
func (e *Endpoints) serveFriend(w http.ResponseWriter, r *http.Request) error {
	var req control.LIFFFriendRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	one, err := e.Lab.launched(r)
	if err != nil {
		return err
	}
	if one.botID == "" {
		return invalid("friend", "", "a channel with a linked LINE Official Account")
	}
	if err := e.befriend(r.Context(), e.Lab.access(one).PersonID, one.botID, req.Friend); err != nil {
		return err
	}
	return router.WriteJSON(w, struct{}{})
}

// serveServed says at which further origins development serves an app.
func (e *Endpoints) serveServed(w http.ResponseWriter, r *http.Request) error {
	var req control.LIFFServedRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	for _, o := range req.Origins {
		if origin, err := router.Origin(o); err != nil || origin != o {
			return invalid("origins", oauth2.Clip(o), "origins such as http://localhost:4901")
		}
	}
	for {
		app, err := e.Store.LIFFApp(r.Context(), req.LIFFID)
		if errors.Is(err, store.ErrNotFound) {
			return notFound(req.LIFFID, "choose a LIFF app of the list")
		}
		if err != nil {
			return fmt.Errorf("LIFF app: %w", err)
		}
		app.ServedOrigins = req.Origins
		switch err := e.Store.UpdateLIFFApp(r.Context(), app); {
		case errors.Is(err, store.ErrConflict):
			continue
		case err != nil:
			return fmt.Errorf("served origins: %w", err)
		}
		return router.WriteJSON(w, struct{}{})
	}
}
