package tegatahttp

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/wire"
)

const (
	scopeOpenID  = "openid"
	scopeProfile = "profile"
	promptNone   = "none"

	// paramRetry marks the second request of a callback that has lost its login, by which it
	// is seen whether the browser keeps cookies.
	paramRetry = "tegata_retry"

	maxAge     = 1<<31 - 1 // seconds
	maxLocales = 256       // bytes
)

// normal fills in what may be left out and refuses what cannot be meant.
func (c *LoginConfig) normal() error {
	switch {
	case c.Done == nil:
		return errors.New("LoginConfig.Done is nil: it begins the session")
	case c.MaxAge < 0 || c.MaxAge%time.Second != 0 || c.MaxAge > maxAge*time.Second:
		return fmt.Errorf("LoginConfig.MaxAge %v: want whole seconds", c.MaxAge)
	case !slices.Contains([]string{"", promptNone, "consent", "login"}, c.Prompt):
		return fmt.Errorf("LoginConfig.Prompt %q: want consent, login, none or nothing", c.Prompt)
	case c.Prompt == promptNone && c.NoAutoLogin:
		return errors.New("LoginConfig.Prompt none with NoAutoLogin: without a page there is no other way to log in")
	case !slices.Contains([]string{"", "normal", "aggressive"}, c.BotPrompt):
		return fmt.Errorf("LoginConfig.BotPrompt %q: want normal, aggressive or nothing", c.BotPrompt)
	}
	for _, check := range []func() error{c.normalScopes, c.checkLocales, c.checkRedirectURI, c.normalLoginURL} {
		if err := check(); err != nil {
			return err
		}
	}
	if c.Failed == nil {
		c.Failed = fail
	}
	return nil
}

func (c *LoginConfig) normalScopes() error {
	if c.Scopes == nil {
		c.Scopes = []string{scopeOpenID, scopeProfile}
	}
	c.Scopes = slices.Clone(c.Scopes)
	known := []string{scopeOpenID, scopeProfile, "email", "real_name", "gender", "birthdate", "phone", "address"}
	isOpenID := slices.Contains(c.Scopes, scopeOpenID)
	for i, s := range c.Scopes {
		switch {
		case !slices.Contains(known, s):
			return fmt.Errorf("LoginConfig.Scopes: %q is none of LINE Login: want some of %s", s, strings.Join(known, ", "))
		case slices.Contains(c.Scopes[:i], s):
			return fmt.Errorf("LoginConfig.Scopes: %s is there twice", s)
		case !isOpenID && s != scopeProfile:
			return fmt.Errorf("LoginConfig.Scopes: %s needs openid too", s)
		}
	}
	switch {
	case !isOpenID && !slices.Contains(c.Scopes, scopeProfile):
		return errors.New("LoginConfig.Scopes has neither openid nor profile, one of which the platform demands")
	case !isOpenID && c.MaxAge != 0:
		return errors.New("LoginConfig.MaxAge needs the scope openid: only the ID token tells when the user authenticated")
	}
	return nil
}

func (c *LoginConfig) checkLocales() error {
	size := 0
	for _, tag := range c.UILocales {
		size += len(tag) + 1
		if tag == "" || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
			return fmt.Errorf("LoginConfig.UILocales: %q is no language tag such as ja or zh-Hant", tag)
		}
	}
	if size > maxLocales {
		return fmt.Errorf("LoginConfig.UILocales: more than %d bytes of language tags", maxLocales)
	}
	return nil
}

// answerParams are what an answer may add to the redirect URI; one of them in it already
// could stand for the answer.
func answerParams() []string {
	return []string{
		"code", "state", "error", "error_description", "friendship_status_changed", "iss", "response",
		"liffClientId", "liffRedirectUri", "liffOAuth2Error", paramRetry,
	}
}

func (c *LoginConfig) checkRedirectURI() error {
	const want = "want the URL of Callback, such as https://app.example.com/callback"
	u, err := url.Parse(c.RedirectURI)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		strings.ContainsAny(c.RedirectURI, "#\\") || strings.ContainsFunc(c.RedirectURI, notVisible) {
		return fmt.Errorf("LoginConfig.RedirectURI %q: %s", c.RedirectURI, want)
	}
	if u.Scheme == "http" && !isLoopback(c.RedirectURI) {
		return fmt.Errorf("LoginConfig.RedirectURI %q: want https, since codes travel to it; only a loopback host may be http", c.RedirectURI)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fmt.Errorf("LoginConfig.RedirectURI %q: its query cannot be read", c.RedirectURI)
	}
	for _, name := range answerParams() {
		if query.Has(name) {
			return fmt.Errorf("LoginConfig.RedirectURI %q: the parameter %s belongs to the answer: name it otherwise", c.RedirectURI, name)
		}
	}
	return nil
}

func (c *LoginConfig) normalLoginURL() error {
	if c.LoginURL == "" {
		c.LoginURL = c.Channel.BaseURL
	}
	if c.LoginURL == "" {
		c.LoginURL = "https://" + wire.HostAccess
	}
	u, err := url.Parse(c.LoginURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return fmt.Errorf("LoginConfig.LoginURL %q: want an origin such as https://login.example.com", c.LoginURL)
	}
	if u.Scheme == "http" && !isLoopback(c.LoginURL) {
		return fmt.Errorf("LoginConfig.LoginURL %q: want https, since people type their passwords there; only a loopback host may be http", c.LoginURL)
	}
	c.LoginURL = u.Scheme + "://" + u.Host
	return nil
}

// authorizeURL is where a login begins (LINE's page: "Making an authorization request").
// The answer comes in the query: that of response_mode=form_post is a post from another
// site, which reaches us without the cookie of the login, as that is SameSite=Lax.
func (l *Login) authorizeURL(f *flow) string {
	c := &l.cfg
	q := url.Values{
		"response_type": {"code"}, "client_id": {c.Channel.ChannelID}, "redirect_uri": {c.RedirectURI},
		"state": {f.stateText()}, "scope": {strings.Join(c.Scopes, " ")},
		"code_challenge": {f.challenge()}, "code_challenge_method": {"S256"},
	}
	set := func(is bool, name, value string) {
		if is {
			q.Set(name, value)
		}
	}
	set(l.wantsIDToken(), "nonce", f.nonceText())
	set(c.MaxAge > 0, "max_age", strconv.FormatInt(int64(c.MaxAge/time.Second), 10))
	set(c.Prompt != "", "prompt", c.Prompt)
	set(c.BotPrompt != "", "bot_prompt", c.BotPrompt)
	set(len(c.UILocales) > 0, "ui_locales", strings.Join(c.UILocales, " "))
	set(c.QRCode, "initial_amr_display", "lineqr")
	set(c.NoSwitch, "switch_amr", "false")
	set(c.NoAutoLogin || f.isRetry(), "disable_auto_login", "true")
	// LINE's examples separate scopes by %20, and not everything reads + as a blank.
	return c.LoginURL + wire.PathAuthorize + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}

// wantsIDToken says whether an ID token is asked for; else the access token says who it is.
func (l *Login) wantsIDToken() bool { return slices.Contains(l.cfg.Scopes, scopeOpenID) }

// retryURL is the callback with the mark of a second request.
func (l *Login) retryURL() string {
	separator := "?"
	if strings.Contains(l.cfg.RedirectURI, "?") {
		separator = "&"
	}
	return l.cfg.RedirectURI + separator + paramRetry + "=1"
}

// asksJWK says whether the token request asks for an ID token signed by ES256. LINE does
// not document the parameter; its own SDKs send it.
func (l *Login) asksJWK() bool { return l.cfg.Channel.KeyTypes != tegata.HS256 }
