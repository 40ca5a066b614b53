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

// labRoutes are the part of the control API by which a simulated LIFF browser works.
func (e *Endpoints) labRoutes() []router.Route {
	one := control.PathLIFFLaunches + "/{launch}"
	routes := []router.Route{
		{Pattern: "GET " + control.PathLIFF, Handler: e.serveWorld},
		{Pattern: "POST " + control.PathLIFFLaunches, Handler: e.serveLaunch},
		{Pattern: "GET " + one, Handler: e.serveLaunchState},
		{Pattern: "POST " + one + control.SegmentClose, Handler: e.serveClose},
		{Pattern: "POST " + one + control.SegmentFriend, Handler: e.serveFriend},
		{Pattern: "POST " + one + control.SegmentGrant, Handler: e.serveGrant},
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
	menu, err := menuOf(req)
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
	c.MenuColorSetting = menu
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
		AccessToken: out.AccessToken, IDToken: out.IDToken, Scopes: in.Scopes, Context: payload, ExpiresAt: out.Access.ExpiresAt,
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
