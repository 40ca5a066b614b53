package tegatahttp

import (
	"cmp"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// loginLife is how long a login may take.
	loginLife = 10 * time.Minute
	// maxLogins is how many logins of one browser may be under way, such as in several tabs.
	maxLogins = 4
	// maxNext is the longest path in bytes that a cookie remembers.
	maxNext = 512
	// stateRandom and stateMAC are the bytes of a state: random ones, one that says whether
	// it is a second try, and a MAC.
	stateRandom = 24
	stateMAC    = 16
)

// flow is a login that is under way. It travels in a sealed cookie of the browser.
type flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"` // code_verifier of RFC 7636
	Next     string `json:"x,omitempty"`
	Again    bool   `json:"a,omitempty"` // the second try, without auto login
	Begun    int64  `json:"b"`           // unix seconds
}

// challenge is the code_challenge of RFC 7636 section 4.2.
func (f *flow) challenge() string {
	sum := sha256.Sum256([]byte(f.Verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// jar keeps logins in the browser's cookies, sealed.
type jar struct {
	aead   cipher.AEAD
	macKey []byte
	prefix string // of the cookies' names
	secure bool
}

func newJar(c *LoginConfig) (*jar, error) {
	secret := c.CookieKey
	if secret == nil {
		secret = []byte(c.ChannelSecret)
	} else if len(secret) < 32 {
		return nil, fmt.Errorf("LoginConfig.CookieKey has %d bytes: want 32 random ones", len(secret))
	}
	j := &jar{prefix: "tegata_login_", secure: strings.HasPrefix(c.RedirectURI, "https://")}
	if j.secure {
		// So that no sibling domain can set one (RFC 6265bis section 4.1.3.2).
		j.prefix = "__Host-" + j.prefix
	}
	keys, err := hkdf.Key(sha256.New, secret, nil, "tegata login cookies "+c.Channel.ChannelID, 64)
	if err != nil {
		return nil, fmt.Errorf("LoginConfig.CookieKey: %w", err)
	}
	block, err := aes.NewCipher(keys[:32])
	if err != nil {
		return nil, fmt.Errorf("LoginConfig.CookieKey: %w", err)
	}
	j.aead, err = cipher.NewGCMWithRandomNonce(block)
	j.macKey = keys[32:]
	return j, err
}

// begin makes a login and puts it into a cookie of its own.
func (j *jar) begin(w http.ResponseWriter, r *http.Request, now time.Time, next string, again bool) (*flow, error) {
	f := &flow{State: j.newState(again), Nonce: random(), Verifier: random(), Next: next, Again: again, Begun: now.Unix()}
	data, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("login cookie: %w", err)
	}
	name := j.name(f.State)
	sealed := j.aead.Seal(nil, nil, data, []byte(name))
	j.set(w, name, base64.RawURLEncoding.EncodeToString(sealed), loginLife)
	// The oldest of too many goes, so that a browser's cookies never outgrow a request.
	under := j.all(r, now)
	for i := 0; i <= len(under)-maxLogins; i++ {
		j.set(w, j.name(under[i].State), "", 0)
	}
	return f, nil
}

// take returns the login of a state, if this browser began it, and ends its cookie.
func (j *jar) take(w http.ResponseWriter, r *http.Request, now time.Time, state string) (*flow, bool) {
	if _, ok := j.readState(state); !ok {
		return nil, false
	}
	name := j.name(state)
	for _, c := range r.CookiesNamed(name) {
		f, err := j.open(c, now)
		if err == nil && hmac.Equal([]byte(f.State), []byte(state)) {
			j.set(w, name, "", 0)
			return f, true
		}
	}
	return nil, false
}

// all returns the logins that this browser has under way, the oldest first.
func (j *jar) all(r *http.Request, now time.Time) []*flow {
	var all []*flow
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, j.prefix) && c.Name != j.prefix+retryName {
			if f, err := j.open(c, now); err == nil {
				all = append(all, f)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *flow) int { return cmp.Compare(a.Begun, b.Begun) })
	return all
}

var errCookie = errors.New("not a cookie of a login that is under way")

func (j *jar) open(c *http.Cookie, now time.Time) (*flow, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil, errCookie
	}
	data, err := j.aead.Open(nil, nil, sealed, []byte(c.Name))
	if err != nil {
		return nil, errCookie
	}
	f := new(flow)
	if err := json.Unmarshal(data, f); err != nil {
		return nil, errCookie
	}
	if begun := time.Unix(f.Begun, 0); now.Before(begun.Add(-time.Minute)) || now.After(begun.Add(loginLife)) {
		return nil, errCookie
	}
	return f, nil
}

// name is the cookie of a state: two tabs do not get in each other's way.
func (j *jar) name(state string) string { return j.prefix + state[:12] }

// set sets a cookie; a life of zero ends it.
func (j *jar) set(w http.ResponseWriter, name, value string, life time.Duration) {
	age := int(life / time.Second)
	if age == 0 {
		age = -1 // zero would leave it to the browser
	}
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age, Secure: j.secure, HttpOnly: true,
		// Lax, since the platform's redirect is a navigation from another site.
		SameSite: http.SameSiteLaxMode,
	})
}

// retryName is the cookie that says that this browser is at its second try.
const retryName = "retry"

func (j *jar) retrying(r *http.Request) bool {
	return len(r.CookiesNamed(j.prefix+retryName)) > 0
}

func (j *jar) setRetry(w http.ResponseWriter, on bool) {
	if on {
		j.set(w, j.prefix+retryName, "1", loginLife)
	} else {
		j.set(w, j.prefix+retryName, "", 0)
	}
}

// newState makes a state that says, to us alone, whether it is that of a second try: so a
// browser without cookies is not sent round for ever.
func (j *jar) newState(again bool) string {
	state := make([]byte, stateRandom+1, stateRandom+1+stateMAC)
	_, _ = rand.Read(state[:stateRandom]) // never fails (crypto/rand)
	if again {
		state[stateRandom] = 1
	}
	return base64.RawURLEncoding.EncodeToString(append(state, j.mac(state)...))
}

// readState says whether a state was made here, and for a second try.
func (j *jar) readState(text string) (again, ok bool) {
	state, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(state) != stateRandom+1+stateMAC {
		return false, false
	}
	body := state[:stateRandom+1]
	if !hmac.Equal(state[stateRandom+1:], j.mac(body)) {
		return false, false
	}
	return body[stateRandom] == 1, true
}

func (j *jar) mac(body []byte) []byte {
	m := hmac.New(sha256.New, j.macKey)
	_, _ = m.Write(body) // never fails (hash.Hash)
	return m.Sum(nil)[:stateMAC]
}

// random returns 256 random bits, as nonce and code_verifier want them.
func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// isLoopback says whether a URL is one of this machine.
func isLoopback(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// nextPath returns the path of this website that a parameter asks for; "/" for anything
// that could lead a browser elsewhere.
func nextPath(raw string) string {
	if len(raw) > maxNext || !strings.HasPrefix(raw, "/") || strings.HasPrefix(raw, "//") {
		return "/"
	}
	for i := range len(raw) {
		// Browsers read \ as /, and drop tabs and line breaks.
		if c := raw[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return "/"
		}
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(u.Path, "\\") {
		return "/"
	}
	return raw
}
