package liffapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

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
	now := e.Now().UTC()
	out := control.LIFFClosed{}
	if !req.Keep {
		err := e.Store.RevokeAccessToken(r.Context(), one.access.ID, now, causeClose)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("close: %w", err)
		}
		out.RevokedAt = now
		router.From(r.Context()).Note(r.Context(), store.Event{
			Kind: "revoke", ChannelID: one.access.ChannelID, PersonID: one.access.PersonID, Check: "the LIFF app was closed", Given: one.app.ID,
		})
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	one.closedAt = now
	return router.WriteJSON(w, out)
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
	if err := e.befriend(r.Context(), one.access.PersonID, one.botID, req.Friend); err != nil {
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
