package tegatahttp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
	"github.com/tegata-id/tegata/internal/wire"
)

// Reasons why a login fails, beside those of package tegata. Test with errors.Is.
var (
	// ErrState says that the browser that came back is not the one that began the login, or
	// that it keeps no cookies: nobody is logged in.
	ErrState = errors.New("tegatahttp: login was not begun by this browser")
	// ErrDenied says that the user has cancelled.
	ErrDenied = errors.New("tegatahttp: login cancelled by the user")
	// ErrLogin says that the platform has refused the login or the code for another reason,
	// which the error tells.
	ErrLogin = errors.New("tegatahttp: login refused by the platform")
)

// LoginConfig says how the users of a website log in (LINE's page "Integrating LINE Login
// with your web app"). Channel, ChannelSecret, RedirectURI and Done are required.
type LoginConfig struct {
	// Channel is the channel and its platform, as for tegata.New. With ES256, the zero
	// value of KeyTypes, the platform is asked for ID tokens signed by ES256; with HS256
	// alone for those that are keyed with the channel secret. ChannelSecret and Way are
	// left zero here.
	Channel tegata.Config
	// ChannelSecret is what this server proves itself with to the platform.
	ChannelSecret tegata.Secret
	// RedirectURI is where the platform sends the browser back to: the URL under which
	// Callback is served, as it is registered at the channel. It must be https, unless its
	// host is a loopback one.
	RedirectURI string
	// LoginURL is the origin of the platform's login page. Empty means
	// https://access.line.me, or Channel.BaseURL if that is set.
	LoginURL string

	// Scopes are what is asked for; nil means openid and profile. One of the two must be
	// there. Without openid the user is who the access token says.
	Scopes []string
	// MaxAge demands that the user has authenticated within it, and checks it. Zero means
	// that any login will do.
	MaxAge time.Duration
	// Prompt is empty, or "consent" or "login", which show the page of that name always.
	Prompt string
	// BotPrompt is empty, or "normal" or "aggressive", which offer the linked LINE Official
	// Account.
	BotPrompt string
	// UILocales are the languages of the pages, BCP 47 tags in order; nil leaves it to the
	// platform.
	UILocales []string
	// QRCode shows the QR code first; NoSwitch hides the button for other methods.
	QRCode, NoSwitch bool
	// NoAutoLogin turns off the login without a page that works inside LINE.
	NoAutoLogin bool

	// CookieKey seals the cookies of logins that are under way, 32 bytes or more. Nil means
	// a key that is derived from the channel secret, so that all servers of the website
	// have the same.
	CookieKey []byte

	// Done is called with a user who has logged in, and answers the request: it begins the
	// session of the website, under a new session ID, and sends the browser on to
	// LoggedIn.Next.
	Done func(w http.ResponseWriter, r *http.Request, in *LoggedIn)
	// Failed answers when nobody has logged in: ErrState, ErrDenied, ErrLogin, or one of
	// package tegata's. Nil means a short text with status 400, 403 or 503.
	Failed func(w http.ResponseWriter, r *http.Request, err error)
}

// LoggedIn is a user who has logged in. Its tokens show themselves as [redacted].
type LoggedIn struct {
	// User is verified. By an ID token, unless the scope openid was not asked for.
	User *tegata.User
	// AccessToken is for the platform's API until Expires, RefreshToken gets the next one.
	AccessToken, RefreshToken tegata.Secret
	Expires                   time.Time
	Scopes                    []string
	// Next is where the browser wanted to go: a path of this website with its query, from
	// the parameter next of Start; "/" if there was none.
	Next string
	// Friendship says whether the user became a friend of the LINE Official Account:
	// "true", "false", or empty if the option was not shown.
	Friendship string
}

// Login lets the users of a website log in. It may be used by many goroutines.
type Login struct {
	cfg      LoginConfig
	verifier *tegata.Verifier
	api      *lineapi.Client
	jar      *jar
	now      func() time.Time
}

// NewLogin returns a Login. It sends no request. The error names the field of cfg to mend.
func NewLogin(cfg LoginConfig) (*Login, error) {
	l, err := newLogin(cfg)
	if err != nil {
		return nil, fmt.Errorf("tegatahttp: %w", err)
	}
	return l, nil
}

func newLogin(cfg LoginConfig) (*Login, error) {
	if err := cfg.normal(); err != nil {
		return nil, err
	}
	channel := cfg.Channel
	if channel.KeyTypes&tegata.HS256 != 0 {
		channel.ChannelSecret = cfg.ChannelSecret
	}
	verifier, err := tegata.New(channel)
	if err != nil {
		return nil, fmt.Errorf("LoginConfig.Channel: %w", err)
	}
	sealer, err := newJar(&cfg)
	if err != nil {
		return nil, err
	}
	api, err := newAPI(&channel)
	if err != nil {
		return nil, err
	}
	l := &Login{cfg: cfg, verifier: verifier, api: api, jar: sealer, now: channel.Now}
	if l.now == nil {
		l.now = time.Now
	}
	return l, nil
}

// newAPI asks the platform of a channel that tegata.New has taken.
func newAPI(c *tegata.Config) (*lineapi.Client, error) {
	base, timeout := "https://"+wire.HostAPI, c.Timeout
	if c.BaseURL != "" {
		base = strings.TrimSuffix(c.BaseURL, "/")
	}
	if timeout == 0 {
		timeout = 5 * time.Second
	}
	return lineapi.New(base, timeout, c.Transport), nil
}

// normal fills in what may be left out and refuses what cannot be meant.
func (c *LoginConfig) normal() error {
	switch {
	case c.Channel.Way != tegata.Offline || c.Channel.ChannelSecret != "":
		return errors.New("LoginConfig.Channel.Way and Channel.ChannelSecret are left zero: the secret goes into ChannelSecret")
	case len(c.ChannelSecret) < 32:
		return fmt.Errorf("LoginConfig.ChannelSecret has %d bytes: copy the whole secret from the channel's settings", len(c.ChannelSecret))
	case strings.HasPrefix(string(c.ChannelSecret), "dev0") && !isLoopback(c.Channel.BaseURL):
		return errors.New("LoginConfig.ChannelSecret is one of tegata dev, which everybody knows: it goes with a Channel.BaseURL on this machine only")
	case c.Done == nil:
		return errors.New("LoginConfig.Done is nil: it begins the session")
	case c.MaxAge < 0:
		return fmt.Errorf("LoginConfig.MaxAge %v: want 0 or more", c.MaxAge)
	case !slices.Contains([]string{"", "consent", "login"}, c.Prompt):
		return fmt.Errorf("LoginConfig.Prompt %q: want consent, login or nothing", c.Prompt)
	case !slices.Contains([]string{"", "normal", "aggressive"}, c.BotPrompt):
		return fmt.Errorf("LoginConfig.BotPrompt %q: want normal, aggressive or nothing", c.BotPrompt)
	}
	if c.Scopes == nil {
		c.Scopes = []string{"openid", "profile"}
	}
	if !slices.Contains(c.Scopes, "openid") && !slices.Contains(c.Scopes, "profile") {
		return errors.New("LoginConfig.Scopes has neither openid nor profile, one of which the platform demands")
	}
	for _, s := range slices.Concat(c.Scopes, c.UILocales) {
		if s == "" || strings.ContainsAny(s, " \t\r\n") {
			return fmt.Errorf("LoginConfig.Scopes, UILocales: %q is not one word", s)
		}
	}
	if err := c.normalURLs(); err != nil {
		return err
	}
	if c.Failed == nil {
		c.Failed = fail
	}
	return nil
}

func (c *LoginConfig) normalURLs() error {
	u, err := url.Parse(c.RedirectURI)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return fmt.Errorf("LoginConfig.RedirectURI %q: want the URL of Callback, such as https://app.example.com/callback", c.RedirectURI)
	}
	if u.Scheme == "http" && !isLoopback(c.RedirectURI) {
		return fmt.Errorf("LoginConfig.RedirectURI %q: want https, since codes travel to it; only a loopback host may be http", c.RedirectURI)
	}
	switch {
	case c.LoginURL == "" && c.Channel.BaseURL == "":
		c.LoginURL = "https://" + wire.HostAccess
	case c.LoginURL == "":
		c.LoginURL = c.Channel.BaseURL
	}
	login, err := url.Parse(c.LoginURL)
	if err != nil || login.Host == "" || login.User != nil || strings.Trim(login.Path, "/") != "" || login.RawQuery != "" || login.Fragment != "" {
		return fmt.Errorf("LoginConfig.LoginURL %q: want an origin such as https://login.example.com", c.LoginURL)
	}
	if login.Scheme != "https" && (login.Scheme != "http" || !isLoopback(c.LoginURL)) {
		return fmt.Errorf("LoginConfig.LoginURL %q: want https, since people type their passwords there", c.LoginURL)
	}
	c.LoginURL = login.Scheme + "://" + login.Host
	return nil
}

// authorizeURL is where a login begins (LINE's page: "Making an authorization request").
func (l *Login) authorizeURL(f *flow) string {
	c := &l.cfg
	q := url.Values{
		"response_type": {"code"}, "client_id": {c.Channel.ChannelID}, "redirect_uri": {c.RedirectURI},
		"state": {f.State}, "nonce": {f.Nonce}, "scope": {strings.Join(c.Scopes, " ")},
		"code_challenge": {f.challenge()}, "code_challenge_method": {"S256"},
	}
	optional := func(name, value string) {
		if value != "" && value != "0" && value != "false" {
			q.Set(name, value)
		}
	}
	optional("max_age", strconv.FormatInt(int64(c.MaxAge/time.Second), 10))
	optional("prompt", c.Prompt)
	optional("bot_prompt", c.BotPrompt)
	optional("ui_locales", strings.Join(c.UILocales, " "))
	optional("disable_auto_login", strconv.FormatBool(c.NoAutoLogin || f.Again))
	if c.QRCode {
		q.Set("initial_amr_display", "lineqr")
	}
	if c.NoSwitch {
		q.Set("switch_amr", "false")
	}
	// LINE's examples separate scopes by %20, and not everything reads + as a blank.
	return c.LoginURL + wire.PathAuthorize + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
}
