package tegatahttp

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// loginLife is how long a login may take; LINE's codes live as long.
	loginLife = 10 * time.Minute
	// maxLogins is how many logins of one browser may be under way, such as in several tabs.
	// Their cookies stay below 4 KiB, since servers bound the header of a request.
	maxLogins = 4
	// minCookieKey is the least that a key of 256 bits can be derived from, in bytes.
	minCookieKey = 32
	// nameDigits is how much of a state is in the name of its cookie.
	nameDigits = 16
	// retryName ends the name of the cookie that says that auto login has failed in this
	// browser.
	retryName = "retry"
)

// jar keeps logins in the browser's cookies, sealed. It remembers nothing itself, so that
// any server of the website can end a login that another one began.
type jar struct {
	aead   cipher.AEAD
	macKey []byte // of states
	prefix string // of the cookies' names
	secure bool
}

func newJar(c *LoginConfig) (*jar, error) {
	secret := c.CookieKey
	if secret == nil {
		secret = []byte(c.ChannelSecret)
	} else if len(secret) < minCookieKey {
		return nil, fmt.Errorf("LoginConfig.CookieKey has %d bytes: want %d random ones, or nil", len(secret), minCookieKey)
	}
	j := &jar{prefix: "tegata_login_", secure: strings.HasPrefix(c.RedirectURI, "https:")}
	if j.secure {
		// So that no sibling domain can set one (RFC 6265bis section 4.1.3.2).
		j.prefix = "__Host-" + j.prefix
	}
	// A login of one Login is none of another: not of another platform's, either.
	info := strings.Join([]string{"tegata login cookies", c.Channel.ChannelID, c.RedirectURI, c.LoginURL}, "\x00")
	keys, err := hkdf.Key(sha256.New, secret, nil, info, 2*sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("LoginConfig.CookieKey: %w", err)
	}
	block, err := aes.NewCipher(keys[:sha256.Size])
	if err != nil {
		return nil, fmt.Errorf("LoginConfig.CookieKey: %w", err)
	}
	j.macKey = keys[sha256.Size:]
	if j.aead, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return nil, fmt.Errorf("LoginConfig.CookieKey: %w", err)
	}
	return j, nil
}

// begin makes a login and puts it into a cookie of its own.
func (j *jar) begin(w http.ResponseWriter, r *http.Request, now time.Time, next string, retry bool) *flow {
	f := newFlow(j.macKey, now, next, retry)
	name := j.name(f.stateText())
	sealed := j.aead.Seal(nil, nil, f.marshal(), []byte(name))
	j.set(w, name, base64.RawURLEncoding.EncodeToString(sealed), loginLife)
	under := j.all(r, now)
	for i := 0; i <= len(under)-maxLogins; i++ { // the oldest go
		j.end(w, j.name(under[i].stateText()))
	}
	return f
}

// take returns the login of a state, if this browser began it, and ends its cookie.
func (j *jar) take(w http.ResponseWriter, r *http.Request, now time.Time, state string) (*flow, bool) {
	if len(state) != stateDigits {
		return nil, false
	}
	name := j.name(state)
	for _, c := range r.CookiesNamed(name) {
		f, ok := j.open(c, now)
		if ok && hmac.Equal([]byte(f.stateText()), []byte(state)) {
			j.end(w, name)
			return f, true
		}
	}
	return nil, false
}

// all returns the logins that this browser has under way, the oldest first.
func (j *jar) all(r *http.Request, now time.Time) []*flow {
	var all []*flow
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, j.prefix) {
			continue
		}
		if f, ok := j.open(c, now); ok {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b *flow) int { return cmp.Compare(a.begun, b.begun) })
	return all
}

// open returns what a cookie holds if it was sealed here, under this name, for a login
// that is not over.
func (j *jar) open(c *http.Cookie, now time.Time) (*flow, bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil, false
	}
	data, err := j.aead.Open(nil, nil, sealed, []byte(c.Name))
	if err != nil {
		return nil, false
	}
	f, ok := parseFlow(data)
	return f, ok && f.isUnderWay(now)
}

// name is the cookie of a state: two tabs do not get in each other's way.
func (j *jar) name(state string) string { return j.prefix + state[:nameDigits] }

// retrying says whether auto login has failed in this browser a short while ago.
func (j *jar) retrying(r *http.Request) bool {
	return len(r.CookiesNamed(j.prefix+retryName)) > 0
}

// noteRetry has the browser remember that auto login has failed. It needs no seal: whoever
// could forge it would turn off auto login, and a second try.
func (j *jar) noteRetry(w http.ResponseWriter) { j.set(w, j.prefix+retryName, "1", loginLife) }

func (j *jar) endRetry(w http.ResponseWriter, r *http.Request) {
	if j.retrying(r) {
		j.end(w, j.prefix+retryName)
	}
}

func (j *jar) end(w http.ResponseWriter, name string) { j.set(w, name, "", -time.Second) }

// set sets a cookie; a negative life ends it.
func (j *jar) set(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second), Secure: j.secure, HttpOnly: true,
		// Lax, since the platform's redirect is a navigation from another site.
		SameSite: http.SameSiteLaxMode,
	})
}
