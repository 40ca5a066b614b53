package authorize

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/page"
	"github.com/tegata-id/tegata/store"
)

// Parameters in the URLs of the consent pages.
const (
	paramPerson   = "person"   // tag of the person whom the page was shown to
	paramDeclined = "declined" // on the add-friend page: the optional scopes declined before it
)

const botAggressive = "aggressive"

// serveConsent shows the consent page, or the add-friend page that follows it.
func (s *Endpoints) serveConsent(w http.ResponseWriter, r *http.Request) error {
	p, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	v, err := s.visit(r, p)
	if err != nil {
		return err
	}
	known, err := s.known(r, v)
	if err != nil {
		return err
	}
	if !known {
		seeOther(w, stepURL(wire.PathLogin, v.secret))
		return nil
	}
	if err := mayUse(v.ask, v.who.PersonID); err != nil {
		return err
	}
	person, err := s.Login.Person(r.Context(), v.who.PersonID)
	if err != nil {
		return fmt.Errorf("person who consents: %w", err)
	}
	friend, err := s.friendOffer(r.Context(), v)
	if err != nil {
		return err
	}
	if p.Has(paramDeclined) && friend != nil {
		declined := slices.DeleteFunc(oauth2.ParseScope(p.Get(paramDeclined)), func(s string) bool { return !optional(s) })
		return s.showFriend(w, r, v, page.Friend{
			Action: consentAction(v, person) + "&" + paramDeclined + "=" + url.QueryEscape(strings.Join(declined, " ")),
			Token:  v.secret, Friend: *friend,
		})
	}
	if v.req.BotPrompt == botAggressive {
		friend = nil // offered on a page of its own
	}
	return s.showConsent(w, r, v, page.Consent{
		Action: consentAction(v, person), Token: v.secret, Person: s.shownPerson(r, person),
		Items: consentItems(v.req.Scopes, person), Friend: friend,
	})
}

// consentAction is where the forms post to. It names the person whom the page is shown
// to, with the e-mail address on it: if somebody else logs in meanwhile in another tab,
// or the address changes, the answer is not taken for that.
func consentAction(v visit, p store.Person) string {
	return wire.PathConsent + "?" + paramPerson + "=" + personTag(v, p)
}

func personTag(v visit, p store.Person) string {
	sum := sha256.Sum256([]byte(string(v.hash[:]) + p.ID + "\x00" + sharedEmail(p)))
	return hex.EncodeToString(sum[:8])
}

// friendOffer returns the offer to add the channel's official account; nil if it was
// not asked for, or there is nothing to add. Whoever is a friend already is not asked
// (our choice).
func (s *Endpoints) friendOffer(ctx context.Context, v visit) (*page.AddFriend, error) {
	if v.req.BotPrompt == "" || v.channel.Bot == nil {
		return nil, nil //nolint:nilnil // no offer and no fault
	}
	now, err := s.Store.Friendship(ctx, v.who.PersonID, v.channel.Bot.ID)
	if err != nil {
		return nil, fmt.Errorf("friendship of person: %w", err)
	}
	if now == store.Friend {
		return nil, nil //nolint:nilnil // as above
	}
	return &page.AddFriend{Name: v.channel.Bot.Name, Blocked: now == store.Blocked}, nil
}

// serveConsentPost takes the forms of both pages.
func (s *Endpoints) serveConsentPost(w http.ResponseWriter, r *http.Request) error {
	p, err := s.form(r)
	if err != nil {
		return err
	}
	q, err := oauth2.Query(r)
	if err != nil {
		return err
	}
	v, err := s.visit(r, p)
	if err != nil {
		return err
	}
	known, err := s.known(r, v)
	if err != nil {
		return err
	}
	if !known {
		seeOther(w, stepURL(wire.PathLogin, v.secret))
		return nil
	}
	person, err := s.Login.Person(r.Context(), v.who.PersonID)
	if err != nil {
		return fmt.Errorf("person who consents: %w", err)
	}
	if q.Get(paramPerson) != personTag(v, person) {
		seeOther(w, stepURL(wire.PathConsent, v.secret)) // what was shown does not hold any more
		return nil
	}
	decision := p.Get("decision")
	switch {
	case len(p.All("decision")) > 1:
	case decision == "deny":
		return s.deny(w, r, v, "consent")
	case decision == "allow":
		return s.allow(w, r, v, p, person)
	case decision == "add" || decision == "skip":
		return s.afterFriend(w, r, v, q, decision == "add")
	}
	return pageFault("'decision' is invalid.", "decision of the consent form", decision, "allow, deny, add or skip", "use the consent page's own form")
}

// allow takes the consent.
func (s *Endpoints) allow(w http.ResponseWriter, r *http.Request, v visit, p oauth2.Params, person store.Person) error {
	var granted, declined []string
	for _, scope := range v.req.Scopes {
		if optional(scope) && !slices.Contains(p.All("scope"), scope) {
			declined = append(declined, scope)
			continue
		}
		granted = append(granted, scope)
	}
	grant := store.Grant{PersonID: person.ID, ChannelID: v.channel.ID, Scopes: granted, ConsentedAt: s.Now().UTC()}
	if slices.Contains(granted, oauth2.ScopeEmail) {
		grant.EmailConsentedAt, grant.Email = grant.ConsentedAt, sharedEmail(person)
	}
	friend, err := s.friendOffer(r.Context(), v)
	if err != nil {
		return err
	}
	o := outcome{who: v.who, scopes: granted, grant: &grant}
	if friend == nil {
		return s.finish(w, r, v, o)
	}
	if v.req.BotPrompt == botAggressive {
		// The consent is recorded here, so that the next page cannot widen it.
		if err := s.Store.PutGrant(r.Context(), grant); err != nil {
			return fmt.Errorf("record consent: %w", err)
		}
		seeOther(w, stepURL(wire.PathConsent, v.secret)+"&"+paramDeclined+"="+url.QueryEscape(strings.Join(declined, " ")))
		return nil
	}
	o.friend, o.bot = "false", p.Get("add_friend") != ""
	return s.finish(w, r, v, o)
}

// afterFriend takes the answer of the add-friend page. What was granted is what the
// consent page recorded, less what was declined there.
func (s *Endpoints) afterFriend(w http.ResponseWriter, r *http.Request, v visit, q oauth2.Params, add bool) error {
	if v.req.BotPrompt != botAggressive {
		seeOther(w, stepURL(wire.PathConsent, v.secret))
		return nil
	}
	grant, err := s.Store.Grant(r.Context(), v.who.PersonID, v.channel.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("consent of person: %w", err)
	}
	if grant.ConsentedAt.Before(v.begun.Truncate(time.Second)) {
		seeOther(w, stepURL(wire.PathConsent, v.secret)) // the consent page was passed by
		return nil
	}
	declined := oauth2.ParseScope(q.Get(paramDeclined))
	var granted []string
	for _, scope := range v.req.Scopes {
		if optional(scope) && slices.Contains(declined, scope) {
			continue
		}
		if !slices.Contains(grant.Scopes, scope) {
			seeOther(w, stepURL(wire.PathConsent, v.secret))
			return nil
		}
		granted = append(granted, scope)
	}
	return s.finish(w, r, v, outcome{who: v.who, scopes: granted, friend: "false", bot: add})
}
