package examples_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	channelID = "2000000001"
	userID    = "U0123456789abcdef0123456789abcdef"
	issuer    = "https://access.line.me"
)

// platform stands in for the platform: as much of LINE's wire as a server asks for,
// with keys and tokens made by an independent library. Every token is Hanako's.
type platform struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu     sync.Mutex        // guards the rest
	live   map[string]string // channel ID by access token
	made   int
	isAway bool // verify and profile answer 503
}

func newPlatform(t *testing.T) *platform {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{key: key, live: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/v2.1/certs", p.serveCerts)
	mux.HandleFunc("GET /oauth2/v2.1/verify", p.serveVerify)
	mux.HandleFunc("GET /v2/profile", p.serveProfile)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that went away is its own affair
}

func (p *platform) serveCerts(w http.ResponseWriter, _ *http.Request) {
	reply(w, 200, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &p.key.PublicKey, KeyID: "k1", Algorithm: "ES256", Use: "sig"}}})
}

func (p *platform) serveVerify(w http.ResponseWriter, r *http.Request) {
	channel, ok := p.live[r.URL.Query().Get("access_token")]
	switch {
	case p.isAway:
		reply(w, 503, map[string]string{"message": "away"})
	case !ok:
		reply(w, 400, map[string]string{"error": "invalid_request", "error_description": "access token expired"})
	default:
		reply(w, 200, map[string]any{"scope": "profile openid", "client_id": channel, "expires_in": 43000})
	}
}

// bearer returns the channel of the request's live access token.
func (p *platform) bearer(r *http.Request) (string, bool) {
	raw, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	channel, ok := p.live[raw]
	return channel, ok
}

func (p *platform) serveProfile(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.bearer(r); !ok {
		reply(w, 401, map[string]string{"message": "The access token revoked"})
		return
	}
	reply(w, 200, map[string]string{"userId": userID, "displayName": "鈴木 花子", "statusMessage": "お茶が好きです"})
}

// accessToken makes one of a channel.
func (p *platform) accessToken(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.made++
	raw := fmt.Sprint("access/+", p.made)
	p.live[raw] = channel
	return raw
}

// set changes what the lock guards.
func (p *platform) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// idToken makes an ID token of a channel.
func (p *platform) idToken(t *testing.T, channel string, changes map[string]any) string {
	t.Helper()
	now := time.Now().Unix()
	claims := map[string]any{"iss": issuer, "sub": userID, "aud": channel, "exp": now + 3600, "iat": now, "name": "鈴木 花子"}
	maps.Copy(claims, changes)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "k1"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign(data)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
