package tegata_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata"
)

// What the stand-in platform knows.
const (
	channelID  = "2000000001"
	userID     = "U0123456789abcdef0123456789abcdef"
	otherUser  = "Uffffffffffffffffffffffffffffffff"
	secret     = "0123456789abcdef0123456789abcdef"
	rawAccess  = "eyJhbGciOiJIUzI1NiJ9.bNl4YEFPI/hjFWhTqexp4MuEw5YPs+_-~=="
	goodGrant  = `{"scope":"profile openid","client_id":"2000000001","expires_in":2591659}`
	goodPerson = `{"userId":"` + userID + `","displayName":"鈴木 花子","pictureUrl":"https://example.com/p","statusMessage":"お茶"}`
)

// clock is the time of the tests.
var clock = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// platform stands in for LINE's API: what a test wants, it answers. Its keys and
// tokens are made by an independent library.
type platform struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu       sync.Mutex // guards the rest
	handlers map[string]http.HandlerFunc
	asked    map[string]int
}

func newPlatform(t testing.TB) *platform {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{key: key, asked: map[string]int{}}
	p.handlers = map[string]http.HandlerFunc{
		"/oauth2/v2.1/certs":  reply(200, keySet(t, jose.JSONWebKey{Key: &key.PublicKey, KeyID: "k1", Algorithm: "ES256", Use: "sig"})),
		"/oauth2/v2.1/verify": reply(200, goodGrant),
		"/v2/profile":         reply(200, goodPerson),
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked[r.URL.Path]++
		h := p.handlers[r.URL.Path]
		p.mu.Unlock()
		if h == nil {
			t.Errorf("%s was asked, which no handler answers", r.URL.Path)
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// answer sets what a path answers from now on.
func (p *platform) answer(path string, h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handlers[path] = h
}

// requests says how often a path was asked.
func (p *platform) requests(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// verifier returns a verifier of the platform's tokens.
func (p *platform) verifier(t testing.TB, change ...func(*tegata.Config)) *tegata.Verifier {
	t.Helper()
	cfg := tegata.Config{ChannelID: channelID, BaseURL: p.URL, Now: func() time.Time { return clock }}
	for _, c := range change {
		c(&cfg)
	}
	v, err := tegata.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// reply returns a handler that always answers the same.
func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body) // a client that went away is its own affair
	}
}

func keySet(t testing.TB, keys ...jose.JSONWebKey) string {
	t.Helper()
	data, err := json.Marshal(jose.JSONWebKeySet{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// claims returns those of a good ID token with changes; a nil value removes a claim.
func claims(changes map[string]any) map[string]any {
	all := map[string]any{
		"iss": "https://access.line.me", "sub": userID, "aud": channelID,
		"exp": clock.Unix() + 3600, "iat": clock.Unix(), "auth_time": clock.Unix() - 60,
		"nonce": "n-0S6_WzA2Mj", "amr": []string{"pwd", "mfa"},
		"name": "鈴木 花子", "picture": "https://example.com/p", "email": "hanako@example.com",
	}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// sign signs claims, or any text, with go-jose. An empty kid leaves kid out.
func sign(t testing.TB, alg jose.SignatureAlgorithm, key any, kid string, payload any) string {
	t.Helper()
	data, ok := payload.(string)
	if !ok {
		raw, err := json.Marshal(payload)
		if err != nil {
			t.Fatal(err)
		}
		data = string(raw)
	}
	opts := (&jose.SignerOptions{}).WithType("JWT")
	if kid != "" {
		opts = opts.WithHeader("kid", kid)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// token returns an ES256 token of the platform.
func (p *platform) token(t testing.TB, changes map[string]any) string {
	t.Helper()
	return sign(t, jose.ES256, p.key, "k1", claims(changes))
}
