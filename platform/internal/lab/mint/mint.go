package mint

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/control"
	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/keyring"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/platform/internal/router"
	"github.com/tegata-id/tegata/store"
)

// Minter makes tokens. Every field is required. It may be used from many goroutines.
type Minter struct {
	Store store.Store
	Issue *issue.Service
	Ring  *keyring.Ring
	Now   func() time.Time
	Base  router.Base // the configured one: issuer and pictures follow it
	// User and Channel are whom a token is for if that is not said: a handle and an ID.
	User, Channel string
	// UserID returns the user ID of a persona under a provider.
	UserID func(providerID, handle string) string
}

// maxLife bounds the life of a minted token.
const maxLife = 10 * 365 * 24 * time.Hour

// order is a control.Mint that has been found possible, with everything that it leaves
// open filled in.
type order struct {
	control.Mint
	home    store.Channel // the one that was asked for, whose algorithm and secret are taken
	channel store.Channel // the one that the token is issued to: home, unless that is what is wrong
	person  store.Person
	userID  string
	at      time.Time
	life    time.Duration
}

// Mint makes a token. The error is a *control.Error for what cannot be.
func (m *Minter) Mint(ctx context.Context, want control.Mint) (*control.Minted, error) {
	o, err := m.order(ctx, want)
	if err != nil {
		return nil, err
	}
	var token string
	switch o.Kind {
	case control.KindIDToken:
		token, err = m.idToken(o)
	case control.KindAccessToken:
		token, err = m.accessToken(ctx, o)
	default:
		token, err = m.refreshToken(ctx, o)
	}
	if err != nil {
		return nil, fmt.Errorf("mint %s: %w", o.Kind, err)
	}
	return &control.Minted{
		Token: token, Kind: o.Kind, ChannelID: o.channel.ID, User: o.person.Handle, UserID: o.userID,
		Scopes: o.Scopes, IssuedAt: o.at.UTC(), ExpiresAt: o.at.Add(o.life).UTC(), Wrong: o.Wrong,
	}, nil
}

// order fills in what was left open.
func (m *Minter) order(ctx context.Context, want control.Mint) (order, error) {
	o := order{Mint: want}
	if o.Kind == "" {
		o.Kind = control.KindIDToken
	}
	if err := o.possible(); err != nil {
		return order{}, err
	}
	if err := m.readChannel(ctx, &o); err != nil {
		return order{}, err
	}
	if err := m.readPerson(ctx, &o); err != nil {
		return order{}, err
	}
	if o.Scopes == nil {
		o.Scopes = []string{oauth2.ScopeOpenID, oauth2.ScopeProfile}
		if slices.Contains(o.home.Scopes, oauth2.ScopeEmail) {
			o.Scopes = append(o.Scopes, oauth2.ScopeEmail)
		}
	}
	for _, s := range o.Scopes {
		if !known(s) {
			return order{}, bad(fmt.Sprintf("scope %q is none of LINE Login's", s), "give openid, profile, email or those of LINE Profile+")
		}
	}
	if o.AMR == nil {
		o.AMR = []string{"pwd"}
	}
	return o, m.readTimes(&o)
}

// possible says whether the token can be what it is asked to be.
func (o *order) possible() error {
	kinds := []string{control.KindIDToken, control.KindAccessToken, control.KindRefreshToken}
	if !slices.Contains(kinds, o.Kind) {
		return bad(fmt.Sprintf("kind %q", o.Kind), "give "+strings.Join(kinds, ", "))
	}
	wrongs := ofIDTokens
	if o.Kind != control.KindIDToken {
		wrongs = ofOthers
		if o.Algorithm != "" || o.Nonce != "" || !o.AuthTime.IsZero() || o.AMR != nil {
			return bad(o.Kind+" has neither algorithm nor nonce, authTime or amr", "leave them out, or mint an id_token")
		}
	}
	switch {
	case o.Wrong != "" && !slices.Contains(wrongs, o.Wrong):
		return bad(fmt.Sprintf("wrong %q of %s", o.Wrong, o.Kind), "give one of "+strings.Join(wrongs, ", "))
	case o.Wrong == control.WrongNonce && o.Nonce == "":
		return bad("wrong-nonce without a nonce", "give the nonce that the app expects: the token will carry another")
	case o.LIFFID != "" && o.Kind == control.KindRefreshToken:
		return bad("a LIFF app has no refresh token", "leave liffId out")
	case o.Algorithm != "" && o.Algorithm != "ES256" && o.Algorithm != "HS256":
		return bad(fmt.Sprintf("algorithm %q", o.Algorithm), "give ES256 or HS256")
	}
	return nil
}

// readChannel finds the channel that the token is issued to.
func (m *Minter) readChannel(ctx context.Context, o *order) error {
	id := o.Channel
	if o.LIFFID != "" {
		app, err := m.Store.LIFFApp(ctx, o.LIFFID)
		if errors.Is(err, store.ErrNotFound) {
			return missing("LIFF app", o.LIFFID, "tegata env lists those that there are")
		}
		if err != nil {
			return fmt.Errorf("LIFF app %s: %w", o.LIFFID, err)
		}
		if id != "" && id != app.ChannelID {
			return bad("LIFF app "+o.LIFFID+" belongs to channel "+app.ChannelID, "leave channel out, or give that one")
		}
		id = app.ChannelID
	}
	if id == "" {
		id = m.Channel
	}
	channel, err := m.Store.Channel(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return missing("channel", id, "tegata env lists those that there are")
	}
	if err != nil {
		return fmt.Errorf("channel %s: %w", id, err)
	}
	o.home, o.channel = channel, channel
	if o.Wrong == control.WrongChannel || o.Wrong == control.WrongProvider {
		o.channel, err = m.other(ctx, channel, o.Wrong == control.WrongProvider)
	}
	return err
}

// other returns another channel, of the same provider or of another one.
func (m *Minter) other(ctx context.Context, than store.Channel, otherProvider bool) (store.Channel, error) {
	all, err := m.Store.Channels(ctx)
	if err != nil {
		return store.Channel{}, fmt.Errorf("channels: %w", err)
	}
	for _, c := range all {
		if c.ID != than.ID && (c.ProviderID != than.ProviderID) == otherProvider {
			return c, nil
		}
	}
	if otherProvider {
		return store.Channel{}, bad("there is no channel of another provider than "+than.ProviderID, "add one to the seed")
	}
	return store.Channel{}, bad("there is no other channel of provider "+than.ProviderID, "add one to the seed")
}

func (m *Minter) readPerson(ctx context.Context, o *order) error {
	handle := o.User
	if handle == "" {
		handle = m.User
	}
	person, err := m.Store.PersonByLogin(ctx, handle)
	if errors.Is(err, store.ErrNotFound) || err == nil && person.Handle != handle {
		return missing("user", handle, "give the handle of a persona; tegata env lists them")
	}
	if err != nil {
		return fmt.Errorf("user %s: %w", handle, err)
	}
	o.person = person
	o.userID, err = m.Store.UserID(ctx, person.ID, o.channel.ProviderID, m.UserID(o.channel.ProviderID, handle))
	if err != nil {
		return fmt.Errorf("user ID of %s: %w", handle, err)
	}
	return nil
}

// readTimes decides when the token is issued and for how long.
func (m *Minter) readTimes(o *order) error {
	switch o.life = time.Duration(o.Life); {
	case o.life == 0:
		o.life = o.usualLife()
	case o.life < time.Second || o.life > maxLife:
		return bad("life "+o.life.String(), "give one between a second and ten years")
	}
	o.at = o.IssuedAt
	if o.at.IsZero() {
		o.at = m.Now()
	}
	o.at = o.at.Add(-time.Duration(o.Age)).Truncate(time.Second)
	switch o.Wrong {
	case control.WrongExpired:
		o.at = m.Now().Add(-o.life - beyond).Truncate(time.Second)
	case control.WrongNotYet:
		o.at = m.Now().Add(beyond).Truncate(time.Second)
	}
	if y := o.at.UTC().Year(); y < 1970 || o.at.Add(o.life).UTC().Year() > 9998 {
		return bad(fmt.Sprintf("a token of the year %d", y), "give a time between 1970 and 9998")
	}
	return nil
}

func (o *order) usualLife() time.Duration {
	switch {
	case o.Kind == control.KindIDToken:
		return issue.IDTokenLife
	case o.Kind == control.KindRefreshToken:
		return issue.RefreshLife
	case o.LIFFID != "":
		return issue.LIFFAccessLife
	}
	return issue.AccessLife
}

// known says whether there is such a scope.
func known(scope string) bool {
	return slices.Contains([]string{oauth2.ScopeOpenID, oauth2.ScopeProfile, oauth2.ScopeEmail, oauth2.ScopeChatMessageWrite}, scope) ||
		slices.Contains(oauth2.ProfilePlusScopes(), scope)
}

// bad is the refusal of what was asked for.
func bad(message, fix string) error {
	return &control.Error{Status: http.StatusBadRequest, Code: "bad_request", Message: message, Fix: fix}
}

func missing(what, name, fix string) error {
	return &control.Error{Status: http.StatusNotFound, Code: "not_found", Message: fmt.Sprintf("there is no %s %q", what, name), Fix: fix}
}
