package resource_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/tegata-id/tegata/platform/internal/issue"
	"github.com/tegata-id/tegata/platform/internal/issue/issuetest"
)

// TestNoOtherJWT feeds the verifier every other JWT of ours, and forgeries that take
// the key or the algorithm from the header.
func TestNoOtherJWT(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	es256 := w.ES256(issuetest.Login{}).IDToken
	payload := []byte(payloadOf(t, es256))
	must := func(raw string, err error) string {
		t.Helper()
		w.Must(err)
		return raw
	}
	jarm := fmt.Appendf(nil, `{"iss":"https://access.line.me","aud":"2000000001","exp":%d,"code":"x","state":"y"}`, w.Now().Add(issue.CodeLife).Unix())
	asES256 := w.Channel(issuetest.Web)
	asES256.IDTokenAlg = "ES256"
	cases := map[string]string{
		"context token":                          must(w.Issue.SignContext([]byte(`{"type":"external","liffId":"x"}`))),
		"context key over an ID token's payload": must(w.Issue.SignContext(payload)),
		"JARM by the secret":                     must(w.Issue.SignResponse(w.Channel(issuetest.Web), jarm)),
		"JARM by the ring":                       must(w.Issue.SignResponse(asES256, jarm)),
		"by another channel's secret":            must(w.Issue.SignResponse(w.Channel(issuetest.Mobile), payload)),
		"access token":                           w.Tokens(issuetest.Login{}).AccessToken,
		"signature of another payload":           spliced(es256, w.ES256(issuetest.Login{AMR: []string{"linesso"}}).IDToken),
		"alg none":                               forge(`{"alg":"none"}`, payload, nil),
		"two segments":                           es256[:strings.LastIndexByte(es256, '.')],
		"no alg":                                 forge(`{"typ":"JWT"}`, payload, []byte("x")),
		"no signature":                           es256[:strings.LastIndexByte(es256, '.')+1],
		"zero signature":                         spliced(es256, "a.b."+base64.RawURLEncoding.EncodeToString(make([]byte, 64))),
		"a kid of nobody":                        other(t, gojose.ES256, ecKey(t), "x", payload),
		"our kid, another key":                   other(t, gojose.ES256, ecKey(t), w.Ring.Set().Keys()[0].KeyID(), payload),
		"ES256 without kid":                      other(t, gojose.ES256, ecKey(t), "", payload),
		"ES256 with a path for kid":              other(t, gojose.ES256, ecKey(t), "../../etc/passwd", payload),
		"RS256":                                  other(t, gojose.RS256, rsaKey(t), w.Ring.Set().Keys()[0].KeyID(), payload),
		"HS256 by 32 zero bytes":                 other(t, gojose.HS256, make([]byte, 32), "", payload),
		"HS384 by the secret":                    other(t, gojose.HS384, append([]byte(issuetest.Secret(issuetest.Web)), make([]byte, 16)...), "", payload),
		"oversize":                               strings.Repeat("a", 1<<16),
		"HS256 by the secret, issued to another": must(w.Issue.SignResponse(w.Channel(issuetest.Web), bytes.ReplaceAll(payload, []byte(issuetest.Web), []byte("x")))),
	}
	for name, key := range confused(t, w) {
		cases["HS256 by "+name] = other(t, gojose.HS256, key, "", payload)
		cases["HS256 with kid by "+name] = other(t, gojose.HS256, key, w.Ring.Set().Keys()[0].KeyID(), payload)
	}
	for name, raw := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := badIDToken
			if name == "HS256 by the secret, issued to another" {
				want = badAudience
			}
			w.Want(verifyID(w, raw), 400, want, raw)
		})
	}
	w.Want(verifyID(w, es256), 200, string(payload))
}

// confused returns what attackers take for an HMAC key: public texts of our ES256 keys.
func confused(t *testing.T, w *issuetest.World) map[string][]byte {
	t.Helper()
	out := map[string][]byte{"the JWK Set": w.Ring.SetJSON()}
	var set gojose.JSONWebKeySet
	w.Must(json.Unmarshal(w.Ring.SetJSON(), &set))
	for i, k := range set.Keys {
		public := k.Key.(*ecdsa.PublicKey)
		der, err := x509.MarshalPKIXPublicKey(public)
		w.Must(err)
		point, err := public.Bytes()
		w.Must(err)
		jwk, err := k.MarshalJSON()
		w.Must(err)
		out[fmt.Sprint("DER ", i)] = der
		out[fmt.Sprint("PEM ", i)] = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
		out[fmt.Sprint("the point ", i)] = point
		out[fmt.Sprint("x ", i)] = point[1:33]
		out[fmt.Sprint("JWK ", i)] = jwk
		out[fmt.Sprint("kid ", i)] = []byte(k.KeyID)
	}
	return out
}

// other signs with a library of somebody else.
func other(t *testing.T, alg gojose.SignatureAlgorithm, key any, kid string, payload []byte) string {
	t.Helper()
	opts := (&gojose.SignerOptions{}).WithType("JWT")
	if kid != "" {
		opts = opts.WithHeader("kid", kid)
	}
	signer, err := gojose.NewSigner(gojose.SigningKey{Algorithm: alg, Key: key}, opts)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := token.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func forge(header string, payload, signature []byte) string {
	b := base64.RawURLEncoding
	return b.EncodeToString([]byte(header)) + "." + b.EncodeToString(payload) + "." + b.EncodeToString(signature)
}

// spliced is token with the signature of another.
func spliced(token, another string) string {
	return token[:strings.LastIndexByte(token, '.')] + another[strings.LastIndexByte(another, '.'):]
}
