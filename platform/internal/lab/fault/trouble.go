package fault

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// trouble is a named trouble: what it means, and how it comes about, by rules or by a
// change of the state.
type trouble struct {
	control.Trouble
	rules  []control.Fault
	change func(s *Set, ctx context.Context, t control.Trigger) (string, error)
}

// troubles are the named troubles, in the order in which they are listed.
func troubles() []trouble {
	rule := func(name, text string, rules ...control.Fault) trouble {
		if len(rules) == 0 {
			rules = []control.Fault{{Effect: name}}
		}
		return trouble{Trouble: control.Trouble{Name: name, Text: text}, rules: rules}
	}
	change := func(name, text string, do func(*Set, context.Context, control.Trigger) (string, error)) trouble {
		return trouble{Trouble: control.Trouble{Name: name, Text: text}, change: do}
	}
	outage := control.Fault{Effect: control.EffectStatus, Status: http.StatusServiceUnavailable}
	verify, certs := outage, outage
	verify.Endpoint, certs.Endpoint = control.EndpointVerify, control.EndpointCerts
	return []trouble{
		rule(control.TroubleAutoLogin, "The callback gets a code that is not valid and a state that the app did not send, until the app asks with disable_auto_login=true."),
		rule(control.TroubleStaleIDToken, "The token endpoint hands out an ID token that expired an hour ago, beside an access token that is good."),
		change(control.TroubleClosedLIFF, "The access tokens that LIFF apps have got until now are revoked, as when the apps are closed.", (*Set).closeLIFF),
		change(control.TroubleMinimised, "Two hours pass, as when LIFF apps were minimised: their access tokens are good, the ID tokens that they hold are stale.", (*Set).minimise),
		rule(control.TroubleDenied, "Whoever consents from now on is taken to have cancelled: the callback gets access_denied."),
		rule(control.TroubleEmailRefused, "Whoever consents from now on is taken to have unticked the e-mail address: tokens have no e-mail address."),
		change(control.TroubleBlocked, "The user has blocked the LINE Official Account of the channel.", (*Set).block),
		change(control.TroubleDeveloping, "The channel has the status Developing, and the user no role in it.", (*Set).develop),
		rule(control.TroubleOtherBrowser, "The cookies of the browser that began the login are lost on its pages, as when an app's browser hands over to another one."),
		rule(control.TroubleVerifyOutage, "The verify endpoints answer 503.", verify),
		rule(control.TroubleJWKOutage, "The certs endpoint answers 503.", certs),
		rule(control.TroubleRateLimit, "Every endpoint answers 429.", control.Fault{Effect: control.EffectStatus, Status: http.StatusTooManyRequests}),
		change(control.TroubleKeysRotated, "ID tokens are signed by a key that nobody has fetched yet.", (*Set).rotate),
	}
}

// Troubles returns the named troubles.
func Troubles() control.Troubles {
	out := control.Troubles{}
	for _, t := range troubles() {
		out.Troubles = append(out.Troubles, t.Trouble)
	}
	return out
}

// IsTrouble says whether there is a named trouble of this name that is not also the
// effect of a rule.
func IsTrouble(name string) bool {
	_, effect := kinds[name]
	return !effect && slices.ContainsFunc(troubles(), func(t trouble) bool { return t.Name == name })
}

// Trigger lets a named trouble befall somebody. The error is a *control.Error.
func (s *Set) Trigger(ctx context.Context, name string, t control.Trigger) (*control.Triggered, error) {
	all := troubles()
	at := slices.IndexFunc(all, func(one trouble) bool { return one.Name == name })
	if at < 0 {
		var names []string
		for _, one := range all {
			names = append(names, one.Name)
		}
		return nil, &control.Error{
			Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf("there is no trouble %q", name),
			Fix: "give one of " + strings.Join(names, ", "),
		}
	}
	out := &control.Triggered{Name: name}
	if do := all[at].change; do != nil {
		if t.Times != 0 {
			return nil, bad(name+" is a change of the state and happens once", "leave times out")
		}
		var err error
		out.Change, err = do(s, ctx, t)
		return out, err
	}
	for _, f := range all[at].rules {
		f.Channel, f.User, f.Times = t.Channel, t.User, t.Times
		added, err := s.Add(ctx, f)
		if err != nil {
			return nil, err
		}
		out.Faults = append(out.Faults, added)
	}
	return out, nil
}

// closeLIFF revokes the access tokens of LIFF apps.
func (s *Set) closeLIFF(ctx context.Context, t control.Trigger) (string, error) {
	whole, ok := s.cfg.Store.(store.Stateful)
	if !ok {
		return "", bad("the engine of this store does not list access tokens", "keep the state in memory, or revoke the token itself")
	}
	person := ""
	if t.User != "" {
		p, err := s.person(ctx, t.User)
		if err != nil {
			return "", err
		}
		person = p.ID
	}
	state, err := whole.State(ctx)
	if err != nil {
		return "", fmt.Errorf("look for access tokens: %w", err)
	}
	closed := 0
	for _, a := range state.AccessTokens {
		if a.Origin != store.LIFF || !a.RevokedAt.IsZero() || t.Channel != "" && a.ChannelID != t.Channel || person != "" && a.PersonID != person {
			continue
		}
		if err := s.cfg.Store.RevokeAccessToken(ctx, a.ID, s.cfg.Now().UTC(), "close"); err != nil {
			return "", fmt.Errorf("close LIFF app: %w", err)
		}
		closed++
	}
	return fmt.Sprintf("%d access tokens of LIFF apps revoked", closed), nil
}

// minimised is how long apps were out of sight: longer than an ID token lives, shorter than
// an access token of a LIFF app.
const minimised = 2 * time.Hour

// minimise lets time pass. It does so for everybody: a platform has one clock.
func (s *Set) minimise(_ context.Context, t control.Trigger) (string, error) {
	if t.Channel != "" || t.User != "" {
		return "", bad("time passes for everybody", "leave channel and user out; for one user's stale token there is "+control.TroubleStaleIDToken)
	}
	if err := s.cfg.Pass(minimised); err != nil {
		return "", err
	}
	return "the clock is " + minimised.String() + " further; the browser's and your server's own clocks are not", nil
}

// whom returns the channel and the person whom a change befalls.
func (s *Set) whom(ctx context.Context, t control.Trigger) (store.Channel, store.Person, error) {
	if t.Channel == "" {
		t.Channel = s.cfg.Channel
	}
	if t.User == "" {
		t.User = s.cfg.User
	}
	channel, err := s.cfg.Store.Channel(ctx, t.Channel)
	if err != nil {
		return channel, store.Person{}, nobody(err, "channel", t.Channel)
	}
	person, err := s.person(ctx, t.User)
	return channel, person, err
}

func (s *Set) block(ctx context.Context, t control.Trigger) (string, error) {
	channel, person, err := s.whom(ctx, t)
	if err != nil {
		return "", err
	}
	if channel.Bot == nil {
		return "", bad("channel "+channel.ID+" has no LINE Official Account", "give a channel that has one, or add bot to the seed")
	}
	if _, err := s.cfg.Store.SetFriendship(ctx, person.ID, channel.Bot.ID, store.Blocked); err != nil {
		return "", fmt.Errorf("block: %w", err)
	}
	return person.Handle + " has blocked " + channel.Bot.ID, nil
}

func (s *Set) develop(ctx context.Context, t control.Trigger) (string, error) {
	channel, person, err := s.whom(ctx, t)
	if err != nil {
		return "", err
	}
	channel.Status = store.Developing
	delete(channel.Roles, person.ID)
	if err := s.cfg.Store.UpdateChannel(ctx, channel); err != nil {
		return "", fmt.Errorf("channel %s: %w", channel.ID, err)
	}
	return "channel " + channel.ID + " is Developing, and " + person.Handle + " has no role in it", nil
}

// rotate rotates twice: the key that was to be the next one has been published, and may
// have been fetched, so it signs only until the second time.
func (s *Set) rotate(ctx context.Context, t control.Trigger) (string, error) {
	if t.Channel != "" || t.User != "" {
		return "", bad(control.TroubleKeysRotated+" befalls every channel: the keys are the platform's", "leave channel and user out")
	}
	for range 2 {
		if err := s.cfg.Ring.Rotate(ctx); err != nil {
			return "", fmt.Errorf("rotate keys: %w", err)
		}
	}
	signer, err := s.cfg.Ring.Signer(store.SignIDToken)
	if err != nil {
		return "", err
	}
	return "ID tokens are signed by key " + signer.Public().KeyID(), nil
}

// marks are the rules that befell an answer inside its handler.
type marks struct{ names []string }

type marksKey struct{}

// Spoil is asked before a code goes to a callback: it returns the code and the state that
// go there. A login that asked for no auto login is spared, as in LINE's recipe for its
// failure ("How to handle auto login failure").
func (s *Set) Spoil(r *http.Request, req store.Request, personID, code string) (spoilt, state string) {
	if req.DisableAutoLogin || !s.some.Load() {
		return code, req.State
	}
	endpoint := named[r.URL.Path]
	a := &asked{set: s, r: r, endpoint: endpoint, resolved: true, channel: req.ChannelID, person: personID}
	hits := s.take(a, func(f control.Fault) bool { return f.Effect == control.TroubleAutoLogin })
	if len(hits) == 0 {
		return code, req.State
	}
	for _, h := range hits {
		router.From(r.Context()).Note(r.Context(), store.Event{Kind: "fault", ChannelID: a.channel, PersonID: personID, Check: h.String(), Fix: h.fix()})
	}
	if m, ok := r.Context().Value(marksKey{}).(*marks); ok {
		m.names = append(m.names, namesOf(hits)...)
	}
	var raw [8]byte
	s.cfg.Random.Fill(raw[:])
	return "invalid-" + code[:4] + "-code", "foreign-" + hex.EncodeToString(raw[:])
}
