package console

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

// The words of a channel's settings.
const (
	developing = "developing"
	published  = "published"
	appWeb     = "web"
	appMobile  = "mobile"
)

// withdrawStep is how many consents one answer takes back. It takes moments, and so the
// caller's time-out is not reached.
const withdrawStep = 200

func (a *API) channel(r *http.Request) (store.Channel, error) {
	id := r.PathValue("id")
	c, err := a.Store.Channel(r.Context(), id)
	return c, missing(err, "channel", id)
}

func shownChannel(c store.Channel) control.Channel {
	out := control.Channel{
		ChannelID: c.ID, ProviderID: c.ProviderID, Name: c.Name, Description: c.Description, Status: developing,
		AppTypes: []string{}, CallbackURLs: listed(c.Callbacks), NativeApps: listed(c.NativeApps), Scopes: listed(c.Scopes),
		Roles: map[string]string{}, IDTokenAlg: c.IDTokenAlg, PrivacyURL: c.PrivacyURL, TermsURL: c.TermsURL,
		Secrets: []control.SecretInfo{}, CreatedAt: c.CreatedAt,
	}
	if c.Status == store.Published {
		out.Status = published
	}
	if c.Web {
		out.AppTypes = append(out.AppTypes, appWeb)
	}
	if c.Mobile {
		out.AppTypes = append(out.AppTypes, appMobile)
	}
	if c.Bot != nil {
		out.BotID, out.BotName = c.Bot.ID, c.Bot.Name
	}
	for person, role := range c.Roles {
		out.Roles[person] = string(role)
	}
	for _, s := range c.Secrets {
		out.Secrets = append(out.Secrets, control.SecretInfo{CreatedAt: s.CreatedAt, ExpiresAt: moment(s.ExpiresAt)})
	}
	return out
}

// listed makes a list that is written as [], not as null.
func listed(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// moment is nil for never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (a *API) listChannels(r *http.Request, _ operator) (any, error) {
	all, err := a.Store.Channels(r.Context())
	if err != nil {
		return nil, err
	}
	provider := r.URL.Query().Get("provider")
	out := control.Channels{Channels: []control.Channel{}}
	for _, c := range all {
		if provider == "" || c.ProviderID == provider {
			out.Channels = append(out.Channels, shownChannel(c))
		}
	}
	return out, nil
}

func (a *API) showChannel(r *http.Request, _ operator) (any, error) {
	c, err := a.channel(r)
	if err != nil {
		return nil, err
	}
	return shownChannel(c), nil
}

func (a *API) createChannel(r *http.Request, by operator) (any, error) {
	change, err := read[control.ChannelChange](r)
	if err != nil {
		return nil, err
	}
	switch {
	case change.ProviderID == nil:
		return nil, bad("a channel needs a provider", "give --provider ID; tegata provider list shows them")
	case change.Name == nil:
		return nil, bad("a channel needs a name", "give --name: people see it when they log in")
	}
	c := store.Channel{Web: true, CreatedAt: a.now()}
	if err := a.applyChannel(r.Context(), &c, change); err != nil {
		return nil, err
	}
	secret := a.newSecret()
	err = withID(change.ChannelID, "channel", a.newDigits, func(id string) error {
		sealed, err := a.Issue.SealSecret(id, secret)
		if err != nil {
			return err
		}
		c.ID, c.Secrets = id, []store.ChannelSecret{{Sealed: sealed, CreatedAt: c.CreatedAt}}
		return a.Store.CreateChannel(r.Context(), c)
	})
	if err != nil {
		return nil, missing(err, "provider", c.ProviderID)
	}
	a.done(r, by, "channel made", c.ID)
	out := shownChannel(c)
	out.ChannelSecret = secret
	return out, nil
}

func (a *API) updateChannel(r *http.Request, by operator) (any, error) {
	change, err := read[control.ChannelChange](r)
	if err != nil {
		return nil, err
	}
	c, err := a.channel(r)
	if err != nil {
		return nil, err
	}
	if change.ChannelID != nil && *change.ChannelID != c.ID {
		return nil, bad("the ID of a channel does not change: it is in every ID token as aud", "make a new channel")
	}
	if change.ProviderID != nil && *change.ProviderID != c.ProviderID {
		return nil, bad("the provider of a channel does not change: user IDs are per provider", "make a new channel")
	}
	if err := a.applyChannel(r.Context(), &c, change); err != nil {
		return nil, err
	}
	if err := a.Store.UpdateChannel(r.Context(), c); err != nil {
		return nil, missing(err, "channel", c.ID)
	}
	a.done(r, by, "channel changed", c.ID)
	return shownChannel(c), nil
}

// applyChannel writes what was given over c.
func (a *API) applyChannel(ctx context.Context, c *store.Channel, change control.ChannelChange) error {
	status, bot := developing, store.Bot{}
	if c.Status == store.Published {
		status = published
	}
	if c.Bot != nil {
		bot = *c.Bot
	}
	types := shownChannel(*c).AppTypes
	allowed := append(oauth2.ProfilePlusScopes(), oauth2.ScopeEmail)
	page := func(raw string) error { return checkURL("URL", raw, false) }
	for _, err := range []error{
		text("provider", change.ProviderID, maxName, &c.ProviderID),
		named("name", change.Name, &c.Name),
		text("description", change.Description, maxText, &c.Description),
		oneOf("status", change.Status, &status, developing, published),
		someOf("app type", change.AppTypes, &types, appWeb, appMobile),
		urls(change.CallbackURLs, &c.Callbacks, CheckCallback),
		urls(change.NativeApps, &c.NativeApps, func(id string) error { return text("bundle ID or package name", &id, maxName, new(string)) }),
		someOf("scope", change.Scopes, &c.Scopes, allowed...),
		oneOf("ID token algorithm", change.IDTokenAlg, &c.IDTokenAlg, "ES256", "HS256", ""),
		text("bot ID", change.BotID, maxName, &bot.ID),
		text("bot name", change.BotName, maxName, &bot.Name),
		optionalURL(change.PrivacyURL, &c.PrivacyURL, page),
		optionalURL(change.TermsURL, &c.TermsURL, page),
		a.applyRoles(ctx, c, change.Roles),
	} {
		if err != nil {
			return err
		}
	}
	if len(types) == 0 {
		return bad("a channel is for the web, for mobile apps, or both", "give --app-type web, mobile or both")
	}
	c.Web, c.Mobile = slices.Contains(types, appWeb), slices.Contains(types, appMobile)
	c.Status, c.Bot = store.Developing, nil
	if status == published {
		c.Status = store.Published
	}
	if bot.ID != "" {
		c.Bot = &bot
	}
	return nil
}

// optionalURL takes a URL, or nothing to remove it.
func optionalURL(given *string, into *string, check func(string) error) error {
	if given != nil && *given != "" {
		if err := check(*given); err != nil {
			return err
		}
	}
	return text("URL", given, maxURL, into)
}

// applyRoles replaces the roles, whose people may be named in any way.
func (a *API) applyRoles(ctx context.Context, c *store.Channel, given *map[string]string) error {
	if given == nil {
		return nil
	}
	if len(*given) > maxList {
		return bad(fmt.Sprintf("there are more than %d roles", maxList), "publish the channel, then everybody may use it")
	}
	roles := map[string]store.Role{}
	for _, ref := range slices.Sorted(maps.Keys(*given)) {
		p, err := a.person(ctx, ref)
		if err != nil {
			return err
		}
		role := (*given)[ref]
		if err := oneOf("role", &role, &role, string(store.RoleAdmin), string(store.RoleTester), string(store.RoleMember)); err != nil {
			return err
		}
		roles[p.ID] = store.Role(role)
	}
	c.Roles = roles
	return nil
}

// deleteChannel first closes the channel, so that nobody new can consent, then takes back
// the consents with all that was issued from them, some at a time, and then removes it.
func (a *API) deleteChannel(r *http.Request, by operator) (any, error) {
	c, err := a.channel(r)
	if err != nil {
		return nil, err
	}
	if c.Status == store.Published || len(c.Callbacks) > 0 || len(c.Roles) > 0 {
		c.Status, c.Callbacks, c.Roles = store.Developing, nil, nil
		if err := a.Store.UpdateChannel(r.Context(), c); err != nil {
			return nil, missing(err, "channel", c.ID)
		}
	}
	n, err := a.Store.Withdraw(r.Context(), "", c.ID, a.now(), withdrawStep)
	if err != nil || n > 0 {
		return control.Deleted{Withdrawn: n}, err
	}
	err = a.Store.DeleteChannel(r.Context(), c.ID, a.now())
	if errors.Is(err, store.ErrInUse) {
		return control.Deleted{}, nil // somebody was faster: one more step
	}
	if err != nil {
		return nil, missing(err, "channel", c.ID)
	}
	a.done(r, by, "channel removed", c.ID)
	return control.Deleted{Done: true}, nil
}
