package tegatahttp

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tegata-id/tegata"
	"github.com/tegata-id/tegata/internal/lineapi"
	"github.com/tegata-id/tegata/internal/wire"
)

// Reasons why a login fails, beside ErrClient and those of package tegata. Test with
// errors.Is.
var (
	// ErrState says that the browser that came back is not the one that began the login, or
	// that it took too long: nobody is logged in. A failed auto login looks the same; it has
	// been tried once more without.
	ErrState = errors.New("not begun by this browser")
	// ErrCookies says that the browser keeps no cookies, without which nobody can log in
	// safely: ask the user to allow them.
	ErrCookies = errors.New("browser keeps no cookies")
	// ErrDenied says that the user has cancelled.
	ErrDenied = errors.New("cancelled by the user")
	// ErrInteraction says that the user must be shown a page, but LoginConfig.Prompt is none.
	ErrInteraction = errors.New("user must be shown a page")
	// ErrLogin says that the platform has refused the login or the code for another reason,
	// which the error tells.
	ErrLogin = errors.New("refused by the platform")
)

// LoginConfig says how the users of a website log in (LINE's page "Integrating LINE Login
// with your web app"). Channel, ChannelSecret, RedirectURI and Done are required. Two Logins
// of one website have a RedirectURI each, so that the answer to one is none to the other.
type LoginConfig struct {
	// Channel is the channel and its platform, as for tegata.New, but with ChannelSecret left
	// empty. With ES256 among KeyTypes, as in the zero value, the platform is asked for ID
	// tokens that are signed by ES256; with HS256 alone for those keyed with the secret.
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

	// Scopes are what is asked for, of openid, profile, email, real_name, gender, birthdate,
	// phone and address; nil means openid and profile. One of these two must be there, and
	// openid for the others. Without openid the user is who the access token says.
	Scopes []string
	// MaxAge demands that the user has authenticated within it, and checks it: whole seconds.
	// Zero means that any login will do. It needs the scope openid.
	MaxAge time.Duration
	// Prompt is empty, or one of: consent or login, which show the page of that name always;
	// none, which shows no page and fails with ErrInteraction where one is needed.
	Prompt string
	// BotPrompt is empty, or normal or aggressive, which offer the linked LINE Official
	// Account on the page of consent or on one of its own.
	BotPrompt string
	// UILocales are the languages of the pages, BCP 47 tags in order; nil leaves it to the
	// platform.
	UILocales []string
	// QRCode shows the QR code first (initial_amr_display=lineqr).
	QRCode bool
	// NoSwitch hides the button for other methods of login (switch_amr=false).
	NoSwitch bool
	// NoAutoLogin turns off the login without a page that works where the LINE app is
	// (disable_auto_login=true).
	NoAutoLogin bool

	// CookieKey seals the cookies of logins that are under way, 32 random bytes or more.
	// Nil means a key that is derived from the channel secret, so that all servers of the
	// website have the same.
	CookieKey []byte

	// Done is called with a user who has logged in, and answers the request: it begins the
	// session of the website, under a session ID that the browser did not have before, and
	// sends the browser on to LoggedIn.Next.
	Done func(w http.ResponseWriter, r *http.Request, in *LoggedIn)
	// Failed answers when nobody has logged in: one of this package's errors or of package
	// tegata's. It should show something rather than begin the next login by itself. Nil
	// means a short text with status 400, 403, 500 or 503.
	Failed func(w http.ResponseWriter, r *http.Request, err error)
}

// LoggedIn is a user who has logged in. Its tokens show themselves as [redacted].
type LoggedIn struct {
	// User is verified: by the ID token, or without the scope openid by the access token.
	User *tegata.User
	// AccessToken is for the platform's API until Expires. RefreshToken gets the next one
	// by Login.Refresh, for 90 days at LINE; it may be empty.
	AccessToken, RefreshToken tegata.Secret
	Expires                   time.Time
	// Scopes are those that the user has granted, which may be fewer than were asked for.
	// LINE never lists email.
	Scopes []string
	// Next is where the browser wanted to go: a path of this website with its query, from
	// the parameter next of Start; / if there was none.
	Next string
	// FriendshipChanged says that the user has become a friend of the LINE Official Account,
	// or has unblocked it. It comes from the browser's URL: thank for it, grant nothing on it.
	FriendshipChanged bool
}

// Login lets the users of a website log in. It may be used by many goroutines.
type Login struct {
	cfg      LoginConfig
	issuer   string
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
	channel := cfg.Channel
	if channel.ChannelSecret != "" {
		return nil, errors.New("LoginConfig.Channel.ChannelSecret is given: leave it empty, the secret goes into ChannelSecret beside Channel")
	}
	if err := checkSecret(cfg.ChannelSecret, channel.BaseURL); err != nil {
		return nil, fmt.Errorf("LoginConfig.ChannelSecret: %w", err)
	}
	if channel.KeyTypes&tegata.HS256 != 0 && channel.Way != tegata.Online {
		channel.ChannelSecret = cfg.ChannelSecret
	}
	verifier, err := tegata.New(channel)
	if err != nil {
		return nil, fmt.Errorf("LoginConfig.Channel: %w", err)
	}
	if err := cfg.normal(); err != nil {
		return nil, err
	}
	jar, err := newJar(&cfg)
	if err != nil {
		return nil, err
	}
	issuer := channel.Issuer
	if issuer == "" {
		issuer = wire.Issuer
	}
	return &Login{cfg: cfg, issuer: issuer, verifier: verifier, api: newAPI(&channel), jar: jar, now: clockOf(&channel)}, nil
}
