package examples_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
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

// platform stands in for the platform: as much of LINE's wire as the demo app uses,
// with keys and tokens made by an independent library. Whoever comes to log in is
// Hanako.
type platform struct {
	*httptest.Server
	key *ecdsa.PrivateKey

	mu        sync.Mutex        // guards the rest
	endpoints map[string]string // endpoint URL by LIFF ID
	codes     map[string]login
	live      map[string]string // channel ID by access token
	made      int
	isAway    bool // verify and profile answer 503
}

// login is what a code stands for.
type login struct{ liffID, redirectURI, challenge, nonce string }

func newPlatform(t *testing.T) *platform {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &platform{key: key, endpoints: map[string]string{}, codes: map[string]login{}, live: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /oauth2/v2.1/certs", p.serveCerts)
	mux.HandleFunc("GET /oauth2/v2.1/verify", p.serveVerify)
	mux.HandleFunc("GET /v2/profile", p.serveProfile)
	mux.HandleFunc("GET /liff/v1/authorize", p.serveAuthorize)
	mux.HandleFunc("POST /oauth2/v2.1/token", p.serveToken)
	mux.HandleFunc("POST /oauth2/v2.1/revoke", p.serveRevoke)
	mux.HandleFunc("GET /liff/v2/apps/{id}/contextToken", p.serveContext)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, accept")
		if r.Method != http.MethodOptions {
			p.mu.Lock()
			defer p.mu.Unlock()
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// base is the origin as browsers should see it: a secure context.
func (p *platform) base() string { return strings.Replace(p.URL, "127.0.0.1", "localhost", 1) }

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

func (p *platform) serveAuthorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	l := login{q.Get("app_id"), q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("nonce")}
	if l.redirectURI == "" {
		l.redirectURI = p.endpoints[l.liffID]
	}
	p.made++
	code := fmt.Sprint("code", p.made)
	p.codes[code] = l
	channel, _, _ := strings.Cut(l.liffID, "-")
	back := url.Values{"code": {code}, "state": {q.Get("state")}, "liffClientId": {channel}, "liffRedirectUri": {l.redirectURI}}
	http.Redirect(w, r, l.redirectURI+"?"+back.Encode(), http.StatusFound)
}

func (p *platform) serveToken(w http.ResponseWriter, r *http.Request) {
	l, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != l.challenge || r.PostFormValue("redirect_uri") != l.redirectURI {
		reply(w, 400, map[string]string{"error": "invalid_grant"})
		return
	}
	channel, _, _ := strings.Cut(l.liffID, "-")
	idToken, err := p.sign(channel, map[string]any{"nonce": l.nonce})
	if err != nil {
		reply(w, 500, map[string]string{"error": "server_error"})
		return
	}
	reply(w, 200, map[string]any{"access_token": p.grant(channel), "token_type": "Bearer", "expires_in": 43200, "scope": "profile openid", "id_token": idToken})
}

func (p *platform) serveRevoke(w http.ResponseWriter, r *http.Request) {
	delete(p.live, r.PostFormValue("access_token"))
}

func (p *platform) serveContext(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	members := map[string]any{"type": "external", "liffId": id, "endpointUrl": p.endpoints[id], "permanentLinkPattern": "concat", "scope": []string{"openid", "profile"}}
	if _, ok := p.bearer(r); ok {
		members["userId"] = userID
	}
	raw, err := signed(p.key, members)
	if err != nil {
		reply(w, 500, map[string]string{"message": "no context"})
		return
	}
	reply(w, 200, map[string]string{"contextToken": raw})
}

// grant makes an access token of a channel; the lock is held.
func (p *platform) grant(channel string) string {
	p.made++
	raw := fmt.Sprint("access/+", p.made)
	p.live[raw] = channel
	return raw
}

// accessToken makes one outside of a login.
func (p *platform) accessToken(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.grant(channel)
}

// set changes what the lock guards.
func (p *platform) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// sign makes an ID token of a channel.
func (p *platform) sign(channel string, changes map[string]any) (string, error) {
	now := time.Now().Unix()
	claims := map[string]any{"iss": issuer, "sub": userID, "aud": channel, "exp": now + 3600, "iat": now, "name": "鈴木 花子"}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == "" })
	return signed(p.key, claims)
}

func signed(key *ecdsa.PrivateKey, claims any) (string, error) {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", "k1"))
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	object, err := signer.Sign(data)
	if err != nil {
		return "", err
	}
	return object.CompactSerialize()
}

// idToken makes one outside of a login.
func (p *platform) idToken(t *testing.T, channel string, changes map[string]any) string {
	t.Helper()
	raw, err := p.sign(channel, changes)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
