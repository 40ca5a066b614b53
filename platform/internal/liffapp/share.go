package liffapp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// maxSent is how many messages liff.sendMessages() may send at once.
const maxSent = 5

// shareLife is how long a share target picker may be open: the SDK asks that long.
const shareLife = 10 * time.Minute

// Results of the share target picker.
const (
	shareSuccess = "SUCCESS"
	shareCancel  = "CANCEL"
)

// serveMessages answers POST /message/v3/share (liff.sendMessages()). The messages go
// into the chat from which the app was opened, so an app in an ordinary browser, and one
// that was opened outside of a chat, is refused. LINE's text is not known (our choice).
func (e *Endpoints) serveMessages(w http.ResponseWriter, r *http.Request) error {
	token, err := e.Issue.Bearer(r, oauth2.ScopeChatMessageWrite)
	if err != nil {
		return err
	}
	var body struct {
		Messages []json.RawMessage `json:"messages"`
	}
	if err := readJSON(r, &body); err != nil {
		return err
	}
	if n := len(body.Messages); n < 1 || n > maxSent {
		return invalid("messages", fmt.Sprint(n), "one to five messages")
	}
	for _, m := range body.Messages {
		var one struct {
			Type *string `json:"type"`
		}
		if json.Unmarshal(m, &one) != nil || one.Type == nil || *one.Type == "" {
			return invalid("messages", "", "objects with a type")
		}
	}
	if err := e.Lab.say(token, body.Messages); err != nil {
		return err
	}
	return router.WriteJSON(w, struct{}{})
}

// say puts messages into the chat of an open app.
func (l *Lab) say(token store.AccessToken, messages []json.RawMessage) error {
	noChat := func(check string) error {
		return &oauth2.Error{
			Status: http.StatusForbidden, Description: "The LIFF app was not opened from a chat in the LIFF browser",
			Check: check, Fix: "open the app in a LIFF browser from a one-to-one, group or room chat",
		}
	}
	if l == nil {
		return noChat("the platform has no LIFF browser: it is for development only")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.opened(token)
	if one == nil {
		return noChat("LIFF browser of the access token")
	}
	if one.context.Type == chatNone {
		return noChat("chat from which the app was opened")
	}
	one.messages = append(one.messages, messages...)
	one.messages = one.messages[max(0, len(one.messages)-maxMessages):]
	return nil
}

// serveOTT answers GET /liff/v2/apps/{liffId}/ott: the start of a share target picker.
func (e *Endpoints) serveOTT(w http.ResponseWriter, r *http.Request) error {
	app, err := e.app(r)
	if err != nil {
		return err
	}
	if _, err := e.userOf(r, app); err != nil {
		return err
	}
	ott := e.newID()
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	e.Lab.shares.put(ott, &share{liffID: app.ID, expiresAt: e.Now().Add(shareLife)})
	return router.WriteJSON(w, wire.OneTimeTokenResponse{OneTimeToken: ott})
}

// share returns a live share; liffID may be empty. The caller holds the lab's mu.
func (e *Endpoints) share(ott, liffID string) (*share, error) {
	s, ok := e.Lab.shares.items[ott]
	if !ok || liffID != "" && s.liffID != liffID || !e.Now().Before(s.expiresAt) {
		return nil, &oauth2.Error{
			Status: http.StatusNotFound, Description: "Not found", Check: "one-time token of the share target picker",
			Fix: "call liff.shareTargetPicker() again: it is good for ten minutes and one use",
		}
	}
	return s, nil
}

// serveShareResult answers the SDK's question, twice a second, for what became of the
// share target picker.
func (e *Endpoints) serveShareResult(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s, err := e.share(q.Get("ott"), q.Get("liffId"))
	if err != nil {
		return err
	}
	return router.WriteJSON(w, wire.ShareResult{Result: s.result})
}

// serveShareCancel takes the SDK's report that the user closed the picker's window.
func (e *Endpoints) serveShareCancel(w http.ResponseWriter, r *http.Request) error {
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	form, err := oauth2.Form(r)
	if err != nil {
		return err
	}
	if form.Get("result") != shareCancel {
		return invalid("result", oauth2.Clip(form.Get("result")), shareCancel)
	}
	if err := e.endShare(q.Get("ott"), q.Get("liffId"), shareCancel); err != nil {
		return err
	}
	return router.WriteJSON(w, wire.ShareCancelled{Status: "ok"})
}

// endShare takes the first result.
func (e *Endpoints) endShare(ott, liffID, result string) error {
	e.Lab.mu.Lock()
	defer e.Lab.mu.Unlock()
	s, err := e.share(ott, liffID)
	if err != nil {
		return err
	}
	if s.result == "" {
		s.result = result
	}
	return nil
}

// serveShare ends a share target picker for the LIFF browser.
func (e *Endpoints) serveShare(w http.ResponseWriter, r *http.Request) error {
	var body control.LIFFShareRequest
	if err := readJSON(r, &body); err != nil {
		return err
	}
	result := shareSuccess
	if len(body.Chats) == 0 {
		result = shareCancel
	}
	if err := e.endShare(body.OneTimeToken, "", result); err != nil {
		return err
	}
	router.From(r.Context()).Note(r.Context(), store.Event{Kind: "share", Check: "share target picker: " + result, Given: oauth2.Clip(strings.Join(body.Chats, ", "))})
	return router.WriteJSON(w, struct{}{})
}
