package clienttest_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
	"golang.org/x/oauth2"
)

// assertionKeyID is what a console would have given the key.
const assertionKeyID = "6b1f1a2e-8f52-4d3a-9d53-2f0c4b8f7a11"

// startWithKey starts the world of testdata/clients.yaml with a new assertion signing
// key on its channel without an algorithm of its own.
func startWithKey(t *testing.T) (*platform, *rsa.PrivateKey) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: key.Public(), Algorithm: "RS256", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	seed, err := os.ReadFile("testdata/clients.yaml")
	if err != nil {
		t.Fatal(err)
	}
	marker := "    name: As LINE does\n"
	more := marker + "    assertionKeys: [{id: " + assertionKeyID + ", jwk: '" + string(public) + "'}]\n"
	file := filepath.Join(t.TempDir(), "seed.yaml")
	if err := os.WriteFile(file, []byte(strings.Replace(string(seed), marker, more, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	return startPlatform(t, "--issuer", "own", "--seed", file), key
}

// assertion signs a client assertion as LINE's page "Generate JSON Web Token" says.
func assertion(t *testing.T, key *rsa.PrivateKey, kid, channel string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(signer).Claims(map[string]any{
		"iss": channel, "sub": channel, "aud": "https://api.line.me/",
		"exp": time.Now().Add(10 * time.Minute).Unix(), "token_exp": 3600,
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

const byJWT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// TestAssertion gets channel access tokens v2.1 and stateless ones by a signed
// assertion, with LINE's bot SDK for Go.
func TestAssertion(t *testing.T) {
	t.Parallel()
	p, key := startWithKey(t)
	tokens, err := channel_access_token.NewChannelAccessTokenAPI(channel_access_token.WithEndpoint(p.BaseURL))
	if err != nil {
		t.Fatal(err)
	}
	sign := func() string { return assertion(t, key, assertionKeyID, channelLINE) }
	issued, err := tokens.IssueChannelTokenByJWT("client_credentials", byJWT, sign())
	if err != nil || issued.ExpiresIn != 3600 || issued.KeyId == "" || issued.TokenType != "Bearer" {
		t.Fatalf("token v2.1: %+v: %v; want one for an hour with a key ID", issued, err)
	}
	// The Go SDK names these two calls' parameters clientAssertion and accessToken, as
	// LINE's reference does not; the one for Node sends client_assertion and access_token.
	var known struct {
		Kids     []string
		Verified struct {
			ClientID  string `json:"client_id"`
			ExpiresIn int64  `json:"expires_in"`
		}
	}
	startNode(t, "bot-sdk-kid.mjs", p.BaseURL, sign(), issued.AccessToken).read(t, &known)
	if !slices.Equal(known.Kids, []string{issued.KeyId}) {
		t.Errorf("key IDs %q, want %s alone", known.Kids, issued.KeyId)
	}
	if v := known.Verified; v.ClientID != channelLINE || v.ExpiresIn <= 0 || v.ExpiresIn > 3600 {
		t.Errorf("verify: %+v, want channel %s for at most an hour", v, channelLINE)
	}
	free, err := tokens.IssueStatelessChannelToken("client_credentials", byJWT, sign(), "", "")
	if err != nil || free.ExpiresIn != stateless {
		t.Errorf("stateless token: %v; want one for 15 minutes", err)
	}
	deauthorize(t, p, issued.AccessToken)
	if _, err := tokens.RevokeChannelTokenByJWT(channelLINE, p.secret(t, channelLINE), issued.AccessToken); err != nil {
		t.Errorf("revoke: %v", err)
	}
	if status := p.get(t, "/oauth2/v2.1/verify", url.Values{"access_token": {issued.AccessToken}}, nil); status != http.StatusBadRequest {
		t.Errorf("verify of a revoked token: status %d, want 400", status)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"unknown key":     assertion(t, key, "0b1f1a2e-8f52-4d3a-9d53-2f0c4b8f7a11", channelLINE),
		"another channel": assertion(t, key, assertionKeyID, channelES256),
		"another's key":   assertion(t, other, assertionKeyID, channelLINE),
	} {
		if got, err := tokens.IssueChannelTokenByJWT("client_credentials", byJWT, bad); err == nil {
			t.Errorf("%s: issued a token for %d s", name, got.ExpiresIn)
		}
	}
}

// deauthorize logs a person in and withdraws the grant: the person's tokens die.
func deauthorize(t *testing.T, p *platform, channelToken string) {
	t.Helper()
	ctx, provider, party := newParty(t, p, p.BaseURL, channelLINE, nil)
	token, _ := party.logIn(ctx, t, provider)
	body, err := json.Marshal(map[string]string{"userAccessToken": token.AccessToken})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{http.StatusNoContent, http.StatusBadRequest} { // the second time there is nothing to withdraw
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.BaseURL+"/user/v1/deauthorize", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+channelToken)
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if text := readBody(t, res, err); res.StatusCode != want {
			t.Errorf("deauthorize: status %d %s, want %d", res.StatusCode, text, want)
		}
	}
	if _, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token)); err == nil {
		t.Error("userinfo after deauthorize: answered, want a refusal")
	}
	token.Expiry = time.Unix(1, 0)
	var refused *oauth2.RetrieveError
	if _, err := party.config.TokenSource(ctx, token).Token(); !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
		t.Errorf("refresh after deauthorize: %v, want invalid_grant", err)
	}
}
