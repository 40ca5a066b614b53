package tegata

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/lineapi"
)

const (
	// maxAccessToken is the longest access token in bytes that the platform is asked
	// about: it travels in a URL.
	maxAccessToken = 4 << 10
	// maxExpiresIn is ten years in seconds: no token lives longer, and durations hold it.
	maxExpiresIn = 10 * 365 * 24 * 3600
	scopeProfile = "profile"

	maxGranted   = 4096 // entries of the memo of Config.AccessTokenWindow
	grantedBytes = 512  // what one takes beside its texts
)

// granted is the platform's word on an access token of one of our channels.
type granted struct {
	grant lineapi.Grant // shared: read only
	user  User          // without scopes: each reader gets its own
}

// AccessToken asks the platform about an access token and returns whose it is. In this
// order it demands that the token is live, that it was issued to this channel, that it
// has time left, that it has the scope profile, then it gets the profile ("Using user data
// in LIFF apps and servers") and looks at the checks, of which WithScopes and WithSubject
// can be satisfied. That takes two requests, and a revoked token is refused at once, unless
// Config.AccessTokenWindow is set.
func (v *Verifier) AccessToken(ctx context.Context, raw string, checks ...Check) (*User, error) {
	d, err := v.demands(checks)
	if err == nil {
		err = d.ofAccessToken()
	}
	if err != nil {
		return nil, refused(err)
	}
	g, err := v.platform.granted(ctx, raw, v.owns)
	if err != nil {
		return nil, err
	}
	return g.userFor(&d)
}

// owns says whether a live access token is one of this channel that can be used.
func (v *Verifier) owns(g lineapi.Grant) error {
	switch {
	case g.ChannelID != v.cfg.ChannelID:
		return because(ErrOtherChannel, "want one of channel %s", v.cfg.ChannelID)
	case g.ExpiresIn <= 0 || g.ExpiresIn > maxExpiresIn:
		return because(ErrExpired, "no time left")
	case !slices.Contains(g.Scopes, scopeProfile):
		return because(ErrScope, "want profile: ask for it at login")
	}
	return nil
}

// userFor returns the user if the demands that concern an access token are met.
func (g *granted) userFor(d *demands) (*User, error) {
	if !d.Now.Before(g.user.Expires) {
		return nil, because(ErrExpired, "no time left")
	}
	for _, s := range d.scopes {
		if !slices.Contains(g.grant.Scopes, s) {
			return nil, because(ErrScope, "want %s", s)
		}
	}
	if d.Subject != "" && d.Subject != g.user.UserID {
		return nil, because(ErrSubject, "the access token is of another user")
	}
	user := g.user
	user.Scopes = slices.Clone(g.grant.Scopes)
	return &user, nil
}

// granted returns the platform's word on an access token, which may be one that it gave
// within the window; owns decides each time whether the word will do. The window is
// elapsed time: a wall clock that jumps makes it no longer.
func (p *platform) granted(ctx context.Context, raw string, owns func(lineapi.Grant) error) (*granted, error) {
	switch {
	case !credential(raw):
		return nil, because(ErrMalformed, "not an access token")
	case isIDToken(raw):
		return nil, because(ErrMalformed, "it is an ID token, which is not sent to an endpoint that takes tokens in the URL")
	}
	if p.words == nil {
		return p.askGranted(ctx, raw, owns)
	}
	d, err := digestOf(raw)
	if err != nil {
		return nil, err
	}
	asked := time.Now() // before the platform looks, so that the window is never longer
	if g, ok := p.words.get(d, asked); ok {
		if err := owns(g.grant); err != nil {
			return nil, err
		}
		return g, nil
	}
	g, err := p.askGranted(ctx, raw, owns)
	if err != nil {
		return nil, err
	}
	p.words.put(d, g, g.bytes(), asked.Add(p.window))
	return g, nil
}

// bytes returns about how much memory g takes.
func (g *granted) bytes() int {
	n := grantedBytes + len(g.user.UserID) + len(g.user.Name) + len(g.user.Picture) + len(g.user.StatusMessage)
	for _, s := range g.grant.Scopes {
		n += len(s)
	}
	return n
}

// askGranted is the two requests. The profile is asked for only with a token of ours.
func (p *platform) askGranted(ctx context.Context, raw string, owns func(lineapi.Grant) error) (*granted, error) {
	before := p.now()
	grant, err := p.live(ctx, raw)
	if err == nil {
		err = owns(grant)
	}
	if err != nil {
		return nil, err
	}
	profile, err := p.api.Profile(ctx, raw)
	switch lineapi.Status(err) {
	case http.StatusUnauthorized:
		return nil, because(ErrInactive, "get profile: %w", err)
	case http.StatusForbidden:
		return nil, because(ErrScope, "get profile: %w", err)
	}
	if err != nil {
		return nil, because(ErrUnavailable, "get profile: %w", err)
	}
	return &granted{grant: grant, user: User{
		UserID: profile.UserID, Name: profile.DisplayName, Picture: profile.PictureURL, StatusMessage: profile.StatusMessage,
		Expires: before.Add(time.Duration(grant.ExpiresIn) * time.Second).UTC(),
	}}, nil
}

// live is the first request ("Verify access token validity").
func (p *platform) live(ctx context.Context, raw string) (lineapi.Grant, error) {
	grant, err := p.api.VerifyAccessToken(ctx, raw)
	switch lineapi.Status(err) {
	case http.StatusBadRequest, http.StatusUnauthorized:
		return lineapi.Grant{}, because(ErrInactive, "verify access token: %w", err)
	}
	if err != nil {
		return lineapi.Grant{}, because(ErrUnavailable, "verify access token: %w", err)
	}
	return grant, nil
}

// credential says whether raw has the form of a bearer token (RFC 6750 section 2.1),
// so that nothing else is sent to the platform.
func credential(raw string) bool {
	if raw == "" || len(raw) > maxAccessToken {
		return false
	}
	body := strings.TrimRight(raw, "=")
	for i := range len(body) {
		c := body[i]
		isAlnum := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !isAlnum && strings.IndexByte("-._~+/", c) < 0 {
			return false
		}
	}
	return body != ""
}

// isIDToken says whether raw looks like a JWT, by its second segment: LINE's access tokens
// have three segments as well, and JSON in the first, but their second one is opaque.
func isIDToken(raw string) bool {
	_, rest, _ := strings.Cut(raw, ".")
	payload, _, ok := strings.Cut(rest, ".")
	if !ok {
		return false
	}
	data, err := base64.RawURLEncoding.DecodeString(payload)
	return err == nil && len(data) > 0 && data[0] == '{' && json.Valid(data)
}
