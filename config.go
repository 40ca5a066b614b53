package tegata

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tegata-id/tegata/internal/wire"
)

// KeyTypes says by which kinds of key ID tokens may be signed. Join them with |.
type KeyTypes uint8

const (
	// ES256 takes tokens signed with a key of the platform's JWK Set: those of LIFF
	// apps and native apps, and of web logins with id_token_key_type=JWK.
	ES256 KeyTypes = 1 << iota
	// HS256 takes tokens signed with the channel secret: those of web logins.
	HS256
)

const (
	defaultLeeway  = time.Minute
	maxLeeway      = 5 * time.Minute
	maxChannelID   = 20 // digits; LINE's have ten
	defaultTimeout = 5 * time.Second

	defaultRemember = 4096
	maxRemember     = 1 << 20
	maxWindow       = 5 * time.Minute
	// minSecret is the length of LINE's channel secrets, and the least that HS256
	// may be keyed with (RFC 7518 section 3.2).
	minSecret = 32
	// devSecret begins the channel secrets of `tegata dev`, which everybody knows.
	devSecret = "dev0"
)

// Way says how ID tokens are verified: LINE knows two ways ("Verify ID token").
type Way uint8

const (
	// Offline verifies the signature on this machine, by the platform's JWK Set or the
	// channel secret. If the JWK Set cannot be had, tokens are refused.
	Offline Way = iota
	// OfflineElseOnline is Offline, but asks the platform about a token when the JWK Set
	// cannot be had.
	OfflineElseOnline
	// Online asks the platform about each ID token. It costs a request for each and needs
	// no channel secret. A revoked user's ID token is still good there.
	Online
)

// Config says whose tokens a Verifier takes. ChannelID is required; the zero value of
// everything else is strict and means LINE's own platform.
type Config struct {
	// ChannelID is the ID of your LINE Login channel, the part of a LIFF ID before the
	// hyphen. It must never come from a request.
	ChannelID string

	// KeyTypes are the kinds of key to take; zero means ES256 alone. Take both only
	// if this server gets tokens of both a LIFF app and a web login.
	KeyTypes KeyTypes

	// ChannelSecret is the key of HS256: required if KeyTypes has HS256 and Way is not
	// Online, refused otherwise, since nothing else uses it.
	ChannelSecret Secret

	// Way says how ID tokens are verified; zero means Offline.
	Way Way

	// Issuer is the iss that ID tokens must carry. Empty means https://access.line.me.
	Issuer string

	// BaseURL is the origin of the platform's API, such as http://localhost:4800.
	// Empty means https://api.line.me. It must be https, unless its host is a
	// loopback one.
	BaseURL string

	// Leeway is how far clocks may differ; it counts for exp, iat, nbf and auth_time.
	// Zero means 60 seconds, a negative value none; more than 5 minutes is refused.
	Leeway time.Duration

	// Timeout bounds each request to the platform, the body included. Zero means 5
	// seconds.
	Timeout time.Duration

	// KeySet is a JWK Set of the platform to start with, as its certs endpoint answers it,
	// so that the first tokens are verified even if the platform cannot be reached. It is
	// used for at most an hour, and a newer one is looked for with the first token. Nil
	// means none.
	KeySet []byte

	// Remember is how many ID tokens signed with ES256 are remembered as verified, so that
	// one that comes again costs no signature check. Expiry, channel and the checks of the
	// call are looked at each time, and a token is forgotten with its key. At most 2 KiB of
	// memory for each is used on average; no token is kept, only its SHA-256 and its claims.
	// Zero means 4096, a negative value none; more than 1<<20 is refused.
	Remember int

	// AccessTokenWindow is for how long the platform's word on an access token is taken
	// again without asking. So long is a token accepted after it was revoked, such as
	// when the LIFF app was closed. Zero means that the platform is asked each time; more
	// than 5 minutes is refused. At most 4096 words are kept.
	AccessTokenWindow time.Duration

	// Transport sends the requests to the platform. Nil means one of the verifier's
	// own. Redirects are not followed, whatever the transport.
	Transport http.RoundTripper

	// Now is the clock that decides about expiry. Nil means time.Now.
	Now func() time.Time
}

// normal fills in what may be left out and refuses what cannot be meant.
func (c *Config) normal() error {
	if err := checkChannelID(c.ChannelID); err != nil {
		return err
	}
	if c.KeyTypes == 0 {
		c.KeyTypes = ES256
	}
	if c.KeyTypes&^(ES256|HS256) != 0 {
		return fmt.Errorf("Config.KeyTypes %d: want ES256, HS256 or ES256|HS256", c.KeyTypes)
	}
	if c.Way > Online {
		return fmt.Errorf("Config.Way %d: want Offline, OfflineElseOnline or Online", c.Way)
	}
	isLoopback, err := c.normalBase()
	if err != nil {
		return err
	}
	if err := c.checkSecret(isLoopback); err != nil {
		return err
	}
	if c.Issuer == "" {
		c.Issuer = wire.Issuer
	} else if u, err := url.Parse(c.Issuer); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return fmt.Errorf("Config.Issuer %q: want the URL that ID tokens carry as iss", c.Issuer)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c.normalLimits()
}

// normalLimits brings durations and sizes within their bounds.
func (c *Config) normalLimits() error {
	switch {
	case c.Leeway == 0:
		c.Leeway = defaultLeeway
	case c.Leeway < 0:
		c.Leeway = 0
	case c.Leeway > maxLeeway:
		return fmt.Errorf("Config.Leeway %v: at most %v; mend the clock instead", c.Leeway, maxLeeway)
	}
	switch {
	case c.Timeout == 0:
		c.Timeout = defaultTimeout
	case c.Timeout < 0:
		return fmt.Errorf("Config.Timeout %v: want a positive duration", c.Timeout)
	}
	switch {
	case c.Remember == 0:
		c.Remember = defaultRemember
	case c.Remember < 0:
		c.Remember = 0
	case c.Remember > maxRemember:
		return fmt.Errorf("Config.Remember %d: at most %d", c.Remember, maxRemember)
	}
	if c.AccessTokenWindow < 0 || c.AccessTokenWindow > maxWindow {
		return fmt.Errorf("Config.AccessTokenWindow %v: want 0 to %v; so long would a revoked token be accepted", c.AccessTokenWindow, maxWindow)
	}
	return nil
}

func checkChannelID(id string) error {
	if id == "" {
		return errors.New("Config.ChannelID is empty: give the ID of your LINE Login channel")
	}
	digits := strings.TrimLeft(id, "0123456789")
	switch {
	case digits == "" && len(id) <= maxChannelID:
		return nil
	case digits != id && strings.HasPrefix(digits, "-"):
		return fmt.Errorf("Config.ChannelID %q is a LIFF ID: give the part before the hyphen", id)
	}
	return fmt.Errorf("Config.ChannelID %q: want the decimal ID of your LINE Login channel", id)
}

// normalBase makes BaseURL an origin without a slash at its end.
func (c *Config) normalBase() (isLoopback bool, err error) {
	if c.BaseURL == "" {
		c.BaseURL = "https://" + wire.HostAPI
		return false, nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil ||
		u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return false, fmt.Errorf("Config.BaseURL %q: want an origin such as https://login.example.com, without path, query or user", c.BaseURL)
	}
	isLoopback = loopback(u.Hostname())
	if u.Scheme == "http" && !isLoopback {
		return false, fmt.Errorf("Config.BaseURL %q: want https, since tokens travel to it; only a loopback host may be http", c.BaseURL)
	}
	c.BaseURL = u.Scheme + "://" + u.Host
	return isLoopback, nil
}

func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// checkSecret names the mistake but never the secret.
func (c *Config) checkSecret(isLoopback bool) error {
	n := len(c.ChannelSecret)
	switch {
	case c.Way == Online && n == 0:
		return nil
	case c.Way == Online:
		return errors.New("Config.ChannelSecret is given, but Config.Way is Online: leave it out, the platform itself checks the signature")
	case c.KeyTypes&HS256 == 0 && n == 0:
		return nil
	case c.KeyTypes&HS256 == 0:
		return errors.New("Config.ChannelSecret is given, but Config.KeyTypes has no HS256: add HS256 for tokens of a web login, or leave the secret out for those of a LIFF app")
	case n < minSecret:
		return fmt.Errorf("Config.ChannelSecret has %d bytes, but HS256 needs the whole secret of at least %d: copy it from the channel's settings", n, minSecret)
	case strings.HasPrefix(string(c.ChannelSecret), devSecret) && !isLoopback:
		return errors.New("Config.ChannelSecret is one of tegata dev, which everybody knows: it goes with a Config.BaseURL on this machine only")
	}
	return nil
}
