package grant_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/internal/wire"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
	"github.com/tegata-id/tegata/store"
)

const (
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	keyMissing    = `{"message":"Cannot find channel key that satisfies the conditions"}`
	assertionBad  = `{"error":"invalid_client","error_description":"Invalid client_assertion"}`
	channelToken  = `{"access_token":"tgm_…","expires_in":86400,"token_type":"Bearer","key_id":"…"}`
	stateless     = `{"access_token":"tgm_…","expires_in":900,"token_type":"Bearer"}`
	shortLived    = `{"access_token":"tgm_…","expires_in":2592000,"token_type":"Bearer"}`
	keyID         = "536e453c-aa93-4449-8e90-add2608783c6"
)

// signingKey is the key pair with which the channel Web signs its assertions; another
// is registered nowhere.
var signingKey, anotherKey = sync.OnceValue(newRSAKey), sync.OnceValue(newRSAKey)

func newRSAKey() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
}

// withKey is a world in which the channel Web has registered signingKey.
func withKey(t testing.TB) *issuetest.World {
	w := newWorld(t)
	jwk, err := gojose.JSONWebKey{Key: signingKey().Public(), Algorithm: "RS256", Use: "sig"}.MarshalJSON()
	w.Must(err)
	w.ChangeChannel(issuetest.Web, func(c *store.Channel) { c.AssertionKeys = []store.AssertionKey{{KeyID: keyID, JWK: jwk}} })
	return w
}

// claims of a good assertion; changes are names and values by turns, nil takes out.
func claims(w *issuetest.World, changes ...any) map[string]any {
	out := map[string]any{
		"iss": issuetest.Web, "sub": issuetest.Web, "aud": "https://api.line.me/",
		"exp": w.Now().Add(30 * time.Minute).Unix(), "token_exp": 86400,
	}
	for i := 0; i < len(changes); i += 2 {
		name := changes[i].(string)
		out[name] = changes[i+1]
		if changes[i+1] == nil {
			delete(out, name)
		}
	}
	return out
}

// sign makes an assertion with a library of somebody else.
func sign(t testing.TB, alg gojose.SignatureAlgorithm, key any, kid string, payload map[string]any) string {
	t.Helper()
	opts := (&gojose.SignerOptions{}).WithType("JWT")
	if kid != "" {
		opts = opts.WithHeader("kid", kid)
	}
	signer, err := gojose.NewSigner(gojose.SigningKey{Algorithm: alg, Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign(data)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := token.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func assertionForm(raw string, pairs ...string) url.Values {
	return form(append([]string{
		"grant_type", "client_credentials", "client_assertion_type", assertionType, "client_assertion", raw,
	}, pairs...)...)
}

// TestAssertion sends assertions to the three endpoints that take them.
func TestAssertion(t *testing.T) {
	t.Parallel()
	now := issuetest.New(t).Now()
	soon := now.Add(30 * time.Minute).Unix()
	for _, tt := range []struct {
		name    string
		changes []any
		status  int
		want    string
	}{
		{"good", nil, 200, channelToken},
		{"numbers as strings", []any{"exp", strconv.FormatInt(soon, 10), "token_exp", "86400"}, 200, channelToken},
		{"iss and sub differ", []any{"sub", issuetest.Mobile}, 400, `{"error":"invalid_client","error_description":"iss and clientId of key do not match"}`},
		{"no sub", []any{"sub", nil}, 400, `{"error":"invalid_client","error_description":"iss and clientId of key do not match"}`},
		{"issuer without this key", []any{"iss", issuetest.Mobile, "sub", issuetest.Mobile}, 404, keyMissing},
		{"unknown issuer", []any{"iss", "1"}, 404, keyMissing},
		{"no issuer", []any{"iss", nil}, 404, keyMissing},
		{"issuer with NUL", []any{"iss", "\x00"}, 404, keyMissing},
		{"issuer a number", []any{"iss", 2000000001}, 404, keyMissing},
		{"aud", []any{"aud", "https://api.line.me"}, 400, `{"error":"invalid_client","error_description":"Invalid aud"}`},
		{"aud a list", []any{"aud", []string{"https://api.line.me/"}}, 400, assertionBad},
		{"expired", []any{"exp", now.Unix()}, 400, `{"error":"invalid_client","error_description":"Invalid exp"}`},
		{"expired long ago", []any{"exp", -1}, 400, `{"error":"invalid_client","error_description":"Invalid exp"}`},
		{"no exp", []any{"exp", nil}, 400, `{"error":"invalid_client","error_description":"Invalid exp"}`},
		{"exp too far ahead", []any{"exp", soon + 1}, 400, `{"error":"invalid_client","error_description":"Invalid exp"}`},
		{"exp at the end of time", []any{"exp", int64(math.MaxInt64)}, 400, `{"error":"invalid_client","error_description":"Invalid exp"}`},
		{"exp a fraction", []any{"exp", 1767323045.5}, 400, assertionBad},
		{"exp a word", []any{"exp", "tomorrow"}, 400, assertionBad},
		{"token_exp beyond 30 days", []any{"token_exp", 30*86400 + 1}, 400, `{"error":"invalid_client","error_description":"Invalid token_exp"}`},
		{"token_exp at the end of time", []any{"token_exp", int64(math.MaxInt64)}, 400, `{"error":"invalid_client","error_description":"Invalid token_exp"}`},
		{"token_exp below zero", []any{"token_exp", -1}, 400, `{"error":"invalid_client","error_description":"Invalid token_exp"}`},
		{"no token_exp", []any{"token_exp", nil}, 400, `{"error":"invalid_client","error_description":"Invalid token_exp"}`},
		{"long jti", []any{"jti", strings.Repeat("j", 257)}, 400, assertionBad},
		{"jti with NUL", []any{"jti", "\x00"}, 400, assertionBad},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := withKey(t)
			raw := sign(t, gojose.RS256, signingKey(), keyID, claims(w, tt.changes...))
			w.Want(w.Post(wire.PathToken, assertionForm(raw)), tt.status, tt.want, raw)
			// Stateless tokens need no token_exp and do not look at it beyond its form.
			if tt.name == "no token_exp" {
				w.Want(w.Post(wire.PathStatelessV3, assertionForm(raw)), 200, stateless)
				return
			}
			want := tt.want
			if tt.status == 200 {
				want = stateless
			}
			w.Want(w.Post(wire.PathStatelessV3, assertionForm(raw)), tt.status, want, raw)
			if tt.status == 200 {
				want = `{"kids":["…"]}`
			}
			query := "?client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=" + raw
			w.Want(w.Ask("GET", wire.PathTokenKeyIDs+query, ""), tt.status, want, raw)
		})
	}
}

// TestAssertionForms sends what is no assertion of the channel's key.
func TestAssertionForms(t *testing.T) {
	t.Parallel()
	w := withKey(t)
	good := sign(t, gojose.RS256, signingKey(), keyID, claims(w))
	parts := strings.Split(good, ".")
	other := sign(t, gojose.RS256, signingKey(), keyID, claims(w, "token_exp", 1))
	secret := []byte(issuetest.Secret(issuetest.Web))
	for _, tt := range []struct {
		name   string
		form   url.Values
		status int
		want   string
	}{
		{"no assertion", assertionForm("-"), 400, paramsBad},
		{"no type", assertionForm(good, "client_assertion_type", "-"), 400, paramsBad},
		{"another type", assertionForm(good, "client_assertion_type", "jwt"), 400, paramsBad},
		{"nonsense", assertionForm("nonsense"), 400, assertionBad},
		{"oversize", assertionForm(strings.Repeat("a.", 1<<19)), 400, assertionBad},
		{"another payload's signature", assertionForm(parts[0] + "." + strings.Split(other, ".")[1] + "." + parts[2]), 400, assertionBad},
		{"no signature", assertionForm(parts[0] + "." + parts[1] + "."), 400, assertionBad},
		{"another key", assertionForm(sign(t, gojose.RS256, anotherKey(), keyID, claims(w))), 400, assertionBad},
		{"HS256 by the channel secret", assertionForm(sign(t, gojose.HS256, secret, keyID, claims(w))), 400, assertionBad},
		{"RS512", assertionForm(sign(t, gojose.RS512, signingKey(), keyID, claims(w))), 400, assertionBad},
		{"PS256", assertionForm(sign(t, gojose.PS256, signingKey(), keyID, claims(w))), 400, assertionBad},
		{"no kid", assertionForm(sign(t, gojose.RS256, signingKey(), "", claims(w))), 404, keyMissing},
		{"unknown kid", assertionForm(sign(t, gojose.RS256, signingKey(), "x", claims(w))), 404, keyMissing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w.Want(w.Post(wire.PathToken, tt.form), tt.status, tt.want, good)
		})
	}
}

// TestAssertionOnce: an assertion with jti is good for one request, of whichever of
// the endpoints; a refused one does not count.
func TestAssertionOnce(t *testing.T) {
	t.Parallel()
	const used = `{"error":"invalid_client","error_description":"Invalid jti"}`
	w := withKey(t)
	raw := sign(t, gojose.RS256, signingKey(), keyID, claims(w, "jti", "1", "token_exp", nil))
	w.Want(w.Post(wire.PathToken, assertionForm(raw)), 400, `{"error":"invalid_client","error_description":"Invalid token_exp"}`)
	w.Want(w.Post(wire.PathStatelessV3, assertionForm(raw)), 200, stateless)
	w.Want(w.Post(wire.PathStatelessV3, assertionForm(raw)), 400, used, raw)

	raw = sign(t, gojose.RS256, signingKey(), keyID, claims(w, "jti", "2"))
	answers := make([]issuetest.Answer, racers)
	together(racers, func(i int) { answers[i] = w.Post(wire.PathToken, assertionForm(raw)) })
	won := 0
	for _, a := range answers {
		if a.Status == 200 {
			won++
			continue
		}
		w.Want(a, 400, used)
	}
	if won != 1 {
		t.Errorf("%d of %d got a token for one assertion", won, racers)
	}
}

// TestAssertionOnceByEveryClock: a node whose clock is some minutes behind takes an assertion
// a little longer, but not once more, also if others have swept what is over by theirs.
func TestAssertionOnceByEveryClock(t *testing.T) {
	t.Parallel()
	w := withKey(t)
	raw := sign(t, gojose.RS256, signingKey(), keyID, claims(w, "jti", "1", "exp", w.Now().Add(time.Minute).Unix()))
	w.Want(w.Post(wire.PathStatelessV3, assertionForm(raw)), 200, stateless)
	for _, ahead := range []time.Duration{time.Minute, 5 * time.Minute} {
		if _, err := w.Store.Sweep(t.Context(), w.Now().Add(ahead), 1000); err != nil {
			t.Fatal(err)
		}
		w.Want(w.Post(wire.PathStatelessV3, assertionForm(raw)), 400, `{"error":"invalid_client","error_description":"Invalid jti"}`, raw)
	}
	if n, err := w.Store.Sweep(t.Context(), w.Now().Add(time.Hour), 1000); err != nil || n == 0 {
		t.Errorf("an hour later %d records were swept (%v), want that of the assertion among them", n, err)
	}
}

// TestChannelTokenLimit: 30 live v2.1 tokens, no more; 30 short-lived ones, of which
// the oldest then dies.
func TestChannelTokenLimit(t *testing.T) {
	t.Parallel()
	w := withKey(t)
	assert := func() issuetest.Answer {
		return w.Post(wire.PathToken, assertionForm(sign(t, gojose.RS256, signingKey(), keyID, claims(w))))
	}
	for range 30 {
		w.Want(assert(), 200, channelToken)
	}
	w.Want(assert(), 400, `{"message":"The maximum number of access tokens has already been issued"}`)
	query := "?client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=" + sign(t, gojose.RS256, signingKey(), keyID, claims(w))
	var kids wire.KeyIDsResponse
	a := w.Ask("GET", wire.PathTokenKeyIDs+query, "")
	w.Must(json.Unmarshal([]byte(a.Body), &kids))
	if len(kids.KeyIDs) != 30 {
		t.Errorf("%d key IDs: %s", len(kids.KeyIDs), a.Body)
	}
	w.Advance(24 * time.Hour)
	w.Want(assert(), 200, channelToken)

	f := form("grant_type", "client_credentials", "client_id", issuetest.Web, "client_secret", issuetest.Secret(issuetest.Web))
	oldest := read(t, w.Post(wire.PathV2AccessToken, f)).AccessToken
	for range 30 {
		w.Advance(time.Second)
		w.Want(w.Post(wire.PathV2AccessToken, f), 200, shortLived)
	}
	w.Want(w.Post(wire.PathV2Verify, form("access_token", oldest)), 400, `{"error":"invalid_request","error_description":"access_token invalid"}`, oldest)
	for range 40 {
		w.Want(w.Post(wire.PathStatelessV3, f), 200, stateless)
	}
}
