package liffapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// causeClose is the cause of a token that was revoked when its app was closed.
const causeClose = "close"

// labRoutes are the part of the control API by which a simulated LIFF browser works.
func (e *Endpoints) labRoutes() []router.Route {
	one := control.PathLIFFLaunches + "/{launch}"
	routes := []router.Route{
		{Pattern: "GET " + control.PathLIFF, Handler: e.serveWorld},
		{Pattern: "POST " + control.PathLIFFLaunches, Handler: e.serveLaunch},
		{Pattern: "GET " + one, Handler: e.serveLaunchState},
		{Pattern: "POST " + one + control.SegmentClose, Handler: e.serveClose},
		{Pattern: "POST " + one + control.SegmentFriend, Handler: e.serveFriend},
		{Pattern: "POST " + control.PathLIFFShares, Handler: e.serveShare},
		{Pattern: "GET " + control.PathLIFFSubWindows + "/{msit}", Handler: e.serveShowSub},
		{Pattern: "POST " + control.PathLIFFSubWindows + "/{msit}", Handler: e.serveEndSub},
		{Pattern: "POST " + control.PathLIFFServed, Handler: e.serveServed},
	}
	for i := range routes {
		routes[i].Handler = e.Lab.cfg.Guard(routes[i].Handler)
	}
	return routes
}

// serveLaunch opens a LIFF app in a LIFF browser.
func (e *Endpoints) serveLaunch(w http.ResponseWriter, r *http.Request) error {
	var req control.LIFFLaunchRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	in, err := e.launchInput(r, req)
	if err != nil {
		return err
	}
	endpoint, err := servedEndpoint(in.App, req.Origin)
	if err != nil {
		return err
	}
	main, verifier, err := e.Lab.opener(req)
	if err != nil {
		return err
	}
	if err := e.consent(r.Context(), in, req.Friend); err != nil {
		return err
	}
	out, err := e.Issue.Launch(r.Context(), in)
	if err != nil {
		return err
	}
	c := e.browserContext(in, out, req, endpoint)
	if main != nil {
		c.Type, c.UToUID, c.RoomID, c.GroupID = main.context.Type, main.context.UToUID, main.context.RoomID, main.context.GroupID
	}
	payload, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("context: %w", err)
	}
	token, err := e.Issue.SignContext(ascii(payload))
	if err != nil {
		return fmt.Errorf("context: %w", err)
	}
	one := &launch{id: e.newID(), app: in.App, access: out.Access, context: c, verifier: e.newID() + e.newID()}
	if in.Channel.Bot != nil {
		one.botID = in.Channel.Bot.ID
	}
	e.Lab.open(one)
	router.From(r.Context()).Note(r.Context(), store.Event{
		Kind: "launch", ChannelID: in.Channel.ID, PersonID: in.Person.ID, Check: "opened in a LIFF browser", Given: in.App.ID,
	})
	return router.WriteJSON(w, control.LIFFLaunch{
		ID: one.id, LIFFID: in.App.ID, ChannelID: in.Channel.ID, UserID: out.Access.UserID,
		URL: launchURL(endpoint, req, one, out, token, verifier), EndpointURL: endpoint,
		AccessToken: out.AccessToken, IDToken: out.IDToken, Context: payload, ExpiresAt: out.Access.ExpiresAt,
	})
}

// launchURL writes the URL that the LIFF browser opens. What it hands over is in the
// fragment, which no server sees.
func launchURL(endpoint string, req control.LIFFLaunchRequest, one *launch, out issue.Launched, contextToken, verifier string) string {
	at := endpoint
	if req.Rest != "" {
		at = appendQuery(at, wire.ParamLIFFState, req.Rest)
	}
	fragment := "#context_token=" + contextToken + "&access_token=" + out.AccessToken + "&feature_token=" + out.FeatureToken
	if out.IDToken != "" {
		fragment += "&id_token=" + out.IDToken
	}
	fragment += "&client_id=" + one.access.ChannelID + "&mst_challenge=" + one.challenge()
	if req.SubWindow != "" {
		fragment += "&msit=" + url.QueryEscape(req.SubWindow) + "&mst_verifier=" + verifier
	}
	return at + fragment
}

// launchInput finds app, channel and person, and which scopes the person grants.
func (e *Endpoints) launchInput(r *http.Request, req control.LIFFLaunchRequest) (issue.LaunchInput, error) {
	none := issue.LaunchInput{}
	app, err := e.Store.LIFFApp(r.Context(), req.LIFFID)
	if errors.Is(err, store.ErrNotFound) {
		return none, notFound(req.LIFFID, "choose a LIFF app of the list")
	}
	if err != nil {
		return none, fmt.Errorf("LIFF app: %w", err)
	}
	channel, err := e.Store.Channel(r.Context(), app.ChannelID)
	if err != nil {
		return none, fmt.Errorf("channel of the LIFF app: %w", err)
	}
	person, err := e.Store.PersonByLogin(r.Context(), req.Person)
	if errors.Is(err, store.ErrNotFound) {
		return none, invalid("person", oauth2.Clip(req.Person), "the handle of a user")
	}
	if err != nil {
		return none, fmt.Errorf("person: %w", err)
	}
	if !channel.Admits(person.ID) {
		return none, invalid("person", oauth2.Clip(req.Person), "an admin or a tester: channel "+channel.ID+" is under development")
	}
	scopes := app.Scopes
	if req.Scopes != nil {
		scopes = slices.DeleteFunc(slices.Clone(app.Scopes), func(s string) bool { return !slices.Contains(*req.Scopes, s) })
	}
	if len(scopes) == 0 {
		return none, invalid("scopes", "", "at least one of the app's scopes: "+strings.Join(app.Scopes, ", "))
	}
	if !slices.Contains([]string{"", chatNone, chatOneToOne, chatGroup, chatRoom}, req.Chat) {
		return none, invalid("chat", oauth2.Clip(req.Chat), "none, utou, group or room")
	}
	if !slices.Contains([]string{"", "compact", "tall", "full"}, req.View) {
		return none, invalid("view", oauth2.Clip(req.View), "compact, tall or full")
	}
	return issue.LaunchInput{App: app, Channel: channel, Base: router.From(r.Context()).Base, Person: person, Scopes: scopes}, nil
}

// consent writes down what the person grants: in a LIFF browser the consent page came
// before, and the simulator has its switches in its place.
func (e *Endpoints) consent(ctx context.Context, in issue.LaunchInput, friend *bool) error {
	now := e.Now().UTC()
	g := store.Grant{PersonID: in.Person.ID, ChannelID: in.Channel.ID, Scopes: in.Scopes, ConsentedAt: now}
	if slices.Contains(in.Scopes, oauth2.ScopeEmail) {
		g.EmailConsentedAt, g.Email = now, in.Person.Email
	}
	if err := e.Store.PutGrant(ctx, g); err != nil {
		return fmt.Errorf("consent: %w", err)
	}
	if friend == nil || in.Channel.Bot == nil {
		return nil
	}
	return e.befriend(ctx, in.Person.ID, in.Channel.Bot.ID, *friend)
}

func (e *Endpoints) befriend(ctx context.Context, personID, botID string, friend bool) error {
	f := store.NotFriend
	if friend {
		f = store.Friend
	}
	if _, err := e.Store.SetFriendship(ctx, personID, botID, f); err != nil {
		return fmt.Errorf("friendship: %w", err)
	}
	return nil
}

// opener returns the launch whose app asked for the sub window, and the verifier that
// the app in it needs; nil if no sub window is to be opened.
func (l *Lab) opener(req control.LIFFLaunchRequest) (*launch, string, error) {
	if req.SubWindow == "" {
		return nil, "", nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.windows.items[req.SubWindow]
	if s == nil || s.liffID != req.LIFFID || s.status != "" {
		return nil, "", subRefused("msit")
	}
	return s.main, s.main.verifier, nil
}

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
