package lab

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tegata-id/tegata/internal/jose"
	"github.com/tegata-id/tegata/internal/strictyaml"
	"github.com/tegata-id/tegata/platform/internal/oauth2"
	"github.com/tegata-id/tegata/store"
)

var (
	channelID  = regexp.MustCompile(`^[0-9]{1,20}$`)
	liffID     = regexp.MustCompile(`^([0-9]{1,20})-[0-9A-Za-z]{8}$`)
	userHandle = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)
)

// ParseSeed reads a seed file. file is its name for errors, which name the line of
// what cannot be read, or the record that contradicts another.
func ParseSeed(file string, data []byte) (*Seed, error) {
	var s Seed
	if err := strictyaml.Unmarshal(file, data, &s); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &s, nil
}

// check says everything that is wrong, not just the first.
func (s *Seed) check() error {
	var errs []error
	providers := map[string]bool{}
	for _, p := range s.Providers {
		if !channelID.MatchString(p.ID) || p.Name == "" {
			errs = append(errs, fmt.Errorf("provider %q: want an id of digits (quoted) and a name", p.ID))
		}
		providers[p.ID] = true
	}
	handles := map[string]bool{}
	for _, u := range s.Users {
		handles[u.Handle] = true
	}
	channels := map[string]bool{}
	for _, c := range s.Channels {
		channels[c.ID] = true
		for _, err := range c.check(providers, handles) {
			errs = append(errs, fmt.Errorf("channel %q: %w", c.ID, err))
		}
	}
	for _, a := range s.LIFFApps {
		for _, err := range a.check(channels) {
			errs = append(errs, fmt.Errorf("LIFF app %q: %w", a.ID, err))
		}
	}
	for _, u := range s.Users {
		for _, err := range u.check() {
			errs = append(errs, fmt.Errorf("user %q: %w", u.Handle, err))
		}
	}
	if len(s.Channels) == 0 {
		errs = append(errs, errors.New("no channels: add at least one under channels"))
	}
	return errors.Join(errs...)
}

func (c *Channel) check(providers, handles map[string]bool) []error {
	var errs []error
	fail := func(format string, a ...any) { errs = append(errs, fmt.Errorf(format, a...)) }
	if !channelID.MatchString(c.ID) {
		fail("want an id of digits (quoted)")
	}
	if !providers[c.Provider] {
		fail("provider %q is not among providers", c.Provider)
	}
	if c.Name == "" {
		fail("name is missing")
	}
	if len(c.Secret) != 32 {
		fail("secret has %d characters; want 32", len(c.Secret))
	}
	for _, t := range c.AppTypes {
		if t != "web" && t != "mobile" {
			fail("app type %q; want web or mobile", t)
		}
	}
	if c.Status != "" && c.Status != "developing" && c.Status != "published" {
		fail("status %q; want developing or published", c.Status)
	}
	for _, u := range c.Callbacks {
		if err := CheckCallback(u); err != nil {
			errs = append(errs, err)
		}
	}
	allowed := append(oauth2.ProfilePlusScopes(), oauth2.ScopeEmail)
	for _, name := range c.Scopes {
		if !slices.Contains(allowed, name) {
			fail("scope %q; want one of %s (openid and profile need no permission)", name, strings.Join(allowed, ", "))
		}
	}
	for handle, role := range c.Roles {
		if !handles[handle] {
			fail("roles name %q, who is not among users", handle)
		}
		if r := store.Role(role); r != store.RoleAdmin && r != store.RoleTester && r != store.RoleMember {
			fail("role %q of %s; want admin, tester or member", role, handle)
		}
	}
	if c.IDTokenAlg != "" && c.IDTokenAlg != "ES256" && c.IDTokenAlg != "HS256" {
		fail("idTokenAlg %q; want ES256, HS256 or nothing (LINE's rule)", c.IDTokenAlg)
	}
	return append(errs, c.checkAssertionKeys()...)
}

func (c *Channel) checkAssertionKeys() []error {
	var errs []error
	seen := map[string]bool{}
	for _, k := range c.AssertionKeys {
		if k.ID == "" || seen[k.ID] {
			errs = append(errs, fmt.Errorf("assertion key %q: want an id that no other key of the channel has", k.ID))
		}
		seen[k.ID] = true
		if _, err := jose.ParseRSAPublicJWK([]byte(k.JWK)); err != nil {
			errs = append(errs, fmt.Errorf("assertion key %q: jwk: %w; want the public part of an RSA key of 2048 bits as JSON", k.ID, err))
		}
	}
	return errs
}

func (a *LIFFApp) check(channels map[string]bool) []error {
	var errs []error
	fail := func(format string, v ...any) { errs = append(errs, fmt.Errorf(format, v...)) }
	m := liffID.FindStringSubmatch(a.ID)
	switch {
	case m == nil:
		fail("want CHANNEL-ID, a dash and eight letters or digits")
	case !channels[m[1]]:
		fail("its channel %s is not among channels", m[1])
	}
	switch {
	case (a.EndpointURL == "") == (a.Demo == ""):
		fail("want either endpointUrl or demo")
	case a.Demo != "" && !strings.HasPrefix(a.Demo, "/"):
		fail("demo %q; want a path that begins with /", a.Demo)
	case a.EndpointURL != "":
		if err := CheckEndpoint(a.EndpointURL); err != nil {
			errs = append(errs, err)
		}
	}
	if !slices.Contains([]string{"", "compact", "tall", "full"}, a.View) {
		fail("view %q; want compact, tall or full", a.View)
	}
	if !slices.Contains([]string{"", "none", "normal", "aggressive"}, a.BotPrompt) {
		fail("botPrompt %q; want none, normal or aggressive", a.BotPrompt)
	}
	for _, name := range a.Scopes {
		if !slices.Contains([]string{oauth2.ScopeOpenID, oauth2.ScopeProfile, oauth2.ScopeEmail, oauth2.ScopeChatMessageWrite}, name) {
			fail("scope %q; want openid, profile, email or chat_message.write", name)
		}
	}
	return errs
}

func (u *User) check() []error {
	var errs []error
	if !userHandle.MatchString(u.Handle) {
		errs = append(errs, errors.New("want a handle of lower-case letters, digits, - and _"))
	}
	if u.Name == "" {
		errs = append(errs, errors.New("name is missing"))
	}
	if u.Email != "" && (strings.Count(u.Email, "@") != 1 || strings.ContainsAny(u.Email, " \t\r\n")) {
		errs = append(errs, fmt.Errorf("email %q is no address", u.Email))
	}
	if strings.Contains(u.Picture, "/") && !strings.HasPrefix(u.Picture, "https://") {
		errs = append(errs, fmt.Errorf("picture %q; want the name of a built-in one or an https URL", u.Picture))
	}
	return errs
}

// CheckCallback says what is wrong with a callback URL: it must be absolute, without
// a fragment, and https unless its host is loopback.
func CheckCallback(raw string) error { return checkURL("callback URL", raw) }

// CheckEndpoint says what is wrong with the endpoint URL of a LIFF app in
// development. LINE's server API takes https only; a seed also takes http on
// loopback.
func CheckEndpoint(raw string) error { return checkURL("endpoint URL", raw) }

func checkURL(what, raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || !u.IsAbs() || u.Hostname() == "" || u.User != nil:
		return fmt.Errorf("%s %q; want an absolute URL such as http://localhost:3000/", what, raw)
	case strings.Contains(raw, "#"):
		return fmt.Errorf("%s %q has a fragment; remove everything from #", what, raw)
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http" || !loopback(u.Hostname()):
		return fmt.Errorf("%s %q; want https, or http on localhost", what, raw)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}
